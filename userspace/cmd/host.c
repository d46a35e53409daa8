// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HOST_FILE_MAX ((size_t)64 * 1024 * 1024) /* no module, log or variable is larger */
#define HOST_READ_FIRST 4096

struct host_block {
	struct host_block *next;
	char bytes[];
};

static void *host_keep(struct host *host, void *old, size_t size)
{
	struct host_block *newest = old ? host->blocks : NULL; /* only that one ever grows */
	struct host_block *block;

	if (newest)
		host->blocks = newest->next;
	block = realloc(newest, sizeof(*block) + size);
	if (!block) {
		fputs("procmon: out of memory\n", stderr);
		_exit(EXIT_FAILURE);
	}
	block->next = host->blocks;
	host->blocks = block;
	return block->bytes;
}

static char *host_format(struct host *host, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = host_keep(host, NULL, (size_t)(len < 0 ? 0 : len) + 1);
	*text = '\0';
	if (len > 0)
		vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *host_text(struct host *host, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = host_format(host, format, args);
	va_end(args);
	return text;
}

bool host_open(struct host *host, const char *root)
{
	*host = (struct host){ .root = root ? root : "" };
	host->fd = open(*host->root ? host->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return host->fd >= 0;
}

void host_close(struct host *host)
{
	struct host_block *block;

	while ((block = host->blocks)) {
		host->blocks = block->next;
		free(block);
	}
	close(host->fd);
}

static int host_open_file(const struct host *host, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	if (!*host->root)
		return open(path, flags | O_CLOEXEC);
	return (int)syscall(SYS_openat2, host->fd, path, &how, sizeof(how));
}

/* Opening anything but a file may wait, or do something. */
static int host_open_regular(const struct host *host, const char *path)
{
	int fd = host_open_file(host, path, O_PATH), file;
	char own[64];
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
	file = open(own, O_RDONLY | O_CLOEXEC);
	if (file < 0 && errno == ENOENT) /* no /proc */
		file = host_open_file(host, path, O_RDONLY | O_NONBLOCK);
	close(fd);
	return file;
}

/* Files of /proc and /sys do not tell their size. */
static char *host_read_fd(struct host *host, int fd, size_t *len)
{
	size_t size = HOST_READ_FIRST, used = 0;
	char *text = host_keep(host, NULL, size);
	ssize_t n;

	while ((n = read(fd, text + used, size - used - 1)) > 0) {
		used += (size_t)n;
		if (used + 1 < size)
			continue;
		if (size >= HOST_FILE_MAX) {
			errno = EFBIG;
			return NULL;
		}
		size *= 2;
		text = host_keep(host, text, size);
	}
	text[used] = '\0';
	if (len)
		*len = used;
	return n < 0 ? NULL : text;
}

char *host_read(struct host *host, size_t *len, const char *format, ...)
{
	char *path, *text;
	va_list args;
	int fd, err;

	va_start(args, format);
	path = host_format(host, format, args);
	va_end(args);
	fd = host_open_regular(host, path);
	if (fd < 0)
		return NULL;
	text = host_read_fd(host, fd, len);
	err = errno;
	close(fd);
	errno = err;
	return text;
}

bool host_exists(struct host *host, const char *format, ...)
{
	va_list args;
	char *path;
	int fd;

	va_start(args, format);
	path = host_format(host, format, args);
	va_end(args);
	fd = host_open_file(host, path, O_PATH);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int64_t host_written_ns(struct host *host, const char *path)
{
	int fd = host_open_file(host, path, O_PATH);
	struct stat st = { 0 };

	if (fd < 0)
		return 0;
	fstat(fd, &st);
	close(fd);
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static int host_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **host_list_fd(struct host *host, int fd)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t n = 0, max = 0;
	char **names = NULL, **kept;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (n == max) {
			max = max ? 2 * max : 64;
			kept = host_keep(host, NULL, (max + 1) * sizeof(*names));
			if (n)
				memcpy(kept, names, n * sizeof(*names));
			names = kept;
		}
		names[n++] = host_text(host, "%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (!names)
		names = host_keep(host, NULL, sizeof(*names));
	qsort(names, n, sizeof(*names), host_compare);
	names[n] = NULL;
	return names;
}

char **host_list(struct host *host, const char *format, ...)
{
	va_list args;
	char *path;

	va_start(args, format);
	path = host_format(host, format, args);
	va_end(args);
	return host_list_fd(host, host_open_file(host, path, O_RDONLY | O_DIRECTORY));
}

char *host_value(struct host *host, const char *text, const char *key)
{
	size_t len = strlen(key), n;

	for (; text && *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *value = text + len + 1;

		if (strncmp(text, key, len) || text[len] != '=')
			continue;
		n = strcspn(value, "\n");
		if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value) {
			value++;
			n -= 2;
		}
		return host_text(host, "%.*s", (int)n, value);
	}
	return NULL;
}

/* What follows @word and blanks at the start of @line, NULL when it starts otherwise. */
static const char *host_after(const char *line, const char *word)
{
	size_t len = strlen(word);

	line += strspn(line, " \t");
	if (strncmp(line, word, len) || !strchr(" \t\n", line[len]))
		return NULL;
	return line + len;
}

bool host_has_line(const char *text, const char *first, const char *second)
{
	for (; text && *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *rest = host_after(text, first);

		if (rest && (!second || host_after(rest, second)))
			return true;
	}
	return false;
}

bool host_is_plain(const char *text)
{
	return *text && *text != '-' &&
	       !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				  "/._+:~@,=-")];
}
