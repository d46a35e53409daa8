// SPDX-License-Identifier: MIT
#include "filter.h"

#include <fnmatch.h>

#include "query.h"

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
	const struct key_event on = { show, ev, event->proc, event->where };

	if (head->type == PROCMON_LOST)
		return true;
	return filter_type(head->type, filter_events(options)) &&
	       filter_number(&options->pid, head->tgid) &&
	       filter_number(&options->ppid, head->ppid) &&
	       filter_number(&options->uid, head->uid) &&
	       filter_glob(&options->comm, procmon_string(ev, "comm", NULL)) &&
	       filter_glob(&options->exe, event->proc ? event->proc->exe : NULL) &&
	       query_holds(options->query, &on);
}
