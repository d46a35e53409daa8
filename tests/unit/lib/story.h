/* SPDX-License-Identifier: MIT */
/* story.h - a fixed set of events: everything an output format must be able to tell */
#ifndef UNIT_STORY_H
#define UNIT_STORY_H

#include "rings.h"

#define STORY_LOST 5 /* events missing in the middle of it */

/* Two rings in a file, with the whole story in them.  Return: number of events. */
unsigned int story_in_file(struct rings *rings);

#endif
