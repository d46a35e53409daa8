/* SPDX-License-Identifier: MIT */
/* storm.h - many short processes, counted by those who start them */
#ifndef STORM_H
#define STORM_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct storm - @starters processes that each start @each programs, one after the other
 * @pids: shared with the starters: every pid they started, in order, @starters * @each
 */
struct storm {
	unsigned int starters;
	unsigned long each;
	pid_t starter[8];
	volatile pid_t *pids;
};

/* @program is run by vfork and exec; it must end by itself with 0. */
void storm_start(struct storm *storm, unsigned int starters, unsigned long total,
		 const char *program);
/* Waits for the starters; ends the test when one failed. */
void storm_wait(struct storm *storm);

/**
 * struct tally - what a reader was told of each process
 *
 * Pids come back in a long storm: a process is told apart by its start.
 */
struct tally {
	uint64_t start_ns;
	uint8_t forks, execs, exits;
};

#endif
