/* SPDX-License-Identifier: MIT */
/* reverse.h - what was shown, the newest first */
#ifndef CMD_REVERSE_H
#define CMD_REVERSE_H

#include <stdint.h>

#include "out.h"

/* Takes what stands in @out, which then is empty.  Return: 0; -1: an error, told. */
int reverse_take(struct out *out);
/* Puts all of that, or the newest @count (0: all), to @out.  Return: 0; -1: an error, told. */
int reverse_put(struct out *out, uint64_t count);

#endif
