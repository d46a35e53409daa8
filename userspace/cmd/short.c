// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* The short format: a line for each event, in columns. */
#include "show.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "event.h"
#include "names.h"
#include "text.h"

#define SHORT_TYPE 6 /* columns */
#define SHORT_PID 7
#define SHORT_USER 8
#define SHORT_TIME 12
#define SHORT_DATE 11 /* with the space behind it */
#define SHORT_LEVELS 16 /* of ancestors that indent */
#define SHORT_ID 12 /* digits of a container's ID, as its runtime's own tools show */

/* The colours, as SGR parameters. */
static const struct {
	unsigned int type;
	const char *color;
} short_colors[] = {
	{ PROCMON_FORK, "2" },
	{ PROCMON_EXEC, "1" },
	{ PROCMON_EXIT, "2" },
};

#define SHORT_COLOR_FAILED "31" /* a process that ended badly */
#define SHORT_COLOR_LOST "1;31"

static const struct {
	uint32_t flag;
	const char *text;
} short_tags[] = {
	{ PROCMON_F_DELETED, "deleted" },
	{ PROCMON_F_MEMFD, "memfd" },
	{ PROCMON_F_SETID, "setid" },
	{ PROCMON_F_THREAD_EXEC, "by thread" },
	{ PROCMON_F_BY_FD, "by fd" },
	{ PROCMON_F_OUTSIDE_ROOT, "outside root" },
	{ PROCMON_F_NS_ROOT, "from namespace root" },
	{ PROCMON_F_THREAD, "thread" },
	{ PROCMON_F_AGAIN, "again" },
	{ PROCMON_F_REDACTED, "redacted" },
	{ PROCMON_F_UNORDERED, "out of order" },
};

/* Of many days; a line there has to tell all of a process. */
static bool short_is_log(const struct show *show)
{
	return show->options->command == COMMAND_LOG;
}

void short_heading(struct show *show)
{
	const struct options *options = show->options;
	size_t start = show->out.len;

	if (!options->headings || options->command & (COMMAND_TREE | COMMAND_TOP | PICTURES))
		return;
	out_printf(&show->out, "%-*s %-5s %7s %7s %-*s %s",
		   short_is_log(show) ? SHORT_DATE + SHORT_TIME : SHORT_TIME, "TIME", "EVENT",
		   "PID", "PPID", SHORT_USER, "USER", "WHAT");
	if (show->width)
		text_fit(&show->out, start, show->width);
	out_char(&show->out, '\n');
}

static void short_time(struct show *show, uint64_t boot_ns)
{
	uint32_t nsec;
	const struct tm *tm = clock_split(boot_ns, show->options->utc, &nsec);

	if (short_is_log(show))
		out_printf(&show->out, "%04d-%02d-%02d ", tm->tm_year + 1900, tm->tm_mon + 1,
			   tm->tm_mday);
	out_padded(&show->out, (uint64_t)tm->tm_hour, 2);
	out_char(&show->out, ':');
	out_padded(&show->out, (uint64_t)tm->tm_min, 2);
	out_char(&show->out, ':');
	out_padded(&show->out, (uint64_t)tm->tm_sec, 2);
	out_char(&show->out, '.');
	out_padded(&show->out, nsec / 1000000, 3);
}

static void short_put_arg(void *data, const char *arg, size_t len)
{
	struct out *out = data;

	out_char(out, ' ');
	text_put_word(out, arg, len);
}

static const char *short_base(const char *path, size_t *len)
{
	const char *slash = memrchr(path, '/', *len);

	if (!slash)
		return path;
	*len -= (size_t)(slash + 1 - path);
	return slash + 1;
}

/* Is argv[0] only the name of the executable, as nearly always? */
static bool short_is_own_name(const char *exe, size_t exe_len, const char *arg, size_t arg_len)
{
	exe = short_base(exe, &exe_len);
	arg = short_base(arg, &arg_len);
	return exe_len == arg_len && !memcmp(exe, arg, exe_len);
}

void short_command(struct out *out, const char *exe, size_t exe_len, const char *args,
		   size_t args_len, const char *comm)
{
	size_t first = args ? strnlen(args, args_len) : 0;

	if (!exe) {
		out_char(out, '[');
		text_put(out, comm, strlen(comm));
		out_char(out, ']');
		return;
	}
	text_put_word(out, exe, exe_len);
	if (!args)
		return;
	if (!short_is_own_name(exe, exe_len, args, first)) {
		OUT_LITERAL(out, " [");
		text_put(out, args, first);
		out_char(out, ']');
	}
	if (first < args_len)
		event_args(args + first + 1, args_len - first - 1, short_put_arg, out);
}

void short_status(struct out *out, const struct procmon_event *ev)
{
	uint64_t signal = procmon_number(ev, "signal"), code = procmon_number(ev, "exit_code");
	const char *name = signal != UINT64_MAX ? names_signal((unsigned int)signal) : NULL;

	if (name)
		out_printf(out, "SIG%s", name);
	else if (signal != UINT64_MAX)
		out_printf(out, "signal %u", (unsigned int)signal);
	else if (code != UINT64_MAX)
		out_u64(out, code);
	else
		OUT_LITERAL(out, "status unknown");
	if (procmon_number(ev, "core") == 1)
		OUT_LITERAL(out, " (core dumped)");
}

static void short_note(struct out *out, const char *name, const struct procmon_value *value)
{
	const char *err;

	if (value->flags & PROCMON_STR_UNREADABLE) {
		err = names_errno(value->err);
		out_printf(out, " (%s unreadable: %s)", name, err ? err : "unknown error");
	}
	if (value->flags & PROCMON_STR_CUT)
		out_printf(out, " (%s cut, %zu of %zu bytes)", name, value->len, value->full_len);
}

void short_program(struct out *out, const struct procmon_event *ev)
{
	struct procmon_value exe, args;
	const char *comm = procmon_string(ev, "comm", NULL);

	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, "exe"), &exe);
	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, "args"), &args);
	short_command(out, exe.str, exe.len, args.str, args.len, comm ? comm : "");
	short_note(out, "exe", &exe);
	short_note(out, "args", &args);
}

static void short_exit(struct show *show, const struct procmon_event *ev, const struct proc *proc)
{
	struct out *out = &show->out;
	const char *comm = procmon_string(ev, "comm", NULL);
	uint64_t duration_ns;

	short_status(out, ev);
	if (event_duration(ev, &duration_ns)) {
		OUT_LITERAL(out, " after ");
		clock_put_duration(out, duration_ns);
	}
	OUT_LITERAL(out, "  ");
	if (proc && proc->exe && short_is_log(show))
		short_command(out, proc->exe, proc->exe_len, proc->args, proc->args_len, "");
	else if (proc && proc->exe)
		text_put_word(out, proc->exe, proc->exe_len);
	else
		short_command(out, NULL, 0, NULL, 0, comm ? comm : "");
}

static void short_cgroup(struct show *show, const struct procmon_event *ev)
{
	uint64_t member = procmon_number(ev, "member_pid");
	size_t len;
	const char *path = procmon_string(ev, "target_cgroup", &len);

	if (member != UINT64_MAX)
		out_printf(&show->out, "%llu to ", (unsigned long long)member);
	if (path)
		text_put(&show->out, path, len);
}

static void short_what(struct show *show, const struct procmon_event *ev, const struct proc *proc)
{
	const char *comm = procmon_string(ev, "comm", NULL);

	switch (ev->head.type) {
	case PROCMON_FORK:
		if (proc && proc->exe)
			text_put_word(&show->out, proc->exe, proc->exe_len);
		else
			short_command(&show->out, NULL, 0, NULL, 0, comm ? comm : "");
		break;
	case PROCMON_EXEC:
	case PROCMON_SNAPSHOT:
		short_program(&show->out, ev);
		break;
	case PROCMON_EXIT:
		short_exit(show, ev, proc);
		break;
	default:
		short_cgroup(show, ev);
	}
}

static void short_put_tags(struct out *out, uint32_t flags)
{
	size_t i;

	for (i = 0; i < sizeof(short_tags) / sizeof(short_tags[0]); i++)
		if (flags & short_tags[i].flag)
			out_printf(out, " (%s)", short_tags[i].text);
}

static const char *short_color(const struct procmon_event *ev)
{
	size_t i;

	if (ev->head.type == PROCMON_EXIT && procmon_number(ev, "exit_code") != 0)
		return SHORT_COLOR_FAILED;
	for (i = 0; i < sizeof(short_colors) / sizeof(short_colors[0]); i++)
		if (short_colors[i].type == ev->head.type)
			return short_colors[i].color;
	return "0";
}

static void short_put_type(struct out *out, const char *name)
{
	size_t width = strlen(name);

	out_char(out, ' ');
	out_put(out, name, width);
	for (; width < SHORT_TYPE; width++)
		out_char(out, ' ');
}

/* The name without "cgroup_": the column is narrow and the path says the rest. */
static void short_put_name(struct out *out, unsigned int type)
{
	const char *name = procmon_type_name(type);

	if (type == PROCMON_SNAPSHOT)
		OUT_LITERAL(out, " snap  ");
	else if (!name)
		out_printf(out, " type%u", type);
	else
		short_put_type(out, strncmp(name, "cgroup_", 7) ? name : name + 7);
}

static void short_lost(struct show *show, const struct procmon_event *ev)
{
	short_time(show, ev->head.time_ns);
	out_printf(&show->out, " LOST  %llu events", (unsigned long long)ev->count);
	if (ev->head.cpu != PROCMON_UNKNOWN32)
		out_printf(&show->out, " of CPU %u", ev->head.cpu);
	OUT_LITERAL(&show->out, " were overwritten before they were read");
}

static void short_user(struct out *out, uint32_t uid)
{
	const char *user = names_user(uid);
	size_t start = out->len, width;

	if (user) {
		text_put(out, user, strlen(user));
		text_fit(out, start, SHORT_USER);
	} else if (uid != PROCMON_UNKNOWN32) {
		out_u64(out, uid); /* a part of a number would be another one */
	}
	for (width = text_width(out->buf + start, out->len - start); width < SHORT_USER; width++)
		out_char(out, ' ');
}

void short_container(struct out *out, const struct where *where)
{
	const char *id = where->place.container_id, *name = where->names.name;
	bool digits = !name && strlen(id) > SHORT_ID;

	if (where->names.pod_name) {
		text_put(out, where->names.pod_name, strlen(where->names.pod_name));
		out_char(out, '/');
	}
	text_put(out, name ? name : id, name ? strlen(name) : digits ? SHORT_ID : strlen(id));
}

static void short_put_container(struct out *out, const struct where *where)
{
	if (!*where->place.container_id)
		return;
	OUT_LITERAL(out, " (in ");
	short_container(out, where);
	out_char(out, ')');
}

/* Is it one that --tree asks for?  Those are not indented, whatever is above them. */
static bool short_is_root(const struct options *options, const struct proc *proc)
{
	unsigned int i;

	for (i = 0; i < options->tree.count; i++)
		if (options->tree.value[i] == proc->tgid)
			return true;
	return false;
}

static void short_indent(struct show *show, const struct proc *proc)
{
	unsigned int levels;

	for (levels = 0; proc && levels < SHORT_LEVELS; levels++) {
		proc = short_is_root(show->options, proc) ? NULL : proc_parent(proc);
		if (proc)
			OUT_LITERAL(&show->out, "  ");
	}
}

/* To the right of its column. */
static void short_put_pid(struct out *out, uint32_t pid)
{
	char text[SHORT_PID + OUT_DIGITS], *end = text + sizeof(text), *at = end;

	if (pid != PROCMON_UNKNOWN32)
		at = out_digits(end, pid);
	while (end - at < SHORT_PID)
		*--at = ' ';
	out_put(out, at, (size_t)(end - at));
	out_char(out, ' ');
}

static void short_line(struct show *show, const struct event *event)
{
	const struct procmon_head *head = &event->ev->head;
	struct out *out = &show->out;

	short_time(show, head->time_ns);
	short_put_name(out, head->type);
	short_put_pid(out, head->tgid);
	short_put_pid(out, head->ppid);
	short_user(out, head->uid);
	out_char(out, ' ');
	if (show->options->indent)
		short_indent(show, event->proc);
	short_what(show, event->ev, event->proc);
	short_put_tags(out, head->flags);
	if (event->where)
		short_put_container(out, event->where);
}

void short_event(struct show *show, const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	bool lost = ev->head.type == PROCMON_LOST;
	struct out *out = &show->out;
	size_t start;

	if (show->color)
		out_printf(out, "\033[%sm", lost ? SHORT_COLOR_LOST : short_color(ev));
	start = out->len;
	if (lost)
		short_lost(show, ev);
	else
		short_line(show, event);
	if (show->width)
		text_fit(out, start, show->width);
	if (show->color)
		OUT_LITERAL(out, "\033[0m");
	out_char(out, '\n');
}
