/* SPDX-License-Identifier: MIT */
/* host.h - the files of a system below a root directory: read, never changed, never run */
#ifndef CMD_HOST_H
#define CMD_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct host - a system
 * @root: its root directory, "" for the one we run in
 * @fd: the same, opened
 * @blocks: memory that functions gave out; it lives until host_close()
 */
struct host {
	const char *root;
	int fd;
	struct host_block *blocks;
};

/* Return: false with errno when there is no such directory. */
bool host_open(struct host *host, const char *root);
void host_close(struct host *host);

/* Symbolic links in the paths below stay below the root, as if we had been started there. */

/* The whole file with a NUL behind it; NULL with errno when it cannot be read.  @len may be NULL. */
__attribute__((format(printf, 3, 4))) char *host_read(struct host *host, size_t *len,
						      const char *format, ...);
__attribute__((format(printf, 2, 3))) bool host_exists(struct host *host, const char *format, ...);
/* When the file was written, CLOCK_REALTIME in ns; 0 when there is none. */
int64_t host_written_ns(struct host *host, const char *path);
/* The names in a directory, sorted, NULL-terminated; none when there is no such directory. */
__attribute__((format(printf, 2, 3))) char **host_list(struct host *host, const char *format, ...);
/* The value behind KEY= in the lines of a text, without quotes; NULL when there is none. */
char *host_value(struct host *host, const char *text, const char *key);
/* Has the text a line that begins with these words?  @second may be NULL. */
bool host_has_line(const char *text, const char *first, const char *second);
/*
 * Is it a word that a shell takes as it is?  What stands in a system's files may have been put there
 * for us: nothing else of it goes into a command that someone will copy.
 */
bool host_is_plain(const char *text);
__attribute__((format(printf, 2, 3))) char *host_text(struct host *host, const char *format, ...);

#endif
