// SPDX-License-Identifier: MIT
#include "lib.h"

#include <stdlib.h>

#include "../../userspace/lib/ring.h"

struct lib {
	struct ring ring;
};

struct lib *lib_open(const struct procmon_ring *shared, const void *data, __u64 nrec,
		     __u32 max_event, __u64 pos, __u64 seq)
{
	struct lib *lib = malloc(sizeof(*lib));

	if (!lib)
		abort();
	lib->ring = (struct ring){
		.shared = shared,
		.data = data,
		.nrec = nrec,
		.max_event = max_event,
		.pos = pos,
		.seq = seq,
		.event = malloc(max_event + PROCMON_REC),
	};
	if (!lib->ring.event)
		abort();
	return lib;
}

void lib_close(struct lib *lib)
{
	free(lib->ring.event);
	free(lib);
}

void lib_to_newest(struct lib *lib)
{
	ring_to_newest(&lib->ring);
}

void lib_to_oldest(struct lib *lib)
{
	ring_to_oldest(&lib->ring);
}

struct procmon_head *lib_next(struct lib *lib, __u64 *pos, __u64 *lost)
{
	struct ring *ring = &lib->ring;

	if (!ring_fill(ring))
		return NULL;
	*pos = ring->event_pos;
	*lost += ring->gap;
	ring->gap = 0;
	ring->full = false;
	return ring->event;
}

struct lib_place lib_place(const struct lib *lib)
{
	return (struct lib_place){
		.pos = lib->ring.pos,
		.seq = lib->ring.seq,
		.any = lib->ring.any_seq,
	};
}

__u64 lib_bound(const struct lib *lib, __u64 now_ns)
{
	return ring_bound(&lib->ring, now_ns);
}
