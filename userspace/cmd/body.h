/* SPDX-License-Identifier: MIT */
/* body.h - numbers of an event's body by the ABI's structs: by name procmon_number() looks for them */
#ifndef CMD_BODY_H
#define CMD_BODY_H

#include <procmon.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "str.h"

#define BODY_N(type, name, unknown, doc) .name = (type)(unknown),
#define BODY_S(name, doc)
static const struct procmon_fork body_unknown_fork = { PROCMON_FORK_FIELDS(BODY_N, BODY_S) };
static const struct procmon_exec body_unknown_exec = { PROCMON_EXEC_FIELDS(BODY_N, BODY_S) };
static const struct procmon_exit body_unknown_exit = { PROCMON_EXIT_FIELDS(BODY_N, BODY_S) };
#undef BODY_N
#undef BODY_S

/* Does the body reach as far as @end?  An older module's may not. */
static inline bool body_has(const struct procmon_event *ev, size_t end)
{
	return ev->data && end <= ev->head.body_len && sizeof(ev->head) + end <= ev->head.len;
}

static inline uint64_t body_get(const struct procmon_event *ev, size_t offset, size_t size,
				uint64_t unknown)
{
	const char *at = (const char *)ev->data + sizeof(ev->head) + offset;
	uint64_t number = 0;
	uint32_t u32;

	if (!body_has(ev, offset + size))
		return UINT64_MAX;
	if (size == sizeof(number)) {
		memcpy(&number, at, sizeof(number));
	} else {
		memcpy(&u32, at, sizeof(u32));
		number = u32;
	}
	return number == unknown ? UINT64_MAX : number;
}

/*
 * The number @name, without a sign, of an event that is a @kind: fork, exec (a snapshot too) or exit.
 * UINT64_MAX: unknown.
 */
#define body_number(ev, kind, name)                                                                \
	body_get(ev, offsetof(struct procmon_##kind, name), sizeof(body_unknown_##kind.name),      \
		 body_unknown_##kind.name)

/* What is said of the string at @offset of the body: PROCMON_STR_*. */
static inline unsigned int body_text_flags(const struct procmon_event *ev, size_t offset)
{
	struct procmon_str str;

	if (!body_has(ev, offset + sizeof(str)))
		return 0;
	memcpy(&str, (const char *)ev->data + sizeof(ev->head) + offset, sizeof(str));
	return str.flags;
}

/* The string at @offset of the body.  NULL: there is none, or it does not lie within the event. */
static inline const char *body_text(const struct procmon_event *ev, size_t offset, size_t *len)
{
	struct procmon_str str;
	const char *text;

	*len = 0;
	if (!body_has(ev, offset + sizeof(str)))
		return NULL;
	memcpy(&str, (const char *)ev->data + sizeof(ev->head) + offset, sizeof(str));
	text = str_text(ev->data, ev->head.len, &str);
	*len = text ? str.len : 0;
	return text;
}

#define body_string(ev, kind, name, len) body_text(ev, offsetof(struct procmon_##kind, name), len)

/* The name of the task. */
static inline const char *body_comm(const struct procmon_event *ev, size_t *len)
{
	switch (ev->head.type) {
	case PROCMON_FORK:
		return body_string(ev, fork, comm, len);
	case PROCMON_EXEC:
	case PROCMON_SNAPSHOT:
		return body_string(ev, exec, comm, len);
	case PROCMON_EXIT:
		return body_string(ev, exit, comm, len);
	}
	*len = 0;
	return NULL;
}

/* The process ID in its innermost pid namespace, and that namespace; an exit does not tell it. */
static inline bool body_pid_ns(const struct procmon_event *ev, uint32_t *ns_pid, uint32_t *pid_ns)
{
	bool fork = ev->head.type == PROCMON_FORK;
	uint64_t pid, ns;

	if (!fork && ev->head.type != PROCMON_EXEC && ev->head.type != PROCMON_SNAPSHOT)
		return false;
	pid = fork ? body_number(ev, fork, ns_pid) : body_number(ev, exec, ns_pid);
	ns = fork ? body_number(ev, fork, pid_ns) : body_number(ev, exec, pid_ns);
	*ns_pid = (uint32_t)pid;
	*pid_ns = (uint32_t)ns;
	return pid != UINT64_MAX && ns != UINT64_MAX;
}

/* The start of its parent. */
static inline uint64_t body_parent_start_ns(const struct procmon_event *ev)
{
	_Static_assert(!offsetof(struct procmon_fork, parent_start_ns) &&
			       !offsetof(struct procmon_exec, parent_start_ns) &&
			       !offsetof(struct procmon_exit, parent_start_ns),
		       "all begin with it");

	switch (ev->head.type) {
	case PROCMON_FORK:
	case PROCMON_EXEC:
	case PROCMON_EXIT:
	case PROCMON_SNAPSHOT:
		return body_number(ev, fork, parent_start_ns);
	}
	return UINT64_MAX;
}

#endif
