// SPDX-License-Identifier: MIT
#include "filter.h"

#include <fnmatch.h>

#include "query.h"

#define FILTER_DEFAULT (1u << PROCMON_FORK | 1u << PROCMON_EXEC | 1u << PROCMON_EXIT)

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

bool filter_wants(const struct show *show, const struct procmon_event *ev, const struct proc *proc)
{
	const struct procmon_head *head = &ev->head;
	const struct options *options = show->options;
	const struct key_event on = { show, ev, proc };

	if (head->type == PROCMON_LOST)
		return true;
	return head->type < 32 && filter_events(options) & 1u << head->type &&
	       filter_number(&options->pid, head->tgid) &&
	       filter_number(&options->ppid, head->ppid) &&
	       filter_number(&options->uid, head->uid) &&
	       filter_glob(&options->comm, procmon_string(ev, "comm", NULL)) &&
	       filter_glob(&options->exe, proc ? proc->exe : NULL) &&
	       query_holds(options->query, &on);
}
