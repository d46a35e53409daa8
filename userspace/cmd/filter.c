// SPDX-License-Identifier: MIT
#include "filter.h"

#include <fnmatch.h>
#include <string.h>

#include "pattern.h"
#include "query.h"

#define FILTER_DEPTH 1024 /* ancestors looked at */
#define FILTER_DEFAULT                                                                             \
	(1u << PROCMON_FORK | 1u << PROCMON_EXEC | 1u << PROCMON_EXIT | OPTIONS_SNAPSHOT)

bool filter_number(const struct options_numbers *numbers, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < numbers->count; i++)
		if (numbers->value[i] == number)
			return true;
	return !numbers->count;
}

bool filter_glob(const struct options_globs *globs, const char *text)
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

bool filter_where(const struct options *options, const struct where *where)
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

bool filter_exit_code(const struct options_compare *compare, uint32_t status)
{
	int order = (status > compare->number) - (status < compare->number);

	return !compare->given || (order < 0 ? compare->less :
				   order > 0 ? compare->more :
					       compare->same);
}

bool filter_status(const struct procmon_event *ev, uint32_t *status)
{
	uint64_t signal, code;

	if (ev->head.type != PROCMON_EXIT)
		return false;
	signal = procmon_number(ev, "signal");
	code = procmon_number(ev, "exit_code");
	*status = (uint32_t)(signal != UINT64_MAX ? FILTER_SIGNAL + signal : code);
	return signal != UINT64_MAX || code != UINT64_MAX;
}

static bool filter_exit(const struct options_compare *compare, const struct procmon_event *ev)
{
	uint32_t status;

	return !compare->given || (filter_status(ev, &status) && filter_exit_code(compare, status));
}

static bool filter_parent(const struct options_globs *globs, const struct proc *proc)
{
	const struct proc *parent = globs->count && proc ? proc_parent(proc) : NULL;

	return !globs->count || (parent && parent->exe && filter_glob(globs, parent->exe));
}

/* Is it in the path or in an argument? */
static bool filter_grep(struct pattern *pattern, const struct procmon_event *ev,
			const struct proc *proc)
{
	size_t len = 0;
	const char *args = procmon_string(ev, "args", &len), *arg, *end;

	if (!pattern)
		return true;
	if (proc && proc->exe && pattern_matches(pattern, proc->exe, proc->exe_len))
		return true;
	if (!args && proc) {
		args = proc->args;
		len = proc->args_len;
	}
	if (!args || !needles_are_in(pattern_needles(pattern), args, len))
		return false;
	end = args + len;
	for (arg = args; arg < end; arg += strnlen(arg, (size_t)(end - arg)) + 1)
		if (pattern_matches(pattern, arg, strnlen(arg, (size_t)(end - arg))))
			return true;
	return false;
}

/* Is nothing asked for but types of events? */
static bool filter_takes_all(const struct options *options)
{
	return !(options->pid.count | options->ppid.count | options->uid.count |
		 options->tree.count | options->container.count | options->pod.count |
		 options->unit.count | options->cgroup.count | options->comm.count |
		 options->exe.count | options->parent.count) &&
	       !options->exit_code.given && !options->grep && !options->query;
}

static bool filter_chooses(const struct show *show, const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	const struct procmon_head *head = &ev->head;
	const struct options *options = show->options;
	const struct key_event on = { show, ev, event->proc, event->where, false };

	return filter_number(&options->pid, head->tgid) &&
	       filter_number(&options->ppid, head->ppid) &&
	       filter_number(&options->uid, head->uid) && filter_tree(&options->tree, event) &&
	       filter_where(options, event->where) &&
	       filter_glob(&options->comm, procmon_string(ev, "comm", NULL)) &&
	       filter_glob(&options->exe, event->proc ? event->proc->exe : NULL) &&
	       filter_parent(&options->parent, event->proc) &&
	       filter_exit(&options->exit_code, ev) &&
	       filter_grep(options->grep, ev, event->proc) && query_holds(options->query, &on);
}

bool filter_wants(const struct show *show, const struct event *event)
{
	unsigned int type = event->ev->head.type;

	if (type == PROCMON_LOST)
		return true;
	return filter_type(type, filter_events(show->options)) &&
	       (filter_takes_all(show->options) || filter_chooses(show, event));
}
