// SPDX-License-Identifier: MIT
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

struct procmon *follow_open(unsigned int flags)
{
	struct procmon *pm;

	if (procmon_open(&pm, NULL, flags))
		bail("%s", procmon_error(NULL));
	return pm;
}

void follow_next(struct procmon *pm, struct procmon_event *ev)
{
	int r;

	do {
		r = procmon_next(pm, ev, FOLLOW_LIMIT_MS);
	} while (r == -EINTR);
	if (r <= 0)
		bail("no event within %d s: %s", FOLLOW_LIMIT_MS / 1000,
		     r ? procmon_error(pm) : "");
}

bool follow_rest(struct procmon *pm, struct procmon_event *ev)
{
	int r;

	do {
		r = procmon_next(pm, ev, 1);
	} while (r == -EINTR || (!r && procmon_poll_timeout(pm) >= 0));
	if (r < 0)
		bail("%s", procmon_error(pm));
	return r;
}

void follow_copy(struct copy *copy, const struct procmon_event *ev)
{
	void *data = malloc(ev->head.len);

	memcpy(data, ev->data, ev->head.len);
	copy->ev = *ev;
	copy->ev.data = data;
	copy->there = true;
}

static void told_take(struct told *told, const struct procmon_event *ev)
{
	if (ev->head.flags & PROCMON_F_THREAD)
		return;
	switch (ev->head.type) {
	case PROCMON_FORK:
		if (!told->forks++)
			follow_copy(&told->fork, ev);
		told->in_order &= !told->execs && !told->exits;
		break;
	case PROCMON_EXEC:
		if (told->execs < FOLLOW_EXECS)
			follow_copy(&told->exec[told->execs++], ev);
		told->in_order &= told->forks && !told->exits;
		break;
	case PROCMON_EXIT:
		if (!told->exits++)
			follow_copy(&told->exit, ev);
		told->in_order &= told->forks == 1;
		break;
	}
}

struct told *follow_told(struct procmon *pm, pid_t pid)
{
	struct told *told = calloc(1, sizeof(*told));
	struct procmon_event ev;
	uint64_t last_ns = 0;

	told->in_order = true;
	while (!told->exits) {
		follow_next(pm, &ev);
		if (ev.head.type == PROCMON_LOST)
			bail("%llu events lost", (unsigned long long)ev.count);
		told->in_order &= ev.head.time_ns >= last_ns;
		last_ns = ev.head.time_ns;
		if (ev.head.tgid == (uint32_t)pid)
			told_take(told, &ev);
	}
	return told;
}

struct copy follow_exec_of(struct procmon *pm, const char *exe)
{
	struct procmon_event ev;
	struct copy copy = { 0 };

	while (!copy.there) {
		const char *got;

		follow_next(pm, &ev);
		got = ev.head.type == PROCMON_EXEC ? procmon_string(&ev, "exe", NULL) : NULL;
		if (got && !strcmp(got, exe))
			follow_copy(&copy, &ev);
	}
	return copy;
}

void told_free(struct told *told)
{
	int i;

	free((void *)told->fork.ev.data);
	free((void *)told->exit.ev.data);
	for (i = 0; i < told->execs; i++)
		free((void *)told->exec[i].ev.data);
	free(told);
}

pid_t follow_spawn(void (*child)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid) {
		child(arg);
		_exit(99);
	}
	return pid;
}

int follow_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			bail("waitpid %d", pid);
	return status;
}

bool follow_param(const char *name, const char *value)
{
	char path[128];
	int fd;
	bool good;

	snprintf(path, sizeof(path), "/sys/module/procmon/parameters/%s", name);
	fd = open(path, O_WRONLY);
	good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	if (fd >= 0)
		close(fd);
	return good;
}

bool follow_is_late(const struct procmon_event *ev)
{
	return ev->head.flags & PROCMON_F_LATE;
}
