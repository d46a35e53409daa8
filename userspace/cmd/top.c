// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* procmon top: which programs start, fail and end most. */
#include "top.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browse.h"
#include "clock.h"
#include "commands.h"
#include "filter.h"
#include "names.h"
#include "pace.h"
#include "redact.h"
#include "screen.h"
#include "snapshot.h"
#include "stop.h"
#include "text.h"

#define TOP_COLLECT_US 50000 /* a table comes much later */
#define TOP_KEYS_NS (NSEC_PER_SEC / 10) /* so long counts it before it looks at the keys */
#define TOP_DRAW_NS NSEC_PER_SEC /* how old the size of the screen is at most */
#define TOP_EVENTS 64 /* between looks at the clock */

static void top_put_rate(struct out *out, double rate, const char *name)
{
	out_printf(out, "  %.1f %s/s", rate, name);
}

void top_put_summary(const struct top *top, struct out *out)
{
	const double *rate = top->view.all.rate;
	uint32_t nsec;
	const struct tm *tm = clock_split(top->view.taken_ns, top->options->utc, &nsec);

	out_printf(out, "%02d:%02d:%02d  %llu lost", tm->tm_hour, tm->tm_min, tm->tm_sec,
		   (unsigned long long)procmon_lost(top->show.pm));
	top_put_rate(out, rate[BOARD_EXECS], "execs");
	top_put_rate(out, rate[BOARD_FORKS], "forks");
	top_put_rate(out, rate[BOARD_EXITS], "exits");
	top_put_rate(out, rate[BOARD_EVENTS], "events");
}

static void top_put_globs(struct out *out, const char *name, const struct options_globs *globs)
{
	unsigned int i;

	for (i = 0; i < globs->count; i++) {
		out_printf(out, "; %s=", name);
		text_put_word(out, globs->value[i], strlen(globs->value[i]));
	}
}

static void top_put_numbers(struct out *out, const char *name,
			    const struct options_numbers *numbers)
{
	unsigned int i;

	for (i = 0; i < numbers->count; i++)
		out_printf(out, "; %s=%u", name, numbers->value[i]);
}

static void top_put_events(struct out *out, uint32_t events)
{
	unsigned int type, n = 0;

	for (type = 1; type < 32; type++)
		if (events & 1u << type)
			out_printf(out, "%s%s", n++ ? "," : "; event=", procmon_type_name(type));
}

static void top_put_filters(const struct top *top, struct out *out)
{
	const struct options *options = top->options;

	if (top->typed) {
		OUT_LITERAL(out, "; ");
		text_put(out, top->typed_text, strlen(top->typed_text));
	}
	top_put_globs(out, "query", &options->query_text);
	top_put_globs(out, "exe", &options->exe);
	top_put_globs(out, "comm", &options->comm);
	top_put_globs(out, "container", &options->container);
	top_put_globs(out, "pod", &options->pod);
	top_put_globs(out, "unit", &options->unit);
	top_put_globs(out, "cgroup", &options->cgroup);
	top_put_numbers(out, "pid", &options->pid);
	top_put_numbers(out, "ppid", &options->ppid);
	top_put_numbers(out, "tree", &options->tree);
	top_put_numbers(out, "uid", &options->uid);
	top_put_events(out, options->events);
}

void top_put_state(const struct top *top, struct out *out)
{
	out_printf(out, "%u rows by %s, %s%s", top->view.count, board_name(top->view.by),
		   column_word(top->way.sort), top->way.reverse ? " reversed" : "");
	top_put_filters(top, out);
}

void top_look(struct top *top)
{
	board_look(&top->board[top->by], &top->view);
	column_sort(&top->view, &top->way);
}

void top_clear(struct top *top)
{
	enum board_by by;

	for (by = 0; by < BOARD_BY; by++)
		board_clear(&top->board[by]);
}

/* The interval ends. */
static void top_tick(struct top *top, uint64_t now_ns)
{
	enum board_by by;

	for (by = 0; by < BOARD_BY; by++)
		board_tick(&top->board[by], now_ns - top->ticked_ns);
	top->ticked_ns = now_ns;
	top->next_ns = now_ns + (uint64_t)top->options->delay_ns;
	if (top->frozen)
		return;
	top_look(top);
	top->view.taken_ns = now_ns;
}

static void top_count(struct top *top, const struct event *event)
{
	const struct key_event on = { &top->show, event->ev, event->proc, event->where, false };
	bool recent = event->ev->head.time_ns >= top->start_ns;
	struct event told;
	enum board_by by;

	if (event->ev->head.type == PROCMON_LOST || event->ev->head.type == PROCMON_SNAPSHOT ||
	    !filter_wants(&top->show, event) || !query_holds(top->typed, &on))
		return;
	told = redact_event(event);
	for (by = 0; by < BOARD_BY; by++)
		if (top->every || by == top->by)
			board_count(&top->board[by], &told, recent);
}

/*
 * Counts what there is, until @until_ns.  Return: 1: nothing more is there; 2: the time is over;
 * 3: the next event came after @end_ns; -1: an error.
 */
static int top_drain(struct top *top, uint64_t until_ns, int64_t end_ns)
{
	struct procmon_event ev;
	unsigned int n = 0;
	int r;

	while (!stop_signal && (r = procmon_next(top->show.pm, &ev, 0)) != 0) {
		struct event event;

		if (r < 0 && r != -EINTR)
			return -1;
		if (r < 0)
			continue;
		if (end_ns >= 0 && ev.head.time_ns > (uint64_t)end_ns)
			return 3;
		event = event_know(top->show.pm, &ev);
		top_count(top, &event);
		proc_forget(&ev);
		if (!(++n % TOP_EVENTS) && clock_boot_ns() >= until_ns)
			return 2;
	}
	return 1;
}

/* A table as text. */
static void top_print(struct top *top)
{
	struct out *out = &top->show.out;
	unsigned int i;

	top_put_summary(top, out);
	out_char(out, '\n');
	top_put_state(top, out);
	out_char(out, '\n');
	column_put_heading(out, top->view.by, &top->way);
	out_char(out, '\n');
	for (i = 0; i < top->view.count; i++) {
		column_put_row(out, &top->view.row[i], &top->way);
		out_char(out, '\n');
	}
	out_char(out, '\n');
	out_flush(out);
}

static void top_wait(const struct top *top, bool screen, int64_t end_ns)
{
	struct pollfd ready[2] = {
		{ .fd = procmon_fd(top->show.pm), .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	int64_t wake = (int64_t)top->next_ns, draw = (int64_t)clock_boot_ns() + TOP_DRAW_NS;

	if (end_ns >= 0 && end_ns < wake)
		wake = end_ns;
	if (screen && draw < wake)
		wake = draw;
	pace_poll(top->show.pm, ready, screen ? 2 : 1, wake_ns(top->show.pm, wake));
}

/* Return: false: an error of the device. */
static bool top_run(struct top *top, struct browse *browse)
{
	const struct options *options = top->options;
	int64_t end_ns = options->for_ns < 0 ? -1 : (int64_t)top->start_ns + options->for_ns;
	uint64_t left = options->count, now_ns;
	bool over = false;
	int r;

	while (!over) {
		r = top_drain(top, clock_boot_ns() + TOP_KEYS_NS, end_ns);
		if (r < 0)
			return false;
		if (stop_signal)
			break;
		clock_refresh();
		now_ns = clock_boot_ns();
		over = r == 3 || (r == 1 && end_ns >= 0 && (int64_t)now_ns >= end_ns);
		if (over || now_ns >= top->next_ns) {
			top_tick(top, now_ns);
			if (!browse)
				top_print(top);
			over = over || top->show.out.err || (left && !--left);
		}
		if (browse && !browse_update(browse))
			break;
		if (!over && r == 1)
			top_wait(top, browse, end_ns);
	}
	return true;
}

static void top_start(struct top *top, struct procmon *pm, const struct options *options)
{
	enum board_by by;

	top->options = options;
	top->by = options->by;
	top->view.text.fd = -1;
	top->view.by = options->by;
	for (by = 0; by < BOARD_BY; by++)
		board_start(&top->board[by], by);
	show_start(&top->show, options, pm, 0);
	top->way = (struct column_way){ .sort = options->sort,
					.width = top->show.width,
					.utc = options->utc };
	top->start_ns = clock_boot_ns();
	top->ticked_ns = top->view.taken_ns = top->start_ns;
	top->next_ns = top->start_ns + (uint64_t)options->delay_ns;
}

static void top_end(struct top *top)
{
	enum board_by by;

	for (by = 0; by < BOARD_BY; by++)
		board_end(&top->board[by]);
	query_free(top->typed);
	free(top->view.text.buf);
	free(top->show.out.buf);
	proc_free_all();
}

int top_main(struct procmon *pm, const struct options *options)
{
	static struct top top;
	const char *why = NULL;
	struct browse browse;
	int status;
	bool good;

	if (options->snapshot && !options->history && snapshot_begin(pm, options))
		note(options, "%s", procmon_error(pm));
	tell_what_is_off(pm, options);
	pace_start(pm, TOP_COLLECT_US);
	stop_catch();
	top_start(&top, pm, options);
	top.every = !options->batch && screen_open(top.show.color, &why);
	if (why)
		note(options, "%s: tables as text", why);
	browse_start(&browse, &top);
	good = top_run(&top, top.every ? &browse : NULL);
	if (top.every)
		screen_close();
	browse_end(&browse);
	if (!good)
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
	status = good ? show_status(&top.show) : EXIT_FAILURE;
	top_end(&top);
	return status;
}
