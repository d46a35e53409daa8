/* SPDX-License-Identifier: MIT */
/* tree.h - processes (life.h) drawn below the ones that forked them */
#ifndef CMD_TREE_H
#define CMD_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"

/*
 * Draws all, lines cut at @width (0: not).  @now_ns: how long those that run have done so until then, 0:
 * not told.  @merge: childless ones beside each other that ran the same and ended the same way share
 * a line, and are no siblings any more.
 */
void tree_put(struct out *out, unsigned int width, int64_t now_ns, bool merge);

#endif
