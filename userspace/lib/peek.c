// SPDX-License-Identifier: MIT
/* What the rings hold from where a handle stands until now; the handle stays where it is. */
#include "reader.h"

#include <errno.h>
#include <stdlib.h>

static void peek_ring(const struct ring *from, struct procmon_head *event, reader_visit visit,
		      void *data)
{
	uint64_t end = __atomic_load_n((const uint64_t *)&from->shared->commit, __ATOMIC_ACQUIRE);
	struct ring ring = *from;
	struct procmon_event ev = { .data = event };

	if (ring.full) {
		ev = (struct procmon_event){ .head = *ring.event, .data = ring.event };
		visit(data, &ev);
		ev.data = event;
		ring.full = false;
	}
	ring.event = event;
	while ((int64_t)(end - ring.pos) > 0 && ring_fill(&ring)) {
		ev.head = *event;
		visit(data, &ev);
		ring.full = false;
	}
}

int reader_peek(struct procmon *pm, reader_visit visit, void *data)
{
	struct procmon_head *event = malloc((size_t)pm->info->max_event + PROCMON_REC);
	uint32_t i;
	int err;

	if (!event)
		return reader_fail(pm, ENOMEM, "out of memory");
	err = reader_look_for_rings(pm, false);
	for (i = 0; i < pm->nr && !err; i++)
		if (pm->ring[i].event)
			peek_ring(&pm->ring[i], event, visit, data);
	free(event);
	return err;
}
