// SPDX-License-Identifier: MIT
#include "proc.h"

#include <stdlib.h>
#include <string.h>

#define PROC_BUCKETS 16384

static struct proc *proc_table[PROC_BUCKETS];
static struct proc *proc_oldest, **proc_newest = &proc_oldest;
static size_t proc_count;

static struct proc **proc_slot(uint32_t tgid, uint64_t start_ns)
{
	struct proc **slot = &proc_table[(tgid * 2654435761u) >> 18];

	while (*slot && ((*slot)->tgid != tgid || (*slot)->start_ns != start_ns))
		slot = &(*slot)->next;
	return slot;
}

static void proc_free(struct proc *proc)
{
	free(proc->exe);
	free(proc->args);
	free(proc);
}

/* Dead ones stay in the queue with tgid 0 until they are the oldest. */
static void proc_drop_oldest(void)
{
	struct proc *proc = proc_oldest;

	proc_oldest = proc->newer;
	if (!proc_oldest)
		proc_newest = &proc_oldest;
	if (proc->tgid) {
		struct proc **slot = proc_slot(proc->tgid, proc->start_ns);

		*slot = proc->next;
	}
	proc_count--;
	proc_free(proc);
}

static struct proc *proc_add(uint32_t tgid, uint64_t start_ns)
{
	struct proc **slot = proc_slot(tgid, start_ns);
	struct proc *proc = *slot;

	if (proc)
		return proc;
	while (proc_oldest && (proc_count >= PROC_MAX || !proc_oldest->tgid))
		proc_drop_oldest();
	proc = calloc(1, sizeof(*proc));
	if (!proc)
		return NULL;
	slot = proc_slot(tgid, start_ns);
	proc->tgid = tgid;
	proc->start_ns = start_ns;
	*slot = proc;
	*proc_newest = proc;
	proc_newest = &proc->newer;
	proc_count++;
	return proc;
}

static void proc_set(char **to, size_t *to_len, const char *from, size_t len)
{
	char *copy = from ? malloc(len + 1) : NULL;

	free(*to);
	*to = copy;
	*to_len = copy ? len : 0;
	if (copy) {
		memcpy(copy, from, len);
		copy[len] = '\0';
	}
}

static void proc_note_fork(struct proc *proc, const struct procmon_event *ev)
{
	const struct proc *parent =
		*proc_slot(ev->head.ppid, procmon_number(ev, "parent_start_ns"));

	if (!parent)
		return;
	proc_set(&proc->exe, &proc->exe_len, parent->exe, parent->exe_len);
	proc_set(&proc->args, &proc->args_len, parent->args, parent->args_len);
}

static void proc_note_exec(struct proc *proc, const struct procmon_event *ev)
{
	size_t len;
	const char *text = procmon_string(ev, "exe", &len);

	proc_set(&proc->exe, &proc->exe_len, text, len);
	text = procmon_string(ev, "args", &len);
	proc_set(&proc->args, &proc->args_len, text, len);
}

struct proc *proc_note(const struct procmon_event *ev)
{
	const char *comm;
	struct proc *proc;
	size_t len;

	if (ev->head.type == PROCMON_LOST)
		return NULL;
	if (ev->head.type == PROCMON_FORK && !(ev->head.flags & PROCMON_F_THREAD)) {
		proc = proc_add(ev->head.tgid, ev->head.start_ns);
		if (proc)
			proc_note_fork(proc, ev);
	} else if (ev->head.type == PROCMON_EXEC) {
		proc = proc_add(ev->head.tgid, ev->head.start_ns);
		if (proc)
			proc_note_exec(proc, ev);
	} else {
		proc = *proc_slot(ev->head.tgid, ev->head.start_ns);
	}
	comm = procmon_string(ev, "comm", &len);
	if (proc && comm && !(ev->head.flags & PROCMON_F_THREAD)) {
		memset(proc->comm, 0, sizeof(proc->comm));
		memcpy(proc->comm, comm, len < sizeof(proc->comm) ? len : sizeof(proc->comm) - 1);
	}
	return proc;
}

void proc_forget(const struct procmon_event *ev)
{
	struct proc **slot;

	if (ev->head.type != PROCMON_EXIT || ev->head.flags & PROCMON_F_THREAD)
		return;
	slot = proc_slot(ev->head.tgid, ev->head.start_ns);
	if (*slot) {
		struct proc *proc = *slot;

		*slot = proc->next;
		proc->tgid = 0;
		proc_set(&proc->exe, &proc->exe_len, NULL, 0);
		proc_set(&proc->args, &proc->args_len, NULL, 0);
	}
}

void proc_free_all(void)
{
	while (proc_oldest)
		proc_drop_oldest();
}
