// SPDX-License-Identifier: GPL-2.0
/* What a process has used: the sums of threads that are gone, and each thread still there. */
#include "log.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/task_io_accounting_ops.h>

#include "uapi/procmon.h"
#include "usage.h"

#define USAGE_TRIES 8 /* threads that leave while we add up make us begin anew */

/*
 * All is added up in a variable of its own: behind a pointer it could be one of the numbers that
 * are added, for all that the compiler knows.
 */

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
static u64 usage_maxrss_kib(struct task_struct *task)
{
	unsigned long pages = task->signal->maxrss;

	if (task->mm)
		pages = max(pages, get_mm_hiwater_rss(task->mm));
	return (u64)pages << (PAGE_SHIFT - 10);
}

/**
 * usage_of_thread - what one thread has used
 * @task: the current task, which ends
 * @usage: filled in
 */
void usage_of_thread(struct task_struct *task, struct usage *usage)
{
	struct usage sum = { .maxrss_kib = usage_maxrss_kib(task) };

	usage_add_thread(&sum, task);
	*usage = sum;
}

/* As usage_of_process(), of a process that has more threads than this one. */
static void usage_of_threads(struct task_struct *task, struct usage *usage)
{
	const struct signal_struct *signal = task->signal;
	struct task_struct *thread;
	unsigned int seq;
	int tries = 0;

	do {
		seq = raw_read_seqcount(&signal->stats_lock.seqcount);
		*usage = (struct usage){ .maxrss_kib = usage_maxrss_kib(task) };
		usage_add_gone(usage, signal);
		rcu_read_lock();
		/* for_each_thread() asks lockdep for tasklist_lock, which is not exported */
		list_for_each_entry_rcu(thread, &signal->thread_head, thread_node)
			usage_add_thread(usage, thread);
		rcu_read_unlock();
	} while (((seq & 1) || read_seqcount_retry(&signal->stats_lock.seqcount, seq)) &&
		 ++tries < USAGE_TRIES);
}

/**
 * usage_of_process - what all threads of a process have used
 * @task: the current task, the last that ends
 * @usage: filled in
 *
 * Context: any task context; takes no lock.  A thread that has just gone moves its sums from its
 * own to signal's under stats_lock, whose sequence tells; its lock cannot be taken in the probes
 * of PREEMPT_RT, so the plain sequence is read.
 */
void usage_of_process(struct task_struct *task, struct usage *usage)
{
	struct usage sum = { .maxrss_kib = usage_maxrss_kib(task) };

	if (!thread_group_empty(task))
		return usage_of_threads(task, usage);
	usage_add_thread(&sum, task);
	usage_add_gone(&sum, task->signal);
	*usage = sum;
}
