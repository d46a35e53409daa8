// SPDX-License-Identifier: MIT
/* Exactly one end for each process, with the status that wait() tells. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define THREADS 64

static struct procmon *pm;
static pthread_barrier_t barrier;

static void run_exit(void *arg)
{
	_exit((int)(intptr_t)arg);
}

static void run_signal(void *arg)
{
	raise((int)(intptr_t)arg);
	_exit(98);
}

static void run_core(void *arg)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (chdir("/tmp"))
		_exit(98);
	setrlimit(RLIMIT_CORE, &limit);
	run_signal(arg);
}

/* Does the exit event tell what wait() told? */
static bool told_as_waited(const struct told *told, int status)
{
	const struct procmon_event *ev = &told->exit.ev;
	uint64_t code = procmon_number(ev, "exit_code"), sig = procmon_number(ev, "signal");
	uint64_t core = procmon_number(ev, "core");
	bool good = told->exits == 1;

	if (WIFEXITED(status))
		good &= code == (uint64_t)WEXITSTATUS(status) && sig == UINT64_MAX &&
			core == UINT64_MAX;
	else
		good &= code == UINT64_MAX && sig == (uint64_t)WTERMSIG(status) &&
			core == (WCOREDUMP(status) ? 1 : 0);
	if (!good)
		diag("waited %#x; told %d times, code %lld, signal %lld, core %lld", status,
		     told->exits, (long long)code, (long long)sig, (long long)core);
	return good;
}

static bool run_and_compare(void (*run)(void *), void *arg, int expected)
{
	pid_t pid = follow_spawn(run, arg);
	int status = follow_wait(pid);
	struct told *told = follow_told(pm, pid);
	bool good = told_as_waited(told, status) && told->in_order;

	if (expected >= 0 && status != expected) {
		diag("expected status %#x, waited %#x", expected, status);
		good = false;
	}
	told_free(told);
	return good;
}

static void test_statuses(void)
{
	static const int codes[] = { 0, 1, 2, 77, 127, 128, 255 };
	static const int signals[] = { SIGHUP, SIGKILL, SIGTERM, SIGUSR1, SIGALRM };
	static const int cores[] = { SIGABRT, SIGSEGV, SIGQUIT };
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		good &= run_and_compare(run_exit, (void *)(intptr_t)codes[i], codes[i] << 8);
	ok(good, "exit_codes_are_told");
	for (good = true, i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		good &= run_and_compare(run_signal, (void *)(intptr_t)signals[i], signals[i]);
	ok(good, "signals_are_told");
	for (good = true, i = 0; i < sizeof(cores) / sizeof(cores[0]); i++)
		good &= run_and_compare(run_core, (void *)(intptr_t)cores[i], cores[i] | 0x80);
	ok(good, "core_dumps_are_told");
}

static void *thread_exit_group(void *arg)
{
	usleep(20000); /* the leader leaves meanwhile; either order must be told rightly */
	syscall(SYS_exit_group, (long)(intptr_t)arg);
	return NULL;
}

static void run_leader_first(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_exit_group, arg);
	syscall(SYS_exit, 0L);
}

static void *thread_exit_last(void *arg)
{
	usleep(20000);
	syscall(SYS_exit, (long)(intptr_t)arg);
	return NULL;
}

static void run_leader_first_thread_last(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_exit_last, arg);
	syscall(SYS_exit, 3L);
}

static void *thread_race_group(void *arg)
{
	pthread_barrier_wait(&barrier);
	syscall(SYS_exit_group, (long)(intptr_t)arg);
	return NULL;
}

static void *thread_race_exit(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&barrier);
	syscall(SYS_exit, 7L);
	return NULL;
}

static void race(void *(*thread)(void *))
{
	pthread_attr_t attr;
	pthread_t id;
	long i;

	pthread_barrier_init(&barrier, NULL, THREADS);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (i = 1; i < THREADS; i++)
		if (pthread_create(&id, &attr, thread, (void *)i))
			_exit(98);
	thread((void *)(long)THREADS);
}

static void run_race_group(void *arg)
{
	(void)arg;
	race(thread_race_group);
}

static void run_race_exit(void *arg)
{
	(void)arg;
	race(thread_race_exit);
}

static void test_threads(void)
{
	unsigned long rounds = tap_size("RACE_ROUNDS", 200), i;
	bool good = true;

	ok(run_and_compare(run_leader_first, (void *)5, 5 << 8),
	   "leader_leaves_first_and_another_thread_ends_the_process_with_5");
	ok(run_and_compare(run_leader_first_thread_last, (void *)4, -1),
	   "thread_that_leaves_alone_after_its_leader_ends_the_process");
	for (i = 0; i < rounds; i++)
		good &= run_and_compare(run_race_group, NULL, -1);
	ok(good, "sixty_four_threads_racing_into_exit_group_end_once");
	for (good = true, i = 0; i < rounds; i++)
		good &= run_and_compare(run_race_exit, NULL, 7 << 8);
	ok(good, "sixty_four_threads_leaving_at_once_end_once");
	diag("%lu rounds each", rounds);
}

/* No second exit of any of the pids may follow: what was told so far is all there is. */
static void test_nothing_twice(void)
{
	struct procmon *all = follow_open(PROCMON_HISTORY);
	static struct {
		uint64_t start_ns;
		int exits;
	} seen[65536];
	struct procmon_event ev;
	int twice = 0, exits = 0;

	while (follow_rest(all, &ev)) {
		if (ev.head.type == PROCMON_LOST) {
			diag("%llu events were overwritten", (unsigned long long)ev.count);
			continue;
		}
		if (ev.head.type != PROCMON_EXIT || ev.head.flags & PROCMON_F_THREAD ||
		    ev.head.tgid >= 65536)
			continue;
		if (seen[ev.head.tgid].start_ns != ev.head.start_ns)
			seen[ev.head.tgid].exits = 0;
		seen[ev.head.tgid].start_ns = ev.head.start_ns;
		twice += ++seen[ev.head.tgid].exits > 1;
		exits++;
	}
	procmon_close(all);
	diag("%d exits in the rings", exits);
	ok(exits > 0 && !twice, "no_process_ended_twice");
}

static void run_orphan(void *arg)
{
	int *gate = arg;
	char byte;

	close(gate[1]);
	/* the parent's end closes the pipe */
	if (read(gate[0], &byte, 1) != 0)
		_exit(98);
	while (getppid() == *(pid_t *)(gate + 2))
		usleep(1000);
	_exit(6);
}

static void test_orphan(void)
{
	int back[2];
	pid_t middle, orphan = 0;
	struct told *told;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(back))
		bail("pipe");
	middle = fork();
	if (!middle) {
		int gate[3];

		if (pipe(gate))
			_exit(98);
		gate[2] = getpid();
		orphan = follow_spawn(run_orphan, gate);
		if (write(back[1], &orphan, sizeof(orphan)) != sizeof(orphan))
			_exit(98);
		_exit(0);
	}
	if (read(back[0], &orphan, sizeof(orphan)) != sizeof(orphan))
		bail("no orphan");
	follow_wait(middle);
	follow_wait(orphan);
	told = follow_told(pm, orphan);
	ok(told->exits == 1 && told->fork.ev.head.ppid == (uint32_t)middle &&
		   told->exit.ev.head.ppid == (uint32_t)getpid() &&
		   procmon_number(&told->exit.ev, "exit_code") == 6,
	   "orphan_is_told_with_the_parent_it_had_then");
	told_free(told);
}

static void run_burn(void *arg)
{
	struct timespec ts;

	(void)arg;
	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while (!ts.tv_sec && ts.tv_nsec < 300000000);
	_exit(0);
}

static void run_memory(void *arg)
{
	size_t len = 20 << 20;
	volatile char *memory = malloc(len);
	size_t i;

	(void)arg;
	for (i = 0; i < len; i += 1024)
		memory[i] = 1;
	_exit(0);
}

static void test_usage(void)
{
	struct rusage usage;
	struct told *told;
	uint64_t told_ns, waited_ns, told_kib;
	pid_t pid;
	int status;

	pid = follow_spawn(run_burn, NULL);
	wait4(pid, &status, 0, &usage);
	told = follow_told(pm, pid);
	told_ns = procmon_number(&told->exit.ev, "utime_ns") +
		  procmon_number(&told->exit.ev, "stime_ns");
	waited_ns = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000u +
		    (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000u;
	if (!ok(told_ns > waited_ns / 2 && told_ns < waited_ns * 2,
		"cpu_time_is_about_what_wait_tells"))
		diag("told %llu, waited %llu", (unsigned long long)told_ns,
		     (unsigned long long)waited_ns);
	told_free(told);
	pid = follow_spawn(run_memory, NULL);
	wait4(pid, &status, 0, &usage);
	told = follow_told(pm, pid);
	told_kib = procmon_number(&told->exit.ev, "maxrss_kib");
	if (!ok(told_kib >= 20 << 10 && told_kib <= (uint64_t)usage.ru_maxrss + 1024,
		"largest_resident_set_is_what_wait_tells"))
		diag("told %llu KiB, waited %ld KiB", (unsigned long long)told_kib,
		     usage.ru_maxrss);
	if (!ok(procmon_number(&told->exit.ev, "minflt") >= 20 * 256 / 512,
		"page_faults_are_counted"))
		diag("told %llu", (unsigned long long)procmon_number(&told->exit.ev, "minflt"));
	told_free(told);
}

static void *thread_nothing(void *arg)
{
	return arg;
}

static void run_fifty_threads(void *arg)
{
	pthread_t id;
	int i;

	(void)arg;
	for (i = 0; i < 50; i++) {
		if (pthread_create(&id, NULL, thread_nothing, NULL))
			_exit(98);
		pthread_join(id, NULL);
	}
	_exit(0);
}

static void test_thread_events(void)
{
	struct procmon_event ev;
	int forks = 0, exits = 0, ends = 0;
	pid_t pid;

	if (!follow_param("threads", "1"))
		bail("threads=1");
	pid = follow_spawn(run_fifty_threads, NULL);
	follow_wait(pid);
	/* a thread may be joined before it has come to its end, and the process end before it */
	while (!ends || exits < 50) {
		follow_next(pm, &ev);
		if (ev.head.tgid != (uint32_t)pid)
			continue;
		forks += ev.head.type == PROCMON_FORK && ev.head.flags & PROCMON_F_THREAD;
		exits += ev.head.type == PROCMON_EXIT && ev.head.flags & PROCMON_F_THREAD;
		ends += ev.head.type == PROCMON_EXIT && !(ev.head.flags & PROCMON_F_THREAD);
	}
	if (!ok(forks == 50 && exits == 50 && ends == 1, "threads_are_told_when_asked_for"))
		diag("%d starts, %d ends of threads", forks, exits);
	follow_param("threads", "0");
	pid = follow_spawn(run_fifty_threads, NULL);
	follow_wait(pid);
	for (forks = ends = 0; !ends;) {
		follow_next(pm, &ev);
		if (ev.head.tgid != (uint32_t)pid)
			continue;
		forks += !!(ev.head.flags & PROCMON_F_THREAD);
		ends += ev.head.type == PROCMON_EXIT && !(ev.head.flags & PROCMON_F_THREAD);
	}
	ok(!forks, "threads_are_not_told_otherwise");
}

int main(void)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);

	tap_theme("exits");
	if (fd < 0 || write(fd, "core", 4) != 4)
		bail("core_pattern");
	close(fd);
	pm = follow_open(0);
	test_statuses();
	test_threads();
	test_orphan();
	test_usage();
	test_thread_events();
	test_nothing_twice();
	procmon_close(pm);
	return tap_done();
}
