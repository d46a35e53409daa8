// SPDX-License-Identifier: GPL-2.0
/* What a process that runs already is called in the events: for readers that come later. */
#include "log.h"

#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "cgroup.h"
#include "subject.h"
#include "task.h"

/* Each thread takes itself off signal->live before it comes to the probe (kmod/claim.c). */
static u32 task_state(struct task_struct *leader)
{
	if (atomic_read(&leader->signal->live))
		return PROCMON_TASK_RUNS;
	return thread_group_empty(leader) && READ_ONCE(leader->exit_state) ? PROCMON_TASK_ENDED :
									     PROCMON_TASK_ENDS;
}

static void task_fill(struct procmon_task *told, struct task_struct *leader)
{
	struct task_struct *parent = rcu_dereference(leader->real_parent);
	struct pid_namespace *ns = ns_of_pid(task_pid(leader));

	told->tgid = leader->tgid;
	told->start_ns = leader->start_boottime;
	told->cgroup_id = cgroup_id(cgroup_told(leader));
	told->ppid = parent ? parent->tgid : PROCMON_UNKNOWN32;
	told->parent_start_ns = parent ? parent->group_leader->start_boottime : PROCMON_UNKNOWN64;
	told->uid = subject_uid(__task_cred(leader)->uid);
	told->pid_ns = ns ? ns->ns.inum : 0;
	/* one that is being reaped has no number any more */
	told->ns_pid = ns ? __task_pid_nr_ns(leader, PIDTYPE_TGID, ns) : 0;
	told->state = task_state(leader);
}

/**
 * task_tell - fill in what is known of a process
 * @told: with @tgid, 0 for the caller's own
 *
 * Context: may not be called from an interrupt.
 * Return: 0; -ESRCH: there is no such process.
 */
long task_tell(struct procmon_task *told)
{
	struct task_struct *leader;

	rcu_read_lock();
	leader = told->tgid ? pid_task(find_pid_ns(told->tgid, &init_pid_ns), PIDTYPE_TGID) :
			      current->group_leader;
	if (leader)
		task_fill(told, leader);
	rcu_read_unlock();
	return leader ? 0 : -ESRCH;
}
