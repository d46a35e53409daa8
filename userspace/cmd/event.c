// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "event.h"

#include <stdio.h>
#include <string.h>

#include "body.h"
#include "fields.h"
#include "hash.h"
#include "names.h"
#include "options.h"
#include "redact.h"

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

static char *event_put_id_at(char *to, uint64_t instance, uint32_t tgid, uint64_t start_ns)
{
	static const char hex[] = "0123456789abcdef";
	static uint64_t known; /* it is always the same */
	static char text[16] = "0000000000000000";
	unsigned int i;

	if (known != instance)
		for (i = 0, known = instance; i < sizeof(text); i++)
			text[i] = hex[instance >> (60 - 4 * i) & 15];
	memcpy(to, text, sizeof(text));
	to += sizeof(text);
	*to++ = '-';
	to = out_number(to, tgid);
	*to++ = '-';
	return out_number(to, start_ns);
}

void event_id(char id[EVENT_ID_LEN], uint64_t instance, uint32_t tgid, uint64_t start_ns)
{
	*event_put_id_at(id, instance, tgid, start_ns) = '\0';
}

SINK_INLINE void event_put_id(struct sink *sink, const char *key, uint64_t instance, uint32_t tgid,
			      uint64_t start_ns)
{
	char id[EVENT_ID_LEN], *to;

	if (sink->plain) {
		to = sink_plain_key(sink, key, EVENT_ID_LEN);
		*to++ = '"';
		to = event_put_id_at(to, instance, tgid, start_ns);
		*to = '"';
		sink->to = to + 1;
		return;
	}
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

static void event_put_where_anew(struct sink *sink, const struct where *where)
{
	sink_bytes(sink, "cgroup", where->path, where->len);
	event_put_container(sink, where);
	event_put_pod(sink, where);
	event_put_known(sink, "unit", where->place.unit);
	event_put_known(sink, "user_unit", where->place.user_unit);
	event_put_known(sink, "slice", where->place.slice);
}

/* In plain JSON it is the same for many events. */
static void event_put_where(struct sink *sink, uint64_t cgroup_id, const struct where *where)
{
	bool keep = sink->plain && where;
	size_t start;

	if (keep && where->json) {
		char *to = sink_room(sink, where->json_len);

		memcpy(to, where->json, where->json_len);
		sink->to = to + where->json_len;
		return;
	}
	start = keep ? (size_t)(sink->to - sink->out->buf) : 0;
	sink_id(sink, "cgroup_id", cgroup_id);
	if (where)
		event_put_where_anew(sink, where);
	if (keep)
		where_keep_json(where, sink->out->buf + start,
				(size_t)(sink->to - sink->out->buf) - start);
}

static bool event_is_reparented(const struct event *event, uint64_t parent_start_ns)
{
	const struct proc *proc = event->proc;

	return proc && proc->forked && parent_start_ns != UINT64_MAX &&
	       (proc->ppid != event->ev->head.ppid || proc->parent_start_ns != parent_start_ns);
}

bool event_was_child_of(const struct event *event, uint32_t *tgid, uint64_t *start_ns)
{
	const struct proc *proc = event->proc;

	if (!event_is_reparented(event, body_parent_start_ns(event->ev)))
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

static void event_put_names(struct sink *sink, uint64_t instance, const struct procmon_head *head,
			    uint64_t parent_start_ns)
{
	sink_number(sink, "pid", head->tgid);
	if (head->start_ns) {
		sink_id(sink, "start_ns", head->start_ns);
		event_put_id(sink, "id", instance, head->tgid, head->start_ns);
	}
	if (head->ppid != PROCMON_UNKNOWN32 && parent_start_ns != UINT64_MAX)
		event_put_id(sink, "parent_id", instance, head->ppid, parent_start_ns);
}

#define EVENT_NAMED 64 /* processes remembered */
/* Bytes of what names a process and its parent in plain JSON: more than there can be. */
#define EVENT_NAMES_LEN 192

/* Events of a process come soon after each other, and name it and its parent the same: in plain JSON. */
static void event_put_plain_names(struct sink *sink, uint64_t instance,
				  const struct procmon_head *head, uint64_t parent_start_ns)
{
	static struct named {
		uint64_t instance, start_ns, parent_start_ns;
		uint32_t tgid, ppid;
		size_t len;
		char text[EVENT_NAMES_LEN];
	} known[EVENT_NAMED];
	struct named *named = &known[head->tgid % EVENT_NAMED];
	char *to = sink_room(sink, EVENT_NAMES_LEN);
	size_t start;

	if (named->len && named->tgid == head->tgid && named->start_ns == head->start_ns &&
	    named->ppid == head->ppid && named->parent_start_ns == parent_start_ns &&
	    named->instance == instance) {
		memcpy(to, named->text, EVENT_NAMES_LEN);
		sink->to = to + named->len;
		return;
	}
	start = (size_t)(to - sink->out->buf);
	event_put_names(sink, instance, head, parent_start_ns);
	named->instance = instance;
	named->start_ns = head->start_ns;
	named->parent_start_ns = parent_start_ns;
	named->tgid = head->tgid;
	named->ppid = head->ppid;
	to = sink->out->buf + start;
	named->len = (size_t)(sink->to - to);
	memcpy(named->text, to, EVENT_NAMES_LEN);
}

static void event_put_head(struct sink *sink, const struct event *event, uint64_t instance)
{
	const struct procmon_event *ev = event->ev;
	const struct procmon_head *head = &ev->head;
	uint64_t parent_start_ns = body_parent_start_ns(ev);
	const char *user = names_user(head->uid);

	if (sink->plain)
		event_put_plain_names(sink, instance, head, parent_start_ns);
	else
		event_put_names(sink, instance, head, parent_start_ns);
	if (event_is_reparented(event, parent_start_ns))
		event_put_id(sink, "reparented_from", instance, event->proc->ppid,
			     event->proc->parent_start_ns);
	event_put_cpid(sink, event);
	event_put_ancestors(sink, event->proc, instance);
	if (head->uid != PROCMON_UNKNOWN32) {
		sink_number(sink, "uid", head->uid);
		if (user)
			sink_bytes(sink, "user", user, strlen(user));
	}
	if (head->cgroup_id)
		event_put_where(sink, head->cgroup_id, event->where);
	event_put_flags(sink, head->flags);
	if (head->type == PROCMON_FORK || head->type == PROCMON_EXIT)
		sink_bool(sink, "thread", head->flags & PROCMON_F_THREAD);
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

static void event_put_args(struct sink *sink, const char *args, size_t len)
{
	if (!sink_list(sink, "args"))
		return;
	while (len) {
		size_t n = strnlen(args, len), step = n + (n < len);

		sink_item(sink, args, n);
		args += step;
		len -= step;
	}
	sink_list_end(sink);
}

/* What is wrong with the string at @offset of an exec's body. */
static void event_put_notes(struct sink *sink, const struct procmon_event *ev, const char *name,
			    size_t offset)
{
	struct procmon_value value;

	if (!(body_text_flags(ev, offset) & (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE)))
		return;
	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, name), &value);
	fields_put_notes(sink, name, &value);
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
	size_t len;
	const char *env = body_string(ev, exec, env, &len);

	if (env && sink_list(sink, "env")) {
		event_args(env, len, event_put_variable, sink);
		sink_list_end(sink);
	}
	event_put_notes(sink, ev, "env", offsetof(struct procmon_exec, env));
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
	char text[2 * OUT_NUMBER + 2], *to = out_number(text, major);

	*to++ = ':';
	*out_number(to, minor) = '\0';
	sink_text(sink, "dev", text);
}

static void event_put_exec(struct sink *sink, const struct procmon_event *ev)
{
	uint64_t major = body_number(ev, exec, dev_major);
	uint64_t minor = body_number(ev, exec, dev_minor);
	uint64_t ino = body_number(ev, exec, ino);
	size_t args_len;
	const char *args = body_string(ev, exec, args, &args_len);
	char script[65536];
	ssize_t len;

	if (major != UINT64_MAX && minor != UINT64_MAX)
		event_put_device(sink, major, minor);
	if (ino != UINT64_MAX)
		sink_id(sink, "ino", ino);
	len = procmon_script(ev, script, sizeof(script));
	if (len > 0)
		sink_bytes(sink, "script", script, (size_t)len);
	if (args)
		event_put_args(sink, args, args_len);
	event_put_notes(sink, ev, "args", offsetof(struct procmon_exec, args));
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
	uint64_t signal = body_number(ev, exit, signal), core = body_number(ev, exit, core);
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

static void event_put_boot_ns(struct sink *sink, uint64_t time_ns)
{
	char *to;

	if (!sink->plain) {
		sink_id(sink, "boot_ns", time_ns);
		return;
	}
	to = sink_plain_key(sink, "boot_ns", 0);
	*to++ = '"';
	to = out_time(to, time_ns);
	*to = '"';
	sink->to = to + 1;
}

void event_put(struct sink *sink, const struct event *event, uint64_t instance, const char *cursor)
{
	const struct procmon_event *ev = event->ev;

	sink_begin(sink);
	fields_begin(sink, ev);
	event_put_boot_ns(sink, ev->head.time_ns);
	if (cursor)
		sink_text(sink, "cursor", cursor);
	if (ev->head.type == PROCMON_LOST) {
		event_put_lost(sink, ev);
		sink_end(sink);
		return;
	}
	event_put_head(sink, event, instance);
	fields_put(sink, ev);
	if (ev->head.type == PROCMON_EXEC || ev->head.type == PROCMON_SNAPSHOT)
		event_put_exec(sink, ev);
	else if (ev->head.type == PROCMON_EXIT)
		event_put_exit(sink, ev, event->proc);
	else if (ev->head.type != PROCMON_FORK &&
		 procmon_number(ev, "target_cgroup_id") != UINT64_MAX)
		event_put_cgroup(sink, ev);
	sink_end(sink);
}
