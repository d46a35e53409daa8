// SPDX-License-Identifier: GPL-2.0
/* What several threads have used: the sums of those that are gone, and each one still there. */
#include "log.h"

#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>

#include "usage.h"

#define USAGE_TRIES 8 /* threads that leave while we add up make us begin anew */

/* As usage_of_process(), of a process that has more threads than this one. */
struct usage usage_of_threads(struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;
	struct task_struct *thread;
	struct usage usage;
	unsigned int seq;
	int tries = 0;

	do {
		seq = raw_read_seqcount(&signal->stats_lock.seqcount);
		usage = (struct usage){ .maxrss_kib = usage_maxrss_kib(task) };
		usage_add_gone(&usage, signal);
		rcu_read_lock();
		/* for_each_thread() asks lockdep for tasklist_lock, which is not exported */
		list_for_each_entry_rcu(thread, &signal->thread_head, thread_node)
			usage_add_thread(&usage, thread);
		rcu_read_unlock();
	} while (((seq & 1) || read_seqcount_retry(&signal->stats_lock.seqcount, seq)) &&
		 ++tries < USAGE_TRIES);
	return usage;
}
