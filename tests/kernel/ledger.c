// SPDX-License-Identifier: MIT
/*
 * ledger STOP: books of every task that comes and goes until the file STOP is there, compared with
 * those that the kernel keeps for itself: how many it ever made (/proc/stat) and how many there are
 * (/proc/loadavg).  The module must be loaded with threads=1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define TIDS (4 << 20)
#define BEAT_MS 500
#define SETTLE 240 /* beats that the machine may take to become quiet */

/* What is known of the task that has a thread ID now. */
struct entry {
	uint64_t start_ns; /* of its process */
	bool here;
};

/* The kernel's own books. */
struct truth {
	long made, tasks;
};

static struct entry *entries; /* by thread ID */
static struct ledger {
	unsigned long forks, threads, execs, exits, gone, cgroups;
	unsigned long twice, stray, lost, time, unordered;
} ledger;

static void ledger_forks(const struct procmon_head *head)
{
	struct entry *entry = &entries[head->tid % TIDS];

	ledger.forks++;
	ledger.threads += !!(head->flags & PROCMON_F_THREAD);
	ledger.twice += entry->here;
	*entry = (struct entry){ .start_ns = head->start_ns, .here = true };
}

/* The task of this thread ID is no more.  Those that were there before us are not known. */
static void ledger_ends(uint32_t tid, uint64_t start_ns)
{
	struct entry *entry = &entries[tid % TIDS];

	ledger.gone++;
	if (entry->start_ns)
		ledger.twice += !entry->here;
	ledger.stray += entry->here && entry->start_ns != start_ns;
	*entry = (struct entry){ .start_ns = start_ns };
}

static void ledger_execs(const struct procmon_event *ev)
{
	const struct procmon_head *head = &ev->head;

	ledger.execs++;
	ledger.stray += entries[head->tgid % TIDS].here &&
			entries[head->tgid % TIDS].start_ns != head->start_ns;
	/* the thread has taken over its leader's ID */
	if (head->flags & PROCMON_F_THREAD_EXEC)
		ledger_ends(procmon_number(ev, "old_tid"), head->start_ns);
}

static void ledger_take(const struct procmon_event *ev)
{
	const struct procmon_head *head = &ev->head;
	static uint64_t last_ns;

	if (head->type == PROCMON_LOST) {
		ledger.lost += ev->count;
		return;
	}
	if (head->flags & PROCMON_F_UNORDERED) {
		ledger.unordered++; /* given out after waiting too long for older ones */
	} else {
		ledger.time += head->time_ns < last_ns;
		last_ns = head->time_ns;
	}
	switch (head->type) {
	case PROCMON_FORK:
		ledger_forks(head);
		break;
	case PROCMON_EXEC:
		ledger_execs(ev);
		break;
	case PROCMON_EXIT:
		ledger.exits += !(head->flags & PROCMON_F_THREAD);
		ledger_ends(head->flags & PROCMON_F_THREAD ? head->tid : head->tgid,
			    head->start_ns);
		break;
	default:
		ledger.cgroups++;
	}
}

/* Takes in what there is until nothing comes for @ms. */
static void ledger_drain(struct procmon *pm, int ms)
{
	struct procmon_event ev;
	int r;

	while ((r = procmon_next(pm, &ev, ms)) > 0 || r == -EINTR)
		if (r > 0)
			ledger_take(&ev);
	if (r < 0)
		bail("%s", procmon_error(pm));
}

static struct truth truth_read(void)
{
	FILE *stat = fopen("/proc/stat", "r"), *load = fopen("/proc/loadavg", "r");
	struct truth truth = { -1, -1 };
	char line[4096];

	while (stat && fgets(line, sizeof(line), stat))
		sscanf(line, "processes %ld", &truth.made);
	if (!load || fscanf(load, "%*s %*s %*s %*d/%ld", &truth.tasks) != 1 || truth.made < 0)
		bail("no /proc/stat or /proc/loadavg");
	fclose(stat);
	fclose(load);
	return truth;
}

/* Reads the kernel's books at a moment when nothing came or went. */
static struct truth truth_settled(struct procmon *pm)
{
	struct truth before, after = truth_read();
	int i;

	for (i = 0; i < SETTLE; i++) {
		unsigned long gone = ledger.gone, forks = ledger.forks;

		before = after;
		ledger_drain(pm, BEAT_MS);
		after = truth_read();
		if (before.made == after.made && before.tasks == after.tasks &&
		    gone == ledger.gone && forks == ledger.forks)
			return after;
	}
	bail("the machine does not become quiet");
}

int main(int argc, char **argv)
{
	struct truth begin, end;
	struct procmon *pm;

	if (argc != 2)
		return 2;
	tap_theme("ledger");
	entries = calloc(TIDS, sizeof(*entries));
	pm = follow_open(0);
	if (!entries)
		bail("memory");
	begin = truth_settled(pm);
	ledger = (struct ledger){ 0 };
	diag("ready");
	while (access(argv[1], F_OK))
		ledger_drain(pm, BEAT_MS);
	end = truth_settled(pm);

	diag("%lu forks (%lu of threads), %lu execs, %lu exits, %lu of cgroups; %lu unordered",
	     ledger.forks, ledger.threads, ledger.execs, ledger.exits, ledger.cgroups,
	     ledger.unordered);
	if (!ok(!ledger.lost, "nothing_is_lost"))
		diag("%lu lost", ledger.lost);
	if (!ok((long)ledger.forks == end.made - begin.made,
		"as_many_forks_as_the_kernel_has_counted"))
		diag("%lu instead of %ld", ledger.forks, end.made - begin.made);
	if (!ok((long)ledger.gone == (end.made - begin.made) - (end.tasks - begin.tasks),
		"as_many_ends_as_tasks_have_gone"))
		diag("%lu instead of %ld", ledger.gone,
		     (end.made - begin.made) - (end.tasks - begin.tasks));
	if (!ok(!ledger.twice && !ledger.stray, "none_twice_and_none_of_nobody"))
		diag("%lu twice, %lu of nobody", ledger.twice, ledger.stray);
	if (!ok(!ledger.time, "time_never_goes_back"))
		diag("%lu times", ledger.time);
	ok(ledger.forks > 0 && ledger.execs > 0, "there_was_something_to_tell");
	procmon_close(pm);
	return tap_done();
}
