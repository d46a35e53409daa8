// SPDX-License-Identifier: MIT
/* The bound of a ring, and two rings merged by their bounds.  No reader is lapped here. */
#include "torture.h"

#include <linux/atomic.h>
#include <sched.h>

#define BOUND_NREC 1024
#define BOUND_ENOUGH 1000
#define MERGE_RINGS 2

static void bound_followed(struct follow *follow)
{
	__atomic_store_n(&follow->stage->followed, follow->pos, __ATOMIC_RELEASE);
}

/* What is read after the bound holds all below it: nothing that is read later is older. */
static u64 bound_round(struct follow *follow, u64 floor_ns)
{
	u64 now_ns = ktime_get_boottime_ns();
	u64 bound_ns;

	smp_mb(); /* F */
	bound_ns = follow->kind->bound(follow, now_ns);
	while (follow_next(follow)) {
		if (follow->event->time_ns < floor_ns)
			stage_wrong(follow->stage, "an event came below the bound",
				    follow->event->seq);
		bound_followed(follow);
	}
	return bound_ns;
}

static void *bound_follow(void *arg)
{
	struct follow *follow = arg;
	u64 floor_ns = 0;

	while (!stage_over(follow->stage))
		floor_ns = bound_round(follow, floor_ns);
	return NULL;
}

static bool bound_run(const char *name, const struct follow_kind *kind, bool late, u64 ns,
		      bool last)
{
	struct follow follow;
	struct stage stage;
	bool enough;

	stage_open(&stage, BOUND_NREC, 0, 0);
	stage.throttled = true;
	stage.late = late;
	follow_open(&follow, kind, &stage);
	stage_run(&stage, ns);
	stage_thread(&stage, bound_follow, &follow);
	stage_thread(&stage, stage_produce, &stage);
	stage_join(&stage);
	enough = stage.produced > BOUND_ENOUGH && !follow.lost;
	last = torture_told(&stage, enough, last, "%s_no_event_comes_below_the_bound", name);
	follow_close(&follow);
	stage_close(&stage);
	return last;
}

void bound_test(const char *name, const struct follow_kind *kind, bool late, u64 ns)
{
	int tries = TORTURE_TRIES;

	while (!bound_run(name, kind, late, ns, !--tries))
		ns *= 2;
}

/**
 * struct merge - two rings in one stream
 * @stage: the rings; the second one's events are late
 * @full: an event of that ring waits to be given out
 * @last_ns: time of the event given out last
 * @given: events given out
 */
struct merge {
	struct stage stage[MERGE_RINGS];
	struct follow follow[MERGE_RINGS];
	bool full[MERGE_RINGS];
	u64 last_ns;
	u64 given;
};

static u64 merge_refresh(struct merge *merge)
{
	u64 now_ns = ktime_get_boottime_ns();
	u64 bound_ns = now_ns, ring_ns;
	int i;

	smp_mb(); /* F */
	for (i = 0; i < MERGE_RINGS; i++) {
		ring_ns = merge->follow[i].kind->bound(&merge->follow[i], now_ns);
		bound_ns = ring_ns < bound_ns ? ring_ns : bound_ns;
	}
	for (i = 0; i < MERGE_RINGS; i++)
		merge->full[i] = merge->full[i] || follow_next(&merge->follow[i]);
	return bound_ns;
}

static struct follow *merge_oldest(struct merge *merge)
{
	struct follow *a = &merge->follow[0], *b = &merge->follow[1];

	if (!merge->full[0] || !merge->full[1])
		return merge->full[0] ? a : merge->full[1] ? b : NULL;
	return a->event->time_ns <= b->event->time_ns ? a : b;
}

static void merge_give(struct merge *merge, struct follow *follow)
{
	if (follow->event->time_ns < merge->last_ns)
		stage_wrong(follow->stage, "an older event came later", follow->event->seq);
	merge->last_ns = follow->event->time_ns;
	merge->given++;
	bound_followed(follow);
	merge->full[follow - merge->follow] = follow_next(follow);
}

static void merge_run(struct merge *merge)
{
	struct follow *follow;
	u64 bound_ns;

	while (!stage_over(&merge->stage[0]) && !stage_over(&merge->stage[1])) {
		bound_ns = merge_refresh(merge);
		while ((follow = merge_oldest(merge)) && follow->event->time_ns < bound_ns)
			merge_give(merge, follow);
	}
}

static void merge_open(struct merge *merge, const struct follow_kind *kind, u64 ns)
{
	int i;

	*merge = (struct merge){};
	for (i = 0; i < MERGE_RINGS; i++) {
		stage_open(&merge->stage[i], BOUND_NREC, 0, 0);
		merge->stage[i].throttled = true;
		merge->stage[i].late = i;
		follow_open(&merge->follow[i], kind, &merge->stage[i]);
		stage_run(&merge->stage[i], ns);
	}
	for (i = 0; i < MERGE_RINGS; i++)
		stage_thread(&merge->stage[i], stage_produce, &merge->stage[i]);
}

static void merge_close(struct merge *merge)
{
	int i;

	for (i = 0; i < MERGE_RINGS; i++) {
		follow_close(&merge->follow[i]);
		stage_close(&merge->stage[i]);
	}
}

static bool merge_once(const char *name, const struct follow_kind *kind, u64 ns, bool last)
{
	struct stage *bad;
	struct merge merge;
	bool enough;
	int i;

	merge_open(&merge, kind, ns);
	merge_run(&merge);
	for (i = 0; i < MERGE_RINGS; i++)
		stage_join(&merge.stage[i]);
	bad = &merge.stage[!merge.stage[0].wrong];
	enough = merge.given > BOUND_ENOUGH && merge.stage[0].produced > BOUND_ENOUGH &&
		 merge.stage[1].produced > BOUND_ENOUGH;
	last = torture_told(bad, enough, last, "%s_no_event_is_given_out_before_an_older_one",
			    name);
	merge_close(&merge);
	return last;
}

void merge_test(const char *name, const struct follow_kind *kind, u64 ns)
{
	int tries = TORTURE_TRIES;

	while (!merge_once(name, kind, ns, !--tries))
		ns *= 2;
}
