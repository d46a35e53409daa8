// SPDX-License-Identifier: MIT
/* Cursors: "p1-INSTANCE-POS.SEQ,POS.SEQ,…-CHECKSUM", one pair for each ring, in hexadecimal. */
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sum.h"

#define CURSOR_PAIR 40 /* bytes of text for a ring, at most */
#define CURSOR_ANY 'x' /* in place of a SEQ that the reader did not know */
#define CURSOR_SUM_DIGITS 8

/**
 * struct cursor_pair - where a reader stands in a ring, as in struct ring
 */
struct cursor_pair {
	uint64_t pos, seq;
	bool any_seq;
};

/* Where the reader stands after what it has given out: an event that still waits is not. */
static struct cursor_pair cursor_of_ring(const struct ring *ring)
{
	bool waits = ring->event && ring->full;

	return (struct cursor_pair){
		.pos = waits ? ring->event_pos : ring->pos,
		.seq = waits ? ring->event->seq - ring->gap : ring->seq,
		.any_seq = ring->any_seq,
	};
}

/* Appends the pair of ring @i; returns its length. */
static size_t cursor_put_pair(char *text, size_t size, uint32_t i, struct cursor_pair pair)
{
	const char *comma = i ? "," : "";

	if (pair.any_seq)
		return (size_t)snprintf(text, size, "%s%" PRIx64 ".%c", comma, pair.pos,
					CURSOR_ANY);
	return (size_t)snprintf(text, size, "%s%" PRIx64 ".%" PRIx64, comma, pair.pos, pair.seq);
}

const char *procmon_cursor(struct procmon *pm)
{
	size_t size = 64 + (size_t)pm->nr * CURSOR_PAIR;
	char *text = pm->recording ? NULL : realloc(pm->cursor, size);
	size_t len;
	uint32_t i;

	if (!text)
		return NULL;
	pm->cursor = text;
	len = (size_t)snprintf(text, size, "p1-%" PRIx64 "-", (uint64_t)pm->info->instance);
	for (i = 0; i < pm->nr; i++) {
		/* a position past what the stream's beginning passes over: the cursor knows no moment */
		if (pm->ring[i].after_ns && pm->ring[i].event)
			ring_fill(&pm->ring[i]);
		len += cursor_put_pair(text + len, size - len, i, cursor_of_ring(&pm->ring[i]));
	}
	snprintf(text + len, size - len, "-%08" PRIx32, sum_add(SUM_START, text, len));
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

/* Reads a pair up to @end.  Return: what follows @end, NULL when it is none. */
static const char *cursor_read_pair(const char *text, char end, struct cursor_pair *pair)
{
	text = cursor_number(text, '.', &pair->pos);
	if (!text)
		return NULL;
	if (text[0] != CURSOR_ANY || text[1] != end)
		return cursor_number(text, end, &pair->seq);
	pair->any_seq = true;
	return text + 2;
}

static void cursor_set_ring(struct ring *ring, const struct cursor_pair *pair)
{
	ring->pos = pair->pos;
	ring->seq = pair->seq;
	ring->any_seq = pair->any_seq;
	ring->skipped = false;
	ring->after_ns = 0;
	ring->full = false;
	ring->gap = 0;
}

/*
 * Can a reader of @ring have been there?  Numbers may be missing even where its position is still
 * in the ring: it had been moved past what was overwritten, and had not told so yet.
 */
static bool cursor_fits(const struct ring *ring, const struct cursor_pair *pair)
{
	struct ring look = *ring;
	bool fits;

	if (!ring->shared)
		return !pair->pos && !pair->seq;
	cursor_set_ring(&look, pair);
	if ((int64_t)(__atomic_load_n((const uint64_t *)&ring->shared->commit, __ATOMIC_ACQUIRE) -
		      pair->pos) < 0)
		return false;
	look.event = malloc((size_t)ring->max_event + PROCMON_REC);
	if (!look.event)
		return false;
	fits = !ring_fill(&look) || (int64_t)(look.event->seq - pair->seq) >= 0;
	free(look.event);
	return fits;
}

int procmon_seek(struct procmon *pm, const char *cursor)
{
	const char *sum = strrchr(cursor, '-');
	uint64_t instance, expected;
	struct cursor_pair *pairs;
	const char *text;
	size_t i;
	int err = 0;

	if (pm->recording)
		return reader_fail(pm, EOPNOTSUPP, "a recording is read from its beginning");
	if (strncmp(cursor, "p1-", 3) || !sum || strlen(sum) != 1 + CURSOR_SUM_DIGITS ||
	    !cursor_number(sum + 1, '\0', &expected) ||
	    expected != sum_add(SUM_START, cursor, (size_t)(sum - cursor)))
		return reader_fail(pm, EINVAL, "'%.60s' is not a cursor, or a damaged one", cursor);
	text = cursor_number(cursor + 3, '-', &instance);
	if (!text)
		return reader_fail(pm, EINVAL, "'%.60s' is not a cursor", cursor);
	if (instance != pm->info->instance)
		return reader_fail(
			pm, ESTALE,
			"the cursor is of an earlier load of the module: what came between is "
			"unknown");
	pairs = calloc(pm->nr, sizeof(*pairs));
	if (!pairs)
		return reader_fail(pm, ENOMEM, "out of memory");
	for (i = 0; i < pm->nr && !err; i++) {
		text = cursor_read_pair(text, i + 1 < pm->nr ? ',' : '-', &pairs[i]);
		if (!text || !cursor_fits(&pm->ring[i], &pairs[i]))
			err = reader_fail(pm, EINVAL, "the cursor does not fit ring %zu", i);
	}
	for (i = 0; i < pm->nr && !err; i++)
		cursor_set_ring(&pm->ring[i], &pairs[i]);
	free(pairs);
	pm->last = -1;
	pm->bound_ns = 0;
	return err;
}
