/* SPDX-License-Identifier: MIT */
/* progress.h - how far long work has come, on a terminal */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on a line on standard error tells how far it is, if that is a terminal that can take the line
 * back, and @out, where the work's output goes, is a file: -1, if it goes to none that is open yet.  A
 * pipe may end at the same terminal.  @total: bytes in all, 0: nobody knows.
 */
void progress_begin(uint64_t total, int out);
/* @done bytes are done.  Cheap: the line is drawn ten times a second at most, at first after half a one. */
void progress_at(uint64_t done);
/* Takes the line back: something else is to be written there. */
void progress_clear(void);
void progress_end(void);

#endif
