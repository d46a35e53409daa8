// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* procmon run: a command and its descendants, and their tree. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "filter.h"
#include "hash.h"
#include "life.h"
#include "redact.h"
#include "past.h"
#include "picture.h"
#include "plot.h"
#include "show.h"
#include "stop.h"
#include "tree.h"

#define RUN_NOT_FOUND 127 /* as the shell */
#define RUN_NOT_EXECUTABLE 126
#define RUN_SIGNAL 128
/* the command's exit event is in the ring when wait() returns; be patient */
#define RUN_LAST_MS 10000

/* Takes in an event.  Return: whom it is about, -1: none of ours. */
static int run_note(const struct procmon_event *ev, pid_t child)
{
	const struct procmon_head *head = &ev->head;
	int index;

	if (head->type == PROCMON_FORK && !life_count && head->tgid == (uint32_t)child)
		life_add(head->tgid, life_ns(head->start_ns), -1);
	index = life_note(ev, false);
	if (index >= 0)
		lives[index].wanted = true;
	return index;
}

/* Starts the command.  Return: its pid; the write end of the pipe lets it go. */
static pid_t run_start(char **args, int *go)
{
	int gate[2];
	pid_t child;
	char byte;
	int err;

	if (pipe2(gate, O_CLOEXEC))
		return -1;
	child = fork();
	if (child == 0) {
		close(gate[1]);
		stop_restore();
		if (read(gate[0], &byte, 1) == 1)
			execvp(args[0], args);
		err = errno; /* before fprintf() changes it */
		fprintf(stderr, "procmon: %s: %s\n", args[0], strerror(err));
		_exit(err == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
	}
	close(gate[0]);
	*go = gate[1];
	return child;
}

/* Shows what there is.  Return: 1: go on; 0: the command's exit has been seen; -1: error, told. */
static int run_drain(struct procmon *pm, struct show *show, pid_t child)
{
	struct procmon_event ev;
	int r;

	while ((r = procmon_next(pm, &ev, 0)) != 0) {
		struct event event = { &ev, NULL, NULL };
		int index;

		if (r == -EINTR)
			continue;
		if (r < 0) {
			fprintf(stderr, "procmon: %s\n", procmon_error(pm));
			return -1;
		}
		clock_refresh();
		event = redact_event(&event);
		index = run_note(event.ev, child);
		if (index < 0 && ev.head.type != PROCMON_LOST)
			continue;
		event = event_know(pm, &ev);
		if (index >= 0)
			life_place(index, event.where);
		if (filter_wants(show, &event)) {
			hash_of(&ev); /* by its path as it is */
			event = redact_event(&event);
			show_event(show, &event);
		}
		proc_forget(&ev);
	}
	return !(life_count && lives[0].status);
}

static int run_exit_status(int status)
{
	return WIFSIGNALED(status) ? RUN_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void run_finish(struct show *show)
{
	struct out out = { .fd = STDERR_FILENO };
	int i, running = 0;

	if (show->options->quiet || show->options->format != FORMAT_SHORT)
		return;
	out_char(&out, '\n');
	for (i = 0; i < life_count; i++)
		running += !lives[i].status;
	tree_put(&out, show_width(STDERR_FILENO), 0, show->options->merge != DECIDE_NEVER);
	if (running)
		out_printf(&out, "%d still running\n", running);
	out_flush(&out);
	free(out.buf);
}

/* Return: 0; -1: an error, told. */
static int run_draw(struct out *out, const struct options *options)
{
	struct past span = { INT64_MIN, INT64_MAX };

	if (!options->picture)
		return 0;
	life_end_all(life_ns(clock_boot_ns()));
	past_fit(&span);
	if (!picture_begin(out, options->picture))
		plot_put(out, &span, (int)options->rows, options->utc);
	return picture_end(out, options->picture);
}

int run_main(struct procmon *pm, const struct options *options)
{
	struct pollfd ready = { .fd = procmon_fd(pm), .events = POLLIN };
	struct procmon_info info;
	struct show show;
	struct out picture;
	int go, go_on, status = 0;
	int64_t last_ns = -1;
	pid_t child, ended = 0;

	if (procmon_info(pm, &info)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return EXIT_FAILURE;
	}
	if (options->picture && picture_open(&picture, options->picture))
		return EXIT_FAILURE;
	tell_what_is_off(pm, options);
	show_start(&show, options, pm, info.instance);
	out_flush(&show.out);
	stop_catch();
	child = run_start(options->args, &go);
	if (child < 0) {
		fprintf(stderr, "procmon: cannot start '%s': %s\n", options->file, strerror(errno));
		free(show.out.buf);
		return EXIT_FAILURE;
	}
	stop_forward(child);
	if (write(go, "", 1) != 1)
		fprintf(stderr, "procmon: cannot let '%s' go: %s\n", options->file,
			strerror(errno));
	close(go);
	for (;;) {
		go_on = run_drain(pm, &show, child);
		out_flush(&show.out);
		if (!ended)
			ended = waitpid(child, &status, WNOHANG);
		if (go_on < 0 || (!go_on && ended))
			break;
		if (ended && last_ns < 0)
			last_ns = (int64_t)clock_boot_ns() + RUN_LAST_MS * 1000000LL;
		if (ended && (int64_t)clock_boot_ns() >= last_ns) {
			note(options, "the end of '%s' was not recorded", options->file);
			break;
		}
		stop_poll(&ready, 1, wake_ns(pm, last_ns));
	}
	if (!ended)
		waitpid(child, &status, 0);
	if (run_draw(&picture, options))
		go_on = -1;
	run_finish(&show);
	proc_free_all();
	life_free();
	free(show.out.buf);
	if (go_on < 0)
		return EXIT_FAILURE;
	return options->fail_on_loss && procmon_lost(pm) ? EXIT_LOSS : run_exit_status(status);
}
