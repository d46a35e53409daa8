// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "event.h"

#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "names.h"
#include "options.h"
#include "redact.h"

/* Fields whose key, form or place differs from their row in the table. */
static bool event_is_special(const char *name)
{
	static const char *const special[] = {
		"len",
		"type",
		"body_len",
		"time_ns",
		"flags",
		"tgid",
		"start_ns",
		"cgroup_id",
		"parent_start_ns",
		"dev_major",
		"dev_minor",
		"ino",
		"args",
		"env",
		"script",
		"core",
		"signal",
		"uid",
		"target_cgroup_id",
		"member_start_ns",
	};
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (!strcmp(special[i], name))
			return true;
	return false;
}

#define EVENT_ROWS 16 /* types that are known, snapshot in place of none, and any other */
#define EVENT_FIELDS 64

/* The fields of a type that are told as its table has them, NULL-terminated; looked for once. */
static const struct procmon_field *const *event_plain(unsigned int type)
{
	static const struct procmon_field *rows[EVENT_ROWS][EVENT_FIELDS];
	static bool known[EVENT_ROWS];
	unsigned int row = type == PROCMON_SNAPSHOT ? 0 :
			   procmon_type_name(type)  ? type :
						      EVENT_ROWS - 1;
	const struct procmon_field *field;
	unsigned int i, n = 0;

	_Static_assert(PROCMON_CGROUP_ATTACH < EVENT_ROWS - 1, "a row for each type");
	if (known[row])
		return rows[row];
	for (i = 0; (field = procmon_field(type, i)) && n < EVENT_FIELDS - 1; i++)
		if (!event_is_special(field->name))
			rows[row][n++] = field;
	known[row] = true;
	return rows[row];
}

const char *event_name(unsigned int type, char unknown[EVENT_NAME_LEN])
{
	const char *name = type == PROCMON_LOST	    ? "lost" :
			   type == PROCMON_SNAPSHOT ? "snapshot" :
						      procmon_type_name(type);

	if (name)
		return name;
	snprintf(unknown, EVENT_NAME_LEN, "type%u", type);
	return unknown;
}

const char *event_flag(unsigned int bit, char unknown[EVENT_NAME_LEN])
{
	const char *name = procmon_flag_name(bit);

	if (name)
		return name;
	snprintf(unknown, EVENT_NAME_LEN, "bit%u", bit);
	return unknown;
}

void event_id(char id[EVENT_ID_LEN], uint64_t instance, uint32_t tgid, uint64_t start_ns)
{
	static const char hex[] = "0123456789abcdef";
	char text[EVENT_ID_LEN], *end = text + sizeof(text), *at = end;
	unsigned int i;

	*--at = '\0';
	at = out_digits(at, start_ns);
	*--at = '-';
	at = out_digits(at, tgid);
	*--at = '-';
	for (i = 0; i < 16; i++, instance >>= 4)
		*--at = hex[instance & 15];
	memcpy(id, at, (size_t)(end - at));
}

static void event_put_id(struct sink *sink, const char *key, uint64_t instance, uint32_t tgid,
			 uint64_t start_ns)
{
	char id[EVENT_ID_LEN];

	if (!sink_wants(sink, key))
		return;
	event_id(id, instance, tgid, start_ns);
	sink_text(sink, key, id);
}

static void event_put_flags(struct sink *sink, uint32_t flags)
{
	unsigned int bit;

	if (!flags || !sink_list(sink, "flags"))
		return;
	for (bit = 0; bit < 32; bit++) {
		char unknown[EVENT_NAME_LEN];
		const char *name;

		if (!(flags & 1u << bit))
			continue;
		name = event_flag(bit, unknown);
		sink_item(sink, name, strlen(name));
	}
	sink_list_end(sink);
}

static void event_put_known(struct sink *sink, const char *key, const char *text)
{
	if (text && *text)
		sink_bytes(sink, key, text, strlen(text));
}

static void event_put_container(struct sink *sink, const struct where *where)
{
	if (!*where->place.container_id || !sink_object(sink, "container"))
		return;
	event_put_known(sink, "id", where->place.container_id);
	event_put_known(sink, "runtime", where_runtime(where));
	event_put_known(sink, "name", where->names.name);
	event_put_known(sink, "image", where->names.image);
	sink_object_end(sink);
}

static void event_put_pod(struct sink *sink, const struct where *where)
{
	const char *uid = where_pod_uid(where);

	if (!uid || !sink_object(sink, "pod"))
		return;
	event_put_known(sink, "uid", uid);
	event_put_known(sink, "name", where->names.pod_name);
	event_put_known(sink, "namespace", where->names.pod_namespace);
	sink_object_end(sink);
}

static void event_put_where(struct sink *sink, const struct where *where)
{
	if (!where)
		return;
	sink_bytes(sink, "cgroup", where->path, where->len);
	event_put_container(sink, where);
	event_put_pod(sink, where);
	event_put_known(sink, "unit", where->place.unit);
	event_put_known(sink, "user_unit", where->place.user_unit);
	event_put_known(sink, "slice", where->place.slice);
}

bool event_was_child_of(const struct event *event, uint32_t *tgid, uint64_t *start_ns)
{
	const struct proc *proc = event->proc;
	uint64_t now_ns = procmon_number(event->ev, "parent_start_ns");

	if (!proc || !proc->forked || now_ns == UINT64_MAX ||
	    (proc->ppid == event->ev->head.ppid && proc->parent_start_ns == now_ns))
		return false;
	*tgid = proc->ppid;
	*start_ns = proc->parent_start_ns;
	return true;
}

bool event_cpid(const struct event *event, char text[CPID_LEN])
{
	const struct procmon_event *ev = event->ev;
	uint64_t pid_ns = procmon_number(ev, "pid_ns"), ns_pid = procmon_number(ev, "ns_pid");

	if (ev->head.flags & PROCMON_F_THREAD)
		return false;
	if ((pid_ns == UINT64_MAX || ns_pid == UINT64_MAX) && event->proc) {
		pid_ns = event->proc->pid_ns;
		ns_pid = event->proc->ns_pid;
	}
	return pid_ns != UINT64_MAX && ns_pid != UINT64_MAX &&
	       cpid(text, (uint32_t)pid_ns, (uint32_t)ns_pid, ev->head.start_ns);
}

/* Only on request: it costs more than all the rest. */
static void event_put_cpid(struct sink *sink, const struct event *event)
{
	char text[CPID_LEN];

	if (sink->fields && sink_wants(sink, "cpid") && event_cpid(event, text))
		sink_text(sink, "cpid", text);
}

static void event_put_ancestor(struct sink *sink, const struct proc *proc, uint64_t instance)
{
	const char *what = proc->exe ? proc->exe : proc->comm;
	size_t len = proc->exe ? proc->exe_len : strlen(proc->comm);

	if (sink->format == SINK_TEXT) {
		sink_item(sink, what, len);
		return;
	}
	sink_item_object(sink, "ancestors");
	sink_number(sink, "pid", proc->tgid);
	event_put_id(sink, "id", instance, proc->tgid, proc->start_ns);
	sink_bytes(sink, proc->exe ? "exe" : "comm", what, len);
	sink_item_object_end(sink);
}

/* The parent first.  Only on request: it may be long. */
static void event_put_ancestors(struct sink *sink, const struct proc *proc, uint64_t instance)
{
	unsigned int n;

	if (!sink->fields || !proc || !sink_list(sink, "ancestors"))
		return;
	for (n = 0; n < EVENT_ANCESTORS && (proc = proc_parent(proc)); n++)
		event_put_ancestor(sink, redact_proc(proc), instance);
	sink_list_end(sink);
}

static void event_put_head(struct sink *sink, const struct event *event, uint64_t instance)
{
	uint64_t old_start_ns;
	uint32_t old_ppid;
	const struct procmon_event *ev = event->ev;
	const struct procmon_head *head = &ev->head;
	uint64_t parent_start_ns = procmon_number(ev, "parent_start_ns");
	const char *user = names_user(head->uid);

	sink_number(sink, "pid", head->tgid);
	if (head->start_ns) {
		sink_id(sink, "start_ns", head->start_ns);
		event_put_id(sink, "id", instance, head->tgid, head->start_ns);
	}
	if (head->ppid != PROCMON_UNKNOWN32 && parent_start_ns != UINT64_MAX)
		event_put_id(sink, "parent_id", instance, head->ppid, parent_start_ns);
	if (event_was_child_of(event, &old_ppid, &old_start_ns))
		event_put_id(sink, "reparented_from", instance, old_ppid, old_start_ns);
	event_put_cpid(sink, event);
	event_put_ancestors(sink, event->proc, instance);
	if (head->uid != PROCMON_UNKNOWN32) {
		sink_number(sink, "uid", head->uid);
		if (user)
			sink_bytes(sink, "user", user, strlen(user));
	}
	if (head->cgroup_id)
		sink_id(sink, "cgroup_id", head->cgroup_id);
	event_put_where(sink, event->where);
	event_put_flags(sink, head->flags);
	if (head->type == PROCMON_FORK || head->type == PROCMON_EXIT)
		sink_bool(sink, "thread", head->flags & PROCMON_F_THREAD);
}

/* What is wrong with a string: KEY_cut and its full length, KEY_error and why. */
static void event_put_string_notes(struct sink *sink, const char *name,
				   const struct procmon_value *value)
{
	char key[64];
	const char *err;

	if (value->flags & PROCMON_STR_CUT) {
		snprintf(key, sizeof(key), "%s_full_len", name);
		sink_number(sink, key, value->full_len);
	}
	if (value->flags & PROCMON_STR_UNREADABLE) {
		err = names_errno(value->err);
		snprintf(key, sizeof(key), "%s_error", name);
		sink_text(sink, key, err ? err : "unknown");
	}
}

void event_args(const char *args, size_t len, void (*item)(void *data, const char *arg, size_t len),
		void *data)
{
	while (len) {
		const char *end = memchr(args, '\0', len);
		size_t n = end ? (size_t)(end - args) : len;

		item(data, args, n);
		args += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

static void event_put_item(void *data, const char *item, size_t len)
{
	sink_item(data, item, len);
}

static void event_put_args(struct sink *sink, const char *args, size_t len)
{
	if (!sink_list(sink, "args"))
		return;
	event_args(args, len, event_put_item, sink);
	sink_list_end(sink);
}

static const struct options_globs *event_env; /* the variables that are shown; NULL: all */

void event_show_env(const struct options_globs *names)
{
	event_env = names->count ? names : NULL;
}

bool event_env_wants(const char *variable, size_t len)
{
	size_t n = strcspn(variable, "=");
	unsigned int i;

	if (!event_env)
		return true;
	for (i = 0; i < event_env->count; i++)
		if (n < len && strlen(event_env->value[i]) == n &&
		    !memcmp(event_env->value[i], variable, n))
			return true;
	return false;
}

static void event_put_variable(void *data, const char *variable, size_t len)
{
	if (event_env_wants(variable, len))
		sink_item(data, variable, len);
}

static void event_put_env(struct sink *sink, const struct procmon_event *ev)
{
	struct procmon_value env;

	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, "env"), &env);
	if (env.known && sink_list(sink, "env")) {
		event_args(env.str, env.len, event_put_variable, sink);
		sink_list_end(sink);
	}
	event_put_string_notes(sink, "env", &env);
}

static void event_put_hash(struct sink *sink, const struct procmon_event *ev)
{
	const char *digits = hash_of(ev);

	if (!digits || !sink_object(sink, "hash"))
		return;
	sink_text(sink, "sha256", digits);
	sink_object_end(sink);
}

static void event_put_device(struct sink *sink, uint64_t major, uint64_t minor)
{
	char text[2 * OUT_DIGITS + 2], *at = text + sizeof(text);

	*--at = '\0';
	at = out_digits(at, minor);
	*--at = ':';
	at = out_digits(at, major);
	sink_text(sink, "dev", at);
}

static void event_put_exec(struct sink *sink, const struct procmon_event *ev)
{
	uint64_t major = procmon_number(ev, "dev_major"), minor = procmon_number(ev, "dev_minor");
	uint64_t ino = procmon_number(ev, "ino");
	struct procmon_value args;
	char script[65536];
	ssize_t len;

	if (major != UINT64_MAX && minor != UINT64_MAX)
		event_put_device(sink, major, minor);
	if (ino != UINT64_MAX)
		sink_id(sink, "ino", ino);
	len = procmon_script(ev, script, sizeof(script));
	if (len > 0)
		sink_bytes(sink, "script", script, (size_t)len);
	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, "args"), &args);
	if (args.known)
		event_put_args(sink, args.str, args.len);
	event_put_string_notes(sink, "args", &args);
	event_put_env(sink, ev);
	event_put_hash(sink, ev);
}

bool event_duration(const struct procmon_event *exit, uint64_t *ns)
{
	*ns = exit->head.time_ns - exit->head.start_ns;
	return exit->head.start_ns && !(exit->head.flags & PROCMON_F_THREAD);
}

static void event_put_exit(struct sink *sink, const struct procmon_event *ev,
			   const struct proc *proc)
{
	uint64_t signal = procmon_number(ev, "signal"), core = procmon_number(ev, "core");
	uint64_t duration_ns;

	if (signal != UINT64_MAX) {
		const char *name = names_signal((unsigned int)signal);

		sink_number(sink, "signal", signal);
		if (name)
			sink_text(sink, "signal_name", name);
	}
	if (core != UINT64_MAX)
		sink_bool(sink, "core", core);
	if (event_duration(ev, &duration_ns))
		sink_number(sink, "duration_ns", duration_ns);
	if (proc && proc->exe)
		sink_bytes(sink, "exe", proc->exe, proc->exe_len);
	if (proc && proc->args)
		event_put_args(sink, proc->args, proc->args_len);
}

static void event_put_field(struct sink *sink, const struct procmon_event *ev,
			    const struct procmon_field *field)
{
	struct procmon_value value;

	procmon_get(ev, field, &value);
	if (field->kind == PROCMON_KIND_STRING) {
		if (value.known)
			sink_bytes(sink, field->name, value.str, value.len);
		event_put_string_notes(sink, field->name, &value);
	} else if (value.known && field->kind == PROCMON_KIND_S64) {
		sink_signed(sink, field->name, (int64_t)value.number);
	} else if (value.known) {
		sink_number(sink, field->name, value.number);
	}
}

static void event_put_lost(struct sink *sink, const struct procmon_event *ev)
{
	if (ev->head.cpu != PROCMON_UNKNOWN32)
		sink_number(sink, "cpu", ev->head.cpu);
	sink_number(sink, "count", ev->count);
}

static void event_put_cgroup(struct sink *sink, const struct procmon_event *ev)
{
	uint64_t start_ns = procmon_number(ev, "member_start_ns");

	sink_id(sink, "target_cgroup_id", procmon_number(ev, "target_cgroup_id"));
	if (start_ns != UINT64_MAX)
		sink_id(sink, "member_start_ns", start_ns);
}

struct event event_know(const struct procmon *pm, const struct procmon_event *ev)
{
	/* a container's files are there before its cgroup, and perhaps no longer than that */
	if (ev->head.type == PROCMON_CGROUP_MKDIR)
		where_find(pm, procmon_number(ev, "target_cgroup_id"));
	return (struct event){
		.ev = ev,
		.proc = proc_note(ev),
		.where = ev->head.cgroup_id ? where_find(pm, ev->head.cgroup_id) : NULL,
	};
}

void event_put(struct sink *sink, const struct event *event, uint64_t instance, const char *cursor)
{
	const struct procmon_event *ev = event->ev;
	const struct procmon_field *const *field;
	char unknown[EVENT_NAME_LEN];

	sink_begin(sink);
	if (sink->format != SINK_TEXT)
		sink_text(sink, "schema", EVENT_SCHEMA);
	sink_text(sink, "event", event_name(ev->head.type, unknown));
	sink_time(sink, "time", ev->head.time_ns);
	sink_id(sink, "boot_ns", ev->head.time_ns);
	if (cursor)
		sink_text(sink, "cursor", cursor);
	if (ev->head.type == PROCMON_LOST) {
		event_put_lost(sink, ev);
		sink_end(sink);
		return;
	}
	event_put_head(sink, event, instance);
	for (field = event_plain(ev->head.type); *field; field++)
		event_put_field(sink, ev, *field);
	if (ev->head.type == PROCMON_EXEC || ev->head.type == PROCMON_SNAPSHOT)
		event_put_exec(sink, ev);
	else if (ev->head.type == PROCMON_EXIT)
		event_put_exit(sink, ev, event->proc);
	else if (procmon_number(ev, "target_cgroup_id") != UINT64_MAX)
		event_put_cgroup(sink, ev);
	sink_end(sink);
}
