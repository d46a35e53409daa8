/* SPDX-License-Identifier: MIT */
/* Signals that end or concern a command, and sleeping without missing one of them. */
#ifndef CMD_STOP_H
#define CMD_STOP_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

/* The SIGINT, SIGTERM or SIGHUP that asked to end, 0 while none did. */
extern volatile sig_atomic_t stop_signal;

/* From now on these signals only set stop_signal; a second one ends the program at once. */
void stop_catch(void);
/*
 * From now on they go on to @child instead (unless the terminal sent them: then it has got them
 * already), and its end wakes stop_poll().
 */
void stop_forward(pid_t child);
/* In a child that is about to exec: as if none of this had been done. */
void stop_restore(void);
/* poll() until @boot_ns (CLOCK_BOOTTIME; < 0: no limit); a signal that came before counts too. */
int stop_poll(struct pollfd *fds, unsigned int nr, int64_t boot_ns);

#endif
