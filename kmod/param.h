/* SPDX-License-Identifier: GPL-2.0 */
/* param.h - the module's parameters */
#ifndef _PROCMON_PARAM_H
#define _PROCMON_PARAM_H

#include <linux/types.h>

/* Bits of enum procmon_type that a name in `events=` stands for. */
#define PARAM_FORK BIT(PROCMON_FORK)
#define PARAM_EXEC BIT(PROCMON_EXEC)
#define PARAM_EXIT BIT(PROCMON_EXIT)
#define PARAM_CGROUP                                                                               \
	(BIT(PROCMON_CGROUP_MKDIR) | BIT(PROCMON_CGROUP_RMDIR) | BIT(PROCMON_CGROUP_RENAME) |      \
	 BIT(PROCMON_CGROUP_ATTACH))

/**
 * struct param - the parameters as they are now; all but ring_kib change at run time
 * @ring_kib: size of each CPU's ring, KiB, a power of two
 * @args_max: bytes of arguments recorded at most
 * @events: bits of enum procmon_type
 * @threads: record threads too
 */
struct param {
	unsigned int ring_kib;
	unsigned int args_max;
	unsigned int events;
	bool threads;
};

extern struct param param;

/**
 * param_start - apply the parameters, now and whenever one changes
 * @apply: called under the parameters' lock with @param changed; may sleep; its error is given to
 *	whoever wrote the parameter, whose change is taken back
 *
 * Return: what @apply returned.
 */
int param_start(int (*apply)(void));

/**
 * param_stop - changes have no effect any more
 */
void param_stop(void);

#endif
