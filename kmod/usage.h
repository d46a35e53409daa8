/* SPDX-License-Identifier: GPL-2.0 */
/* usage.h - what a process has used, all its threads together */
#ifndef _PROCMON_USAGE_H
#define _PROCMON_USAGE_H

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/task_io_accounting_ops.h>
#include <linux/types.h>

#include "uapi/procmon.h"

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

struct usage usage_of_threads(struct task_struct *task);

static inline void usage_add_io(struct usage *usage, const struct task_io_accounting *ioac)
{
#ifdef CONFIG_TASK_IO_ACCOUNTING
	usage->read_bytes += ioac->read_bytes;
	usage->write_bytes += ioac->write_bytes;
#else
	usage->read_bytes = PROCMON_UNKNOWN64;
	usage->write_bytes = PROCMON_UNKNOWN64;
#endif
}

static inline void usage_add_thread(struct usage *usage, struct task_struct *task)
{
	u64 utime_ns, stime_ns;

	task_cputime_adjusted(task, &utime_ns, &stime_ns);
	usage->utime_ns += utime_ns;
	usage->stime_ns += stime_ns;
	usage->minflt += task->min_flt;
	usage->majflt += task->maj_flt;
	usage->nvcsw += task->nvcsw;
	usage->nivcsw += task->nivcsw;
	usage_add_io(usage, &task->ioac);
}

static inline void usage_add_gone(struct usage *usage, const struct signal_struct *signal)
{
	usage->utime_ns += signal->utime;
	usage->stime_ns += signal->stime;
	usage->minflt += signal->min_flt;
	usage->majflt += signal->maj_flt;
	usage->nvcsw += signal->nvcsw;
	usage->nivcsw += signal->nivcsw;
	usage_add_io(usage, &signal->ioac);
}

/* The largest resident set: noted when the last thread ends; before exit_mm() also in the mm. */
static inline u64 usage_maxrss_kib(struct task_struct *task)
{
	unsigned long pages = task->signal->maxrss;

	if (task->mm)
		pages = max(pages, get_mm_hiwater_rss(task->mm));
	return (u64)pages << (PAGE_SHIFT - 10);
}

/**
 * usage_of_thread - what one thread has used
 * @task: the current task, which ends
 *
 * Return: the sums.
 */
static __always_inline struct usage usage_of_thread(struct task_struct *task)
{
	struct usage usage = { .maxrss_kib = usage_maxrss_kib(task) };

	usage_add_thread(&usage, task);
	return usage;
}

/**
 * usage_of_process - what all threads of a process have used
 * @task: the current task, the last that ends
 *
 * Context: any task context; takes no lock.  A thread that has just gone moves its sums from its
 * own to signal's under stats_lock, whose sequence tells; its lock cannot be taken in the probes
 * of PREEMPT_RT, so the plain sequence is read.
 *
 * Return: the sums.
 */
static __always_inline struct usage usage_of_process(struct task_struct *task)
{
	struct usage usage;

	if (!thread_group_empty(task))
		return usage_of_threads(task);
	usage = usage_of_thread(task);
	usage_add_gone(&usage, task->signal);
	return usage;
}

#endif
