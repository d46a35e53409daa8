// SPDX-License-Identifier: MIT
/*
 * Reading a ring that is being overwritten.  kmod/ring.h explains the barriers; the labels are
 * the same here: D is paired by the acquires of commit, F and G are fences of ours.
 *
 * Nothing that the memory says is trusted beyond it: lengths are clamped, loops are bounded.
 */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#define RING_WORDS (PROCMON_REC / sizeof(uint64_t))
#define RING_RETRIES 8 /* laps during one copy before skipping to the newest event */
typedef uint64_t __attribute__((may_alias)) ring_word_t; /* what structs are copied by */

#define RING_SPINS 1000 /* looks at two words that belong together before giving up */

static bool ring_after(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

static uint64_t ring_word(const __u64 *word)
{
	return __atomic_load_n((const uint64_t *)word, __ATOMIC_RELAXED);
}

static uint64_t ring_commit(const struct ring *ring)
{
	return __atomic_load_n((const uint64_t *)&ring->shared->commit, __ATOMIC_ACQUIRE);
}

static uint64_t ring_records(uint32_t len)
{
	return ((uint64_t)len + PROCMON_REC - 1) / PROCMON_REC;
}

/* Only between two records can the ring's end be. */
static void ring_load(const struct ring *ring, uint64_t pos, void *to, uint64_t nrec)
{
	ring_word_t *words = to;
	unsigned int i;

	for (; nrec; nrec--, pos++, words += RING_WORDS) {
		const uint64_t *from = ring->data + (pos & (ring->nrec - 1)) * RING_WORDS;

#pragma GCC unroll 8
		for (i = 0; i < RING_WORDS; i++)
			words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
	}
}

/* Is what was copied from @pos intact? */
static bool ring_intact(const struct ring *ring, uint64_t pos)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE); /* G */
	return !ring_after(ring_word(&ring->shared->tail), pos);
}

/**
 * ring_to_newest - stand after the newest event
 *
 * seq and commit belong together when no event was being written.
 */
void ring_to_newest(struct ring *ring)
{
	int i;

	ring->full = false;
	ring->gap = 0;
	ring->skipped = false;
	ring->any_seq = false;
	for (i = 0; i < RING_SPINS; i++) {
		ring->pos = ring_commit(ring);
		ring->seq = ring_word(&ring->shared->seq);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (ring_word(&ring->shared->resv) == ring->pos)
			return;
	}
	ring->any_seq = true;
}

/**
 * ring_to_oldest - stand at the oldest event that is still there
 *
 * commit is read before tail: what lies at tail is then seen as it was published.
 */
void ring_to_oldest(struct ring *ring)
{
	struct procmon_head head;
	uint64_t commit, tail;
	int i;

	ring->full = false;
	ring->gap = 0;
	ring->skipped = false;
	for (i = 0; i < RING_RETRIES; i++) {
		commit = ring_commit(ring);
		tail = ring_word(&ring->shared->tail);
		if (!ring_after(commit, tail)) {
			ring_to_newest(ring);
			if (ring->pos == tail)
				return; /* empty */
			continue;
		}
		ring_load(ring, tail, &head, 1);
		if (ring_intact(ring, tail)) {
			ring->pos = tail;
			ring->seq = head.seq;
			ring->any_seq = false;
			return;
		}
	}
	ring_to_newest(ring);
}

/**
 * ring_oldest_ns - time of the oldest event still there, 0 when there is none
 */
uint64_t ring_oldest_ns(const struct ring *ring)
{
	struct procmon_head head;
	uint64_t commit, tail;
	int i;

	for (i = 0; i < RING_RETRIES; i++) {
		commit = ring_commit(ring);
		tail = ring_word(&ring->shared->tail);
		if (commit == tail)
			return 0;
		ring_load(ring, tail, &head, 1);
		if (ring_intact(ring, tail))
			return head.time_ns;
	}
	return 0;
}

/* Does the head make sense?  @avail records are complete from it on. */
static bool ring_sane(const struct ring *ring, const struct procmon_head *head, uint64_t avail)
{
	return head->len >= sizeof(*head) && head->len <= ring->max_event &&
	       ring_records(head->len) <= avail && head->body_len <= head->len - sizeof(*head);
}

/* Copies the event at @ring->pos.  Return: it is intact; @sane tells whether it is an event. */
static bool ring_copy(struct ring *ring, uint64_t avail, bool *sane)
{
	uint32_t len;

	ring_load(ring, ring->pos, ring->event, 1);
	*sane = ring_sane(ring, ring->event, avail);
	len = ring->event->len;
	if (*sane && len > PROCMON_REC)
		ring_load(ring, ring->pos + 1, (char *)ring->event + PROCMON_REC,
			  ring_records(len) - 1);
	return ring_intact(ring, ring->pos);
}

/* Events lost between @expected and @seq; none when the memory says that time went back. */
static uint64_t ring_gap(uint64_t expected, uint64_t seq)
{
	return ring_after(seq, expected) ? seq - expected : 0;
}

static bool ring_fill_any(struct ring *ring)
{
	uint64_t commit, tail;
	bool sane;
	int i;

	if (ring->full)
		return true;
	for (i = 0; i <= RING_RETRIES; i++) {
		commit = ring_commit(ring);
		tail = ring_word(&ring->shared->tail);
		if (ring_after(commit, tail + ring->nrec)) { /* no module has written that */
			ring->pos = commit;
			return false;
		}
		if (ring->skipped && commit == ring->pos)
			ring->pos = tail; /* the writer rests */
		ring->skipped = ring_after(tail, ring->pos) && i == RING_RETRIES;
		if (ring_after(tail, ring->pos))
			ring->pos = ring->skipped ? commit : tail;
		if (!ring_after(commit, ring->pos))
			return false;
		if (!ring_copy(ring, commit - ring->pos, &sane))
			continue;
		if (!sane) { /* not our memory any more, or a wrong position: go on after it */
			ring->pos = commit;
			return false;
		}
		if (!ring->any_seq)
			ring->gap += ring_gap(ring->seq, ring->event->seq);
		ring->any_seq = false;
		ring->event_pos = ring->pos;
		ring->pos += ring_records(ring->event->len);
		ring->seq = ring->event->seq + 1;
		ring->full = true;
		return true;
	}
	ring->pos = commit;
	ring->skipped = true;
	return false;
}

/**
 * ring_fill - copy the next event into @ring->event
 *
 * Return: true when there is one (then @ring->full); events lost before it are in @ring->gap.
 */
bool ring_fill(struct ring *ring)
{
	while (ring_fill_any(ring) || (ring->skipped && ring_fill_any(ring))) {
		if (ring->event->time_ns > ring->after_ns || !ring->after_ns) {
			ring->after_ns = 0;
			return true;
		}
		ring->full = false;
	}
	return false;
}

/**
 * ring_last_ns - time of the newest complete event, or of a newer one
 */
uint64_t ring_last_ns(const struct ring *ring)
{
	return __atomic_load_n((const uint64_t *)&ring->shared->last_ns, __ATOMIC_ACQUIRE);
}

/**
 * ring_bound - the least time that events not yet complete can have
 * @now_ns: the clock, read before a full fence (F)
 */
uint64_t ring_bound(const struct ring *ring, uint64_t now_ns)
{
	uint64_t last_ns = ring_last_ns(ring);
	uint64_t pending =
		__atomic_load_n((const uint64_t *)&ring->shared->pending, __ATOMIC_ACQUIRE);
	uint64_t commit = ring_commit(ring);

	return !pending && commit == ring_word(&ring->shared->resv) ? now_ns : last_ns;
}
