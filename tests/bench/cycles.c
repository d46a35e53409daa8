// SPDX-License-Identifier: MIT
/*
 * cycles WORKLOAD COUNT [PID...]: runs a workload COUNT times and prints what a CPU did for it, in
 * nanoseconds, which under qemu -icount are instructions:
 *
 *     BUSY      everything that was not idle, also after the end of the workload
 *     ELAPSED   from its begin to its end
 *     READERS   what the processes PID did meanwhile (0: the parent of this one)
 *     FORKS     how many processes and threads the machine has begun meanwhile
 *
 * For one CPU.  It needs CONFIG_SCHEDSTATS.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "window.h"

#define SETTLE_MS 5000 /* readers that look only now and then have looked */
#define WARM_PART 10 /* one part in as many runs before, unmeasured */
#define LONG_PATH 4000
#define LONG_ARGS 32
#define NAME_BYTES 200

#define TINY "/tmp/bench/tiny"
#define PROJECT "/tmp/bench/project" /* tests/bench/guest makes it */
#define LONG_ROOT "/tmp/bench/"

static char long_path[LONG_PATH + 1];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* The number in the line of a file in /proc that has this format. */
static uint64_t proc_number(const char *path, const char *format)
{
	unsigned long long number;
	char line[4096];
	FILE *file = fopen(path, "re");

	if (!file)
		fail(path);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, format, &number) == 1) {
			fclose(file);
			return number;
		}
	fprintf(stderr, "%s has no line '%s'\n", path, format);
	exit(1);
}

static uint64_t forks(void)
{
	return proc_number("/proc/stat", "processes %llu");
}

/* What tasks have run on the CPU, up to the last time it went from one to another. */
static uint64_t busy_ns(void)
{
	return proc_number("/proc/schedstat", "cpu0 %*u %*u %*u %*u %*u %*u %llu");
}

static uint64_t thread_ns(const char *pid, const char *tid)
{
	unsigned long long ns = 0;
	char path[64 + 2 * NAME_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &ns) != 1)
		ns = 0;
	fclose(file);
	return ns;
}

static uint64_t readers_ns(char *const *pids)
{
	uint64_t sum = 0;

	for (; *pids; pids++) {
		char path[64], parent[16];
		const char *pid = *pids;
		struct dirent *entry;
		DIR *dir;

		snprintf(parent, sizeof(parent), "%d", getppid());
		if (!strcmp(pid, "0"))
			pid = parent;
		snprintf(path, sizeof(path), "/proc/%s/task", pid);
		dir = opendir(path);
		while (dir && (entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				sum += thread_ns(pid, entry->d_name);
		if (dir)
			closedir(dir);
	}
	return sum;
}

static void wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		fail("a process of the workload");
}

static void cycle_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	wait_for(pid);
}

static void run(const char *path, char *const *args)
{
	static char *env[] = { "PATH=/usr/bin:/bin", NULL };
	pid_t pid = vfork();

	if (!pid) {
		execve(path, args, env);
		_exit(97);
	}
	wait_for(pid);
}

static void cycle_exec(void)
{
	static char *args[] = { "tiny", NULL };

	run(TINY, args);
}

/* What was typed is not the path. */
static void cycle_relative(void)
{
	static char *args[] = { "tiny", "an-argument", NULL };

	run("./tiny", args);
}

static void cycle_long(void)
{
	static char *args[LONG_ARGS + 1];
	int i;

	for (i = 0; !args[LONG_ARGS - 1] && i < LONG_ARGS; i++)
		args[i] = i ? "an-argument" : "tiny";
	run(long_path, args);
}

/* A hundred, as one is so short. */
static void cycle_getppid(void)
{
	int i;

	for (i = 0; i < 100; i++)
		syscall(SYS_getppid);
}

/* All of it again: make, shells, a compiler. */
static void cycle_build(void)
{
	static char *args[] = { "make", "-s", "-B", "-C", PROJECT, NULL };

	run("/usr/bin/make", args);
}

static void cycle_pipe(void)
{
	static char *args[] = {
		"sh", "-c",
		"for i in 1 2 3 4 5 6 7 8 9 10; do echo x | cat | wc -l; done >/dev/null", NULL
	};

	run("/bin/sh", args);
}

/* Directories down to a program whose path is LONG_PATH bytes. */
static void long_make(void)
{
	char command[2 * LONG_PATH];
	size_t at;

	memset(long_path, 'x', LONG_PATH);
	memcpy(long_path, LONG_ROOT, strlen(LONG_ROOT));
	for (at = strlen(LONG_ROOT) + NAME_BYTES; at < LONG_PATH - 1; at += NAME_BYTES + 1) {
		long_path[at] = '\0';
		mkdir(long_path, 0755);
		long_path[at] = '/';
	}
	snprintf(command, sizeof(command), "cp %s %s", TINY, long_path);
	if (access(long_path, X_OK) && system(command))
		fail("the program with the long path");
}

static const struct workload {
	const char *name;
	void (*cycle)(void);
} workloads[] = {
	{ "fork", cycle_fork }, { "exec", cycle_exec },	      { "relative", cycle_relative },
	{ "long", cycle_long }, { "getppid", cycle_getppid }, { "build", cycle_build },
	{ "pipe", cycle_pipe },
};

static const struct workload *workload_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		if (!strcmp(workloads[i].name, name))
			return &workloads[i];
	fprintf(stderr, "cycles: no workload %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct workload *workload;
	uint64_t busy, begin, end, readers, forked;
	long i, count;

	if (argc < 3) {
		fprintf(stderr, "usage: cycles WORKLOAD COUNT [PID...]\n");
		return 2;
	}
	if (chdir(LONG_ROOT))
		fail(LONG_ROOT);
	workload = workload_find(argv[1]);
	count = atol(argv[2]);
	if (workload->cycle == cycle_long)
		long_make();
	for (i = 0; i <= count / WARM_PART; i++)
		workload->cycle();
	sleep_ms(SETTLE_MS);
	readers = readers_ns(argv + 3);
	forked = forks();
	sleep_ms(1); /* that the CPU's time is told */
	busy = busy_ns();
	begin = now_ns();
	window_begin();
	for (i = 0; i < count; i++)
		workload->cycle();
	window_end();
	end = now_ns();
	forked = forks() - forked;
	sleep_ms(SETTLE_MS);
	busy = busy_ns() - busy;
	readers = readers_ns(argv + 3) - readers;
	printf("%llu %llu %llu %llu\n", (unsigned long long)busy, (unsigned long long)(end - begin),
	       (unsigned long long)readers, (unsigned long long)forked);
	return 0;
}
