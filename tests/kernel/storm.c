// SPDX-License-Identifier: MIT
/* Every one of many short processes is told: once, whole, in order. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/storm.h"
#include "lib/tap.h"

#define PROGRAM "/tests/tiny"
#define PIDS (4 << 20)
#define STARTERS 2

static struct tally *tally; /* by pid, its newest process */

/* What went wrong, counted; all must stay 0. */
static struct wrong {
	unsigned long order, twice, exe, time, lost, stray;
} wrong;

static unsigned long told[4], ends;
static uint64_t last_ns;

static void take_fork(struct tally *t, const struct procmon_head *head)
{
	*t = (struct tally){ .start_ns = head->start_ns, .forks = 1 };
}

static bool is_ours(const struct storm *storm, const struct procmon_head *head)
{
	unsigned int i;

	for (i = 0; i < storm->starters; i++)
		if (head->ppid == (uint32_t)storm->starter[i])
			return true;
	return false;
}

static void take_exec(struct tally *t, const struct procmon_event *ev)
{
	size_t len;
	const char *exe = procmon_string(ev, "exe", NULL), *args = procmon_string(ev, "args", &len);

	wrong.exe += !exe || strcmp(exe, PROGRAM) || !args || len != sizeof(PROGRAM) ||
		     memcmp(args, PROGRAM, len);
	wrong.order += t->forks != 1 || t->exits;
	wrong.twice += ++t->execs > 1;
}

/* Takes in an event of the storm. */
static void take(const struct storm *storm, const struct procmon_event *ev)
{
	const struct procmon_head *head = &ev->head;
	struct tally *t = &tally[head->tgid % PIDS];

	if (head->type == PROCMON_LOST) {
		wrong.lost += ev->count;
		return;
	}
	wrong.time += head->time_ns < last_ns;
	last_ns = head->time_ns;
	if (!is_ours(storm, head) || head->type > PROCMON_EXIT)
		return;
	told[head->type]++;
	if (head->type == PROCMON_FORK) {
		wrong.twice += t->start_ns == head->start_ns;
		take_fork(t, head);
		return;
	}
	wrong.stray += t->start_ns != head->start_ns;
	if (head->type == PROCMON_EXEC) {
		take_exec(t, ev);
	} else {
		wrong.order += t->execs != 1;
		wrong.twice += ++t->exits > 1;
		ends++;
	}
}

static void judge(const char *how, unsigned long total)
{
	diag("%s: %lu forks, %lu execs, %lu exits of %lu", how, told[1], told[2], told[3], total);
	if (!ok(told[1] == total && told[2] == total && told[3] == total && !wrong.lost,
		"%s_tells_every_process_of_the_storm", how))
		diag("%lu lost", wrong.lost);
	if (!ok(!wrong.order && !wrong.twice && !wrong.stray && !wrong.time,
		"%s_tells_each_once_and_in_order", how))
		diag("%lu out of order, %lu twice, %lu of nobody, time went back %lu times",
		     wrong.order, wrong.twice, wrong.stray, wrong.time);
	if (!ok(!wrong.exe, "%s_tells_each_with_its_path_and_arguments", how))
		diag("%lu wrong", wrong.exe);
}

static void reset(void)
{
	memset(told, 0, sizeof(told));
	memset(&wrong, 0, sizeof(wrong));
	memset(tally, 0, PIDS * sizeof(*tally));
	ends = 0;
	last_ns = 0;
}

static void storm_by_library(unsigned long total)
{
	struct procmon *pm = follow_open(0);
	struct procmon_event ev;
	struct storm storm;

	reset();
	storm_start(&storm, STARTERS, total, PROGRAM);
	while (ends < total) {
		follow_next(pm, &ev);
		take(&storm, &ev);
	}
	storm_wait(&storm);
	judge("mapped_reader", total);
	procmon_close(pm);
}

/* The same by read(2), which gives whole events in time order. */
static void storm_by_read(unsigned long total)
{
	static char buf[1 << 20];
	int fd = open("/dev/procmon", O_RDONLY);
	struct storm storm;

	reset();
	storm_start(&storm, STARTERS, total, PROGRAM);
	while (ends < total) {
		ssize_t n = read(fd, buf, sizeof(buf)), at;

		if (n <= 0)
			bail("read: %zd", n);
		for (at = 0; at < n;) {
			struct procmon_event ev = { .data = buf + at };

			memcpy(&ev.head, buf + at, sizeof(ev.head));
			take(&storm, &ev);
			at += ev.head.len;
		}
	}
	storm_wait(&storm);
	judge("read", total);
	close(fd);
}

int main(void)
{
	unsigned long total = tap_size("STORM_COUNT", 20000);

	tap_theme("storm");
	tally = calloc(PIDS, sizeof(*tally));
	if (!tally)
		bail("memory");
	storm_by_library(total / STARTERS * STARTERS);
	storm_by_read(total / 4 / STARTERS * STARTERS);
	return tap_done();
}
