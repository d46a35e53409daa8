/* SPDX-License-Identifier: MIT */
/* snapshot.h - the processes that run already, where the machine's /proc is */
#ifndef CMD_SNAPSHOT_H
#define CMD_SNAPSHOT_H

#include <procmon.h>

#include "options.h"

/* procmon_snapshot(), and a note when not all can be seen.  Return: 0 or its error. */
int snapshot_begin(struct procmon *pm, const struct options *options);

#endif
