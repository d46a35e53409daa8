// SPDX-License-Identifier: MIT
#include "context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bag.h"
#include "proc.h"
#include "reader.h"
#include "where.h"

#define CONTEXT_NAMES 8192 /* events that are kept; beyond it the oldest goes */

enum { CONTEXT_FORKED = 1, CONTEXT_ENDED = 2 };

/* The last events that told the name of a cgroup and of its container, in their order. */
static struct context_name {
	uint64_t id;
	unsigned int type;
	char *bytes; /* NULL: it is no longer wanted */
	size_t len;
} context_names[CONTEXT_NAMES];
static size_t context_count;

static const struct proc **context_procs; /* being sorted */
static size_t context_nr_procs, context_max_procs;
static struct out context_base = { .fd = -1 }, context_room = { .fd = -1 }; /* not packed */

static void context_drop(size_t i)
{
	free(context_names[i].bytes);
	memmove(&context_names[i], &context_names[i + 1],
		(context_count - i - 1) * sizeof(context_names[0]));
	context_count--;
}

void context_note(const struct procmon_event *ev)
{
	unsigned int type = ev->head.type;
	struct context_name name = { .type = type, .len = ev->head.len };
	size_t i;

	if (type == PROCMON_CGROUP_RMDIR || type == PROCMON_CGROUP_RENAME)
		type = PROCMON_CGROUP_MKDIR; /* takes the place of it */
	if ((type != PROCMON_NAMED && type != PROCMON_CGROUP_MKDIR) || !ev->data)
		return;
	name.type = type;
	name.id = procmon_number(ev, "target_cgroup_id");
	name.bytes = malloc(name.len);
	if (!name.bytes)
		return;
	memcpy(name.bytes, ev->data, name.len);
	for (i = 0; i < context_count; i++)
		if (context_names[i].id == name.id && context_names[i].type == type)
			context_drop(i--);
	if (context_count == CONTEXT_NAMES)
		context_drop(0);
	context_names[context_count++] = name;
}

static void context_collect(void *data, const struct proc *proc)
{
	const struct proc **more;

	(void)data;
	if (context_nr_procs == context_max_procs) {
		context_max_procs = context_max_procs ? 2 * context_max_procs : 1024;
		more = realloc(context_procs, context_max_procs * sizeof(const struct proc *));
		if (!more) {
			fputs("procmon: out of memory\n", stderr);
			exit(EXIT_FAILURE);
		}
		context_procs = more;
	}
	context_procs[context_nr_procs++] = proc;
}

/* Parents before their children. */
static int context_compare(const void *a, const void *b)
{
	const struct proc *x = *(const struct proc *const *)a, *y = *(const struct proc *const *)b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->tgid > y->tgid) - (x->tgid < y->tgid);
}

static void context_put_text(struct out *to, const char *text, size_t len)
{
	if (text)
		bag_put_text(to, text, len);
	else
		bag_put_none(to);
}

static void context_put_proc(struct out *to, const struct proc *proc)
{
	bag_put_number(to, proc->tgid);
	bag_put_number(to, proc->start_ns);
	bag_put_number(to, proc->ppid);
	bag_put_number(to, proc->parent_start_ns);
	bag_put_number(to, proc->ns_pid);
	bag_put_number(to, proc->pid_ns);
	bag_put_number(to, (proc->forked ? CONTEXT_FORKED : 0) | (proc->ended ? CONTEXT_ENDED : 0));
	bag_put_text(to, proc->comm, strnlen(proc->comm, sizeof(proc->comm) - 1));
	context_put_text(to, proc->exe, proc->exe_len);
	context_put_text(to, proc->args, proc->args_len);
}

static void context_tell(struct out *bytes)
{
	size_t i;

	bytes->len = 0;
	context_nr_procs = 0;
	proc_each(context_collect, NULL);
	if (context_nr_procs)
		qsort(context_procs, context_nr_procs, sizeof(const struct proc *),
		      context_compare);
	bag_put_number(bytes, context_nr_procs);
	for (i = 0; i < context_nr_procs; i++)
		context_put_proc(bytes, context_procs[i]);
	bag_put_number(bytes, context_count);
	for (i = 0; i < context_count; i++)
		bag_put_text(bytes, context_names[i].bytes, context_names[i].len);
}

void context_save(struct out *to)
{
	context_tell(&context_base);
	bag_close(to, &context_base, NULL);
}

void context_save_more(struct out *to)
{
	context_tell(&context_room);
	bag_close(to, &context_room, &context_base);
}

static void context_take_proc(struct bag *bag)
{
	struct proc proc = { 0 };
	uint64_t flags;
	const char *comm;
	size_t len;

	proc.tgid = (uint32_t)bag_number(bag);
	proc.start_ns = bag_number(bag);
	proc.ppid = (uint32_t)bag_number(bag);
	proc.parent_start_ns = bag_number(bag);
	proc.ns_pid = (uint32_t)bag_number(bag);
	proc.pid_ns = (uint32_t)bag_number(bag);
	flags = bag_number(bag);
	comm = bag_text(bag, &len);
	if (comm)
		memcpy(proc.comm, comm, len < sizeof(proc.comm) ? len : sizeof(proc.comm) - 1);
	proc.exe = (char *)bag_text(bag, &proc.exe_len); /* it is only read */
	proc.args = (char *)bag_text(bag, &proc.args_len);
	proc.forked = flags & CONTEXT_FORKED;
	proc.ended = flags & CONTEXT_ENDED;
	if (!bag->bad)
		proc_restore(&proc);
}

static void context_take_name(struct procmon *pm, struct bag *bag)
{
	struct procmon_event ev = { 0 };
	size_t len;
	const char *bytes = bag_text(bag, &len);
	static struct out aligned = { .fd = -1 };

	if (!bytes || len < sizeof(ev.head))
		return;
	aligned.len = 0;
	out_put(&aligned, bytes, len);
	memcpy(&ev.head, aligned.buf, sizeof(ev.head));
	ev.data = aligned.buf;
	if (ev.head.len != len)
		return;
	if (pm->cgroups)
		cgroups_note(pm, &ev);
	if (ev.head.type == PROCMON_NAMED)
		where_take(pm, &ev);
	context_note(&ev);
}

static bool context_open(struct bag *bag, const struct context *context)
{
	return context->base_len &&
	       bag_open(bag, &context_base, context->base, context->base_len, NULL) &&
	       (!context->more ||
		bag_open(bag, &context_room, context->more, context->more_len, &context_base));
}

bool context_bytes(const struct context *context, const void **bytes, size_t *len)
{
	struct bag bag;

	if (!context_open(&bag, context))
		return false;
	*bytes = bag.at;
	*len = (size_t)(bag.end - bag.at);
	return true;
}

bool context_load(struct procmon *pm, const struct context *context)
{
	struct bag bag;
	uint64_t n;

	proc_free_all();
	context_free();
	if (!context->base_len)
		return true;
	if (!context_open(&bag, context))
		return false;
	for (n = bag_number(&bag); n && !bag.bad; n--)
		context_take_proc(&bag);
	for (n = bag_number(&bag); n && !bag.bad; n--)
		context_take_name(pm, &bag);
	return !bag.bad && bag.at == bag.end;
}

void context_free(void)
{
	while (context_count)
		context_drop(context_count - 1);
}
