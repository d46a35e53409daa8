/* SPDX-License-Identifier: GPL-2.0 */
/*
 * subject.h - the getters of the fields
 *
 * Every number `name` in the ABI's tables is got by field_name(), every string by put_name(); a row
 * without its getter does not compile.  SUBJECT_FILL() calls them all.
 */
#ifndef _PROCMON_SUBJECT_H
#define _PROCMON_SUBJECT_H

#include <linux/audit.h>
#include <linux/binfmts.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "cgroup.h"
#include "draft.h"
#include "usage.h"

/**
 * struct subject - whom an event is about
 * @draft: the event
 * @task: the task; its getters run under RCU
 * @leader: the leader of its thread group
 * @parent: its real parent (a thread group leader's, or the thread that forked it)
 * @usage: exit: what it has used
 * @status: exit: wait status
 * @bprm: exec: its parameters
 * @old_tid: exec: thread ID of the caller
 * @cgrp: cgroup: which one
 * @path: cgroup: its path
 * @member: cgroup: who was attached, or NULL
 */
struct subject {
	struct draft *draft;
	struct task_struct *task;
	struct task_struct *leader;
	struct task_struct *parent;
	const struct usage *usage;
	u32 status;
	struct linux_binprm *bprm;
	u32 old_tid;
	struct cgroup *cgrp;
	const char *path;
	struct task_struct *member;
};

#define SUBJECT_N(type, name, unknown, doc) fields->name = field_##name(subject);
#define SUBJECT_S(name, doc) put_##name(subject, &fields->name);
/*
 * Fills in @body, a pointer, from the table @FIELDS; needs `subject` in scope.  That is all of it:
 * tests/abi/check proves that nothing lies between the fields.
 */
#define SUBJECT_FILL(FIELDS, body)                                                                 \
	do {                                                                                       \
		typeof(body) fields = (body);                                                      \
		FIELDS(SUBJECT_N, SUBJECT_S)                                                       \
	} while (0)

/* As from_kuid(&init_user_ns, ...): that namespace has all IDs as they are. */
static inline u32 subject_uid(kuid_t uid)
{
	return __kuid_val(uid);
}

static inline u32 subject_gid(kgid_t gid)
{
	return __kgid_val(gid);
}

/**
 * subject_begin - begin an event about a task and fill in its head
 * @subject: with draft and task; the rest of the relatives is filled in
 * @type: of the event
 * @body_len: of its body
 *
 * Context: between lane_enter() and lane_leave(), so under RCU.
 */
static inline void subject_begin(struct subject *subject, unsigned int type, u16 body_len)
{
	struct task_struct *task = subject->task;
	struct procmon_head *head = draft_head(subject->draft);

	subject->leader = task->group_leader;
	subject->parent = rcu_dereference(task->real_parent);
	draft_begin(subject->draft, type, body_len);
	head->cpu = raw_smp_processor_id();
	head->tgid = task->tgid;
	head->tid = task->pid;
	head->start_ns = subject->leader->start_boottime;
	head->cgroup_id = cgroup_id(cgroup_told(task));
	head->ppid = subject->parent ? subject->parent->tgid : PROCMON_UNKNOWN32;
	head->uid = subject_uid(__task_cred(task)->uid);
}

static inline u64 field_parent_start_ns(const struct subject *subject)
{
	return subject->parent ? subject->parent->group_leader->start_boottime : PROCMON_UNKNOWN64;
}

static inline struct pid_namespace *subject_pid_ns(const struct subject *subject)
{
	return ns_of_pid(task_pid(subject->task));
}

static inline u32 field_pid_ns(const struct subject *subject)
{
	struct pid_namespace *ns = subject_pid_ns(subject);

	return ns ? ns->ns.inum : 0;
}

static inline u32 field_ns_pid(const struct subject *subject)
{
	struct pid *pid = task_tgid(subject->task);

	return pid ? pid->numbers[pid->level].nr : 0;
}

static inline void put_comm(struct subject *subject, struct procmon_str *str)
{
	draft_comm(subject->draft, str, subject->task->comm);
}

#endif
