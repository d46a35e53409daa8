// SPDX-License-Identifier: MIT
/*
 * Each string of an event is looked at by itself, arguments also joined by spaces; of a byte that any
 * pattern matches in any of these ways nothing is told.  Where it cannot be known what a string is, because it
 * was cut, all of it that could be a part of a match is taken for one.
 */
#include "redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "pattern.h"
#include "seek.h"

#define REDACT_MATCHES                                                                             \
	64 /* of a pattern in a text; where there are more, nothing of the rest is told */
#define REDACT_FIELDS 64
#define REDACT_SCRIPT 65536 /* as event_put() has it */

static struct seek *redact_patterns[OPTIONS_MAX_VALUES];
size_t redact_count;
static size_t redact_space = PATTERN_MAX;

/**
 * struct redact_text - a string, and what may be told of it
 * @bytes, @len: as it is
 * @list: items, each ended by a NUL; the last one, without it, was cut
 * @joined: items are looked at together, too
 * @part: it is not whole
 * @hidden: for each byte: it is not told; only when @changed
 * @told: what is told then
 */
struct redact_text {
	const char *bytes;
	size_t len;
	bool list, joined, part, changed;
	struct out hidden, told;
};

/* A process, and what may be told of it. */
struct redact_process {
	struct redact_text exe, args, comm;
	struct proc told;
};

/* Of the event's fields; of its script; of its process, and of another one. */
static struct redact_text redact_fields[REDACT_FIELDS], redact_script;
static struct redact_process redact_own, redact_other;
static struct out redact_data = { .fd = -1 }, redact_line = { .fd = -1 };

bool redact_add(const char *regex, char *why, size_t why_size)
{
	struct seek *seek = NULL;

	if (redact_count < OPTIONS_MAX_VALUES)
		seek = seek_make(regex, &redact_space, why, why_size);
	else
		snprintf(why, why_size, "given too often");
	if (seek)
		redact_patterns[redact_count++] = seek;
	return seek;
}

void redact_end(void)
{
	while (redact_count)
		seek_free(redact_patterns[--redact_count]);
	redact_space = PATTERN_MAX;
}

static void redact_hide(struct redact_text *text, size_t begin, size_t end)
{
	if (!text->changed) {
		text->hidden.len = 0;
		memset(out_room(&text->hidden, text->len + 1), 0, text->len + 1);
	}
	text->changed = true;
	memset(text->hidden.buf + begin, 1, end - begin);
}

/* Hides what matches in @bytes, which stand at @at in the text. */
static void redact_seek(struct redact_text *text, const char *bytes, size_t len, size_t at)
{
	size_t i, begin, end, from;
	unsigned int matches;
	int found;

	for (i = 0; i < redact_count; i++) {
		for (matches = 0, from = 0; from < len; matches++, from = end) {
			found = matches < REDACT_MATCHES ? seek_next(redact_patterns[i], bytes, len,
								     from, &begin, &end) :
							   -1;
			if (!found)
				break;
			if (found < 0) {
				begin = from;
				end = len;
			}
			redact_hide(text, at + begin, at + end);
		}
	}
}

static void redact_seek_items(struct redact_text *text)
{
	size_t at = 0;

	while (at < text->len) {
		const char *nul = memchr(text->bytes + at, '\0', text->len - at);
		size_t end = nul ? (size_t)(nul - text->bytes) : text->len;

		redact_seek(text, text->bytes + at, end - at, at);
		if (!nul && text->part)
			redact_hide(text, at, end);
		at = end + 1;
	}
}

static void redact_seek_line(struct redact_text *text)
{
	size_t i, len = text->len;

	len -= len && !text->bytes[len - 1];
	redact_line.len = 0;
	out_put(&redact_line, text->bytes, len);
	for (i = 0; i < len; i++)
		if (!redact_line.buf[i])
			redact_line.buf[i] = ' ';
	redact_seek(text, redact_line.buf, len, 0);
}

/* What is told of it; a separator of items stays. */
static void redact_tell(struct redact_text *text)
{
	bool hidden = false, hide;
	size_t i;

	text->told.len = 0;
	for (i = 0; i < text->len; i++, hidden = hide) {
		hide = text->hidden.buf[i] && (text->bytes[i] || !text->list);
		if (!hide)
			out_char(&text->told, text->bytes[i]);
		else if (!hidden)
			OUT_LITERAL(&text->told, REDACT_TEXT);
	}
	out_char(&text->told, '\0');
	text->told.len--;
}

/* Return: something of it is not told. */
static bool redact_look(struct redact_text *text, const char *bytes, size_t len)
{
	text->bytes = bytes;
	text->len = len;
	text->changed = false;
	if (!bytes || !len)
		return false;
	if (text->list)
		redact_seek_items(text);
	else
		redact_seek(text, bytes, len, 0);
	if (text->joined)
		redact_seek_line(text);
	if (!text->list && text->part)
		redact_hide(text, 0, len);
	if (text->changed)
		redact_tell(text);
	return text->changed;
}

/* Is @comm the beginning of a name that ends at @end and is not told? */
static bool redact_is_base(const struct redact_text *text, const char *comm, size_t len, size_t end)
{
	size_t start = end;

	while (start && text->bytes[start - 1] && text->bytes[start - 1] != '/')
		start--;
	return len && end - start >= len && !memcmp(text->bytes + start, comm, len) &&
	       memchr(text->hidden.buf + start, 1, len);
}

/* The kernel names a process by the first bytes of what it runs: they may be too few to match. */
static bool redact_names(const struct redact_text *text, const char *comm, size_t len)
{
	size_t i;

	if (!text->changed)
		return false;
	for (i = 0; i <= text->len; i++)
		if ((i == text->len || !text->bytes[i]) && redact_is_base(text, comm, len, i))
			return true;
	return false;
}

static void redact_hide_all(struct redact_text *text)
{
	redact_hide(text, 0, text->len);
	redact_tell(text);
}

static void redact_look_at_proc(struct redact_process *process, const struct proc *proc)
{
	struct redact_text *exe = &process->exe, *args = &process->args, *comm = &process->comm;
	struct proc *told = &process->told;

	*told = *proc;
	args->list = args->joined = args->part = true;
	if (redact_look(exe, proc->exe, proc->exe_len)) {
		told->exe = exe->told.buf;
		told->exe_len = exe->told.len;
	}
	if (redact_look(args, proc->args, proc->args_len)) {
		told->args = args->told.buf;
		told->args_len = args->told.len;
	}
	redact_look(comm, proc->comm, strlen(proc->comm));
	if (!comm->changed &&
	    (redact_names(exe, proc->comm, comm->len) || redact_names(args, proc->comm, comm->len)))
		redact_hide_all(comm);
	if (comm->changed)
		snprintf(told->comm, sizeof(told->comm), "%s", comm->told.buf);
}

const struct proc *redact_proc(const struct proc *proc)
{
	if (!proc || !redact_count)
		return proc;
	redact_look_at_proc(&redact_other, proc);
	return &redact_other.told;
}

/* Names of cgroups are given by those who run the machine. */
static bool redact_is_theirs(const struct procmon_field *field)
{
	return field->kind == PROCMON_KIND_STRING && strcmp(field->name, "target_cgroup");
}

/* Looks at all strings of the event.  Return: something is not told. */
static bool redact_look_at_fields(const struct procmon_event *ev)
{
	const struct procmon_field *field;
	struct procmon_value value;
	bool changed = false;
	unsigned int i;

	for (i = 0; i < REDACT_FIELDS && (field = procmon_field(ev->head.type, i)); i++) {
		struct redact_text *text = &redact_fields[i];

		if (field->kind != PROCMON_KIND_STRING)
			continue;
		procmon_get(ev, field, &value);
		text->joined = !strcmp(field->name, "args");
		text->list = text->joined || !strcmp(field->name, "env");
		text->part = value.flags & (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE);
		changed |= redact_look(text, redact_is_theirs(field) ? value.str : NULL, value.len);
	}
	return changed;
}

/* Is the name of the process that of something that is not told? */
static bool redact_look_at_comm(const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	const struct procmon_field *field;
	struct redact_text *comm = NULL;
	bool named = event->proc && redact_own.comm.changed;
	unsigned int i;

	for (i = 0; i < REDACT_FIELDS && (field = procmon_field(ev->head.type, i)); i++)
		if (field->kind == PROCMON_KIND_STRING && !strcmp(field->name, "comm"))
			comm = &redact_fields[i];
	if (!comm || !comm->bytes || comm->changed || !comm->len)
		return false;
	named &= !strncmp(event->proc ? event->proc->comm : "", comm->bytes, comm->len);
	for (i = 0; i < REDACT_FIELDS && (field = procmon_field(ev->head.type, i)); i++)
		named |= field->kind == PROCMON_KIND_STRING && &redact_fields[i] != comm &&
			 redact_names(&redact_fields[i], comm->bytes, comm->len);
	if (named)
		redact_hide_all(comm);
	return named;
}

/* The path of a script that is made of two strings may match where neither does. */
static bool redact_look_at_script(const struct procmon_event *ev)
{
	static char path[REDACT_SCRIPT];
	ssize_t len = procmon_script(ev, path, sizeof(path));

	return redact_look(&redact_script, len > 0 ? path : NULL, len > 0 ? (size_t)len : 0);
}

/* Puts a string behind what there is of the event, and tells where. */
static void redact_put(const struct procmon_field *field, const char *bytes, size_t len)
{
	size_t at = sizeof(struct procmon_head) + field->offset;
	struct procmon_str str;

	memcpy(&str, redact_data.buf + at, sizeof(str));
	str.off = (uint32_t)redact_data.len;
	str.len = (uint32_t)len;
	if (!(str.flags & PROCMON_STR_CUT))
		str.full_len = str.len;
	str.flags &= (uint16_t)~PROCMON_STR_ABSENT;
	memcpy(redact_data.buf + at, &str, sizeof(str));
	out_put(&redact_data, bytes, len);
	out_char(&redact_data, '\0');
}

/* The event anew, with what is told of its strings. */
static struct procmon_event redact_make(const struct procmon_event *ev)
{
	struct procmon_event told = *ev;
	const struct procmon_field *field;
	unsigned int i;

	redact_data.len = 0;
	out_put(&redact_data, ev->data, sizeof(ev->head) + ev->head.body_len);
	for (i = 0; i < REDACT_FIELDS && (field = procmon_field(ev->head.type, i)); i++) {
		const struct redact_text *text = &redact_fields[i];
		struct procmon_value value;

		if (field->kind != PROCMON_KIND_STRING)
			continue;
		procmon_get(ev, field, &value);
		if (!strcmp(field->name, "script") && redact_script.changed)
			text = &redact_script;
		else if (!value.known)
			continue;
		if (text->changed)
			redact_put(field, text->told.buf, text->told.len);
		else
			redact_put(field, value.str, value.len);
	}
	told.head.len = (uint32_t)redact_data.len;
	told.head.flags |= PROCMON_F_REDACTED;
	memcpy(redact_data.buf, &told.head, sizeof(told.head));
	told.data = redact_data.buf;
	return told;
}

/* Is something of the process told with this event that it does not hold itself? */
static bool redact_is_told_with(const struct event *event)
{
	unsigned int type = event->ev->head.type;

	return event->proc &&
	       ((type == PROCMON_EXIT && redact_own.args.changed) ||
		((type == PROCMON_EXIT || type == PROCMON_FORK) && redact_own.exe.changed));
}

struct event redact_any_event(const struct event *event)
{
	static struct procmon_event ev;
	struct event told = *event;
	bool changed;

	if (!event->ev->data)
		return told;
	if (event->proc) {
		redact_look_at_proc(&redact_own, event->proc);
		told.proc = &redact_own.told;
	}
	changed = redact_look_at_fields(event->ev);
	changed |= redact_look_at_script(event->ev);
	changed |= redact_look_at_comm(event);
	changed |= redact_is_told_with(event);
	if (!changed)
		return told;
	ev = redact_make(event->ev);
	told.ev = &ev;
	return told;
}
