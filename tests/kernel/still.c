// SPDX-License-Identifier: MIT
/*
 * still SECONDS PID...: do readers run while nothing happens?  Looks for that many seconds in which the
 * module has no event, and prints what the processes did in them.  Exits with 0 when none of their threads
 * ran, 1 when one did each time (at first they may still have something to tell), 2 when there is no such
 * time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define TRIES 20
#define TRIES_QUIET 3 /* without an event */

/* Sums over all threads: times that they left the CPU, and nanoseconds on it. */
struct done {
	uint64_t switches, ns;
	unsigned int threads;
};

static FILE *open_of(const char *pid, const char *tid, const char *name)
{
	char path[64 + 2 * NAME_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/%s", pid, tid, name);
	file = fopen(path, "re");
	if (!file)
		bail("%s cannot be read", path);
	return file;
}

static void add_thread(struct done *done, const char *pid, const char *tid)
{
	unsigned long long n;
	char line[256];
	FILE *file = open_of(pid, tid, "status");

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "voluntary_ctxt_switches: %llu", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %llu", &n) == 1)
			done->switches += n;
	fclose(file);
	file = open_of(pid, tid, "schedstat");
	if (fscanf(file, "%llu", &n) == 1)
		done->ns += n;
	fclose(file);
	done->threads++;
}

static struct done done_by(char *const *pids)
{
	struct done done = { 0 };

	for (; *pids; pids++) {
		char path[64];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "/proc/%s/task", *pids);
		dir = opendir(path);
		if (!dir)
			bail("no process %s", *pids);
		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				add_thread(&done, *pids, entry->d_name);
		closedir(dir);
	}
	return done;
}

/* Events that the module has told. */
static uint64_t produced(struct procmon *pm)
{
	struct procmon_ring_status ring;
	uint64_t seq = 0;
	uint32_t i;
	int r;

	for (i = 0; (r = procmon_ring(pm, i, &ring)) >= 0; i++)
		if (r)
			seq += ring.seq;
	return seq;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 2 ? (unsigned int)atoi(argv[1]) : 0;
	struct procmon *pm;
	unsigned int quiet = 0;
	int tries;

	if (!seconds) {
		fprintf(stderr, "usage: still SECONDS PID...\n");
		return 2;
	}
	pm = follow_open(0);
	for (tries = 0; tries < TRIES; tries++) {
		struct done before, after;
		uint64_t events;

		sleep(1); /* what was told before is out */
		events = produced(pm);
		before = done_by(argv + 2);
		sleep(seconds);
		after = done_by(argv + 2);
		events = produced(pm) - events;
		if (events)
			continue;
		printf("%u s: %u threads, %llu switches, %llu ns\n", seconds, after.threads,
		       (unsigned long long)(after.switches - before.switches),
		       (unsigned long long)(after.ns - before.ns));
		if (after.switches == before.switches && after.ns == before.ns)
			return 0;
		if (++quiet == TRIES_QUIET)
			return 1;
	}
	printf("%d times, and something happened each time\n", tries);
	return 2;
}
