// SPDX-License-Identifier: GPL-2.0
/* Fork, exit and cgroup events. */
#include "log.h"

#include "claim.h"
#include "lane.h"
#include "param.h"
#include "record.h"
#include "subject.h"

#define RECORD_CGROUP_PATH_CUT 1023 /* TRACE_CGROUP_PATH_LEN - 1: the kernel's own buffer */
#define RECORD_CORE 0x80 /* in a wait status: dumped core */
#define RECORD_SIGNAL 0x7f /* in a wait status: the signal */

static u32 field_fork_pid(const struct subject *subject)
{
	return current->tgid;
}

static u32 field_fork_tid(const struct subject *subject)
{
	return current->pid;
}

/**
 * record_fork - a task was made
 * @child: the new task, not yet running
 */
void record_fork(struct task_struct *child)
{
	bool thread = child->group_leader != child;
	struct subject fork = { .task = child };
	struct subject *subject = &fork;
	struct lane_hold hold;

	if (thread && !READ_ONCE(param.threads))
		return;
	hold = lane_enter();
	if (hold.lane) {
		fork.draft = &hold.lane->draft;
		subject_begin(subject, PROCMON_FORK, sizeof(struct procmon_fork));
		if (thread)
			draft_head(fork.draft)->flags |= PROCMON_F_THREAD;
		SUBJECT_FILL(PROCMON_FORK_FIELDS, (struct procmon_fork *)draft_body(fork.draft));
		lane_publish(hold.lane, 0);
	}
	lane_leave(hold);
}

#define RECORD_USAGE(name)                                                                         \
	static u64 field_##name(const struct subject *subject)                                     \
	{                                                                                          \
		return subject->usage->name;                                                       \
	}
RECORD_USAGE(utime_ns)
RECORD_USAGE(stime_ns)
RECORD_USAGE(maxrss_kib)
RECORD_USAGE(minflt)
RECORD_USAGE(majflt)
RECORD_USAGE(nvcsw)
RECORD_USAGE(nivcsw)
RECORD_USAGE(read_bytes)
RECORD_USAGE(write_bytes)

static u32 field_signal(const struct subject *subject)
{
	return subject->status & RECORD_SIGNAL;
}

static s32 field_exit_code(const struct subject *subject)
{
	return field_signal(subject) ? -1 : (subject->status >> 8) & 0xff;
}

static u32 field_core(const struct subject *subject)
{
	return field_signal(subject) ? !!(subject->status & RECORD_CORE) : PROCMON_UNKNOWN32;
}

/* The status that wait() will tell: the group's when exit_group() or a signal ended it, else the
 * leader's, which may have left long before.
 */
static u32 record_status(struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;

	return signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code :
						   task->group_leader->exit_code;
}

/* Is it this thread that tells the end of its process?  Under RCU. */
static bool record_ends_process(struct task_struct *task, bool group_dead, struct lane *lane)
{
	bool full, mine;

	if (!group_dead)
		return false;
	mine = claim_exit(task, &full);
	if (full)
		ring_count(&lane->ring, PROCMON_C_CLAIM_FULL);
	return mine;
}

static void record_exit_of(struct lane *lane, struct task_struct *task, bool process)
{
	struct usage usage = process ? usage_of_process(task) : usage_of_thread(task);
	struct subject exit = {
		.draft = &lane->draft,
		.task = task,
		.usage = &usage,
		.status = process ? record_status(task) : task->exit_code,
	};
	struct subject *subject = &exit;

	subject_begin(subject, PROCMON_EXIT, sizeof(struct procmon_exit));
	if (!process)
		draft_head(exit.draft)->flags |= PROCMON_F_THREAD;
	SUBJECT_FILL(PROCMON_EXIT_FIELDS, (struct procmon_exit *)draft_body(exit.draft));
	lane_publish(lane, 0);
}

/**
 * record_exit - a task ends
 * @task: the current task
 * @group_dead: no thread of its process is left alive; may be true for several of them
 *
 * The process is told once, by one of its last threads; threads only when asked for, and then the
 * thread that tells the end of the process tells its own before it.
 */
void record_exit(struct task_struct *task, bool group_dead)
{
	bool threads = READ_ONCE(param.threads);
	struct lane_hold hold;

	if (!group_dead && !threads)
		return;
	hold = lane_enter();
	if (hold.lane) {
		if (threads && task != task->group_leader)
			record_exit_of(hold.lane, task, false);
		if (record_ends_process(task, group_dead, hold.lane))
			record_exit_of(hold.lane, task, true);
	}
	lane_leave(hold);
}

static u64 field_target_cgroup_id(const struct subject *subject)
{
	return cgroup_id(subject->cgrp);
}

static u32 field_hierarchy(const struct subject *subject)
{
	return subject->cgrp->root->hierarchy_id;
}

static u32 field_level(const struct subject *subject)
{
	return subject->cgrp->level;
}

static u64 field_member_start_ns(const struct subject *subject)
{
	return subject->member ? subject->member->group_leader->start_boottime : 0;
}

static u32 field_member_pid(const struct subject *subject)
{
	return subject->member ? subject->member->tgid : 0;
}

static u32 field_member_tid(const struct subject *subject)
{
	return subject->member ? subject->member->pid : 0;
}

static void put_target_cgroup(struct subject *subject, struct procmon_str *str)
{
	draft_text(subject->draft, str, subject->path);
	if (str->full_len >= RECORD_CGROUP_PATH_CUT)
		str->flags |= PROCMON_STR_CUT;
}

/**
 * record_cgroup - a cgroup came, went, got another name or another member
 * @type: of the event
 * @cgrp: the cgroup
 * @path: its path, in the kernel's own buffer
 * @member: who was attached, or NULL
 *
 * Context: interrupts may be off, spinlocks held.
 */
void record_cgroup(unsigned int type, struct cgroup *cgrp, const char *path,
		   struct task_struct *member)
{
	struct subject cgroup = { .task = current, .cgrp = cgrp, .path = path, .member = member };
	struct subject *subject = &cgroup;
	struct procmon_cgroup *body;
	struct lane_hold hold = lane_enter();

	if (hold.lane) {
		lane_tell_hierarchy();
		cgroup.draft = &hold.lane->draft;
		body = draft_body(cgroup.draft);
		subject_begin(subject, type, sizeof(*body));
		SUBJECT_FILL(PROCMON_CGROUP_FIELDS, body);
		if (body->target_cgroup.flags & PROCMON_STR_CUT)
			ring_count(&hold.lane->ring, PROCMON_C_CGROUP_PATH_CUT);
		lane_publish(hold.lane, 0);
	}
	lane_leave(hold);
}
