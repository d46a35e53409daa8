/* SPDX-License-Identifier: MIT */
/* small.h - memory of a command that runs for long */
#ifndef CMD_SMALL_H
#define CMD_SMALL_H

/*
 * From now on a large buffer has a mapping of its own, which goes when it is freed, and no huge page is
 * spent on a part of some buffers that happen to lie side by side.  Programs that are started inherit the
 * latter: not for a command that starts any.
 */
void small_keep(void);

#endif
