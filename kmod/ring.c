// SPDX-License-Identifier: GPL-2.0
/* The ring: see ring.h for its words and barriers. */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "ring.h"

#define RING_WORDS (PROCMON_REC / sizeof(u64)) /* u64 words in a record */
#define RING_RETRIES 8 /* laps during one copy before a reader skips to the newest event */
#define RING_SPINS 1000 /* looks at two words that belong together before giving up */
#define RING_FAR (1ULL << 62) /* records ahead that nobody lives to see */

/* Is position @a after @b?  Holds across the wrap of 64 bits too. */
static inline bool ring_after(u64 a, u64 b)
{
	return (s64)(a - b) > 0;
}

static inline u64 ring_records(u32 len)
{
	return (len + PROCMON_REC - 1) / PROCMON_REC;
}

static inline u64 *ring_at(const struct ring *ring, u64 pos)
{
	return ring->data + (pos & (ring->nrec - 1)) * RING_WORDS;
}

/**
 * ring_max_event - the largest event of a ring
 * @nrec: records of the ring
 *
 * Return: bytes: a quarter of the ring, so that a reader has time to copy.
 */
u32 ring_max_event(u64 nrec)
{
	return nrec / 4 * PROCMON_REC;
}

/**
 * ring_init - make an empty ring
 * @ring: the producer's side
 * @shared: zeroed memory that readers see
 * @data: zeroed memory of @nrec records
 * @nrec: a power of two
 */
void ring_init(struct ring *ring, struct procmon_ring *shared, void *data, u64 nrec)
{
	*ring = (struct ring){
		.shared = shared,
		.data = data,
		.nrec = nrec,
		.wake_at = RING_FAR,
	};
	shared->nrec = nrec;
}

/* The length of the intact event at @pos, in records; the producer wrote it itself. */
static u64 ring_records_at(const struct ring *ring, u64 pos)
{
	const struct procmon_head *head = (const void *)ring_at(ring, pos);

	return ring_records(head->len);
}

/* Gives up the oldest events until @need records fit; each step frees at least one record. */
static u64 ring_make_room(const struct ring *ring, u64 need)
{
	u64 tail = ring->tail;

	while (ring->head + need - tail > ring->nrec)
		tail += ring_records_at(ring, tail);
	return tail;
}

/* Only between two records can the ring's end be. */
static void ring_store(const struct ring *ring, u64 pos, const u64 *from, u64 nrec)
{
	unsigned int i;

	for (; nrec; nrec--, pos++, from += RING_WORDS) {
		u64 *to = ring_at(ring, pos);

		OPTIMIZER_HIDE_VAR(to); /* else the address of each word is computed anew */
#pragma GCC unroll 8
		for (i = 0; i < RING_WORDS; i++)
			WRITE_ONCE(to[i], from[i]);
	}
}

/**
 * ring_write - publish an event
 * @ring: the ring; the caller is its only producer until this returns
 * @event: the whole event, @event->len bytes in a buffer rounded up to whole records with the slack
 *	zeroed; seq and time_ns are filled in here
 * @time_ns: its time, or 0 to take it from the clock
 *
 * Context: any; wait-free but for the loop over the events given up, which is bounded by the size
 * of the new one.
 *
 * Return: true when a reader asked to be woken.
 */
bool ring_write(struct ring *ring, struct procmon_head *event, u64 time_ns)
{
	struct procmon_ring *shared = ring->shared;
	u64 need = ring_records(event->len);
	u64 end = ring->head + need;

	ring->tail = ring_make_room(ring, need);
	WRITE_ONCE(shared->tail, ring->tail);
	WRITE_ONCE(shared->resv, end);
	smp_mb(); /* A */
	event->time_ns = time_ns ? time_ns : ktime_get_boottime_ns(); /* C */
	event->seq = ring->seq++;
	ring_store(ring, ring->head, (const u64 *)event, need); /* B */
	ring->head = end;
	ring->last_ns = event->time_ns;
	WRITE_ONCE(shared->seq, ring->seq);
	WRITE_ONCE(shared->last_ns, ring->last_ns);
	smp_store_release(&shared->commit, end); /* D */
	smp_mb(); /* E */
	if (likely(!ring_after(end, READ_ONCE(ring->wake_at))))
		return false;
	WRITE_ONCE(ring->wake_at, end + RING_FAR);
	return true;
}

/**
 * ring_count - count something in the ring's own counters
 * @ring: the ring; the caller is its producer
 * @counter: what
 */
void ring_count(struct ring *ring, enum procmon_counter counter)
{
	WRITE_ONCE(ring->shared->counter[counter], ring->shared->counter[counter] + 1);
}

/**
 * ring_arm - ask to be woken when there is something past a position
 * @ring: the ring
 * @pos: the position
 *
 * The caller must already be where the wake-up will look for it (its wait queue) and must test
 * ring_has() afterwards.  Of several readers the lowest position counts; the others are woken
 * early and arm again.
 */
void ring_arm(struct ring *ring, u64 pos)
{
	u64 old = READ_ONCE(ring->wake_at);

	while (ring_after(old, pos)) {
		u64 seen = cmpxchg64(&ring->wake_at, old, pos);

		if (seen == old)
			break;
		old = seen;
	}
	smp_mb(); /* H */
}

/**
 * ring_has - is there an event past a position?
 * @ring: the ring
 * @pos: the position
 *
 * Return: there is.
 */
bool ring_has(const struct ring *ring, u64 pos)
{
	return ring_after(READ_ONCE(ring->shared->commit), pos);
}

/**
 * ring_lapped - has the event at a position been overwritten?
 * @ring: the ring
 * @pos: the position
 *
 * Return: it has.
 */
bool ring_lapped(const struct ring *ring, u64 pos)
{
	return ring_after(READ_ONCE(ring->shared->tail), pos);
}

/* Copies @nrec records at @pos; what they are worth is known only after G. */
static void ring_load(const struct ring *ring, u64 pos, u64 *to, u64 nrec)
{
	unsigned int i;

	for (; nrec; nrec--, pos++, to += RING_WORDS) {
		const u64 *from = ring_at(ring, pos);

#pragma GCC unroll 8
		for (i = 0; i < RING_WORDS; i++)
			to[i] = READ_ONCE(from[i]);
	}
}

/* Copies as much of the event at @pos as @size bytes hold.  Return: it is intact. */
static bool ring_copy(const struct ring *ring, u64 pos, struct procmon_head *event, u32 size)
{
	u64 nrec;

	ring_load(ring, pos, (u64 *)event, 1);
	nrec = ring_records(event->len);
	if (nrec > size / PROCMON_REC)
		nrec = size / PROCMON_REC;
	if (nrec > 1)
		ring_load(ring, pos + 1, (u64 *)event + RING_WORDS, nrec - 1);
	smp_rmb(); /* G */
	return !ring_lapped(ring, pos);
}

/**
 * ring_view_oldest - stand at the oldest event
 * @ring: the ring
 * @view: filled in
 *
 * commit is read before tail: what lies at tail is then seen as it was published.
 */
void ring_view_oldest(const struct ring *ring, struct ring_view *view)
{
	struct procmon_head head;
	u64 commit, tail;
	int i;

	for (i = 0; i < RING_RETRIES; i++) {
		commit = smp_load_acquire(&ring->shared->commit); /* pairs with D */
		tail = READ_ONCE(ring->shared->tail);
		if (!ring_after(commit, tail)) {
			ring_view_newest(ring, view);
			if (view->pos == tail)
				return; /* empty */
			continue;
		}
		if (ring_copy(ring, tail, &head, sizeof(head))) {
			WRITE_ONCE(view->pos, tail);
			view->seq = head.seq;
			return;
		}
	}
	ring_view_newest(ring, view);
}

/**
 * ring_view_newest - stand after the newest event
 * @ring: the ring
 * @view: filled in
 *
 * seq and commit belong together when no event was being written: commit stayed and resv is equal.
 * A producer that never pauses makes the next event's number be taken as it comes.
 */
void ring_view_newest(const struct ring *ring, struct ring_view *view)
{
	u64 commit;
	int i;

	for (i = 0; i < RING_SPINS; i++) {
		commit = smp_load_acquire(&ring->shared->commit); /* pairs with D */
		WRITE_ONCE(view->pos, commit);
		view->seq = READ_ONCE(ring->shared->seq);
		smp_rmb(); /* a seq that is ahead of commit shows resv ahead too, by A */
		if (READ_ONCE(ring->shared->resv) == commit)
			return;
	}
	view->seq = RING_SEQ_ANY;
}

/* Past what has been overwritten; what is lost tells the next event's number. */
static void ring_view_skip(struct ring_view *view, u64 pos)
{
	WRITE_ONCE(view->pos, pos);
}

/**
 * ring_read - copy the event at a position
 * @ring: the ring
 * @view: the position; moved on to the oldest event when that one was overwritten.  It stays at
 *	the event that is copied: ring_view_next goes on
 * @event: where to
 * @size: bytes there, whole records, at least one
 * @lost: grows by the number of events that were overwritten before
 *
 * Return: bytes of the event, which may be more than @size (then only its beginning was copied);
 * 0: nothing there.
 */
u32 ring_read(const struct ring *ring, struct ring_view *view, struct procmon_head *event, u32 size,
	      u64 *lost)
{
	u64 commit, tail;
	int i;

	for (i = 0; i <= RING_RETRIES; i++) {
		commit = smp_load_acquire(&ring->shared->commit); /* pairs with D */
		tail = READ_ONCE(ring->shared->tail);
		if (ring_after(tail, view->pos))
			ring_view_skip(view, i < RING_RETRIES ? tail : commit);
		if (!ring_after(commit, view->pos))
			return 0;
		if (!ring_copy(ring, view->pos, event, size))
			continue;
		if (view->seq != RING_SEQ_ANY)
			*lost += event->seq - view->seq;
		view->seq = event->seq;
		return event->len;
	}
	WRITE_ONCE(view->pos, commit);
	return 0;
}

/**
 * ring_view_next - go on after an event
 * @view: stands at the event
 * @len: its length in bytes
 */
void ring_view_next(struct ring_view *view, u32 len)
{
	WRITE_ONCE(view->pos, view->pos + ring_records(len));
	view->seq++;
}

/**
 * ring_bound - the least time that events not yet committed can have
 * @ring: the ring
 * @now_ns: the clock, read before a full barrier (F)
 *
 * What the caller reads from the ring afterwards includes every event with a time below the bound.
 *
 * Return: @now_ns when nothing is being written, else the time of the newest complete event.
 */
u64 ring_bound(const struct ring *ring, u64 now_ns)
{
	const struct procmon_ring *shared = ring->shared;
	u64 last_ns = READ_ONCE(shared->last_ns);
	u64 pending, commit;

	smp_rmb(); /* whoever sees last_ns sees every event before that one */
	/* pairs with late_publish(): pending goes down after the event was published */
	pending = smp_load_acquire(&shared->pending);
	commit = smp_load_acquire(&shared->commit); /* pairs with D; resv is read after it */
	return !pending && commit == READ_ONCE(shared->resv) ? now_ns : last_ns;
}
