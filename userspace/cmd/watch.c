// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* procmon watch: events as they happen; procmon show: those of a recording or a dump. */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "commands.h"
#include "files.h"
#include "filter.h"
#include "hash.h"
#include "names.h"
#include "pace.h"
#include "progress.h"
#include "recording.h"
#include "redact.h"
#include "restate.h"
#include "reverse.h"
#include "small.h"
#include "snapshot.h"
#include "stop.h"

#define WATCH_CURSOR_NS NSEC_PER_SEC /* how often the cursor file is written */
#define WATCH_FOLLOW_NS (NSEC_PER_SEC / 5) /* how often a file is looked at */
#define WATCH_CLOCK 64 /* events that come at once, after which the clock is looked at again */
#define WATCH_PROGRESS 4096 /* events, after which it tells how far it is */
#define WATCH_COLLECT_US 10000 /* nobody sees it */

/* Reads the cursor in FILE.  Return: 0; 1: no file yet; -1: told what is wrong. */
static int watch_read_cursor(const char *path, char **cursor)
{
	FILE *file = fopen(path, "re");
	size_t size = 0;
	ssize_t len;

	if (!file && errno == ENOENT)
		return 1;
	if (!file) {
		fprintf(stderr, "procmon: %s: %s\n", path, strerror(errno));
		return -1;
	}
	len = getline(cursor, &size, file);
	fclose(file);
	if (len <= 0) {
		fprintf(stderr, "procmon: %s: holds no cursor; remove it to begin from now\n",
			path);
		return -1;
	}
	(*cursor)[strcspn(*cursor, "\n")] = '\0';
	return 0;
}

/* Goes on where a cursor says.  A cursor of an earlier load of the module: from the oldest event. */
static int watch_seek(struct procmon *pm, const struct options *options, const char *cursor)
{
	int err = procmon_seek(pm, cursor);

	if (err && err != -ESTALE) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return -1;
	}
	if (err)
		note(options, "%s; beginning from now", procmon_error(pm));
	return 0;
}

static int watch_resume(struct procmon *pm, const struct options *options)
{
	char *cursor = NULL;
	int r;

	if (options->cursor)
		return watch_seek(pm, options, options->cursor);
	if (!options->cursor_file)
		return 0;
	r = watch_read_cursor(options->cursor_file, &cursor);
	if (!r)
		r = watch_seek(pm, options, cursor);
	free(cursor);
	return r < 0 ? -1 : 0;
}

/* Replaces the cursor file in one step: a reader or a crash sees the old one or the new one. */
static int watch_save_cursor(struct procmon *pm, const struct options *options)
{
	const char *cursor = options->cursor_file ? procmon_cursor(pm) : NULL;
	char *new;
	FILE *file;
	int err;

	if (!cursor)
		return 0;
	if (asprintf(&new, "%s.new", options->cursor_file) < 0)
		return -1;
	file = fopen(new, "we");
	err = !file || fprintf(file, "%s\n", cursor) < 0;
	if (file)
		err |= fclose(file) != 0;
	if (err || rename(new, options->cursor_file)) {
		fprintf(stderr, "procmon: %s: the cursor cannot be written: %s\n",
			options->cursor_file, strerror(errno));
		free(new);
		return -1;
	}
	free(new);
	return 0;
}

/* Is it something that happened? */
static bool watch_counts(const struct procmon_event *ev)
{
	return ev->head.type != PROCMON_LOST && ev->head.type != PROCMON_SNAPSHOT;
}

/* Of a recording: the clock and the load of the module that it is of at this event. */
static void watch_note_clock(struct procmon *pm, struct show *show)
{
	static unsigned int events;
	struct procmon_info info;

	if (!show->options->reads_files) {
		if (!(events++ % WATCH_CLOCK))
			clock_refresh();
		return;
	}
	clock_fix_offset(procmon_wall_offset(pm));
	if (recording_is(pm) && !procmon_info(pm, &info))
		show->instance = info.instance;
}

bool watch_is_in_time(const struct options *options, const struct procmon_event *ev)
{
	int64_t wall_ns = clock_wall_ns(ev->head.time_ns);

	return wall_ns >= options->since_ns && wall_ns <= options->until_ns;
}

int watch_show(struct show *show, const struct event *event, bool wanted)
{
	const struct options *options = show->options;

	if (!wanted || !watch_is_in_time(options, event->ev))
		return 1;
	show_event(show, event);
	if (options->reverse)
		return reverse_take(&show->out) ? -1 : 1;
	if (show->out.err)
		return 0;
	return !(watch_counts(event->ev) && options->count && ++show->shown == options->count);
}

bool watch_know(struct procmon *pm, struct show *show, const struct procmon_event *ev,
		struct event *event)
{
	if (ev->head.type == PROCMON_NAMED) {
		where_take(pm, ev);
		return false;
	}
	if (restate_is_known(ev))
		return false;
	watch_note_clock(pm, show);
	*event = event_know(pm, ev);
	return true;
}

int watch_event(struct procmon *pm, struct show *show, const struct procmon_event *ev,
		watch_take *take)
{
	struct event event;
	bool wanted;
	int r;

	if (!watch_know(pm, show, ev, &event))
		return 1;
	wanted = filter_wants(show, &event);
	if (wanted)
		hash_of(ev); /* by its path as it is */
	event = redact_event(&event);
	r = take(show, &event, wanted);
	proc_forget(ev);
	return r;
}

/* Takes what there is.  Return: 1: go on; 0: the end was reached; -1: an error, told. */
static int watch_drain(struct procmon *pm, struct show *show, watch_take *take)
{
	static unsigned int events;
	struct procmon_event ev;
	int r;

	clock_refresh();
	while (!stop_signal && (r = procmon_next(pm, &ev, 0)) != 0) {
		if (r == -EINTR)
			continue;
		if (r < 0) {
			progress_clear();
			fprintf(stderr, "procmon: %s\n", procmon_error(pm));
			if (r != -EBADMSG)
				return -1;
			show->damaged = true;
			continue;
		}
		r = watch_event(pm, show, &ev, take);
		if (!(++events % WATCH_PROGRESS))
			progress_at(files_done(pm));
		if (r != 1)
			return r;
	}
	return !stop_signal;
}

/* Is the time over, or can nothing more come? */
static bool watch_is_over(const struct procmon *pm, const struct options *options, int64_t end_ns)
{
	return (options->reads_files && !files_wait(pm, options)) ||
	       (end_ns >= 0 && (int64_t)clock_boot_ns() >= end_ns);
}

/* Only a stream that begins now can begin with what there is now. */
static bool watch_wants_snapshot(const struct options *options)
{
	return !options->reads_files && options->snapshot && !options->history &&
	       !options->cursor && !options->cursor_file;
}

/* Until when to wait for more.  A file does not tell. */
static int64_t watch_wake_ns(const struct procmon *pm, const struct options *options,
			     int64_t end_ns)
{
	if (options->reads_files)
		return (int64_t)clock_boot_ns() + WATCH_FOLLOW_NS;
	return wake_ns(pm, end_ns);
}

/* What there is from now on until the end.  Return: as watch_drain(), but not 1. */
static int watch_follow(struct procmon *pm, struct show *show, watch_take *take)
{
	const struct options *options = show->options;
	int64_t end_ns = options->for_ns < 0 ? -1 : (int64_t)clock_boot_ns() + options->for_ns;
	struct pollfd ready = { .fd = procmon_fd(pm), .events = POLLIN };
	uint64_t saved_ns = 0;

	for (;;) {
		int go_on = watch_drain(pm, show, take);

		if (out_flush(&show->out))
			return go_on < 0 ? -1 : 0;
		if (go_on > 0 && options->reads_files && files_next(pm, options))
			continue;
		if (go_on <= 0 || watch_is_over(pm, options, end_ns))
			return go_on < 0 ? -1 : 0;
		if (clock_boot_ns() - saved_ns > WATCH_CURSOR_NS) {
			if (watch_save_cursor(pm, options))
				return -1;
			saved_ns = clock_boot_ns();
		}
		pace_poll(pm, &ready, 1, watch_wake_ns(pm, options, end_ns));
	}
}

/* What the command prints goes there, -1: to a file that it has yet to open. */
static int watch_out(const struct options *options)
{
	return options->picture && strcmp(options->picture, "-") ? -1 : STDOUT_FILENO;
}

int watch_read(struct procmon *pm, const struct options *options, struct show *show,
	       watch_take *take)
{
	struct procmon_info info;
	int r;

	*show = (struct show){ 0 };
	if (watch_resume(pm, options))
		return -1;
	if (procmon_info(pm, &info)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return -1;
	}
	if (watch_wants_snapshot(options) && snapshot_begin(pm, options))
		note(options, "%s", procmon_error(pm));
	if (!options->reads_files)
		tell_what_is_off(pm, options);
	else if (!recording_is(pm))
		names_use_numbers();
	pace_start(pm, WATCH_COLLECT_US);
	stop_catch();
	show_start(show, options, pm, info.instance);
	if (options->reads_files && !options->follow && !options->quiet)
		progress_begin(files_total(options), watch_out(options));
	r = watch_follow(pm, show, take);
	progress_end();
	return r;
}

int watch_main(struct procmon *pm, const struct options *options)
{
	struct show show;
	int err;

	if (!options->reads_files)
		small_keep();
	err = watch_read(pm, options, &show, watch_show);
	if (!err && options->reverse &&
	    (reverse_put(&show.out, options->count) || out_flush(&show.out)))
		err = -1;
	/* What could not be written comes again the next time. */
	if (!err && !show.out.err && watch_save_cursor(pm, options))
		err = -1;
	proc_free_all();
	free(show.out.buf);
	return err ? EXIT_FAILURE : show_status(&show);
}
