// SPDX-License-Identifier: MIT
/*
 * stages STAGE EVENTS RECORDING [OUTPUT]: one of the things that user space does with events, as often as
 * there are EVENTS; prints how many there were and how many nanoseconds of CPU time that took, the
 * filling of the rings left out.  What is printed goes to OUTPUT, /dev/null by default.
 *
 *	drain	procmon_next(), and no more
 *	json	procmon watch -o json
 *	record	procmon record
 *	show	procmon show RECORDING
 *	lines	procmon show -o json RECORDING
 *
 * The commands are as they are: only where they would sleep the rings are filled again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reader.h"
#include "stop.h"
#include "stream.h"
#include "tap.h"

#define STAGE_NO_ROOT                                                                              \
	"--root=/dev/null" /* users and containers of this machine have no part in it */

int command_main(int argc, char **argv); /* main() of userspace/cmd/main.c */
int __wrap_procmon_open(struct procmon **pmp, const char *path, unsigned int flags);
void __wrap_procmon_close(struct procmon *pm);
void __real_procmon_close(struct procmon *pm);
int __wrap_stop_poll(struct pollfd *fds, unsigned int nr, int64_t boot_ns);
void stage_run(const char *stage, char *recording);
bool stage_fill(void);

static uint64_t stage_ns; /* spent in it, less what it has cost to fill the rings */

static uint64_t stage_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* No part of what is measured: tests/bench/guard has callgrind look away. */
__attribute__((noinline)) bool stage_fill(void)
{
	bool more;

	stage_ns += stage_clock();
	more = stream_fill();
	stage_ns -= stage_clock();
	return more;
}

int __wrap_procmon_open(struct procmon **pmp, const char *path, unsigned int flags)
{
	(void)path;
	(void)flags;
	*pmp = stream_attach();
	return 0;
}

int __wrap_stop_poll(struct pollfd *fds, unsigned int nr, int64_t boot_ns)
{
	(void)fds;
	(void)nr;
	(void)boot_ns;
	if (!stage_fill())
		stop_signal = SIGTERM;
	return 0;
}

/* It was given all that there was. */
void __wrap_procmon_close(struct procmon *pm)
{
	uint64_t got = 0;
	uint32_t i;

	for (i = 0; pm && i < pm->nr; i++)
		got += pm->ring[i].got;
	if (got && (got != stream_put() || procmon_lost(pm)))
		bail("%" PRIu64 " of %" PRIu64 " events came", got, stream_put());
	__real_procmon_close(pm);
}

static void stage_drain(void)
{
	struct procmon *pm = stream_attach();
	struct procmon_event ev;

	do
		while (procmon_next(pm, &ev, 0) > 0)
			;
	while (stage_fill());
	procmon_close(pm);
}

static void stage_command(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	optind = 0;
	if (command_main(argc, argv))
		bail("procmon %s failed", argv[1]);
}

__attribute__((noinline)) void stage_run(const char *stage, char *recording)
{
	static char procmon[] = "procmon", quiet[] = "-q", history[] = "--history",
		    root[] = STAGE_NO_ROOT, json[] = "-ojson", show[] = "show", lines[] = "-ojson",
		    watch[] = "watch", record[] = "record", out[] = "-";

	if (!strcmp(stage, "drain"))
		stage_drain();
	else if (!strcmp(stage, "json"))
		stage_command((char *[]){ procmon, watch, quiet, history, root, json, NULL });
	else if (!strcmp(stage, "record"))
		stage_command((char *[]){ procmon, record, quiet, history, root, out, NULL });
	else if (!strcmp(stage, "show"))
		stage_command((char *[]){ procmon, show, quiet, recording, NULL });
	else if (!strcmp(stage, "lines"))
		stage_command((char *[]){ procmon, show, quiet, lines, recording, NULL });
	else
		bail("no stage '%s'", stage);
}

int main(int argc, char **argv)
{
	bool file = argc > 1 && (!strcmp(argv[1], "show") || !strcmp(argv[1], "lines"));
	uint64_t events, ns;
	FILE *told;
	int fd;

	if (argc < 4)
		bail("usage: stages STAGE EVENTS RECORDING [OUTPUT]");
	events = strtoul(argv[2], NULL, 10);
	told = fdopen(dup(STDOUT_FILENO), "w");
	fd = open(argc > 4 ? argv[4] : "/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (!told || fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		bail("no output");
	if (!file) {
		stream_load(argv[3], events);
		stream_fill();
	}
	ns = stage_clock();
	stage_run(argv[1], argv[3]);
	ns = stage_clock() - ns + stage_ns;
	fprintf(told, "%s %" PRIu64 " %" PRIu64 "\n", argv[1], events, ns);
	return fclose(told) ? EXIT_FAILURE : EXIT_SUCCESS;
}
