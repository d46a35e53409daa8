/* SPDX-License-Identifier: MIT */
/* axis.h - round steps of a time axis, and how its ticks are called */
#ifndef CMD_AXIS_H
#define CMD_AXIS_H

#include <stdint.h>

#include "out.h"

/* The smallest round step that makes at most @most steps (not 0) of @span_ns. */
int64_t axis_step(int64_t span_ns, unsigned int most);
/* "0", "250ms", "1.25s", "2m30s", "1h05m": as many digits as ticks @step_ns apart need. */
void axis_put(struct out *out, int64_t ns, int64_t step_ns);

#endif
