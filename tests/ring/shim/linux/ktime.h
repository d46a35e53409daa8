/* SPDX-License-Identifier: MIT */
#ifndef SHIM_KTIME_H
#define SHIM_KTIME_H

#include <linux/types.h>
#include <time.h>

static inline u64 ktime_get_boottime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

#endif
