// SPDX-License-Identifier: MIT
/*
 * More processes than there is room for end at the same time, all in one bucket of kmod/claim.c:
 * each is still told, and the counter says that one may have been told twice.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define BUCKET_BITS 7 /* CLAIM_BITS, and one more than its CLAIM_SLOTS */
#define CROWD 8

/* A process whose second thread stays a zombie until we, who trace it, let it go. */
struct member {
	pid_t pid;
	volatile pid_t tid;
	unsigned int told;
};

static struct member *crowd; /* shared with the members */

static unsigned int bucket_of(pid_t pid)
{
	return (unsigned int)pid * 0x61c88647u >> (32 - BUCKET_BITS); /* hash_32() */
}

static void *thread_waits(void *arg)
{
	struct member *member = arg;

	member->tid = gettid();
	for (;;)
		pause();
	return NULL;
}

static void member_run(struct member *member)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_waits, member);
	for (;;)
		pause();
}

/* Makes processes until one has a pid of the bucket; any bucket is good for the first. */
static void member_make(struct member *member)
{
	for (;;) {
		pid_t pid = fork();

		if (pid < 0)
			bail("fork");
		if (!pid) {
			if (member != crowd && bucket_of(getpid()) != bucket_of(crowd->pid))
				_exit(0);
			member_run(member);
		}
		member->pid = pid;
		if (member == crowd || bucket_of(pid) == bucket_of(crowd->pid))
			break;
		follow_wait(pid);
	}
	while (!member->tid)
		usleep(1000);
	if (ptrace(PTRACE_SEIZE, member->tid, 0, 0))
		bail("ptrace");
}

static uint64_t counted(struct procmon *pm)
{
	struct procmon_ring_status ring;
	uint64_t sum = 0;
	uint32_t i;
	int r;

	for (i = 0; (r = procmon_ring(pm, i, &ring)) >= 0; i++)
		sum += r ? ring.counter[PROCMON_C_CLAIM_FULL] : 0;
	return sum;
}

static void crowd_ends(void)
{
	int i;

	for (i = 0; i < CROWD; i++)
		kill(crowd[i].pid, SIGKILL);
	for (i = 0; i < CROWD; i++) {
		siginfo_t info;

		/* a zombie, but not yet let go */
		if (waitid(P_PID, (id_t)crowd[i].tid, &info, WEXITED | WNOWAIT | __WALL))
			bail("waitid");
	}
}

static void crowd_goes(void)
{
	int i, status;

	for (i = 0; i < CROWD; i++) {
		waitpid(crowd[i].tid, &status, __WALL);
		follow_wait(crowd[i].pid);
	}
}

static void take(const struct procmon_event *ev, unsigned int *left)
{
	int i;

	for (i = 0; ev->head.type == PROCMON_EXIT && i < CROWD; i++)
		if (ev->head.tgid == (uint32_t)crowd[i].pid && !crowd[i].told++)
			(*left)--;
}

static void test_crowd(void)
{
	struct procmon *pm = follow_open(0);
	unsigned int left = CROWD, twice = 0;
	struct procmon_event ev;
	int i;

	for (i = 0; i < CROWD; i++)
		member_make(&crowd[i]);
	ok(!counted(pm), "counter_is_0_before");
	crowd_ends();
	while (left) {
		follow_next(pm, &ev);
		take(&ev, &left);
	}
	ok(counted(pm) > 0, "too_many_ends_at_a_time_are_counted");
	crowd_goes();
	for (i = 0; i < CROWD; i++)
		twice += crowd[i].told > 1;
	ok(twice <= counted(pm), "each_is_told_and_no_more_twice_than_counted");
	procmon_close(pm);
}

static void test_room_again(void)
{
	struct procmon *pm = follow_open(0);
	uint64_t before = counted(pm);

	memset(crowd, 0, sizeof(*crowd) * CROWD);
	member_make(crowd);
	kill(crowd->pid, SIGKILL);
	waitpid(crowd->tid, NULL, __WALL);
	follow_wait(crowd->pid);
	ok(counted(pm) == before, "when_they_have_gone_there_is_room_again");
	procmon_close(pm);
}

int main(void)
{
	tap_theme("crowd");
	crowd = mmap(NULL, sizeof(*crowd) * CROWD, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crowd == MAP_FAILED)
		bail("mmap");
	test_crowd();
	test_room_again();
	return tap_done();
}
