// SPDX-License-Identifier: MIT
/*
 * follow.c - counts events in an epoll loop, and goes on where it was when it is started again
 *
 *	cc -o follow follow.c $(pkg-config --cflags --libs libprocmon)
 *	./follow CURSOR-FILE [DEVICE]
 *
 * It ends with SIGINT and SIGTERM.  Started again with the same file it loses no event and repeats none,
 * as long as the rings still hold what came since; what they do not comes as PROCMON_LOST.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <procmon.h>

#define BATCH 1000 /* events between two looks at the signals, in a storm */

/* Goes on after the cursor in the file, if there is one. */
static void cursor_load(struct procmon *pm, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file && errno == ENOENT)
		return; /* the first time */
	if (!file)
		err(EXIT_FAILURE, "%s", path);
	len = getline(&line, &size, file);
	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	/* -ESTALE: the module was loaded anew, what came between is unknown; go on from now */
	if (len <= 0 || procmon_seek(pm, line) < 0)
		warnx("%s: %s", path, len <= 0 ? "is empty" : procmon_error(pm));
	free(line);
	fclose(file);
}

/* In one step: whoever reads the file finds the old cursor or the new one, and never half of one. */
static void cursor_save(struct procmon *pm, const char *path)
{
	const char *cursor = procmon_cursor(pm);
	char temporary[PATH_MAX];
	FILE *file;

	if (!cursor)
		errx(EXIT_FAILURE, "out of memory");
	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
		errx(EXIT_FAILURE, "%s: the name is too long", path);
	file = fopen(temporary, "w");
	if (!file || fprintf(file, "%s\n", cursor) < 0 || fclose(file) || rename(temporary, path))
		err(EXIT_FAILURE, "%s", path);
}

/* What a program would do with an event. */
static void take(const struct procmon_event *ev)
{
	const char *type = procmon_type_name(ev->head.type);

	if (ev->head.type == PROCMON_LOST)
		printf("lost %" PRIu64 "\n", ev->count);
	else
		printf("%s %" PRIu32 "\n", type ? type : "of a newer module",
		       (uint32_t)ev->head.tgid);
}

/* Takes what is there, BATCH at most.  Return: 1: there may be more; 0: nothing for now. */
static int take_batch(struct procmon *pm)
{
	struct procmon_event ev;
	int i, r = 0;

	for (i = 0; i < BATCH && (r = procmon_next(pm, &ev, 0)) > 0; i++)
		take(&ev);
	if (r < 0 && r != -EINTR)
		errx(EXIT_FAILURE, "%s", procmon_error(pm));
	return r != 0;
}

static int watch_for(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* A descriptor that becomes readable with the signals that end the program. */
static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), signals = signals_open();
	struct epoll_event event = { 0 };
	struct procmon *pm;

	if (argc < 2)
		errx(2, "usage: follow CURSOR-FILE [DEVICE]");
	if (procmon_open(&pm, argc > 2 ? argv[2] : NULL, 0) < 0)
		errx(EXIT_FAILURE, "%s", procmon_error(NULL));
	cursor_load(pm, argv[1]);
	if (epoll < 0 || signals < 0 || watch_for(epoll, signals) ||
	    watch_for(epoll, procmon_fd(pm)))
		err(EXIT_FAILURE, "epoll");
	while (event.data.fd != signals) {
		int more = take_batch(pm);

		/* what was taken is safe before the cursor says so: a kill between repeats, never loses */
		if (fflush(stdout))
			err(EXIT_FAILURE, "standard output");
		cursor_save(pm, argv[1]);
		/* the descriptor tells of new events only after procmon_next() has returned 0 */
		if (epoll_wait(epoll, &event, 1, more ? 0 : procmon_poll_timeout(pm)) < 0 &&
		    errno != EINTR)
			err(EXIT_FAILURE, "epoll");
	}
	procmon_close(pm);
	close(signals);
	close(epoll);
	return EXIT_SUCCESS;
}
