// SPDX-License-Identifier: MIT
/*
 * actor case-NN [leader|abort]: what the awkward execs run.  It lives long enough for tools that ask
 * /proc afterwards, and exits with NN.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIFE_US 500000
#define THREAD_CODE 5L

static int actor_code(char **argv)
{
	for (; *argv; argv++)
		if (!strncmp(*argv, "case-", 5))
			return atoi(*argv + 5);
	return 97;
}

static void *thread_end(void *arg)
{
	usleep(LIFE_US);
	syscall(SYS_exit_group, THREAD_CODE);
	return arg;
}

/* The first thread leaves, the other one ends the process. */
static void actor_leave_first(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_end, NULL))
		_exit(98);
	syscall(SYS_exit, 0L);
}

static void actor_abort(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (chdir("/tmp") || setrlimit(RLIMIT_CORE, &limit))
		_exit(98);
	usleep(LIFE_US);
	abort();
}

int main(int argc, char **argv)
{
	const char *last = argv[argc - 1];

	if (!strcmp(last, "leader"))
		actor_leave_first();
	if (!strcmp(last, "abort"))
		actor_abort();
	usleep(LIFE_US);
	return actor_code(argv);
}
