/* SPDX-License-Identifier: MIT */
/*
 * pause.h - now and then a thread stops between two accesses, for long enough to be lapped
 *
 * With few CPUs the windows between two accesses are too short to be hit by chance.  Without
 * SHIM_PAUSE the code runs at its own pace.
 */
#ifndef SHIM_PAUSE_H
#define SHIM_PAUSE_H

#ifdef SHIM_PAUSE
#include <sched.h>

#define SHIM_PAUSE_EVERY 4096 /* accesses between two pauses at most */

extern __thread unsigned int shim_pause_left;
extern __thread unsigned int shim_pause_seed;

static inline void shim_pause(void)
{
	unsigned int spins;

	if (shim_pause_left--)
		return;
	shim_pause_seed = shim_pause_seed * 1664525 + 1013904223;
	shim_pause_left = shim_pause_seed >> 8 & (SHIM_PAUSE_EVERY - 1);
	for (spins = shim_pause_seed >> 24; spins; spins--)
		__asm__ __volatile__("" ::: "memory");
	if (shim_pause_seed >> 28 == 0)
		sched_yield();
}
#else
static inline void shim_pause(void)
{
}
#endif

#endif
