// SPDX-License-Identifier: MIT
/*
 * procmon log: what was recorded, found by the index.  A process is told once: by its end, or if that has
 * not come by what it ran last; with --event by those events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "commands.h"
#include "filter.h"
#include "history.h"
#include "query.h"
#include "reverse.h"
#include "stop.h"

#define LOG_BUCKETS 16384

/**
 * struct log_process - one that is asked for and has not ended
 * @next: in its bucket
 * @newer, @older: by when it was first told of
 * @text: how it is shown, of @len bytes
 */
struct log_process {
	uint32_t tgid;
	uint64_t start_ns;
	struct log_process *next, *newer, *older;
	char *text;
	size_t len;
};

static struct log_process *log_bucket[LOG_BUCKETS], *log_oldest, *log_newest;

static struct log_process **log_find(uint32_t tgid, uint64_t start_ns)
{
	struct log_process **slot = &log_bucket[tgid % LOG_BUCKETS];

	while (*slot && ((*slot)->tgid != tgid || (*slot)->start_ns != start_ns))
		slot = &(*slot)->next;
	return slot;
}

static bool log_is_of_interest(void *data, uint32_t pid)
{
	const struct log_process *process;

	(void)data;
	for (process = log_bucket[pid % LOG_BUCKETS]; process; process = process->next)
		if (process->tgid == pid)
			return true;
	return false;
}

static void log_drop(struct log_process **slot)
{
	struct log_process *process = *slot;

	*slot = process->next;
	*(process->older ? &process->older->newer : &log_oldest) = process->newer;
	*(process->newer ? &process->newer->older : &log_newest) = process->older;
	free(process->text);
	free(process);
}

static struct log_process *log_add(struct log_process **slot, const struct procmon_head *head)
{
	struct log_process *process = calloc(1, sizeof(*process));

	if (!process) {
		fputs("procmon: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	process->tgid = head->tgid;
	process->start_ns = head->start_ns;
	process->older = log_newest;
	*(log_newest ? &log_newest->newer : &log_oldest) = process;
	log_newest = process;
	*slot = process;
	return process;
}

/* It runs, and @event is what is told of it so far. */
static void log_keep(struct show *show, const struct event *event)
{
	struct log_process **slot = log_find(event->ev->head.tgid, event->ev->head.start_ns);
	struct log_process *process = *slot ? *slot : log_add(slot, &event->ev->head);
	struct out *out = &show->out;
	size_t begin = out->len;
	char *text;

	show_put(show, event);
	text = realloc(process->text, out->len - begin + 1);
	if (text) {
		process->text = text;
		process->len = out->len - begin;
		memcpy(text, out->buf + begin, process->len);
	}
	out->len = begin;
}

/* Is it about a process, not a thread of it or a cgroup? */
static bool log_is_about_one(const struct procmon_head *head)
{
	return head->type == PROCMON_SNAPSHOT ||
	       ((head->type == PROCMON_FORK || head->type == PROCMON_EXEC ||
		 head->type == PROCMON_EXIT) &&
		!(head->flags & PROCMON_F_THREAD));
}

static int log_take_process(struct show *show, const struct event *event, bool wanted)
{
	const struct procmon_head *head = &event->ev->head;
	struct log_process **slot = log_find(head->tgid, head->start_ns);

	if (head->type == PROCMON_LOST)
		return watch_show(show, event, wanted);
	if (!log_is_about_one(head) || !watch_is_in_time(show->options, event->ev))
		return 1;
	wanted |= *slot != NULL;
	if (wanted && head->type != PROCMON_EXIT)
		log_keep(show, event);
	if (head->type != PROCMON_EXIT)
		return 1;
	if (*slot)
		log_drop(slot);
	return watch_show(show, event, wanted);
}

/* Those that have not ended come last, in the order of their beginning. */
static int log_put_rest(struct show *show)
{
	const struct options *options = show->options;
	int err = 0;

	while (log_oldest && !err && !(options->count && show->shown == options->count)) {
		out_put(&show->out, log_oldest->text, log_oldest->len);
		if (options->reverse)
			err = reverse_take(&show->out);
		else
			show->shown++;
		log_drop(log_find(log_oldest->tgid, log_oldest->start_ns));
	}
	return err;
}

static int log_read(struct history *history, struct show *show, bool events)
{
	size_t i;
	int r = 1;

	for (i = 0; i < history->nr_units && r == 1 && !show->out.err; i++) {
		if (history_wants(history, i, show->options, events ? NULL : log_is_of_interest,
				  NULL))
			r = history_read(history, i, show, events ? watch_show : log_take_process);
		out_flush(&show->out);
	}
	if (r == 1)
		r = log_put_rest(show);
	if (r >= 0 && show->options->reverse)
		r = reverse_put(&show->out, show->options->count);
	out_flush(&show->out);
	return r < 0 && !stop_signal ? -1 : 0;
}

int log_main(const struct options *options)
{
	bool events = options->events || query_asks_for_events(options->query);
	struct history history;
	struct show show = { 0 };
	int status = EXIT_FAILURE;

	stop_catch();
	if (!history_open(&history, options)) {
		show_start(&show, options, history.pm, 0);
		status = log_read(&history, &show, events) ? EXIT_FAILURE : show_status(&show);
	}
	while (log_oldest)
		log_drop(log_find(log_oldest->tgid, log_oldest->start_ns));
	history_close(&history);
	where_end();
	proc_free_all();
	free(show.out.buf);
	return status;
}
