// SPDX-License-Identifier: MIT
#include "restate.h"

#include <stddef.h>
#include <string.h>

#include "compose.h"

#define RESTATE_N(type, name, unknown, doc) .name = (type)(unknown),
#define RESTATE_S(name, doc) .name = { .flags = PROCMON_STR_ABSENT },

struct procmon_event restate_event(const struct proc *proc, uint64_t time_ns)
{
	const struct procmon_head head = {
		.type = PROCMON_SNAPSHOT,
		.flags = PROCMON_F_AGAIN,
		.seq = PROCMON_UNKNOWN64,
		.time_ns = time_ns,
		.cpu = PROCMON_UNKNOWN32,
		.tgid = proc->tgid,
		.tid = proc->tgid,
		.start_ns = proc->start_ns,
		.cgroup_id = proc->cgroup_id,
		.ppid = proc->ppid,
		.uid = proc->uid,
	};
	struct procmon_exec body = { PROCMON_EXEC_FIELDS(RESTATE_N, RESTATE_S) };

	body.parent_start_ns = proc->parent_start_ns;
	if (proc->ns_pid) {
		body.ns_pid = proc->ns_pid;
		body.pid_ns = proc->pid_ns;
	}
	compose_start(&head, &body, sizeof(body));
	compose_text(offsetof(struct procmon_exec, comm), proc->comm, strlen(proc->comm));
	compose_text(offsetof(struct procmon_exec, exe), proc->exe, proc->exe_len);
	compose_text(offsetof(struct procmon_exec, args), proc->args, proc->args_len);
	return compose_event();
}

bool restate_is_known(const struct procmon_event *ev)
{
	return ev->head.type == PROCMON_SNAPSHOT && ev->head.flags & PROCMON_F_AGAIN &&
	       proc_is_known(ev->head.tgid, ev->head.start_ns);
}
