// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "awkward.h"

static void file_fill(int out, const char *from)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (in < 0)
		err(1, "%s", from);
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (n < 0)
		err(1, "cannot copy %s", from);
	close(in);
}

void file_copy(const char *from, const char *to)
{
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (out < 0)
		err(1, "%.60s", to);
	file_fill(out, from);
	close(out);
}

int file_memfd(const char *name, const char *from)
{
	int out = memfd_create(name, 0);

	if (out < 0)
		err(1, "memfd_create");
	file_fill(out, from);
	return out;
}

char *path_beside(char path[PATH_MAX], const char *of, const char *name)
{
	const char *slash = strrchr(of, '/');

	snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - of), of, name);
	return path;
}

char **args_plain(char *marker)
{
	char **args = calloc(3, sizeof(*args));

	if (!args)
		errx(1, "no memory");
	args[0] = "actor";
	args[1] = marker;
	return args;
}

bool args_name(char **args, unsigned int number)
{
	for (; *args; args++)
		if (strtoul(*args, NULL, 10) == number)
			return true;
	return false;
}
