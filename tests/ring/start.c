// SPDX-License-Identifier: MIT
/* Small worlds that start anew many times: the first events, and what is published with an event. */
#include "torture.h"

#include <sched.h>

#define START_NREC 64
#define START_EVENTS 4 /* fewer than fill the ring, whatever their size */
#define START_ENOUGH 100
#define PUBLISH_NREC 1024
#define PUBLISH_EVENTS 20000

/* Both threads meet here before every round. */
struct start {
	struct stage stage;
	u64 round;
	u64 ready;
	bool end;
};

static void *start_produce(void *arg)
{
	struct start *start = arg;
	u64 round = 0, seed = 2;
	int i;

	for (;;) {
		while (__atomic_load_n(&start->round, __ATOMIC_ACQUIRE) == round)
			sched_yield();
		if (start->end)
			return NULL;
		round++;
		__atomic_store_n(&start->ready, round, __ATOMIC_RELEASE);
		stage_spin(&seed, 300);
		for (i = 0; i < START_EVENTS; i++)
			stage_write(&start->stage);
		__atomic_store_n(&start->stage.stopped, true, __ATOMIC_RELEASE);
	}
}

static void start_reset(struct stage *stage)
{
	struct ring *ring = &stage->ring;
	struct procmon_ring *shared = ring->shared;

	ring_init(ring, shared, ring->data, ring->nrec);
	shared->tail = 0;
	shared->resv = 0;
	shared->commit = 0;
	shared->seq = 0;
	stage->stopped = false;
}

static u64 start_read(struct follow *follow)
{
	bool stopped;
	u64 got = 0;

	do {
		stopped = stage_has_stopped(follow->stage);
		while (follow_next(follow))
			got++;
	} while (!stopped);
	return got;
}

/* From the oldest event on, of a ring that gets its first events just now. */
static void start_round(struct start *start, struct follow *follow, u64 *seed)
{
	start_reset(&start->stage);
	__atomic_store_n(&start->round, start->round + 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&start->ready, __ATOMIC_ACQUIRE) != start->round)
		sched_yield();
	stage_spin(seed, 300);
	follow->kind->to_oldest(follow);
	if (start_read(follow) != START_EVENTS)
		stage_wrong(&start->stage, "an event that was not overwritten was not read", 0);
}

static bool start_run(const char *name, const struct follow_kind *kind, u64 ns, bool last)
{
	struct start start = {};
	struct follow follow;
	u64 seed = 1;

	stage_open(&start.stage, START_NREC, 0, 0);
	follow_open(&follow, kind, &start.stage);
	stage_run(&start.stage, ns);
	stage_thread(&start.stage, start_produce, &start);
	while (!stage_over(&start.stage))
		start_round(&start, &follow, &seed);
	start.end = true;
	__atomic_store_n(&start.round, start.round + 1, __ATOMIC_RELEASE);
	stage_join(&start.stage);
	last = torture_told(&start.stage, start.round > START_ENOUGH, last,
			    "%s_reader_of_an_empty_ring_misses_nothing", name);
	follow_close(&follow);
	stage_close(&start.stage);
	return last;
}

void start_test(const char *name, const struct follow_kind *kind, u64 ns)
{
	int tries = TORTURE_TRIES;

	while (!start_run(name, kind, ns, !--tries))
		ns *= 2;
}

/* Plain memory that is published by nothing but the commit: for ThreadSanitizer. */
static u64 publish_note[PUBLISH_EVENTS];

static void *publish_produce(void *arg)
{
	struct stage *stage = arg;

	for (stage->produced = 0; stage->produced < PUBLISH_EVENTS; stage->produced++) {
		publish_note[stage->produced] = stage->ring.head;
		stage_write(stage);
	}
	__atomic_store_n(&stage->stopped, true, __ATOMIC_RELAXED);
	return NULL;
}

static u64 publish_read(struct follow *follow)
{
	bool stopped;
	u64 got = 0;

	do {
		stopped = __atomic_load_n(&follow->stage->stopped, __ATOMIC_RELAXED);
		while (follow_next(follow)) {
			if (publish_note[follow->event->seq] != follow->event_pos)
				stage_wrong(follow->stage, "the note is missing",
					    follow->event->seq);
			got++;
		}
	} while (!stopped && !stage_over(follow->stage));
	return got;
}

/* Starts anew until the time is over. */
void publish_test(const char *name, const struct follow_kind *kind, u64 ns)
{
	u64 end_ns = ktime_get_boottime_ns() + ns, got = 0;
	bool told = false;

	while (!told) {
		struct follow follow;
		struct stage stage;

		stage_open(&stage, PUBLISH_NREC, 0, 0);
		follow_open(&follow, kind, &stage);
		stage_run(&stage, 2 * STAGE_GRACE_NS);
		stage_thread(&stage, publish_produce, &stage);
		got += publish_read(&follow);
		stage_join(&stage);
		if (stage.wrong || ktime_get_boottime_ns() > end_ns)
			told = torture_told(&stage, got > START_ENOUGH,
					    ktime_get_boottime_ns() > end_ns + STAGE_GRACE_NS,
					    "%s_commit_publishes_what_came_before", name);
		follow_close(&follow);
		stage_close(&stage);
	}
}
