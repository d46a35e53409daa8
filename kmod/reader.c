// SPDX-License-Identifier: GPL-2.0
/* The merged, time-ordered stream of all rings for one open file. */
#include "log.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "lane.h"
#include "reader.h"

#define READER_HOLD_NS NSEC_PER_SEC /* a stalled CPU may hold the others' events back this long */

/**
 * reader_make - a reader that stands after the newest events
 *
 * Return: the reader, NULL when there is no memory.
 */
struct reader *reader_make(void)
{
	struct reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);

	if (!reader)
		return NULL;
	mutex_init(&reader->lock);
	reader->nr = lane_info->nr_rings;
	reader->view = kvcalloc(reader->nr, sizeof(*reader->view), GFP_KERNEL_ACCOUNT);
	reader->wait_pos = kvcalloc(reader->nr, sizeof(*reader->wait_pos), GFP_KERNEL_ACCOUNT);
	if (!reader->view || !reader->wait_pos) {
		reader_free(reader);
		return NULL;
	}
	reader_seek(reader, false);
	return reader;
}

/**
 * reader_free - free a reader
 * @reader: the reader
 */
void reader_free(struct reader *reader)
{
	kvfree(reader->view);
	kvfree(reader->wait_pos);
	kvfree(reader->buf);
	kfree(reader);
}

/*
 * The newest event before any position.  The rings were looked at one after the other, so an event
 * of one can be older than what is seen no more in another; whatever is newer is seen in all.
 */
static u64 reader_last_ns(const struct reader *reader)
{
	u64 last_ns = 0;
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		struct lane *lane = lane_get(i);

		if (lane)
			last_ns = max(last_ns, READ_ONCE(lane->ring.shared->last_ns));
	}
	return last_ns;
}

/**
 * reader_seek - stand at the oldest events, or after the newest
 * @reader: the reader, locked
 * @oldest: which
 */
void reader_seek(struct reader *reader, bool oldest)
{
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		struct lane *lane = lane_get(i);

		if (!lane)
			continue; /* never moved: if it appears, from its first event */
		if (oldest)
			ring_view_oldest(&lane->ring, &reader->view[i]);
		else
			ring_view_newest(&lane->ring, &reader->view[i]);
	}
	reader->after_ns = oldest ? 0 : reader_last_ns(reader);
	reader->lost = 0;
	reader->lost_told = 0;
	reader->held_ns = 0;
	WRITE_ONCE(reader->waits, false);
}

/* fork < exec < exit and the rest by their numbers, then by CPU, then by seq. */
static bool reader_before(const struct procmon_head *a, const struct procmon_head *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->type != b->type)
		return a->type < b->type;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu;
	return a->seq < b->seq;
}

/* The time below which no event can still come. */
static u64 reader_bound(const struct reader *reader, u64 now_ns)
{
	u64 bound_ns = now_ns;
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		struct lane *lane = lane_get(i);

		if (lane)
			bound_ns = min(bound_ns, ring_bound(&lane->ring, now_ns));
	}
	return bound_ns;
}

/* Copies the head of the next event of ring @i.  Return: there is one. */
static bool reader_head(struct reader *reader, u32 i, struct procmon_head *head)
{
	struct lane *lane = lane_get(i);

	while (lane &&
	       ring_read(&lane->ring, &reader->view[i], head, sizeof(*head), &reader->lost)) {
		if (head->time_ns > reader->after_ns)
			return true;
		ring_view_next(&reader->view[i], head->len);
	}
	return false;
}

/* The ring with the oldest event, whose head is copied.  Return: its index, -EAGAIN. */
static int reader_oldest(struct reader *reader, struct procmon_head *oldest)
{
	struct procmon_head head;
	int index = -EAGAIN;
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		if (!reader_head(reader, i, &head))
			continue;
		if (index < 0 || reader_before(&head, oldest)) {
			*oldest = head;
			index = i;
		}
	}
	return index;
}

static int reader_grow(struct reader *reader, u32 len)
{
	u32 size = round_up(len, PROCMON_REC);

	if (size <= reader->buf_size)
		return 0;
	kvfree(reader->buf);
	reader->buf_size = 0;
	reader->buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!reader->buf)
		return -ENOMEM;
	reader->buf_size = size;
	return 0;
}

/* May an event that is not below the bound be given out? */
static bool reader_held_too_long(struct reader *reader, u64 now_ns)
{
	if (!reader->held_ns)
		reader->held_ns = now_ns;
	return now_ns - reader->held_ns > READER_HOLD_NS;
}

/**
 * reader_next - copy the next event in time order into @reader->buf
 * @reader: the reader, locked
 * @max_len: what the caller can take
 *
 * Return: the index of its ring, for reader_advance(); -EAGAIN: none; -EBUSY: one waits for older
 * ones, for some microseconds; -EMSGSIZE: longer than @max_len; -EPIPE: events were lost before it
 * (told once); -ENOMEM.
 */
int reader_next(struct reader *reader, u32 max_len)
{
	struct procmon_head head;
	struct ring_view view;
	u64 now_ns, bound_ns;
	bool unordered;
	int index, err;

	do {
		now_ns = ktime_get_boottime_ns();
		smp_mb(); /* F */
		bound_ns = reader_bound(reader, now_ns);
		index = reader_oldest(reader, &head);
		if (reader->lost != reader->lost_told) {
			reader->lost_told = reader->lost;
			return -EPIPE;
		}
		if (index < 0) {
			reader->held_ns = 0;
			return index;
		}
		unordered = head.time_ns >= bound_ns;
		if (unordered && !reader_held_too_long(reader, now_ns))
			return -EBUSY;
		if (head.len > max_len)
			return -EMSGSIZE;
		err = reader_grow(reader, head.len);
		if (err)
			return err;
		view = reader->view[index];
		ring_read(&lane_get(index)->ring, &reader->view[index], reader->buf,
			  reader->buf_size, &reader->lost);
	} while (view.pos != reader->view[index].pos); /* overwritten meanwhile */
	if (unordered)
		reader->buf->flags |= PROCMON_F_UNORDERED;
	else
		reader->held_ns = 0;
	return index;
}

/**
 * reader_advance - the event in @reader->buf has been given out
 * @reader: the reader, locked
 * @index: its ring
 */
void reader_advance(struct reader *reader, u32 index)
{
	ring_view_next(&reader->view[index], reader->buf->len);
	WRITE_ONCE(reader->waits, false);
}

static u64 reader_pos(const struct reader *reader, u32 index)
{
	return READ_ONCE(reader->waits) ? READ_ONCE(reader->wait_pos[index]) :
					  READ_ONCE(reader->view[index].pos);
}

/**
 * reader_armed_has - is there an event?  If not, the next one wakes lane_wait
 * @reader: the reader
 * @beyond: records that must follow the position, besides the first
 *
 * The caller is on lane_wait already.  It may ask without the lock: positions are single words, and
 * a change meanwhile only makes the answer one of before or after.
 *
 * Return: there is one in some ring.
 */
bool reader_armed_has(struct reader *reader, u64 beyond)
{
	bool has = false;
	u32 i;

	for (i = 0; i < reader->nr && !has; i++) {
		struct lane *lane = lane_get(i);
		u64 pos = reader_pos(reader, i);

		if (!lane)
			continue;
		has = ring_has(&lane->ring, pos + beyond);
		if (!has) {
			ring_arm(&lane->ring, pos + beyond);
			has = ring_has(&lane->ring, pos + beyond);
		}
	}
	return has;
}

/**
 * reader_lapped - has the event at a position been overwritten?
 * @reader: the reader
 *
 * Return: it has, in some ring.
 */
bool reader_lapped(struct reader *reader)
{
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		struct lane *lane = lane_get(i);

		if (lane && ring_lapped(&lane->ring, reader_pos(reader, i)))
			return true;
	}
	return false;
}
