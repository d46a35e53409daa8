/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lane.h - one lane for each CPU: its ring, a buffer to draft events in, and the wake-up
 *
 * One more lane, the late one, belongs to the worker that resolves paths where a probe may not.
 */
#ifndef _PROCMON_LANE_H
#define _PROCMON_LANE_H

#include <linux/irq_work.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "draft.h"
#include "ring.h"

struct late_queue;

/**
 * struct lane - a ring and what its producer needs
 * @ring: the ring
 * @draft: the event in the making
 * @busy: the producer is at work; a second one would be a bug
 * @wake: wakes the readers, from any context
 * @pages: memory of the ring's window, in the order of its mapping, then the pages that tell of it
 * @window: the same, mapped in the kernel
 * @late: exec events on their way to the worker, where one is needed
 */
struct lane {
	struct ring ring;
	struct draft draft;
	bool busy;
	struct irq_work wake;
	struct page **pages;
	void *window;
	struct late_queue *late;
};

/**
 * struct lane_hold - being the producer of this CPU's lane
 * @lane: the lane; NULL when this CPU has none (the event is counted as lost)
 * @locked: by a lock that may sleep, for probes that are preemptible (PREEMPT_RT since 7.0)
 */
struct lane_hold {
	struct lane *lane;
	bool locked;
};

extern wait_queue_head_t lane_wait;
extern struct procmon_info *lane_info;

int lane_start(void);
void lane_stop(void);
void lane_tell_params(void);
void lane_tell_hierarchy(void);
struct lane *lane_get(unsigned int index);
struct lane *lane_late(void);
struct page *lane_page(unsigned int index, unsigned long page);

struct lane_hold lane_enter(void);
void lane_leave(struct lane_hold hold);
void lane_publish(struct lane *lane, u64 time_ns);

#endif
