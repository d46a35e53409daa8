/* SPDX-License-Identifier: MIT */
/* source.h - a file or a pipe, read forward through a buffer */
#ifndef LIB_SOURCE_H
#define LIB_SOURCE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct source - where bytes come from
 * @fd: read from here; closed by who opened it
 * @offset: in the file, of the first byte that was not passed
 * @buf: what was read ahead, from @start to @end, of @size bytes
 */
struct source {
	int fd;
	uint64_t offset;
	uint8_t *buf;
	size_t start, end, size;
};

/*
 * Reads until @want bytes are there or the file ends.  Return: how many there are, from
 * source->buf + source->start on; -ENOMEM or what read(2) said.
 */
int64_t source_need(struct source *source, size_t want);
void source_pass(struct source *source, size_t len);

#endif
