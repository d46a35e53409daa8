/* SPDX-License-Identifier: MIT */
/* ring.h - one ring as a reader sees it: memory that somebody else overwrites at any moment */
#ifndef LIB_RING_H
#define LIB_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <procmon/abi.h>

/**
 * struct ring - where a reader stands in a ring
 * @shared: its words, NULL while the ring does not exist
 * @data: its records
 * @map: what to unmap, of @map_len bytes
 * @nrec: records, a power of two
 * @max_event: bytes of the largest event
 * @pos, @seq: of the next event to copy; @seq is no news while @any_seq
 * @skipped: moved on to the newest event: those before it were overwritten while they were copied, over
 *	and over; some of them may have survived
 * @after_ns: events up to then are passed over, and not told of; 0 once one was newer
 * @event: the event that was copied and not yet given out, of @event_pos; NULL memory until needed
 * @full: there is one
 * @gap: events lost right before it
 * @got, @lost: events given out, events lost, by this reader
 */
struct ring {
	const struct procmon_ring *shared;
	const uint64_t *data;
	void *map;
	uint64_t map_len;
	uint64_t nrec;
	uint32_t max_event;
	uint64_t pos, seq;
	bool any_seq;
	bool skipped;
	uint64_t after_ns;
	struct procmon_head *event;
	uint64_t event_pos;
	bool full;
	uint64_t gap;
	uint64_t got, lost;
};

void ring_to_newest(struct ring *ring);
void ring_to_oldest(struct ring *ring);
bool ring_fill(struct ring *ring);
uint64_t ring_bound(const struct ring *ring, uint64_t now_ns);
uint64_t ring_last_ns(const struct ring *ring);
uint64_t ring_oldest_ns(const struct ring *ring);

#endif
