/* SPDX-License-Identifier: MIT */
/* hash.h - the SHA-256 of what a process runs, if it can still be read */
#ifndef CMD_HASH_H
#define CMD_HASH_H

#include <procmon.h>

#define HASH_MAX ((int64_t)256 << 20) /* bytes of a file: one second at most */
#define HASH_CACHE 1024 /* files that are remembered */

/* From now on hash_of() looks; @root: where the machine's files are, "" for /. */
void hash_start(const char *root);
/*
 * Of an exec or a process that runs already: 64 digits, valid until the next call; NULL: it cannot be had.
 * Only the very file that the event names by device and inode is read, and only when it is a regular
 * one.  Asked again of the same event the answer is the same, whatever has become of its strings.
 */
const char *hash_of(const struct procmon_event *ev);
/* Files that have been read so far: those remembered are not read again. */
extern unsigned long hash_files_read;

#endif
