// SPDX-License-Identifier: MIT
#include "stage.h"

#include <linux/atomic.h>
#include <linux/ktime.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define STAGE_FAR (1ULL << 62) /* as RING_FAR */
#define STAGE_PAUSE 400 /* rounds between two events of a throttled producer, at most */

#ifdef SHIM_PAUSE
__thread unsigned int shim_pause_left;
__thread unsigned int shim_pause_seed;
#endif

static void *stage_alloc(u64 bytes)
{
	void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);

	if (!memory)
		abort();
	return memset(memory, 0, bytes);
}

void stage_open(struct stage *stage, u64 nrec, u64 first_pos, u64 first_seq)
{
	struct procmon_ring *shared = stage_alloc(sizeof(*shared));

	memset(stage, 0, sizeof(*stage));
	ring_init(&stage->ring, shared, stage_alloc(nrec * PROCMON_REC), nrec);
	stage->draft = stage_alloc(ring_max_event(nrec) + PROCMON_REC);
	stage->first_pos = first_pos;
	stage->first_seq = first_seq;
	stage->followed = first_pos;
	stage->ring.head = first_pos;
	stage->ring.tail = first_pos;
	stage->ring.seq = first_seq;
	stage->ring.wake_at = first_pos + STAGE_FAR;
	shared->tail = first_pos;
	shared->resv = first_pos;
	shared->commit = first_pos;
	shared->seq = first_seq;
}

void stage_close(struct stage *stage)
{
	free(stage->ring.shared);
	free(stage->ring.data);
	free(stage->draft);
}

void stage_run(struct stage *stage, u64 ns)
{
	stage->end_ns = ktime_get_boottime_ns() + ns;
}

void stage_thread(struct stage *stage, void *(*entry)(void *), void *arg)
{
	if (stage->nr_threads == STAGE_THREADS ||
	    pthread_create(&stage->thread[stage->nr_threads++], NULL, entry, arg))
		abort();
}

void stage_join(struct stage *stage)
{
	while (stage->nr_threads)
		pthread_join(stage->thread[--stage->nr_threads], NULL);
}

void stage_wrong(struct stage *stage, const char *what, u64 seq)
{
	const char *none = NULL;

	if (__atomic_compare_exchange_n(&stage->wrong, &none, what, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		stage->wrong_seq = seq;
}

bool stage_over(const struct stage *stage)
{
	return stage_failed(stage) || ktime_get_boottime_ns() > stage->end_ns;
}

void stage_spin(u64 *seed, unsigned int max)
{
	unsigned int n;

	*seed = event_hash(*seed);
	for (n = *seed % (max + 1); n; n--)
		barrier();
}

/* As late.c does: pending before the clock, the event before pending. */
static bool stage_write_late(struct stage *stage)
{
	u64 *pending = (u64 *)&stage->ring.shared->pending;
	u64 seed = stage->ring.seq;
	u64 time_ns;
	bool wake;

	__atomic_fetch_add(pending, 1, __ATOMIC_RELAXED);
	smp_mb();
	time_ns = ktime_get_boottime_ns();
	stage_spin(&seed, STAGE_PAUSE);
	wake = ring_write(&stage->ring, stage->draft, time_ns);
	smp_mb();
	__atomic_fetch_sub(pending, 1, __ATOMIC_RELAXED);
	return wake;
}

bool stage_write(struct stage *stage)
{
	struct ring *ring = &stage->ring;

	event_fill(stage->draft, ring->seq, ring->head, ring->nrec);
	return stage->late ? stage_write_late(stage) : ring_write(ring, stage->draft, 0);
}

static void stage_throttle(struct stage *stage, u64 *seed)
{
	while (stage->ring.head - __atomic_load_n(&stage->followed, __ATOMIC_ACQUIRE) >
		       stage->ring.nrec / 2 &&
	       !stage_over(stage))
		sched_yield();
	stage_spin(seed, STAGE_PAUSE);
}

void *stage_produce(void *arg)
{
	struct stage *stage = arg;
	u64 seed = 1;

	while (stage->produced % 64 || !stage_over(stage)) {
		if (stage->throttled)
			stage_throttle(stage, &seed);
		stage_write(stage);
		stage->produced++;
	}
	__atomic_store_n(&stage->stopped, true, __ATOMIC_RELEASE);
	return NULL;
}
