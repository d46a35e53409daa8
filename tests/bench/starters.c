// SPDX-License-Identifier: MIT
/*
 * starters EACH CPUS [GAP_MS [FILE]]: on each of the first CPUS CPUs a process starts /tmp/bench/tiny
 * EACH times by vfork and exec, one after the other, with GAP_MS between them; all begin together.
 * Prints how many and the nanoseconds that it took.  FILE gets "fork PID", "exec PID" and "exit PID" of
 * each process.
 *
 * tests/bench/stores.c, when it watches, is told where the module's probes and the kernel's interrupt
 * entries are.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stores.h"
#include "window.h"

#define DIRECTORY "/tmp/bench"
#define PROGRAM DIRECTORY "/tiny"

/* What the starters share: @pids of each one's processes, one after the other. */
static struct shared {
	volatile int ready, go;
	volatile pid_t pids[];
} * shared;

/* Loads of these bytes are the plugin's only way to hear of numbers. */
static const volatile char tell_bytes[256] __attribute__((section(".window_bytes"))) = { 1 };

static WINDOW(tell) void tell_byte(const volatile char *byte)
{
	(void)*byte;
}

static void tell(enum stores_kind kind, uint64_t address)
{
	int shift;

	tell_byte(&tell_bytes[kind]);
	for (shift = 56; shift >= 0; shift -= 8)
		tell_byte(&tell_bytes[address >> shift & 0xff]);
}

static const struct {
	const char *prefix;
	enum stores_kind kind;
} tell_symbols[] = {
	{ "probe_fork", STORES_FORK },
	{ "probe_exec", STORES_EXEC },
	{ "probe_exit_", STORES_EXIT },
	{ "asm_sysvec_", STORES_INTERRUPT },
	{ "asm_exc_", STORES_INTERRUPT },
	{ "asm_common_interrupt", STORES_INTERRUPT },
	{ "asm_spurious_interrupt", STORES_INTERRUPT },
};

static void tell_all(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address;
	char line[512], name[256];
	size_t i;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %255s", &address, name) != 2)
			continue;
		for (i = 0; i < sizeof(tell_symbols) / sizeof(tell_symbols[0]); i++)
			if (!strncmp(name, tell_symbols[i].prefix,
				     strlen(tell_symbols[i].prefix)) &&
			    (tell_symbols[i].kind == STORES_INTERRUPT || strstr(line, "[procmon]")))
				tell(tell_symbols[i].kind, address);
	}
	if (file)
		fclose(file);
}

static _Noreturn void fail(const char *what)
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

static pid_t start_one(void)
{
	static char *args[] = { "tiny", NULL }, *env[] = { NULL };
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execve(PROGRAM, args, env);
		_exit(97);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		fail(PROGRAM);
	return pid;
}

static _Noreturn void starter(int cpu, long each, long gap_ms)
{
	volatile pid_t *pids = shared->pids + cpu * each;
	cpu_set_t cpus;
	long i;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (!shared->go)
		usleep(1000);
	for (i = 0; i < each; i++) {
		if (gap_ms)
			usleep((useconds_t)gap_ms * 1000);
		pids[i] = start_one();
	}
	_exit(0);
}

static void write_pids(const char *path, long count)
{
	FILE *file = fopen(path, "we");
	long i;

	if (!file)
		fail(path);
	for (i = 0; i < count; i++)
		fprintf(file, "fork %d\nexec %d\nexit %d\n", shared->pids[i], shared->pids[i],
			shared->pids[i]);
	if (fclose(file))
		fail(path);
}

int main(int argc, char **argv)
{
	long each, cpus, gap_ms, i;
	uint64_t begin;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: starters EACH CPUS [GAP_MS [FILE]]\n");
		return 2;
	}
	each = atol(argv[1]);
	cpus = atol(argv[2]);
	gap_ms = argc > 3 ? atol(argv[3]) : 0;
	shared = mmap(NULL, sizeof(*shared) + (size_t)(each * cpus) * sizeof(pid_t),
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail("mmap");
	tell_all();
	for (i = 0; i < cpus; i++) {
		pid_t pid = fork();

		if (!pid)
			starter((int)i, each, gap_ms);
		if (pid < 0)
			fail("fork");
	}
	while (shared->ready < cpus)
		usleep(1000);
	begin = now_ns();
	window_begin();
	shared->go = 1;
	for (i = 0; i < cpus; i++)
		if (wait(&status) < 0 || status)
			fail("a starter");
	window_end();
	printf("%ld %llu\n", each * cpus, (unsigned long long)(now_ns() - begin));
	if (argc > 4)
		write_pids(argv[4], each * cpus);
	return 0;
}
