// SPDX-License-Identifier: MIT
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOURCE_AHEAD ((size_t)64 * 1024) /* bytes read at once, at least */

static int source_room(struct source *source, size_t want)
{
	uint8_t *buf;
	size_t len = source->end - source->start;

	if (source->start) {
		memmove(source->buf, source->buf + source->start, len);
		source->start = 0;
		source->end = len;
	}
	if (source->size >= want)
		return 0;
	buf = realloc(source->buf, want + SOURCE_AHEAD);
	if (!buf)
		return -ENOMEM;
	source->buf = buf;
	source->size = want + SOURCE_AHEAD;
	return 0;
}

int64_t source_need(struct source *source, size_t want)
{
	ssize_t n = 1;
	int err = 0;

	if (source->end - source->start < want)
		err = source_room(source, want);
	if (err)
		return err;
	while (source->end - source->start < want && n) {
		n = read(source->fd, source->buf + source->end, source->size - source->end);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			source->end += (size_t)n;
	}
	return (int64_t)(source->end - source->start);
}

void source_pass(struct source *source, size_t len)
{
	source->start += len;
	source->offset += len;
}
