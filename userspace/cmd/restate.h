/* SPDX-License-Identifier: MIT */
/* restate.h - a process told before, once more at the beginning of a file that goes on from another */
#ifndef CMD_RESTATE_H
#define CMD_RESTATE_H

#include "proc.h"

/* A snapshot of what the stream has told of it (PROCMON_F_AGAIN); valid until the next call. */
struct procmon_event restate_event(const struct proc *proc, uint64_t time_ns);
/* Is it that, of a process that is known? */
bool restate_is_known(const struct procmon_event *ev);

#endif
