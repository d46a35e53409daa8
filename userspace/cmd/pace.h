/* SPDX-License-Identifier: MIT */
/* pace.h - how soon a command takes the next events: at once, or many together while they keep coming */
#ifndef CMD_PACE_H
#define CMD_PACE_H

#include <procmon.h>

#include "stop.h"

/*
 * From now on events that keep coming are collected for @collect_us, or until a quarter of a ring
 * waits: to be woken up for each one costs more than all the rest.
 */
void pace_start(struct procmon *pm, uint32_t collect_us);
/*
 * stop_poll(), the device first among @fds.  The first events after a quiet time end it at once, and so does
 * what else is ready.
 */
void pace_poll(struct procmon *pm, struct pollfd *fds, unsigned int nr, int64_t boot_ns);

#endif
