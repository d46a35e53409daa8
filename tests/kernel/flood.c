// SPDX-License-Identifier: MIT
/*
 * More exec events than the queue of the late worker holds, while nobody lets the worker run: those
 * that find no room are told without paths, and counted.  For ring_kib=64.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define PROGRAM "/tests/tiny"
#define EXECS 7 /* all fit into the queue and the ring together, not into the queue */
#define ARGS_BYTES 9000
#define SPIN_SECONDS 10

static void pin(int cpu)
{
	struct sched_param param = { .sched_priority = 50 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || sched_setscheduler(0, SCHED_FIFO, &param))
		_exit(97);
}

/* Keeps a CPU from running anything else, not for ever: the flood may need it. */
static void spin(void *go)
{
	time_t end = time(NULL) + SPIN_SECONDS;

	pin(1);
	*(volatile int *)go = 1;
	while (time(NULL) < end)
		;
	_exit(0);
}

static void flood(void *go)
{
	static char text[ARGS_BYTES];
	char *args[] = { PROGRAM, text, NULL }, *env[] = { NULL };
	int i;

	memset(text, 'x', sizeof(text) - 1);
	while (!*(volatile int *)go)
		usleep(1000);
	pin(0);
	for (i = 0; i < EXECS; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execve(PROGRAM, args, env);
			_exit(97);
		}
		if (pid < 0 || follow_wait(pid))
			_exit(97);
	}
	_exit(0);
}

static void run_program(void *arg)
{
	(void)arg;
	execl(PROGRAM, PROGRAM, NULL);
	_exit(97);
}

static uint64_t counted(struct procmon *pm)
{
	struct procmon_ring_status ring;
	uint64_t sum = 0;
	uint32_t i;
	int r;

	for (i = 0; (r = procmon_ring(pm, i, &ring)) >= 0; i++)
		sum += r ? ring.counter[PROCMON_C_LATE_FULL] : 0;
	return sum;
}

static void test_flood(struct procmon *pm)
{
	int *go =
		mmap(NULL, sizeof(*go), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int execs = 0, without = 0, lost = 0;
	pid_t flooder, spinner;
	struct procmon_event ev;

	if (go == MAP_FAILED)
		bail("mmap");
	spinner = follow_spawn(spin, go);
	flooder = follow_spawn(flood, go);
	if (follow_wait(flooder))
		bail("the flood did not run");
	kill(spinner, SIGKILL);
	follow_wait(spinner);
	while (execs + lost < EXECS) {
		follow_next(pm, &ev);
		lost += ev.head.type == PROCMON_LOST ? (unsigned int)ev.count : 0;
		if (ev.head.type != PROCMON_EXEC || ev.head.ppid != (uint32_t)flooder)
			continue;
		execs++;
		without += !procmon_string(&ev, "exe", NULL);
	}
	diag("%u execs, %u without a path, %u events lost", execs, without, lost);
	ok(execs == EXECS, "every_exec_of_the_flood_is_told");
	ok(without > 0 && without < EXECS, "some_without_a_path");
	ok(counted(pm) == without, "as_many_as_are_counted");
}

int main(void)
{
	struct procmon *pm;
	struct copy exec;

	tap_theme("flood");
	pm = follow_open(0);
	follow_wait(follow_spawn(run_program, NULL));
	exec = follow_exec_of(pm, PROGRAM);
	if (follow_is_late(&exec.ev))
		test_flood(pm);
	else
		skip("every_exec_of_the_flood_is_told", "this kernel needs no worker");
	procmon_close(pm);
	return tap_done();
}
