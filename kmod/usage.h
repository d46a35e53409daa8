/* SPDX-License-Identifier: GPL-2.0 */
/* usage.h - what a process has used, all its threads together */
#ifndef _PROCMON_USAGE_H
#define _PROCMON_USAGE_H

#include <linux/types.h>

struct task_struct;

/* See the fields of the same names in the ABI. */
struct usage {
	u64 utime_ns;
	u64 stime_ns;
	u64 maxrss_kib;
	u64 minflt;
	u64 majflt;
	u64 nvcsw;
	u64 nivcsw;
	u64 read_bytes;
	u64 write_bytes;
};

void usage_of_process(struct task_struct *task, struct usage *usage);
void usage_of_thread(struct task_struct *task, struct usage *usage);

#endif
