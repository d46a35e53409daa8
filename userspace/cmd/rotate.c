// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "rotate.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROTATE_DIGITS 6

/* The path with what glob(7) takes for patterns escaped, and digits after it. */
static char *rotate_pattern(const char *path)
{
	static const char digits[] = ".[0-9][0-9][0-9][0-9][0-9][0-9]";
	char *pattern = malloc(2 * strlen(path) + sizeof(digits)), *to = pattern;

	if (!pattern)
		return NULL;
	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			*to++ = '\\';
		*to++ = *path;
	}
	memcpy(to, digits, sizeof(digits));
	return pattern;
}

static uint64_t rotate_size(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

/* Removes the oldest ones that are too many. */
static int rotate_trim(const glob_t *files, unsigned int keep, uint64_t max_size)
{
	uint64_t bytes = 0;
	size_t i, first = 0;

	for (i = 0; i < files->gl_pathc; i++)
		bytes += rotate_size(files->gl_pathv[i]);
	while (first < files->gl_pathc &&
	       ((keep && files->gl_pathc - first > keep) || (max_size && bytes > max_size))) {
		bytes -= rotate_size(files->gl_pathv[first]);
		if (unlink(files->gl_pathv[first]) && errno != ENOENT) {
			fprintf(stderr, "procmon: %s: %s\n", files->gl_pathv[first],
				strerror(errno));
			return -1;
		}
		first++;
	}
	return 0;
}

static int rotate_rename(const char *path, const glob_t *files)
{
	const char *last = files->gl_pathc ? files->gl_pathv[files->gl_pathc - 1] : NULL;
	unsigned long n = last ? strtoul(last + strlen(last) - ROTATE_DIGITS, NULL, 10) : 0;
	char *name;
	int err;

	if (asprintf(&name, "%s.%0*lu", path, ROTATE_DIGITS, n + 1) < 0)
		return -1;
	err = rename(path, name);
	if (err)
		fprintf(stderr, "procmon: %s: cannot be renamed to %s: %s\n", path, name,
			strerror(errno));
	free(name);
	return err;
}

int rotate_file(const char *path, unsigned int keep, uint64_t max_size)
{
	char *pattern = rotate_pattern(path);
	glob_t files = { 0 };
	int err = -1;

	if (pattern && glob(pattern, 0, NULL, &files) != GLOB_NOSPACE)
		err = rotate_rename(path, &files);
	globfree(&files);
	if (!err && glob(pattern, 0, NULL, &files) != GLOB_NOSPACE) {
		err = rotate_trim(&files, keep, max_size);
		globfree(&files);
	}
	free(pattern);
	return err;
}

char *rotate_newest(const char *path)
{
	char *pattern = rotate_pattern(path), *newest = NULL;
	glob_t files = { 0 };

	if (pattern && !glob(pattern, 0, NULL, &files))
		newest = strdup(files.gl_pathv[files.gl_pathc - 1]);
	globfree(&files);
	free(pattern);
	return newest;
}
