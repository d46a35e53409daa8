// SPDX-License-Identifier: MIT
#include "proc.h"

#include <stdlib.h>
#include <string.h>

#include "body.h"

#define PROC_BUCKETS 16384
#define PROC_SPARES                                                                                \
	256 /* as many processes that begin and end at the same time take no memory anew */
#define PROC_ROOM 256 /* bytes for texts that are kept without a use */

static struct proc *proc_table[PROC_BUCKETS];
/* The living, and those that have ended. */
static struct proc_list {
	struct proc *oldest, **newest;
} proc_lists[2] = { { .newest = &proc_lists[0].oldest }, { .newest = &proc_lists[1].oldest } };
static size_t proc_count;
static struct proc *proc_spare[PROC_SPARES];
static size_t proc_spares;

static struct proc **proc_bucket(uint32_t tgid)
{
	return &proc_table[(tgid * 2654435761u) >> 18];
}

static struct proc **proc_slot(uint32_t tgid, uint64_t start_ns)
{
	struct proc **slot = proc_bucket(tgid);

	while (*slot && ((*slot)->tgid != tgid || (*slot)->start_ns != start_ns))
		slot = &(*slot)->next;
	return slot;
}

/* The living process @tgid: of several whose end was not seen, the youngest. */
static const struct proc *proc_living(uint32_t tgid)
{
	const struct proc *proc, *youngest = NULL;

	for (proc = *proc_bucket(tgid); proc; proc = proc->next)
		if (proc->tgid == tgid && !proc->ended &&
		    (!youngest || proc->start_ns > youngest->start_ns))
			youngest = proc;
	return youngest;
}

static void proc_link(struct proc *proc)
{
	struct proc_list *list = &proc_lists[proc->ended];

	proc->newer = NULL;
	proc->link = list->newest;
	*list->newest = proc;
	list->newest = &proc->newer;
}

static void proc_unlink(struct proc *proc)
{
	*proc->link = proc->newer;
	if (proc->newer)
		proc->newer->link = proc->link;
	else
		proc_lists[proc->ended].newest = proc->link;
}

const struct proc *proc_parent(const struct proc *proc)
{
	const struct proc *parent = *proc_slot(proc->ppid, proc->parent_start_ns);

	return parent != proc ? parent : NULL; /* some say so */
}

static struct proc *proc_take(void)
{
	struct proc *proc;
	char *room;
	size_t size;

	if (!proc_spares)
		return calloc(1, sizeof(*proc));
	proc = proc_spare[--proc_spares];
	room = proc->room;
	size = proc->room_size;
	memset(proc, 0, sizeof(*proc));
	proc->room = room;
	proc->room_size = size;
	return proc;
}

static void proc_give(struct proc *proc)
{
	if (proc_spares < PROC_SPARES && proc->room_size <= PROC_ROOM) {
		proc_spare[proc_spares++] = proc;
		return;
	}
	free(proc->room);
	free(proc);
}

/* Takes @proc out.  Return: its parent, when that was kept only for it. */
static struct proc *proc_drop_one(struct proc *proc)
{
	struct proc *parent = (struct proc *)proc_parent(proc);

	*proc_slot(proc->tgid, proc->start_ns) = proc->next;
	proc_unlink(proc);
	proc_count--;
	proc_give(proc);
	if (!parent || !parent->children || --parent->children)
		return NULL;
	return parent->ended ? parent : NULL;
}

static void proc_drop(struct proc *proc)
{
	while (proc)
		proc = proc_drop_one(proc);
}

static struct proc *proc_add(uint32_t tgid, uint64_t start_ns)
{
	struct proc **slot = proc_slot(tgid, start_ns);
	struct proc *proc = *slot;

	if (proc)
		return proc;
	while (proc_count >= PROC_MAX)
		proc_drop(proc_lists[1].oldest ? proc_lists[1].oldest : proc_lists[0].oldest);
	proc = proc_take();
	if (!proc)
		return NULL;
	slot = proc_slot(tgid, start_ns);
	proc->tgid = tgid;
	proc->start_ns = start_ns;
	*slot = proc;
	proc_link(proc);
	proc_count++;
	return proc;
}

/* A text as it is kept at @to; @from is not there.  Return: where the next one stands. */
static char *proc_copy(char *to, char **text, size_t *kept, const char *from, size_t len)
{
	*text = from ? to : NULL;
	*kept = from ? len : 0;
	if (!from)
		return to;
	memcpy(to, from, len);
	to[len] = '\0';
	return to + len + 1;
}

/* NULL is what is unknown; so is everything when memory is short. */
static void proc_set(struct proc *proc, const char *exe, size_t exe_len, const char *args,
		     size_t args_len)
{
	size_t want = (exe ? exe_len + 1 : 0) + (args ? args_len + 1 : 0);
	char *to;

	if (want > proc->room_size || (want && proc->room_size > want + PROC_ROOM)) {
		free(proc->room);
		proc->room = malloc(want);
		proc->room_size = proc->room ? want : 0;
	}
	if (!proc->room)
		exe = args = NULL;
	to = proc_copy(proc->room, &proc->exe, &proc->exe_len, exe, exe_len);
	proc_copy(to, &proc->args, &proc->args_len, args, args_len);
}

static void proc_note_parent(struct proc *proc, const struct procmon_event *ev)
{
	uint32_t ns_pid, pid_ns;
	struct proc *parent;

	if (proc->parent_start_ns)
		return; /* known */
	proc->ppid = ev->head.ppid;
	proc->parent_start_ns = body_parent_start_ns(ev);
	proc->forked = ev->head.type == PROCMON_FORK;
	if (body_pid_ns(ev, &ns_pid, &pid_ns)) {
		proc->pid_ns = pid_ns;
		proc->ns_pid = ns_pid;
	}
	parent = *proc_slot(proc->ppid, proc->parent_start_ns);
	if (parent && parent != proc)
		parent->children++;
}

static void proc_note_fork(struct proc *proc, const struct procmon_event *ev)
{
	uint64_t caller = body_number(ev, fork, fork_pid);
	const struct proc *from;

	if (caller == ev->head.ppid || caller == UINT64_MAX)
		from = *proc_slot(ev->head.ppid, body_parent_start_ns(ev));
	else /* CLONE_PARENT: the caller is another one, of which no start is told */
		from = proc_living((uint32_t)caller);
	if (from && from != proc)
		proc_set(proc, from->exe, from->exe_len, from->args, from->args_len);
}

static void proc_note_exec(struct proc *proc, const struct procmon_event *ev)
{
	size_t exe_len, args_len;
	const char *exe = body_string(ev, exec, exe, &exe_len);
	const char *args = body_string(ev, exec, args, &args_len);

	proc_set(proc, exe, exe_len, args, args_len);
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
	} else if (ev->head.type == PROCMON_EXEC || ev->head.type == PROCMON_SNAPSHOT) {
		proc = proc_add(ev->head.tgid, ev->head.start_ns);
		if (proc)
			proc_note_exec(proc, ev);
	} else {
		proc = *proc_slot(ev->head.tgid, ev->head.start_ns);
	}
	if (proc) {
		proc_note_parent(proc, ev);
		proc->uid = ev->head.uid;
		proc->cgroup_id = ev->head.cgroup_id;
	}
	comm = body_comm(ev, &len);
	if (proc && comm && !(ev->head.flags & PROCMON_F_THREAD)) {
		memset(proc->comm, 0, sizeof(proc->comm));
		memcpy(proc->comm, comm, len < sizeof(proc->comm) ? len : sizeof(proc->comm) - 1);
	}
	return proc;
}

void proc_forget(const struct procmon_event *ev)
{
	struct proc *proc;

	if (ev->head.type != PROCMON_EXIT || ev->head.flags & PROCMON_F_THREAD)
		return;
	proc = *proc_slot(ev->head.tgid, ev->head.start_ns);
	if (!proc)
		return;
	proc_unlink(proc);
	proc->ended = true;
	proc_link(proc);
	if (!proc->children)
		proc_drop(proc);
}

void proc_each(void (*visit)(void *data, const struct proc *proc), void *data)
{
	const struct proc *proc;
	size_t i;

	for (i = 0; i < PROC_BUCKETS; i++)
		for (proc = proc_table[i]; proc; proc = proc->next)
			visit(data, proc);
}

void proc_record(const struct procmon_event *ev)
{
	struct proc *proc = *proc_slot(ev->head.tgid, ev->head.start_ns);

	if (proc)
		proc->recorded = true;
}

void proc_each_living(void (*visit)(void *data, const struct proc *proc), void *data)
{
	const struct proc *proc;

	for (proc = proc_lists[0].oldest; proc; proc = proc->newer)
		visit(data, proc);
}

bool proc_is_known(uint32_t tgid, uint64_t start_ns)
{
	return *proc_slot(tgid, start_ns);
}

void proc_restore(const struct proc *from)
{
	struct proc *proc = proc_add(from->tgid, from->start_ns), *parent;

	if (!proc)
		return;
	proc_set(proc, from->exe, from->exe_len, from->args, from->args_len);
	memcpy(proc->comm, from->comm, sizeof(proc->comm));
	proc->ppid = from->ppid;
	proc->parent_start_ns = from->parent_start_ns;
	proc->ns_pid = from->ns_pid;
	proc->pid_ns = from->pid_ns;
	proc->forked = from->forked;
	parent = (struct proc *)proc_parent(proc);
	if (parent)
		parent->children++;
	if (!from->ended)
		return;
	proc_unlink(proc);
	proc->ended = true;
	proc_link(proc);
}

static void proc_drop_all(const struct proc_list *list)
{
	while (list->oldest)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is moved on */
		proc_drop(list->oldest);
}

void proc_free_all(void)
{
	proc_drop_all(&proc_lists[0]);
	proc_drop_all(&proc_lists[1]);
	while (proc_spares) {
		free(proc_spare[--proc_spares]->room);
		free(proc_spare[proc_spares]);
	}
}
