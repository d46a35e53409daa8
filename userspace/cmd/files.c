// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "progress.h"
#include "recording.h"

static size_t files_at; /* the one being read */
static uint64_t files_before; /* bytes of those before it */

static bool files_is_dump(const char *path)
{
	static const char *const magics[] = { "\177ELF", "KDUMP", "makedumpfile" };
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[16] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	size_t i;

	if (fd >= 0)
		close(fd);
	for (i = 0; n > 0 && i < sizeof(magics) / sizeof(magics[0]); i++)
		if (!strncmp(text, magics[i], strlen(magics[i])))
			return true;
	return false;
}

/* The wall clock at its first event, 0: none can be read. */
static int64_t files_begin_ns(const char *path)
{
	struct procmon *pm;
	int64_t begin_ns = 0;
	int r;

	if (!strcmp(path, "-") || procmon_open_recording(&pm, path))
		return 0;
	while (!begin_ns && ((r = recording_next_part(pm)) > 0 || r == -EBADMSG))
		begin_ns = recording_begin_ns(pm);
	procmon_close(pm);
	return begin_ns;
}

struct files_row {
	char *path;
	int64_t begin_ns;
};

static int files_compare(const void *a, const void *b)
{
	const struct files_row *x = a, *y = b;

	if (x->begin_ns != y->begin_ns)
		return x->begin_ns < y->begin_ns ? -1 : 1;
	return strverscmp(x->path, y->path);
}

/* In the order of their first events. */
static void files_sort(char **files, size_t count)
{
	struct files_row *row = calloc(count, sizeof(*row));
	size_t i;

	for (i = 0; row && i < count; i++)
		row[i] = (struct files_row){ files[i], files_begin_ns(files[i]) };
	if (row)
		qsort(row, count, sizeof(*row), files_compare);
	for (i = 0; row && i < count; i++)
		files[i] = row[i].path;
	free(row);
}

int files_open(struct procmon **pm, const struct options *options)
{
	if (options->nr_args == 1 && files_is_dump(options->args[0]))
		return procmon_open_dump(pm, options->args[0]);
	if (options->nr_args > 1)
		files_sort(options->args, options->nr_args);
	files_at = 0;
	files_before = 0;
	return procmon_open_recording(pm, options->args[0]);
}

static bool files_is_same(const struct procmon *pm, int fd)
{
	struct stat a, b;

	return !fstat(recording_fd(pm), &a) && !fstat(fd, &b) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Has another file taken the place of the last one?  Then it is read. */
static bool files_was_replaced(struct procmon *pm, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || files_is_same(pm, fd)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	recording_go_on(pm, fd, path);
	return true;
}

static void files_tell_rest(struct procmon *pm, const struct options *options, const char *path)
{
	uint64_t offset, rest = recording_rest(pm, &offset);

	if (rest)
		note(options, "%s: the last %llu bytes, from offset %llu on, are no whole block",
		     path, (unsigned long long)rest, (unsigned long long)offset);
}

/* Bytes of this file that have been read. */
static uint64_t files_here(const struct procmon *pm)
{
	uint64_t offset;

	recording_rest(pm, &offset);
	return offset;
}

uint64_t files_total(const struct options *options)
{
	uint64_t total = 0;
	struct stat st;
	size_t i;

	for (i = 0; i < options->nr_args; i++) {
		if (!strcmp(options->args[i], "-") || stat(options->args[i], &st))
			return 0;
		total += (uint64_t)st.st_size;
	}
	return total;
}

uint64_t files_done(const struct procmon *pm)
{
	return recording_is(pm) ? files_before + files_here(pm) : 0;
}

bool files_wait(const struct procmon *pm, const struct options *options)
{
	return options->follow && recording_is(pm);
}

bool files_next(struct procmon *pm, const struct options *options)
{
	const char *path = options->args[files_at];
	int fd;

	if (!recording_is(pm))
		return false;
	if (options->follow && files_at + 1 == options->nr_args)
		return strcmp(path, "-") && files_was_replaced(pm, path);
	files_tell_rest(pm, options, path);
	files_before += files_here(pm);
	while (++files_at < options->nr_args) {
		path = options->args[files_at];
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			recording_go_on(pm, fd, path);
			return true;
		}
		progress_clear();
		fprintf(stderr, "procmon: %s: %s\n", path, strerror(errno));
	}
	return false;
}
