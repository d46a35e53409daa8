// SPDX-License-Identifier: MIT
/* The kernel's own reader. */
#include "follow.h"

#include <linux/limits.h>
#include <stdlib.h>

static struct ring_view *kmod_view(struct follow *follow)
{
	return follow->own;
}

static void kmod_tell(struct follow *follow)
{
	follow->pos = kmod_view(follow)->pos;
	follow->seq = kmod_view(follow)->seq;
	follow->any = follow->seq == RING_SEQ_ANY;
}

static void kmod_open(struct follow *follow)
{
	follow->own = malloc(sizeof(struct ring_view));
	follow->event = malloc(ring_max_event(follow->stage->ring.nrec));
	if (!follow->own || !follow->event)
		abort();
	*kmod_view(follow) = (struct ring_view){
		.pos = follow->stage->first_pos,
		.seq = follow->stage->first_seq,
	};
	kmod_tell(follow);
}

static void kmod_close(struct follow *follow)
{
	free(follow->own);
	free(follow->event);
}

static void kmod_to_newest(struct follow *follow)
{
	ring_view_newest(&follow->stage->ring, follow->own);
	kmod_tell(follow);
}

static void kmod_to_oldest(struct follow *follow)
{
	ring_view_oldest(&follow->stage->ring, follow->own);
	kmod_tell(follow);
}

static bool kmod_next(struct follow *follow)
{
	const struct ring *ring = &follow->stage->ring;
	u32 len = ring_read(ring, follow->own, follow->event, ring_max_event(ring->nrec),
			    &follow->lost);

	follow->event_pos = kmod_view(follow)->pos;
	if (len)
		ring_view_next(follow->own, len);
	kmod_tell(follow);
	return len;
}

static u64 kmod_bound(struct follow *follow, u64 now_ns)
{
	return ring_bound(&follow->stage->ring, now_ns);
}

const struct follow_kind follow_kmod = {
	.name = "kmod",
	.open = kmod_open,
	.close = kmod_close,
	.to_newest = kmod_to_newest,
	.to_oldest = kmod_to_oldest,
	.next = kmod_next,
	.bound = kmod_bound,
};
