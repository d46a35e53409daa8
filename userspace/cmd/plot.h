/* SPDX-License-Identifier: MIT */
/* plot.h - who ran when, as a picture: SVG */
#ifndef CMD_PLOT_H
#define CMD_PLOT_H

#include "out.h"
#include "past.h"

#define PLOT_ROWS 100 /* at most, unless asked for others */
#define PLOT_ROWS_MAX 2000

/*
 * Draws the processes that are known (life.h) in @span, in at most @rows rows.  A row takes less than
 * 3 KiB.  @utc: times in UTC.
 */
void plot_put(struct out *out, const struct past *span, int rows, bool utc);

/* plot_style.c: colours, and a script that zooms; the picture can be read without. */
extern const char plot_style[], plot_script[];

#endif
