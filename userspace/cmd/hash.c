// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "hash.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "sha256.h"

#define HASH_DIGITS (2 * SHA256_LEN)
#define HASH_CHUNK 65536
#define HASH_FRESH_S 2 /* a file may change again without another time being told */

/**
 * struct hash_file - a file that has been read
 * @known: it is one
 * @is: which one, and how it was then
 * @digits: its hash
 */
struct hash_file {
	bool known;
	struct stat is;
	char digits[HASH_DIGITS + 1];
};

unsigned long hash_files_read;
static const char *hash_root; /* NULL: nobody asks */
static struct hash_file *hash_files; /* HASH_CACHE of them, a slot for each device and inode */

void hash_start(const char *root)
{
	hash_root = root;
}

static bool hash_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static struct hash_file *hash_slot(const struct stat *is)
{
	uint64_t mixed = (is->st_ino ^ (uint64_t)is->st_dev << 32) * 0x9e3779b97f4a7c15ull;

	if (!hash_files)
		hash_files = calloc(HASH_CACHE, sizeof(*hash_files));
	return hash_files ? &hash_files[(mixed >> 32) % HASH_CACHE] : NULL;
}

/* Reads a file that is @is all the while.  Return: false: it cannot be read, or changes. */
static bool hash_read(int fd, const struct stat *is, uint8_t digest[SHA256_LEN])
{
	static uint8_t chunk[HASH_CHUNK];
	struct sha256 sha256;
	struct stat after;
	int64_t left = is->st_size;
	ssize_t n;

	sha256_begin(&sha256);
	while (left > 0 && (n = read(fd, chunk, sizeof(chunk))) > 0) {
		sha256_add(&sha256, chunk, (size_t)n);
		left -= n;
	}
	sha256_end(&sha256, digest);
	return !left && !fstat(fd, &after) && hash_is_same(is, &after);
}

/* @handle only names the file: now it is opened, which has no effect on a regular one. */
static bool hash_make(int handle, const struct stat *is, char digits[HASH_DIGITS + 1])
{
	uint8_t digest[SHA256_LEN];
	char path[32];
	bool done;
	size_t i;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", handle);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	hash_files_read++;
	done = hash_read(fd, is, digest);
	close(fd);
	for (i = 0; i < SHA256_LEN; i++)
		snprintf(digits + 2 * i, 3, "%02x", digest[i]);
	return done;
}

static bool hash_is_settled(const struct stat *is)
{
	return time(NULL) - is->st_ctim.tv_sec > HASH_FRESH_S;
}

static bool hash_handle(int handle, const struct stat *is, char digits[HASH_DIGITS + 1])
{
	struct hash_file *file = hash_slot(is);

	if (file && file->known && hash_is_same(&file->is, is)) {
		memcpy(digits, file->digits, sizeof(file->digits));
		return true;
	}
	if (!hash_make(handle, is, digits))
		return false;
	if (file && hash_is_settled(is)) {
		*file = (struct hash_file){ .known = true, .is = *is };
		memcpy(file->digits, digits, sizeof(file->digits));
	}
	return true;
}

/* Is that the file that the event names? */
static bool hash_is_wanted(const struct procmon_event *ev, const struct stat *is)
{
	return S_ISREG(is->st_mode) && is->st_size <= HASH_MAX &&
	       is->st_ino == procmon_number(ev, "ino") &&
	       major(is->st_dev) == procmon_number(ev, "dev_major") &&
	       minor(is->st_dev) == procmon_number(ev, "dev_minor");
}

static bool hash_path(const struct procmon_event *ev, const char *path,
		      char digits[HASH_DIGITS + 1])
{
	int handle = open(path, O_PATH | O_CLOEXEC);
	struct stat is;
	bool done;

	if (handle < 0)
		return false;
	done = !fstat(handle, &is) && hash_is_wanted(ev, &is) && hash_handle(handle, &is, digits);
	close(handle);
	return done;
}

/* By what the process runs, by its path in its own root directory, by its path in ours. */
static bool hash_look(const struct procmon_event *ev, char digits[HASH_DIGITS + 1])
{
	const char *exe = procmon_string(ev, "exe", NULL);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/%u/exe", hash_root, ev->head.tgid);
	if (hash_path(ev, path, digits))
		return true;
	if (!exe || *exe != '/')
		return false;
	if (snprintf(path, sizeof(path), "%s/proc/%u/root%s", hash_root, ev->head.tgid, exe) <
		    (int)sizeof(path) &&
	    hash_path(ev, path, digits))
		return true;
	return snprintf(path, sizeof(path), "%s%s", hash_root, exe) < (int)sizeof(path) &&
	       hash_path(ev, path, digits);
}

const char *hash_of(const struct procmon_event *ev)
{
	static struct procmon_head last;
	static char digits[HASH_DIGITS + 1];
	const struct procmon_head *head = &ev->head;

	if (!hash_root || (head->type != PROCMON_EXEC && head->type != PROCMON_SNAPSHOT) ||
	    procmon_number(ev, "ino") == UINT64_MAX)
		return NULL;
	if (last.time_ns != head->time_ns || last.tgid != head->tgid || last.seq != head->seq ||
	    last.cpu != head->cpu || last.type != head->type) {
		last = *head;
		if (!hash_look(ev, digits))
			*digits = '\0';
	}
	return *digits ? digits : NULL;
}
