// SPDX-License-Identifier: MIT
/* Cursors: "p1-INSTANCE-POS.SEQ,POS.SEQ,…-CHECKSUM", one pair for each ring, in hexadecimal. */
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_PAIR 40 /* bytes of text for a ring, at most */

/* FNV-1a: finds damage, not malice. */
static uint32_t cursor_sum(const char *text, size_t len)
{
	uint32_t sum = 2166136261u;

	while (len--)
		sum = (sum ^ (unsigned char)*text++) * 16777619u;
	return sum;
}

/* Where the reader stands after what it has given out: an event that still waits is not. */
static void cursor_of_ring(const struct ring *ring, uint64_t *pos, uint64_t *seq)
{
	*pos = ring->full ? ring->event_pos : ring->pos;
	*seq = ring->full ? ring->event->seq - ring->gap : ring->seq;
}

const char *procmon_cursor(struct procmon *pm)
{
	size_t size = 64 + (size_t)pm->nr * CURSOR_PAIR;
	char *text = realloc(pm->cursor, size);
	size_t len;
	uint32_t i;

	if (!text)
		return NULL;
	pm->cursor = text;
	len = (size_t)snprintf(text, size, "p1-%" PRIx64 "-", (uint64_t)pm->info->instance);
	for (i = 0; i < pm->nr; i++) {
		uint64_t pos, seq;

		cursor_of_ring(&pm->ring[i], &pos, &seq);
		len += (size_t)snprintf(text + len, size - len, "%s%" PRIx64 ".%" PRIx64,
					i ? "," : "", pos, seq);
	}
	snprintf(text + len, size - len, "-%08" PRIx32, cursor_sum(text, len));
	return text;
}

/* Reads hexadecimal digits up to @end.  Return: what follows @end, NULL when it is none. */
static const char *cursor_number(const char *text, char end, uint64_t *number)
{
	int digits = 0;

	for (*number = 0; *text != end; text++, digits++) {
		const char *digit = *text ? strchr("0123456789abcdef", *text) : NULL;

		if (!digit || digits == 16)
			return NULL;
		*number = *number << 4 | (uint64_t)(digit - "0123456789abcdef");
	}
	return digits ? text + 1 : NULL;
}

/* Can a ring have been at @pos with @seq next?  Looked up where the event is still there. */
static bool cursor_fits(const struct ring *ring, uint64_t pos, uint64_t seq)
{
	struct ring look = *ring;

	if (!ring->shared)
		return !pos && !seq;
	look.pos = pos;
	look.seq = seq;
	look.any_seq = false;
	look.full = false;
	look.gap = 0;
	if ((int64_t)(__atomic_load_n((const uint64_t *)&ring->shared->commit, __ATOMIC_ACQUIRE) -
		      pos) < 0)
		return false;
	look.event = malloc((size_t)ring->max_event + PROCMON_REC);
	if (!look.event)
		return false;
	if (ring_fill(&look) && look.event_pos == pos && look.gap) {
		free(look.event);
		return false;
	}
	free(look.event);
	return (int64_t)look.gap >= 0;
}

int procmon_seek(struct procmon *pm, const char *cursor)
{
	const char *sum = strrchr(cursor, '-');
	uint64_t instance, expected, *pairs;
	const char *text;
	size_t i;
	int err = 0;

	if (strncmp(cursor, "p1-", 3) || !sum || !cursor_number(sum + 1, '\0', &expected) ||
	    expected != cursor_sum(cursor, (size_t)(sum - cursor)))
		return reader_fail(pm, EINVAL, "'%.60s' is not a cursor, or a damaged one", cursor);
	text = cursor_number(cursor + 3, '-', &instance);
	if (!text)
		return reader_fail(pm, EINVAL, "'%.60s' is not a cursor", cursor);
	if (instance != pm->info->instance)
		return reader_fail(
			pm, ESTALE,
			"the cursor is of an earlier load of the module: what came between is "
			"unknown");
	pairs = calloc(pm->nr, 2 * sizeof(*pairs));
	if (!pairs)
		return reader_fail(pm, ENOMEM, "out of memory");
	for (i = 0; i < pm->nr && !err; i++) {
		text = text ? cursor_number(text, '.', &pairs[2 * i]) : NULL;
		text = text ? cursor_number(text, i + 1 < pm->nr ? ',' : '-', &pairs[2 * i + 1]) :
			      NULL;
		if (!text || !cursor_fits(&pm->ring[i], pairs[2 * i], pairs[2 * i + 1]))
			err = reader_fail(pm, EINVAL, "the cursor does not fit ring %zu", i);
	}
	for (i = 0; i < pm->nr && !err; i++) {
		pm->ring[i].pos = pairs[2 * i];
		pm->ring[i].seq = pairs[2 * i + 1];
		pm->ring[i].full = false;
		pm->ring[i].any_seq = false;
		pm->ring[i].gap = 0;
	}
	free(pairs);
	pm->last = -1;
	pm->bound_ns = 0;
	return err;
}
