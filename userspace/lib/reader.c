// SPDX-License-Identifier: MIT
/* The merged stream: the oldest event of all rings, once no older one can come. */
#include "reader.h"
#include "recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull

/*
 * A CPU that stalls in the middle of an event holds back the later events of all others.  That is
 * microseconds on hardware; an emulated or overcommitted CPU can be away for much longer.
 */
#define READER_HOLD_NS NSEC_PER_SEC
#define READER_HELD_STEP_NS NSEC_PER_MSEC
#define READER_LOOK_NS 1 /* for the first event: it is there already */
#define READER_MAX_RINGS 65536 /* more CPUs than Linux can have */

static uint64_t reader_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static int reader_add_ring(struct procmon *pm, uint32_t index, bool first)
{
	struct ring *ring = &pm->ring[index];
	int err = ring->shared ? 0 : reader_map_ring(pm, index);

	if (err || !ring->shared)
		return err;
	ring->nrec = pm->info->nrec;
	ring->max_event = pm->info->max_event;
	ring->event = malloc((size_t)ring->max_event + PROCMON_REC);
	if (!ring->event)
		return reader_fail(pm, ENOMEM, "out of memory");
	ring->pos = 0;
	ring->seq = 0;
	if (pm->history)
		ring_to_oldest(ring);
	else if (first)
		ring_to_newest(ring);
	return 0;
}

/* From their first event on, once we have started.  After an error they are looked for again. */
int reader_look_for_rings(struct procmon *pm, bool first)
{
	uint32_t gen = __atomic_load_n(&pm->info->rings_gen, __ATOMIC_ACQUIRE);
	uint32_t i;
	int err = 0;

	for (i = 0; i < pm->nr && !err; i++)
		if (!pm->ring[i].event)
			err = reader_add_ring(pm, i, first);
	if (!err)
		pm->gen = gen;
	return err;
}

/* Nothing that is told may lead outside of what is mapped. */
bool reader_sizes_fit(const struct procmon_info *info)
{
	return info->rec_size == PROCMON_REC && info->nrec && !(info->nrec & (info->nrec - 1)) &&
	       info->ring_header_size >= offsetof(struct procmon_ring, counter) &&
	       info->data_off >= info->ring_header_size && !(info->data_off % sizeof(uint64_t)) &&
	       info->ring_len >= info->data_off &&
	       info->nrec <= (info->ring_len - info->data_off) / PROCMON_REC &&
	       info->max_event >= sizeof(struct procmon_head) &&
	       info->max_event <= info->nrec * PROCMON_REC && info->nr_rings &&
	       info->nr_rings <= READER_MAX_RINGS;
}

/*
 * One moment for all rings: that of the newest event before any position.  They were looked at one
 * after the other, so an event of one can be older than what is seen no more in another.  Whatever is
 * newer than that moment is seen in all: last_ns is written before commit.
 */
static void reader_begin_at_once(struct procmon *pm)
{
	uint64_t last_ns = 0;
	uint32_t i;

	for (i = 0; i < pm->nr; i++) {
		uint64_t ring_ns = pm->ring[i].event ? ring_last_ns(&pm->ring[i]) : 0;

		last_ns = ring_ns > last_ns ? ring_ns : last_ns;
	}
	for (i = 0; i < pm->nr; i++)
		pm->ring[i].after_ns = last_ns;
}

int reader_attach(struct procmon *pm, unsigned int flags)
{
	int err;

	if (!reader_sizes_fit(pm->info))
		return reader_fail(pm, EPROTO, "the module tells sizes that cannot be");
	pm->history = flags & PROCMON_HISTORY;
	pm->nr = pm->info->nr_rings;
	pm->last = -1;
	if (!pm->ring)
		pm->ring = calloc(pm->nr, sizeof(*pm->ring));
	pm->wait_pos = calloc(pm->nr, sizeof(*pm->wait_pos));
	if (!pm->ring || !pm->wait_pos)
		return reader_fail(pm, ENOMEM, "out of memory");
	err = reader_look_for_rings(pm, true);
	if (!err && !pm->history)
		reader_begin_at_once(pm);
	return err;
}

void reader_detach(struct procmon *pm)
{
	uint32_t i;

	for (i = 0; pm->ring && i < pm->nr; i++) {
		free(pm->ring[i].event);
		if (pm->ring[i].map)
			munmap(pm->ring[i].map, pm->ring[i].map_len);
	}
	free(pm->ring);
	free(pm->wait_pos);
	free(pm->cursor);
	cgroups_free(pm->cgroups);
	snapshot_free(pm->snapshot);
}

static bool reader_before(const struct procmon_head *a, const struct procmon_head *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->type != b->type)
		return a->type < b->type; /* fork < exec < exit */
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu;
	return a->seq < b->seq;
}

static struct ring *reader_oldest(struct procmon *pm)
{
	struct ring *oldest = NULL;
	uint32_t i;

	for (i = 0; i < pm->nr; i++)
		if (pm->ring[i].full &&
		    (!oldest || reader_before(pm->ring[i].event, oldest->event)))
			oldest = &pm->ring[i];
	return oldest;
}

/* Looks at all rings anew: up to what time they are complete, and what they hold. */
static int reader_refresh(struct procmon *pm)
{
	uint64_t now_ns = reader_clock();
	uint64_t bound_ns = now_ns;
	uint32_t i;
	int err = 0;

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* F */
	if (__atomic_load_n(&pm->info->rings_gen, __ATOMIC_ACQUIRE) != pm->gen)
		err = reader_look_for_rings(pm, false);
	for (i = 0; i < pm->nr; i++) {
		uint64_t ring_ns;

		if (!pm->ring[i].event)
			continue;
		ring_ns = ring_bound(&pm->ring[i], now_ns);
		bound_ns = ring_ns < bound_ns ? ring_ns : bound_ns;
	}
	for (i = 0; i < pm->nr; i++)
		if (pm->ring[i].event)
			ring_fill(&pm->ring[i]);
	pm->bound_ns = pm->complete ? UINT64_MAX : bound_ns;
	return err;
}

static int reader_give(struct procmon *pm, struct ring *ring, struct procmon_event *ev, bool late)
{
	ev->ring = (uint32_t)(ring - pm->ring);
	ev->count = ring->gap;
	if (ring->gap) {
		ev->data = NULL;
		memset(&ev->head, 0, sizeof(ev->head));
		ev->head.type = PROCMON_LOST;
		ev->head.time_ns = ring->event->time_ns;
		ev->head.cpu = ring->shared->cpu;
		ring->lost += ring->gap;
		ring->gap = 0;
		return 1;
	}
	ev->head = *ring->event;
	if (late)
		ev->head.flags |= PROCMON_F_UNORDERED;
	ev->data = ring->event;
	if (pm->cgroups && ev->head.type > PROCMON_EXIT)
		cgroups_note(pm, ev);
	ring->got++;
	ring->full = false;
	pm->last = (int)ev->ring;
	return 1;
}

static int reader_wait(struct procmon *pm, int64_t timeout_ns)
{
	struct procmon_wait wait = {
		.size = sizeof(wait),
		.nr_pos = pm->nr,
		.watermark = pm->watermark,
		.min_wait_us = pm->min_wait_us,
		.timeout_ns = timeout_ns,
		.pos = (uintptr_t)pm->wait_pos,
	};
	uint32_t i;

	if (pm->fd < 0)
		return -ETIME;
	for (i = 0; i < pm->nr; i++)
		pm->wait_pos[i] = pm->ring[i].pos;
	return ioctl(pm->fd, PROCMON_IOC_WAIT, &wait) ? -errno : 0;
}

static int64_t reader_left(uint64_t start_ns, int timeout_ms)
{
	uint64_t gone_ns, all_ns;

	if (timeout_ms < 0)
		return -1;
	gone_ns = reader_clock() - start_ns;
	all_ns = (uint64_t)timeout_ms * NSEC_PER_MSEC;
	return gone_ns < all_ns ? (int64_t)(all_ns - gone_ns) : 0;
}

/* An event waits for older ones of another ring.  Return: give it out now. */
static bool reader_held_too_long(struct procmon *pm)
{
	uint64_t now_ns = reader_clock();

	if (!pm->held_ns)
		pm->held_ns = now_ns;
	return now_ns - pm->held_ns > READER_HOLD_NS;
}

static void reader_sleep_held(int64_t left_ns)
{
	struct timespec ts = { .tv_nsec = READER_HELD_STEP_NS };

	if (left_ns >= 0 && left_ns < ts.tv_nsec)
		ts.tv_nsec = left_ns;
	nanosleep(&ts, NULL);
}

static int reader_next(struct procmon *pm, struct procmon_event *ev, int timeout_ms)
{
	uint64_t start_ns = timeout_ms > 0 ? reader_clock() : 0;
	bool fresh = false;
	int64_t left_ns;
	int err;

	if (pm->last >= 0)
		ring_fill(&pm->ring[pm->last]);
	pm->last = -1;
	for (;;) {
		struct ring *ring = reader_oldest(pm);

		if (ring && ring->event->time_ns < pm->bound_ns) {
			pm->held_ns = 0;
			return reader_give(pm, ring, ev, false);
		}
		if (!fresh) {
			err = reader_refresh(pm);
			if (err)
				return err;
			fresh = true;
			continue;
		}
		fresh = false;
		left_ns = reader_left(start_ns, timeout_ms);
		if (!ring)
			pm->held_ns = 0;
		if (ring && reader_held_too_long(pm))
			return reader_give(pm, ring, ev, true);
		if (ring && left_ns) {
			reader_sleep_held(left_ns);
			continue;
		}
		err = reader_wait(pm, left_ns);
		if (err == -ETIME || (ring && !err))
			return 0;
		if (err)
			return err == -EINTR ?
				       err :
				       reader_fail(pm, -err, "waiting failed: %s", strerror(-err));
	}
}

int procmon_next(struct procmon *pm, struct procmon_event *ev, int timeout_ms)
{
	int r;

	if (pm->recording)
		return recording_next(pm, ev);
	if (snapshot_next(pm->snapshot, ev))
		return 1;
	do
		r = reader_next(pm, ev, timeout_ms);
	while (r == 1 && snapshot_has_told(pm->snapshot, ev));
	return r;
}

int procmon_poll_timeout(const struct procmon *pm)
{
	return pm->held_ns ? (int)(READER_HELD_STEP_NS / NSEC_PER_MSEC) : -1;
}

int procmon_set_batch(struct procmon *pm, uint32_t watermark, uint32_t min_wait_us)
{
	pm->watermark = watermark;
	pm->min_wait_us = min_wait_us;
	return 0;
}

int procmon_collect(struct procmon *pm)
{
	int err = pm->recording ? 0 : reader_wait(pm, READER_LOOK_NS);

	return err == -ETIME ? 0 : err;
}

uint64_t procmon_lost(const struct procmon *pm)
{
	uint64_t lost = pm->recording ? recording_lost(pm) : 0;
	uint32_t i;

	for (i = 0; i < pm->nr; i++)
		lost += pm->ring[i].lost;
	return lost;
}

int procmon_ring(struct procmon *pm, uint32_t index, struct procmon_ring_status *rs)
{
	const struct procmon_ring *shared;
	uint32_t i;

	if (index >= pm->nr)
		return -EINVAL;
	if (pm->info->rings_gen != pm->gen)
		reader_look_for_rings(pm, false);
	shared = pm->ring[index].shared;
	if (!shared)
		return 0;
	*rs = (struct procmon_ring_status){
		.cpu = shared->cpu,
		.flags = shared->flags,
		.nrec = pm->ring[index].nrec,
		.tail = shared->tail,
		.resv = shared->resv,
		.commit = shared->commit,
		.seq = shared->seq,
		.last_ns = shared->last_ns,
		.oldest_ns = ring_oldest_ns(&pm->ring[index]),
		.pending = shared->pending,
		.got = pm->ring[index].got,
		.lost = pm->ring[index].lost,
	};
	for (i = 0; i < PROCMON_NR_COUNTERS && i < pm->info->nr_counters; i++)
		rs->counter[i] = shared->counter[i];
	return 1;
}
