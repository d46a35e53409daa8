// SPDX-License-Identifier: MIT
/* One producer at full speed, readers that keep up and readers that are lapped, and a sampler. */
#include "torture.h"

#include <linux/limits.h>
#include <sched.h>
#include <time.h>

#define EXACT_READERS 4
#define EXACT_NAP_NS 50000
#define EXACT_ENOUGH 200 /* events, laps, samples: less of them means nothing */

/**
 * struct exact_reader - a reader and what it saw
 * @slow: it waits to be lapped after some events
 * @got, @laps: events read, gaps between them
 * @last_ns: time of the newest event it read
 * @arrived: it read all that was there when the producer had stopped
 */
struct exact_reader {
	struct follow follow;
	bool slow;
	u64 got;
	u64 laps;
	u64 last_ns;
	bool arrived;
};

static u64 exact_samples;

static void exact_nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = EXACT_NAP_NS }, NULL);
}

static void exact_wait_for_lap(const struct follow *follow)
{
	const struct stage *stage = follow->stage;

	while (!ring_lapped(&stage->ring, follow->pos) && !stage_over(stage))
		exact_nap();
}

static void exact_take(struct exact_reader *reader, u64 lost, u64 expected, bool any)
{
	const struct procmon_head *event = reader->follow.event;

	/* kmod/ring.c takes the one number 2^64 - 1 for "any"; 2^64 events are not lived to see */
	if (any && expected == RING_SEQ_ANY)
		reader->follow.lost += event->seq - expected;
	if (event->time_ns < reader->last_ns)
		stage_wrong(reader->follow.stage, "time went back", event->seq);
	reader->last_ns = event->time_ns;
	reader->laps += reader->follow.lost != lost;
	reader->got++;
	if (reader->slow && reader->got % 32 == 0)
		exact_wait_for_lap(&reader->follow);
}

static bool exact_late(const struct stage *stage)
{
	return ktime_get_boottime_ns() > stage->end_ns + STAGE_GRACE_NS;
}

static void *exact_read(void *arg)
{
	struct exact_reader *reader = arg;
	struct follow *follow = &reader->follow;
	struct stage *stage = follow->stage;

	while (!stage_failed(stage) && !exact_late(stage)) {
		bool stopped = stage_has_stopped(stage);
		u64 lost = follow->lost, expected = follow->seq;
		bool any = follow->any;

		if (follow_next(follow)) {
			exact_take(reader, lost, expected, any);
		} else if (stopped && follow->pos == stage->ring.head) {
			reader->arrived = true;
			break;
		} else {
			sched_yield();
		}
	}
	return NULL;
}

/* Reads the words so that each comparison holds if it held at one moment between both reads. */
static void *exact_sample(void *arg)
{
	struct stage *stage = arg;
	const struct procmon_ring *shared = stage->ring.shared;
	u64 tail, commit, resv;

	while (!stage_over(stage)) {
		tail = stage_word(&shared->tail);
		commit = stage_word(&shared->commit);
		resv = stage_word(&shared->resv);
		if ((s64)(commit - tail) < 0 || (s64)(resv - commit) < 0)
			stage_wrong(stage, "not tail <= commit <= resv", commit);
		tail = stage_word(&shared->tail);
		if ((s64)(tail + stage->ring.nrec - resv) < 0)
			stage_wrong(stage, "not resv <= tail + nrec", resv);
		if (++exact_samples % 64 == 0)
			sched_yield();
	}
	return NULL;
}

/* A reader that comes anew all the time, at the newest and at the oldest event. */
static void *exact_attach(void *arg)
{
	struct follow *follow = arg;
	u64 pos, seq, round;
	bool any;

	for (round = 0; !stage_over(follow->stage); round++) {
		(round % 2 ? follow->kind->to_newest : follow->kind->to_oldest)(follow);
		pos = follow->pos;
		seq = follow->seq;
		any = follow->any;
		if (follow_next(follow) && !any &&
		    (follow->event_pos == pos) != (follow->event->seq == seq))
			stage_wrong(follow->stage, "pos and seq at the start are of two events",
				    seq);
		if (round % 8 == 0)
			sched_yield();
	}
	return NULL;
}

static void exact_start(struct stage *stage, struct exact_reader *reader, struct follow *comer)
{
	const struct follow_kind *kind[] = { &follow_kmod, &follow_lib };
	int i;

	for (i = 0; i < EXACT_READERS; i++) {
		reader[i].slow = i / 2;
		follow_open(&reader[i].follow, kind[i % 2], stage);
		stage_thread(stage, exact_read, &reader[i]);
	}
	for (i = 0; i < 2; i++) {
		follow_open(&comer[i], kind[i], stage);
		stage_thread(stage, exact_attach, &comer[i]);
	}
	stage_thread(stage, exact_sample, stage);
	stage_thread(stage, stage_produce, stage);
}

static bool exact_all_told(const struct stage *stage, const struct exact_reader *reader)
{
	int i;

	for (i = 0; i < EXACT_READERS; i++) {
		const struct exact_reader *r = &reader[i];

		diag("%s%s: got %llu, lost %llu in %llu laps, of %llu", r->follow.kind->name,
		     r->slow ? ", slow" : "", r->got, r->follow.lost, r->laps, stage->produced);
		if (!r->arrived || r->got + r->follow.lost != stage->produced)
			return false;
	}
	return true;
}

static bool exact_enough(const struct stage *stage, const struct exact_reader *reader)
{
	bool wrapped = stage->ring.head < stage->first_pos && stage->ring.seq < stage->first_seq;
	int i;

	for (i = 0; i < EXACT_READERS; i++)
		if (reader[i].got < EXACT_ENOUGH || (reader[i].slow && reader[i].laps < 2))
			return false;
	return exact_samples >= EXACT_ENOUGH && (!stage->first_pos || wrapped) &&
	       stage->ring.head - stage->first_pos > 10 * stage->ring.nrec;
}

/* Sets what is wrong when a reader's account does not agree with the producer's. */
static void exact_account(struct stage *stage, const struct exact_reader *reader)
{
	if (!stage->wrong && !exact_all_told(stage, reader))
		stage_wrong(stage, "got and lost do not make all that was produced",
			    stage->ring.seq);
}

static bool exact_run(const char *name, u64 nrec, u64 first_pos, u64 first_seq, u64 ns, bool last)
{
	struct exact_reader reader[EXACT_READERS] = {};
	struct follow comer[2];
	struct stage stage;
	int i;

	stage_open(&stage, nrec, first_pos, first_seq);
	exact_samples = 0;
	stage_run(&stage, ns);
	exact_start(&stage, reader, comer);
	stage_join(&stage);
	exact_account(&stage, reader);
	last = torture_told(&stage, exact_enough(&stage, reader), last,
			    "%s_accepted_copy_is_byte_exact_and_all_is_accounted_for", name);
	for (i = 0; i < EXACT_READERS; i++)
		follow_close(&reader[i].follow);
	follow_close(&comer[0]);
	follow_close(&comer[1]);
	stage_close(&stage);
	return last;
}

void exact_test(const char *name, u64 nrec, u64 first_pos, u64 first_seq, u64 ns)
{
	int tries = TORTURE_TRIES;

	while (!exact_run(name, nrec, first_pos, first_seq, ns, !--tries))
		ns *= 2;
}
