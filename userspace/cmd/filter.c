// SPDX-License-Identifier: MIT
#include "filter.h"

#include <fnmatch.h>
#include <string.h>

#include "query.h"

#define FILTER_DEPTH 1024 /* ancestors looked at */
#define FILTER_DEFAULT                                                                             \
	(1u << PROCMON_FORK | 1u << PROCMON_EXEC | 1u << PROCMON_EXIT | OPTIONS_SNAPSHOT)

static bool filter_number(const struct options_numbers *numbers, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < numbers->count; i++)
		if (numbers->value[i] == number)
			return true;
	return !numbers->count;
}

static bool filter_glob(const struct options_globs *globs, const char *text)
{
	unsigned int i;

	for (i = 0; i < globs->count && text; i++)
		if (!fnmatch(globs->value[i], text, 0))
			return true;
	return !globs->count;
}

/* One of several texts, those that are not empty, matches. */
static bool filter_any(const struct options_globs *globs, const char *const *texts)
{
	if (!globs->count)
		return true;
	for (; *texts; texts++)
		if (**texts && filter_glob(globs, *texts))
			return true;
	return false;
}

/* As the runtimes' own tools take it: the first digits of an ID will do. */
static bool filter_id(const struct options_globs *globs, const char *id)
{
	unsigned int i;

	for (i = 0; i < globs->count; i++)
		if (*globs->value[i] && !strncmp(id, globs->value[i], strlen(globs->value[i])))
			return true;
	return !globs->count;
}

static bool filter_below(const struct options_globs *paths, const char *path)
{
	unsigned int i;

	for (i = 0; i < paths->count; i++) {
		size_t len = strlen(paths->value[i]);

		while (len && paths->value[i][len - 1] == '/')
			len--;
		if (!strncmp(path, paths->value[i], len) && (!path[len] || path[len] == '/'))
			return true;
	}
	return !paths->count;
}

#define FILTER_TEXT(text) ((text) && *(text) ? (text) : "")

static bool filter_where(const struct options *options, const struct where *where)
{
	if (!where)
		return !options->container.count && !options->pod.count && !options->unit.count &&
		       !options->cgroup.count;
	return (filter_id(&options->container, where->place.container_id) ||
		filter_any(&options->container,
			   (const char *const[]){ FILTER_TEXT(where->place.container_id),
						  FILTER_TEXT(where->names.name), NULL })) &&
	       filter_any(&options->pod,
			  (const char *const[]){ FILTER_TEXT(where_pod_uid(where)),
						 FILTER_TEXT(where->names.pod_name), NULL }) &&
	       filter_any(&options->unit, (const char *const[]){ where->place.unit,
								 where->place.user_unit, NULL }) &&
	       filter_below(&options->cgroup, where->path);
}

static bool filter_tree(const struct options_numbers *roots, const struct event *event)
{
	const struct proc *proc = event->proc;
	unsigned int depth;

	if (filter_number(roots, event->ev->head.tgid) ||
	    filter_number(roots, event->ev->head.ppid))
		return true;
	for (depth = 0; depth < FILTER_DEPTH && proc; depth++) {
		if (filter_number(roots, proc->ppid))
			return true;
		proc = proc_parent(proc);
	}
	return false;
}

/* An expression that asks for the event chooses among all of them. */
static uint32_t filter_events(const struct options *options)
{
	if (options->events)
		return options->events;
	return query_asks_for_events(options->query) ? UINT32_MAX : FILTER_DEFAULT;
}

static bool filter_type(unsigned int type, uint32_t wanted)
{
	if (type == PROCMON_SNAPSHOT)
		return wanted & OPTIONS_SNAPSHOT;
	return type < 32 && wanted & 1u << type;
}

bool filter_wants(const struct show *show, const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	const struct procmon_head *head = &ev->head;
	const struct options *options = show->options;
	const struct key_event on = { show, ev, event->proc, event->where, false };

	if (head->type == PROCMON_LOST)
		return true;
	return filter_type(head->type, filter_events(options)) &&
	       filter_number(&options->pid, head->tgid) &&
	       filter_number(&options->ppid, head->ppid) &&
	       filter_number(&options->uid, head->uid) && filter_tree(&options->tree, event) &&
	       filter_where(options, event->where) &&
	       filter_glob(&options->comm, procmon_string(ev, "comm", NULL)) &&
	       filter_glob(&options->exe, event->proc ? event->proc->exe : NULL) &&
	       query_holds(options->query, &on);
}
