// SPDX-License-Identifier: MIT
/*
 * procmon log: what was recorded, found by the index.  A process is told once: by its end, or if that has
 * not come by what it ran last; with --event by those events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "clock.h"
#include "commands.h"
#include "filter.h"
#include "history.h"
#include "pending.h"
#include "query.h"
#include "reverse.h"
#include "stop.h"

static struct pending log_pending;

/* It runs, and @event is what is told of it so far. */
static void log_keep(struct show *show, const struct event *event)
{
	struct out *out = &show->out;
	size_t begin = out->len;

	show_put(show, event);
	pending_keep(&log_pending, &event->ev->head, out->buf + begin, out->len - begin);
	out->len = begin;
}

static int log_take_process(struct show *show, const struct event *event, bool wanted)
{
	const struct procmon_head *head = &event->ev->head;

	if (head->type == PROCMON_LOST)
		return watch_show(show, event, wanted);
	if (!pending_is_about_one(head) || !watch_is_in_time(show->options, event->ev))
		return 1;
	wanted |= pending_has(&log_pending, head);
	if (wanted && head->type != PROCMON_EXIT)
		log_keep(show, event);
	if (head->type != PROCMON_EXIT)
		return 1;
	pending_drop(&log_pending, head);
	return watch_show(show, event, wanted);
}

/* Those that have not ended come last, in the order of their beginning. */
static int log_put_rest(struct show *show)
{
	const struct options *options = show->options;
	int err = 0;

	while (!err && !(options->count && show->shown == options->count) &&
	       pending_take(&log_pending, &show->out)) {
		if (options->reverse)
			err = reverse_take(&show->out);
		else
			show->shown++;
	}
	return err;
}

static int log_read(struct history *history, struct show *show, bool events)
{
	struct question question;
	size_t i;
	int r = 1;

	question_make(&question, show->options);

	for (i = 0; i < history->nr_units && r == 1 && !show->out.err; i++) {
		r = ask_unit(history, i, &question, events ? NULL : &log_pending, show,
			     events ? watch_show : log_take_process);
		out_flush(&show->out);
	}
	question_free(&question);
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
	pending_free(&log_pending);
	history_close(&history);
	where_end();
	proc_free_all();
	free(show.out.buf);
	return status;
}
