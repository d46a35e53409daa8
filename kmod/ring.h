/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.h - one writer, any number of readers, the oldest events are overwritten
 *
 * The ring knows bytes and positions, not processes.  It is also compiled in user space, where
 * tests/ring/ tortures it.
 *
 * Words that readers see (struct procmon_ring), all monotone, written by the one producer only:
 *
 *	tail	start of the oldest intact event
 *	resv	end of the newest reservation
 *	commit	end of the newest complete event	tail <= commit <= resv <= tail + nrec
 *
 * Barriers, each with its pair:
 *
 *	A  ring_write: full barrier after tail and resv, before the clock (C) and the data (B)
 *	   pairs with G (a reader that copied new data must see the tail that gave up the old) and
 *	   with F (a reader that saw resv == commit knows that the next clock value is newer than
 *	   the one it had read before)
 *	D  ring_write: release of commit, pairs with the acquire of commit in every reader
 *	E  ring_write: full barrier between commit and wake_at, pairs with H
 *	F  readers: full barrier between reading the clock and the rings' words
 *	G  readers: read barrier between copying an event and reading tail
 *	H  ring_arm: full barrier between setting wake_at and reading commit
 *
 * tests/ring/README.md tells which model proves which barrier.
 */
#ifndef _PROCMON_RING_H
#define _PROCMON_RING_H

#include <linux/types.h>

#include "uapi/procmon.h"

#define RING_SEQ_ANY U64_MAX /* ring_view.seq: take the next event's number as it comes */

/**
 * struct ring - the producer's side of a ring
 * @shared: the words that readers see, followed by nothing of ours
 * @data: the records
 * @nrec: number of records, a power of two
 * @head: the producer's own copy of commit; shared words are never read back
 * @tail: the producer's own copy of tail
 * @seq: the producer's own copy of seq
 * @last_ns: the producer's own copy of last_ns
 * @wake_at: a reader wants to be woken when commit passes this position; far ahead when none does
 */
struct ring {
	struct procmon_ring *shared;
	u64 *data;
	u64 nrec;
	u64 head;
	u64 tail;
	u64 seq;
	u64 last_ns;
	u64 wake_at;
};

/**
 * struct ring_view - where a reader stands in a ring
 * @pos: position of the next event; poll looks at it without the reader's lock
 * @seq: number that event should have, or RING_SEQ_ANY
 */
struct ring_view {
	u64 pos;
	u64 seq;
};

void ring_init(struct ring *ring, struct procmon_ring *shared, void *data, u64 nrec);
u32 ring_max_event(u64 nrec);
bool ring_write(struct ring *ring, struct procmon_head *event, u64 time_ns);
void ring_count(struct ring *ring, enum procmon_counter counter);

void ring_arm(struct ring *ring, u64 pos);
bool ring_has(const struct ring *ring, u64 pos);
bool ring_lapped(const struct ring *ring, u64 pos);
void ring_view_oldest(const struct ring *ring, struct ring_view *view);
void ring_view_newest(const struct ring *ring, struct ring_view *view);
u32 ring_read(const struct ring *ring, struct ring_view *view, struct procmon_head *event, u32 size,
	      u64 *lost);
void ring_view_next(struct ring_view *view, u32 len);
u64 ring_bound(const struct ring *ring, u64 now_ns);

#endif
