// SPDX-License-Identifier: MIT
#include "event.h"

#include <string.h>

#define EVENT_WORDS (PROCMON_REC / sizeof(u64))
#define EVENT_POS 3 /* the word that tells the event's own position */

typedef u64 __attribute__((may_alias)) event_word_t;

u64 event_hash(u64 x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static u64 event_records(u32 len)
{
	return (len + PROCMON_REC - 1) / PROCMON_REC;
}

/* Mostly some records, now and then up to a quarter of the ring, seldom ending with a record. */
u32 event_len(u64 seq, u64 nrec)
{
	u64 hash = event_hash(seq);
	u64 max = hash % 16 ? 4 : nrec / 4;
	u64 records = 1 + (hash >> 8) % (max < nrec / 4 ? max : nrec / 4);

	return records * PROCMON_REC - (records > 1 ? (hash >> 40) % PROCMON_REC : 0);
}

/* What word @i holds; the bytes past the event's end are zero. */
static u64 event_word(u64 seq, u64 pos, u32 len, u64 i)
{
	u64 word = i == EVENT_POS ? pos : event_hash(seq ^ i << 48);
	u64 begin = i * sizeof(u64);

	if (begin >= len)
		return 0;
	if (len - begin < sizeof(u64))
		word &= (1ULL << (len - begin) * 8) - 1;
	return word;
}

void event_fill(struct procmon_head *event, u64 seq, u64 pos, u64 nrec)
{
	event_word_t *word = (event_word_t *)event;
	u32 len = event_len(seq, nrec);
	u32 body_len = len - sizeof(*event);
	u64 i;

	event->len = len;
	event->type = PROCMON_EXEC;
	event->body_len = body_len > 0xffff ? 0xffff : body_len;
	for (i = EVENT_POS; i < event_records(len) * EVENT_WORDS; i++)
		word[i] = event_word(seq, pos, len, i);
}

const char *event_wrong(const struct procmon_head *event, u64 pos, u64 nrec)
{
	const event_word_t *word = (const event_word_t *)event;
	u32 len = event_len(event->seq, nrec);
	u64 i;

	if (event->len != len || event->type != PROCMON_EXEC)
		return "its head is not that of its number";
	if (word[EVENT_POS] != pos)
		return "it is the event of another position";
	for (i = EVENT_POS; i < event_records(len) * EVENT_WORDS; i++)
		if (word[i] != event_word(event->seq, pos, len, i))
			return "a word is wrong";
	return NULL;
}
