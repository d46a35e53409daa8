// SPDX-License-Identifier: MIT
/*
 * Sleeping readers.  The producer writes an event only when the readers have read the one before,
 * so that a wake-up that is lost stays lost.  One reader wants every event, the other one is
 * content with every second.
 */
#include "torture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define WAKE_READERS 2
#define WAKE_NREC 64
#define WAKE_RECORDS 8 /* of an event: words that the producer still stores when it has committed */
#define WAKE_SPINS 2000 /* looks before a sleeper really sleeps */
#define WAKE_JITTER 1500 /* rounds that either side waits, so that one arms while one writes */
#define WAKE_ENOUGH 500
#define WAKE_LOST_S 10 /* after so long it will not come any more; see RING_LOST_S */

/**
 * struct wake - the readers' wait queue
 * @lock: as the lock of a wait queue head
 * @queued: by reader; under @lock
 * @woken: by reader; set under @lock
 * @acked: events each has read
 * @slept: times that a reader slept
 */
struct wake {
	struct stage stage;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool queued[WAKE_READERS];
	bool woken[WAKE_READERS];
	u64 acked[WAKE_READERS];
	u64 slept[WAKE_READERS];
};

struct wake_reader {
	struct wake *wake;
	int index;
	struct ring_view view;
};

static void wake_queue(struct wake *wake, int index, bool queued)
{
	pthread_mutex_lock(&wake->lock);
	wake->queued[index] = queued;
	__atomic_store_n(&wake->woken[index], false, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&wake->lock);
}

static void wake_all(struct wake *wake)
{
	int i;

	pthread_mutex_lock(&wake->lock);
	for (i = 0; i < WAKE_READERS; i++)
		if (wake->queued[i])
			__atomic_store_n(&wake->woken[i], true, __ATOMIC_RELAXED);
	pthread_cond_broadcast(&wake->cond);
	pthread_mutex_unlock(&wake->lock);
}

/* Return: whether it was woken. */
static bool wake_sleep_long(struct wake *wake, int index)
{
	struct timespec until;
	bool woken;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += tap_size("RING_LOST_S", WAKE_LOST_S);
	pthread_mutex_lock(&wake->lock);
	while (!(woken = wake->woken[index]) && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&wake->cond, &wake->lock, &until);
	pthread_mutex_unlock(&wake->lock);
	return woken;
}

static bool wake_sleep(struct wake *wake, int index)
{
	int i;

	wake->slept[index]++;
	for (i = 0; i < WAKE_SPINS; i++)
		if (__atomic_load_n(&wake->woken[index], __ATOMIC_RELAXED))
			return true;
	return wake_sleep_long(wake, index);
}

/* Like wait_event() around reader_armed_has(). */
static void wake_wait(struct wake_reader *reader, u64 beyond)
{
	struct wake *wake = reader->wake;
	struct ring *ring = &wake->stage.ring;
	u64 pos = reader->view.pos + beyond;

	for (;;) {
		wake_queue(wake, reader->index, true);
		if (ring_has(ring, pos) || stage_has_stopped(&wake->stage))
			break;
		ring_arm(ring, pos);
		if (ring_has(ring, pos))
			break;
		if (!wake_sleep(wake, reader->index) && ring_has(ring, pos)) {
			stage_wrong(&wake->stage, "a wake-up was lost", reader->index);
			break;
		}
	}
	wake_queue(wake, reader->index, false);
}

static void *wake_read(void *arg)
{
	struct wake_reader *reader = arg;
	struct wake *wake = reader->wake;
	u64 copy[WAKE_RECORDS * PROCMON_REC / sizeof(u64)];
	u64 seed = 7, lost = 0;
	u32 len;
	int i;

	while (!stage_has_stopped(&wake->stage) && !stage_failed(&wake->stage)) {
		stage_spin(&seed, WAKE_JITTER);
		wake_wait(reader, reader->index * WAKE_RECORDS);
		for (i = 0; i <= reader->index; i++) {
			len = ring_read(&wake->stage.ring, &reader->view, (void *)copy,
					sizeof(copy), &lost);
			if (!len)
				break;
			ring_view_next(&reader->view, len);
			__atomic_fetch_add(&wake->acked[reader->index], 1, __ATOMIC_RELEASE);
		}
	}
	return NULL;
}

static bool wake_acked(struct wake *wake, int index, u64 events)
{
	unsigned int looks = 0;

	while (__atomic_load_n(&wake->acked[index], __ATOMIC_ACQUIRE) < events) {
		if (stage_failed(&wake->stage))
			return false;
		if (++looks % WAKE_SPINS == 0)
			sched_yield();
	}
	return true;
}

/* Events of one size: the second reader's watermark is in records. */
static bool wake_write(struct stage *stage)
{
	stage->draft->len = WAKE_RECORDS * PROCMON_REC;
	return ring_write(&stage->ring, stage->draft, 0);
}

static void wake_produce(struct wake *wake)
{
	struct stage *stage = &wake->stage;
	u64 seed = 3, n = 0;

	while (!stage_over(stage)) {
		stage_spin(&seed, WAKE_JITTER);
		if (wake_write(stage))
			wake_all(wake);
		n++;
		if (!wake_acked(wake, 0, n) || (n % WAKE_READERS == 0 && !wake_acked(wake, 1, n)))
			break;
	}
	stage->produced = n;
	__atomic_store_n(&stage->stopped, true, __ATOMIC_SEQ_CST);
	wake_all(wake);
}

static bool wake_run(const char *name, u64 ns, bool last)
{
	struct wake wake = { .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER };
	struct wake_reader reader[WAKE_READERS];
	int i;

	stage_open(&wake.stage, WAKE_NREC, 0, 0);
	stage_run(&wake.stage, ns);
	for (i = 0; i < WAKE_READERS; i++) {
		reader[i] = (struct wake_reader){ .wake = &wake, .index = i };
		stage_thread(&wake.stage, wake_read, &reader[i]);
	}
	wake_produce(&wake);
	stage_join(&wake.stage);
	diag("%s: %llu events, slept %llu and %llu times", name, wake.stage.produced, wake.slept[0],
	     wake.slept[1]);
	last = torture_told(&wake.stage, wake.slept[0] > WAKE_ENOUGH && wake.slept[1] > WAKE_ENOUGH,
			    last, "%s_no_wake_up_is_lost", name);
	stage_close(&wake.stage);
	return last;
}

void wake_test(const char *name, u64 ns)
{
	int tries = TORTURE_TRIES;

	while (!wake_run(name, ns, !--tries))
		ns *= 2;
}
