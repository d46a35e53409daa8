// SPDX-License-Identifier: GPL-2.0
/*
 * Late exec events: a queue on every CPU, filled by its probe, emptied by one worker.
 *
 * Order.  The late ring must not go back in time, although the queues of several CPUs feed it.
 *
 *	probe					worker
 *	begun += 1; pending += 1		T = clock
 *	full barrier				full barrier
 *	time = clock				for each CPU: b = begun; wait until done >= b
 *	fill in the item; release head, done	publish all items with time < T, oldest first
 *
 * A probe whose begun the worker does not see takes its time after T.  The wait is short: from
 * begun to done the probe cannot be preempted.  pending goes down after the item was published, so
 * a reader that sees 0 sees every item that has a time below the clock it read before.
 */
#include "log.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "exec.h"
#include "lane.h"
#include "late.h"

#define LATE_ALIGN 64 /* a filler is at least this long, and only two of its words are used */

/**
 * struct late_item - an event in a queue, its draft behind it
 * @size: bytes of the item, LATE_ALIGN units; without @len it only fills the end of the buffer
 * @len: bytes of the draft
 * @time_ns: when it happened
 * @refs: what is to be resolved
 */
struct late_item {
	u32 size;
	u32 len;
	u64 time_ns;
	struct late_refs refs;
};

/**
 * struct late_queue - from one CPU's probe to the worker
 * @buf: the items
 * @size: bytes of @buf
 * @begun: items the probe has begun
 * @done: items the probe has finished
 * @head: bytes ever put in
 * @wake: starts the worker, from any context
 * @tail: bytes ever taken out, written by the worker
 */
struct late_queue {
	u8 *buf;
	u64 size;
	u64 begun;
	u64 done;
	u64 head;
	struct irq_work wake;
	u64 tail ____cacheline_aligned_in_smp;
};

static struct workqueue_struct *late_workqueue;

static void late_run(struct work_struct *work);
static DECLARE_WORK(late_work, late_run);

static void late_wake(struct irq_work *work)
{
	queue_work(late_workqueue, &late_work);
}

/**
 * late_queue_size - the size of a CPU's queue
 * @max_event: bytes of the largest event
 *
 * Return: bytes.
 */
u64 late_queue_size(u32 max_event)
{
	return 2 * (u64)max_event; /* the largest event fits when the queue is empty */
}

/**
 * late_queue_make - make the queue of a CPU
 * @max_event: bytes of the largest event
 *
 * Return: the queue, NULL when there is no memory.
 */
struct late_queue *late_queue_make(u32 max_event)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct late_queue *queue = kzalloc(sizeof(*queue), gfp);

	if (!queue)
		return NULL;
	queue->size = late_queue_size(max_event);
	queue->buf = __vmalloc(queue->size, gfp);
	if (!queue->buf) {
		kfree(queue);
		return NULL;
	}
	init_irq_work(&queue->wake, late_wake);
	return queue;
}

/**
 * late_queue_free - free an empty queue
 * @queue: the queue, or NULL
 */
void late_queue_free(struct late_queue *queue)
{
	if (!queue)
		return;
	vfree(queue->buf);
	kfree(queue);
}

static struct late_item *late_item_at(const struct late_queue *queue, u64 pos)
{
	return (void *)(queue->buf + pos % queue->size);
}

static u32 late_item_size(u32 len)
{
	return ALIGN(sizeof(struct late_item) + len, LATE_ALIGN);
}

/* Bytes to leave out at the end of the buffer because @size bytes do not fit there. */
static u32 late_skip(const struct late_queue *queue, u32 size)
{
	u32 left = queue->size - queue->head % queue->size;

	return left < size ? left : 0;
}

/**
 * late_has_room - does the lane's draft fit into its queue?
 * @lane: of the current CPU; the caller is its producer, so that the answer holds until late_push()
 *
 * Return: it fits.
 */
bool late_has_room(const struct lane *lane)
{
	const struct late_queue *queue = lane->late;
	u32 size = late_item_size(lane->draft.len);
	/* the worker has done with what is before tail: pairs with its releases of tail */
	u64 used = queue->head - smp_load_acquire(&queue->tail);

	return used + late_skip(queue, size) + size <= queue->size;
}

/**
 * late_push - leave the lane's draft to the worker
 * @lane: of the current CPU, with room
 * @refs: references that the worker lets go
 *
 * Context: preemption off.
 */
void late_push(struct lane *lane, const struct late_refs *refs)
{
	struct late_queue *queue = lane->late;
	u32 size = late_item_size(lane->draft.len);
	u32 skip = late_skip(queue, size);
	struct late_item *item;

	WRITE_ONCE(queue->begun, queue->begun + 1);
	atomic64_inc((atomic64_t *)&lane_late()->ring.shared->pending);
	smp_mb(); /* begun and pending before the clock; pairs with late_run() and readers */
	if (skip) {
		item = late_item_at(queue, queue->head);
		item->size = skip;
		item->len = 0;
	}
	item = late_item_at(queue, queue->head + skip);
	item->size = size;
	item->len = lane->draft.len;
	item->time_ns = ktime_get_boottime_ns();
	item->refs = *refs;
	memcpy(item + 1, lane->draft.buf, lane->draft.len);
	smp_store_release(&queue->head, queue->head + skip + size); /* pairs with late_peek() */
	smp_store_release(&queue->done, queue->done + 1); /* pairs with late_settle() */
	irq_work_queue(&queue->wake);
}

static struct late_item *late_peek(struct late_queue *queue)
{
	struct late_item *item;

	while (queue->tail != smp_load_acquire(&queue->head)) { /* pairs with late_push() */
		item = late_item_at(queue, queue->tail);
		if (item->len)
			return item;
		/* the filler has been read; pairs with late_has_room() */
		smp_store_release(&queue->tail, queue->tail + item->size);
	}
	return NULL;
}

/* The CPU's queue with the oldest item before @before_ns; NULL when there is none. */
static struct late_queue *late_oldest(u64 before_ns)
{
	struct late_queue *oldest = NULL;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct lane *lane = lane_get(cpu);
		struct late_item *item = lane ? late_peek(lane->late) : NULL;

		if (item && item->time_ns < before_ns) {
			before_ns = item->time_ns;
			oldest = lane->late;
		}
	}
	return oldest;
}

/* Waits for the probes that may have taken a time before now.  Return: items are there. */
static bool late_settle(void)
{
	bool any = false;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct lane *lane = lane_get(cpu);
		u64 begun;

		if (!lane)
			continue;
		begun = READ_ONCE(lane->late->begun);
		/* so that head shows what was begun: pairs with late_push() */
		while (smp_load_acquire(&lane->late->done) < begun)
			cpu_relax();
		if (late_peek(lane->late))
			any = true;
	}
	return any;
}

static void late_put_refs(const struct late_refs *refs)
{
	if (refs->cwd.mnt)
		path_put(&refs->cwd);
	if (refs->root.mnt)
		path_put(&refs->root);
	if (refs->script)
		fput(refs->script);
	fput(refs->exe);
}

/* Publishes the oldest item of a queue. */
static void late_publish(struct late_queue *queue)
{
	struct lane *late = lane_late();
	struct late_item *item = late_peek(queue);
	struct late_refs refs = item->refs;

	memcpy(late->draft.buf, item + 1, item->len);
	late->draft.len = item->len;
	draft_head(&late->draft)->flags |= PROCMON_F_LATE;
	exec_put_paths(late, &refs);
	lane_publish(late, item->time_ns);
	/* the item has been read; pairs with late_has_room() */
	smp_store_release(&queue->tail, queue->tail + item->size);
	late_put_refs(&refs);
	smp_mb__before_atomic(); /* published before pending goes down */
	atomic64_dec((atomic64_t *)&late->ring.shared->pending);
}

static void late_run(struct work_struct *work)
{
	struct late_queue *queue;
	u64 now_ns;

	for (;;) {
		now_ns = ktime_get_boottime_ns();
		smp_mb(); /* the clock before begun; pairs with late_push() */
		if (!late_settle())
			return;
		while ((queue = late_oldest(now_ns))) {
			late_publish(queue);
			cond_resched();
		}
	}
}

/**
 * late_start - make the worker, where one is needed
 *
 * Return: 0, -ENOMEM.
 */
int late_start(void)
{
	if (!LATE_IS_POSSIBLE)
		return 0;
	late_workqueue = alloc_ordered_workqueue("procmon_late", WQ_HIGHPRI);
	return late_workqueue ? 0 : -ENOMEM;
}

/**
 * late_stop - wait for the worker; no probe runs any more
 */
void late_stop(void)
{
	unsigned int cpu;

	if (!late_workqueue)
		return;
	for_each_possible_cpu(cpu) {
		struct lane *lane = lane_get(cpu);

		if (lane)
			irq_work_sync(&lane->late->wake);
	}
	destroy_workqueue(late_workqueue);
}
