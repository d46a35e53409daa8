/* SPDX-License-Identifier: MIT */
/* rings.h - rings without a kernel: in plain memory, or in a file that fake.c makes a device of */
#ifndef UNIT_RINGS_H
#define UNIT_RINGS_H

#include <procmon.h>

#include "draft.h"

#define RINGS_MAX 8
#define RINGS_INSTANCE 0x1234567890abcdefull

/**
 * struct rings - what a module would have
 * @info: the info page
 * @shared, @data: of each ring
 * @nr, @nrec: rings, records in each
 * @fd, @path: the file, -1 for plain memory
 */
struct rings {
	struct procmon_info *info;
	struct procmon_ring *shared[RINGS_MAX];
	unsigned char *data[RINGS_MAX];
	unsigned int nr;
	uint64_t nrec;
	int fd;
	char path[64];
	void *map;
	size_t size;
};

/* Each ring is memory of its own: a sanitizer sees each byte read outside. */
void rings_in_memory(struct rings *rings, unsigned int nr, uint64_t nrec);
/* In a file: procmon_open(rings->path), also by a child. */
void rings_in_file(struct rings *rings, unsigned int nr, uint64_t nrec);
/* The same rings in another process that has inherited @fd. */
void rings_of_fd(struct rings *rings, int fd);
void rings_free(struct rings *rings);

/* As if ring @i had come to this position and this number. */
void rings_begin_at(struct rings *rings, unsigned int i, uint64_t pos, uint64_t seq);
/* Publishes @draft in ring @i, over the oldest events where there is no room. */
void rings_put(struct rings *rings, unsigned int i, struct draft *draft, uint64_t time_ns);
/* The same of a small event of process @tgid. */
void rings_put_small(struct rings *rings, unsigned int i, unsigned int type, uint32_t tgid,
		     uint64_t time_ns);
/* Where record @pos of ring @i lies. */
struct procmon_head *rings_head(struct rings *rings, unsigned int i, uint64_t pos);

/* A reader of rings in memory; procmon_close() ends it. */
struct procmon *rings_attach(struct rings *rings, unsigned int flags);

#endif
