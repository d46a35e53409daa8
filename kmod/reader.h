/* SPDX-License-Identifier: GPL-2.0 */
/* reader.h - where an open file stands in the rings, and the merged stream for read(2) */
#ifndef _PROCMON_READER_H
#define _PROCMON_READER_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "ring.h"

/**
 * struct reader - an open file
 * @lock: guards the rest; not held while sleeping for events
 * @nr: number of rings
 * @view: position for read(2), in each ring
 * @wait_pos: position given to PROCMON_IOC_WAIT, in each ring
 * @waits: @wait_pos is newer than @view, poll goes by it
 * @after_ns: events up to then are passed over
 * @lost: events that were overwritten before read(2) came to them
 * @lost_told: how many of those an -EPIPE has told
 * @held_ns: since when events wait for older ones of another ring, 0: none do
 * @buf: the event that is copied out
 * @buf_size: bytes of @buf
 */
struct reader {
	struct mutex lock;
	u32 nr;
	struct ring_view *view;
	u64 *wait_pos;
	bool waits;
	u64 after_ns;
	u64 lost;
	u64 lost_told;
	u64 held_ns;
	struct procmon_head *buf;
	u32 buf_size;
};

struct reader *reader_make(void);
void reader_free(struct reader *reader);
void reader_seek(struct reader *reader, bool oldest);
int reader_next(struct reader *reader, u32 max_len);
void reader_advance(struct reader *reader, u32 index);
bool reader_armed_has(struct reader *reader, u64 beyond);
bool reader_lapped(struct reader *reader);

#endif
