// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "storm.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* Runs the program once.  Return: the pid it had, -1 when something failed. */
static pid_t storm_one(const char *program)
{
	char *args[] = { (char *)program, NULL }, *env[] = { NULL };
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execve(program, args, env);
		_exit(98);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status ? pid : -1;
}

static _Noreturn void storm_run(volatile pid_t *pids, unsigned long n, const char *program)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		pids[i] = storm_one(program);
		if (pids[i] < 0)
			_exit(1);
	}
	_exit(0);
}

void storm_start(struct storm *storm, unsigned int starters, unsigned long total,
		 const char *program)
{
	unsigned int i;

	storm->starters = starters;
	storm->each = total / starters;
	storm->pids = mmap(NULL, total * sizeof(*storm->pids), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (storm->pids == MAP_FAILED)
		bail("mmap");
	for (i = 0; i < starters; i++) {
		pid_t pid = fork();

		if (!pid)
			storm_run(storm->pids + i * storm->each, storm->each, program);
		if (pid < 0)
			bail("fork");
		storm->starter[i] = pid; /* not by the child: @storm may be shared */
	}
}

void storm_wait(struct storm *storm)
{
	unsigned int i;
	int status;

	for (i = 0; i < storm->starters; i++)
		if (waitpid(storm->starter[i], &status, 0) != storm->starter[i] || status)
			bail("a starter failed: status %#x", status);
}
