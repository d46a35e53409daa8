// SPDX-License-Identifier: MIT
/* Many readers, slow, stopped, killed or lapped: each knows exactly what it got and what it lost. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/storm.h"
#include "lib/tap.h"

#define PROGRAM "/tests/tiny"
#define READERS 8
#define CURSOR_LEN 4096

/* What a reader that may be killed at any moment knows: event and cursor together. */
struct noted {
	char cursor[CURSOR_LEN];
	unsigned long ends, jumps, back;
	uint64_t last_ns, next_seq[64];
};

/* Shared between the readers and the test. */
struct shared {
	volatile int ready;
	volatile unsigned long ends[READERS];
	volatile unsigned long got[READERS];
	volatile uint64_t lost[READERS];
	struct noted noted[2]; /* one is being written, ... */
	volatile unsigned int current; /* ... this one is whole */
};

static struct shared *shared;

static unsigned long total;

static bool is_end(const struct procmon_event *ev, const struct storm *storm)
{
	return ev->head.type == PROCMON_EXIT && !(ev->head.flags & PROCMON_F_THREAD) &&
	       (ev->head.ppid == (uint32_t)storm->starter[0] ||
		ev->head.ppid == (uint32_t)storm->starter[1]);
}

/* Reader @index counts ends of the storm until it has all. */
static void reader(unsigned int index, struct storm *storm, volatile int *go)
{
	struct procmon *pm = follow_open(0);
	struct procmon_event ev;

	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (!*go)
		usleep(1000);
	while (shared->ends[index] < total) {
		follow_next(pm, &ev);
		if (ev.head.type == PROCMON_LOST)
			shared->lost[index] += ev.count;
		else
			shared->got[index]++;
		if (is_end(&ev, storm))
			shared->ends[index]++;
		if (shared->lost[index])
			break;
	}
	_exit(shared->ends[index] == total && !shared->lost[index] ? 0 : 1);
}

/* Starts the storm with the starters' pids known to readers that were forked before. */
static void test_eight(void)
{
	struct storm *storm = mmap(NULL, sizeof(*storm) + sizeof(int), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *go = (volatile int *)(storm + 1);
	pid_t pid[READERS];
	unsigned int i;
	bool good = true;

	for (i = 0; i < READERS; i++) {
		pid[i] = fork();
		if (!pid[i])
			reader(i, storm, go);
	}
	while (shared->ready < READERS)
		usleep(1000);
	kill(pid[0], SIGSTOP);
	storm_start(storm, 2, total, PROGRAM);
	*go = 1;
	storm_wait(storm);
	for (i = 1; i < READERS; i++)
		good &= follow_wait(pid[i]) == 0;
	ok(good, "seven_readers_at_once_get_every_event");
	kill(pid[0], SIGCONT);
	ok(follow_wait(pid[0]) == 0, "reader_that_was_stopped_gets_every_event");
	for (i = 0; i < READERS; i++)
		if (shared->ends[i] != total)
			diag("reader %u: %lu ends of %lu, %llu lost", i, shared->ends[i], total,
			     (unsigned long long)shared->lost[i]);
}

/* Takes an event in and makes it known in one step, as a program with a journal would. */
static void note_event(struct procmon *pm, const struct procmon_event *ev,
		       const struct storm *storm)
{
	struct noted *new = &shared->noted[!shared->current];

	*new = shared->noted[shared->current];
	new->jumps += new->next_seq[ev->ring] && ev->head.seq != new->next_seq[ev->ring];
	new->back += ev->head.time_ns < new->last_ns;
	new->next_seq[ev->ring] = ev->head.seq + 1;
	new->last_ns = ev->head.time_ns;
	new->ends += is_end(ev, storm);
	snprintf(new->cursor, sizeof(new->cursor), "%s", procmon_cursor(pm));
	__atomic_store_n(&shared->current, !shared->current, __ATOMIC_SEQ_CST);
}

static unsigned long noted_ends(void)
{
	return shared->noted[shared->current].ends;
}

/* Follows from the noted cursor on. */
static void killable_reader(const struct storm *storm)
{
	struct procmon *pm = follow_open(0);
	struct procmon_event ev;

	if (procmon_seek(pm, shared->noted[shared->current].cursor))
		_exit(2);
	while (noted_ends() < total) {
		follow_next(pm, &ev);
		if (ev.head.type == PROCMON_LOST)
			_exit(3);
		note_event(pm, &ev, storm);
	}
	_exit(0);
}

/* Has it ended by itself?  It is not reaped yet. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

static void test_killed(void)
{
	struct procmon *pm = follow_open(0);
	struct storm storm;
	unsigned long kills = 0;
	int status = 0;

	memset(shared, 0, sizeof(*shared));
	strcpy(shared->noted[0].cursor, procmon_cursor(pm));
	procmon_close(pm);
	storm_start(&storm, 2, total, PROGRAM);
	for (;;) {
		unsigned long goal = noted_ends() + 1 + (unsigned long)rand() % 100;
		pid_t pid = fork();

		if (!pid)
			killable_reader(&storm);
		while (noted_ends() < goal && !has_ended(pid))
			usleep(500);
		kill(pid, SIGKILL);
		status = follow_wait(pid);
		if (WIFEXITED(status))
			break;
		kills++;
	}
	storm_wait(&storm);
	diag("%lu kills, %lu ends of %lu", kills, noted_ends(), total);
	ok(!status && kills && noted_ends() == total,
	   "reader_killed_midstream_resumes_without_loss");
	ok(!shared->noted[shared->current].jumps && !shared->noted[shared->current].back,
	   "reader_killed_midstream_repeats_and_skips_nothing");
}

/* Events that are in the rings now. */
static uint64_t produced(struct procmon *pm)
{
	struct procmon_ring_status rs;
	uint64_t seq = 0;
	uint32_t i;
	int r;

	for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++)
		if (r)
			seq += rs.seq;
	return seq;
}

/* With rings of 64 KiB: the reader sleeps through the storm. */
static void test_lapped(void)
{
	struct procmon *quiet = follow_open(0), *pm = NULL;
	uint64_t before, after, got = 0, gaps = 0;
	struct procmon_event ev;
	struct storm storm;
	int fd = open("/dev/procmon", O_RDONLY | O_NONBLOCK);
	static char buf[65536];
	struct pollfd ready = { .fd = fd, .events = POLLIN | POLLPRI };

	/* begin at a moment when nothing happens, so that both counts begin there */
	do {
		procmon_close(pm);
		before = produced(quiet);
		pm = follow_open(0);
	} while (produced(quiet) != before);
	storm_start(&storm, 2, 1500, PROGRAM);
	storm_wait(&storm);
	/* until nothing comes any more: others may start something meanwhile */
	do {
		after = produced(pm);
		while (follow_rest(pm, &ev)) {
			if (ev.head.type == PROCMON_LOST)
				gaps++;
			else
				got++;
		}
	} while (produced(pm) != after);
	diag("%llu produced, %llu got, %llu lost in %llu gaps",
	     (unsigned long long)(after - before), (unsigned long long)got,
	     (unsigned long long)procmon_lost(pm), (unsigned long long)gaps);
	ok(gaps && got + procmon_lost(pm) == after - before,
	   "lapped_reader_knows_exactly_what_it_missed");
	ok(poll(&ready, 1, 0) == 1 && ready.revents & POLLPRI, "poll_tells_a_lapped_reader");
	ok(read(fd, buf, sizeof(buf)) == -1 && errno == EPIPE, "read_tells_a_lapped_reader_once");
	ok(read(fd, buf, sizeof(buf)) > 0, "read_goes_on_after_it_was_told");
	close(fd);
	procmon_close(pm);
	procmon_close(quiet);
}

static void test_history(void)
{
	struct procmon *pm;
	struct procmon_event ev;
	struct storm storm;
	unsigned long ends = 0;

	storm_start(&storm, 2, 300, PROGRAM);
	storm_wait(&storm);
	pm = follow_open(PROCMON_HISTORY);
	while (follow_rest(pm, &ev))
		ends += is_end(&ev, &storm);
	if (!ok(ends == 300, "history_holds_what_happened_before_the_reader_came"))
		diag("%lu ends of 300", ends);
	procmon_close(pm);
}

static void run_nothing(void *arg)
{
	(void)arg;
	_exit(0);
}

/* A reader that sleeps without a limit and wakes for each of many single events. */
static void test_wakeups(void)
{
	unsigned long rounds = tap_size("WAKE_ROUNDS", 2000), i;
	int done[2][2], who;
	pid_t pid[2], child;
	bool good = true;

	for (who = 0; who < 2; who++) {
		if (pipe(done[who]))
			bail("pipe");
		pid[who] = fork();
		if (!pid[who]) {
			struct procmon *pm = follow_open(0);
			struct procmon_event ev;

			if (write(done[who][1], "r", 1) != 1)
				_exit(1);
			for (;;) {
				if (procmon_next(pm, &ev, -1) <= 0)
					_exit(1);
				if (ev.head.type == PROCMON_EXIT &&
				    ev.head.ppid == (uint32_t)getppid() &&
				    write(done[who][1], "e", 1) != 1)
					_exit(1);
			}
		}
	}
	for (i = 0; i <= rounds && good; i++) {
		if (i) {
			child = follow_spawn(run_nothing, NULL);
			follow_wait(child);
		}
		for (who = 0; who < 2 && good; who++) {
			struct pollfd in = { .fd = done[who][0], .events = POLLIN };
			char byte;

			good = poll(&in, 1, FOLLOW_LIMIT_MS) == 1 &&
			       read(done[who][0], &byte, 1) == 1;
		}
	}
	diag("%lu rounds", i - 1);
	ok(good, "no_wake_up_is_lost");
	for (who = 0; who < 2; who++) {
		kill(pid[who], SIGKILL);
		follow_wait(pid[who]);
	}
}

static unsigned long switches(pid_t pid)
{
	char path[64], line[256];
	unsigned long n = 0, one;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &one) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %lu", &one) == 1)
			n += one;
	if (file)
		fclose(file);
	return n;
}

static bool is_asleep(pid_t pid)
{
	char path[64], text[256], *state;
	FILE *file;
	bool asleep = false;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (file && fgets(text, sizeof(text), file)) {
		state = strrchr(text, ')');
		asleep = state && state[2] == 'S';
	}
	if (file)
		fclose(file);
	return asleep;
}

/* Only exits are recorded and nobody exits: the reader must not run at all. */
static void test_idle(void)
{
	unsigned long before, after = 0;
	pid_t pid = fork();
	int i;

	if (!pid) {
		struct procmon *pm = follow_open(0);
		struct procmon_event ev;

		for (;;)
			procmon_next(pm, &ev, -1);
	}
	follow_param("events", "cgroup");
	do {
		usleep(100000);
	} while (!is_asleep(pid));
	/* what was on its way when events were switched off may still wake it: wait for a still second */
	for (i = 0; i < 30; i++) {
		before = switches(pid);
		sleep(2);
		after = switches(pid);
		if (before == after)
			break;
	}
	if (!ok(before == after, "idle_reader_does_not_wake"))
		diag("%lu switches in the last 2 s", after - before);
	follow_param("events", "fork,exec,exit,cgroup");
	kill(pid, SIGKILL);
	follow_wait(pid);
}

int main(int argc, char **argv)
{
	bool lapped = argc > 1 && !strcmp(argv[1], "lapped");

	tap_theme(lapped ? "lapped" : "readers");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		bail("mmap");
	total = tap_size("READERS_COUNT", 1500) / 2 * 2;
	if (lapped) {
		test_lapped();
		return tap_done();
	}
	test_eight();
	test_killed();
	test_history();
	test_wakeups();
	test_idle();
	return tap_done();
}
