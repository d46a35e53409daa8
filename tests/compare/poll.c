// SPDX-License-Identifier: MIT
/*
 * poll: looks at all of /proc again and again, as fast as it can, and prints "PID PATH ARGS" when a
 * process is new or runs another program: the best that polling can do.  It looks again at one that
 * has no arguments yet.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIDS 65536
#define ARGS_MAX 65536

static char *known[PIDS];

static bool poll_path(int dir, const char *pid, char path[PATH_MAX])
{
	char name[32];
	ssize_t len;

	snprintf(name, sizeof(name), "%s/exe", pid);
	len = readlinkat(dir, name, path, PATH_MAX - 1);
	path[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* Return: false when there are no arguments, as in the middle of an exec. */
static bool poll_args(int dir, const char *pid, char args[ARGS_MAX])
{
	ssize_t len = -1, i;
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "%s/cmdline", pid);
	fd = openat(dir, name, O_RDONLY);
	if (fd >= 0) {
		len = read(fd, args, ARGS_MAX);
		close(fd);
	}
	if (len <= 0)
		return false;
	for (i = 0; i < len - 1; i++)
		if (!args[i])
			args[i] = ' ';
	args[len - 1] = '\0';
	return true;
}

static void poll_look(int dir, const char *pid)
{
	static char args[ARGS_MAX];
	unsigned long n = strtoul(pid, NULL, 10);
	char path[PATH_MAX];
	bool whole;

	if (n >= PIDS)
		errx(1, "pid %lu is larger than this program has room for", n);
	if (!poll_path(dir, pid, path) || (known[n] && !strcmp(known[n], path)))
		return;
	whole = poll_args(dir, pid, args);
	printf("%s %s %s\n", pid, path, whole ? args : "");
	if (!whole)
		return;
	free(known[n]);
	known[n] = strdup(path);
	if (!known[n])
		err(1, "no memory");
}

int main(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		err(1, "/proc");
	setlinebuf(stdout);
	for (;;) {
		rewinddir(proc);
		while ((entry = readdir(proc)))
			if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
				poll_look(dirfd(proc), entry->d_name);
	}
}
