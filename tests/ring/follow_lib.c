// SPDX-License-Identifier: MIT
/* The library's reader. */
#include "follow.h"

#include "lib.h"

static void flib_tell(struct follow *follow)
{
	struct lib_place place = lib_place(follow->own);

	follow->pos = place.pos;
	follow->seq = place.seq;
	follow->any = place.any;
}

static void flib_open(struct follow *follow)
{
	const struct stage *stage = follow->stage;

	follow->own = lib_open(stage->ring.shared, stage->ring.data, stage->ring.nrec,
			       ring_max_event(stage->ring.nrec), stage->first_pos,
			       stage->first_seq);
	flib_tell(follow);
}

static void flib_close(struct follow *follow)
{
	lib_close(follow->own);
}

static void flib_to_newest(struct follow *follow)
{
	lib_to_newest(follow->own);
	flib_tell(follow);
}

static void flib_to_oldest(struct follow *follow)
{
	lib_to_oldest(follow->own);
	flib_tell(follow);
}

static bool flib_next(struct follow *follow)
{
	struct procmon_head *event =
		lib_next(follow->own, (__u64 *)&follow->event_pos, (__u64 *)&follow->lost);

	if (event)
		follow->event = event;
	flib_tell(follow);
	return event;
}

static u64 flib_bound(struct follow *follow, u64 now_ns)
{
	return lib_bound(follow->own, now_ns);
}

const struct follow_kind follow_lib = {
	.name = "lib",
	.open = flib_open,
	.close = flib_close,
	.to_newest = flib_to_newest,
	.to_oldest = flib_to_oldest,
	.next = flib_next,
	.bound = flib_bound,
};
