// SPDX-License-Identifier: GPL-2.0
/*
 * Which thread tells the end of its process.
 *
 * Kernels before 6.16 do not tell sched_process_exit which thread was the last.  Each thread takes
 * itself off signal->live before it comes to the probe, so several can see 0 there: measured, some
 * 1,300 "ends" of 1,212 processes.  The first one that claims the process tells.
 *
 * A claim is (tgid, start time), which never comes again, so one that is forgotten does no harm.
 * It may be forgotten when no thread of the process can still come: the process is gone, or only
 * its leader is left, already a zombie.
 *
 * A leader that is alone needs no claim of its own, for nobody comes after it.  It only looks,
 * without the lock, for the claim of a thread that came before it: that thread's claim is older
 * than its leaving the thread group, and stays as long as the leader lives.
 */
#include "log.h"

#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "claim.h"

#define CLAIM_BITS 7 /* enough buckets that ends at the same time rarely share one */
#define CLAIM_SLOTS 7 /* claims in a bucket, which fills two cache lines */

struct claim {
	u64 start_ns;
	pid_t tgid; /* 0: free */
};

struct claim_bucket {
	raw_spinlock_t lock; /* taken only at the end of processes that had several threads */
	struct claim slot[CLAIM_SLOTS];
} ____cacheline_aligned_in_smp;

static struct claim_bucket claim_table[1 << CLAIM_BITS];

/**
 * claim_start - forget all claims
 */
void claim_start(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(claim_table); i++)
		raw_spin_lock_init(&claim_table[i].lock);
}

/* Can no thread of the process of @claim come any more?  Under rcu_read_lock(). */
static bool claim_over(const struct claim *claim)
{
	struct task_struct *leader;

	if (!claim->tgid)
		return true;
	leader = pid_task(find_pid_ns(claim->tgid, &init_pid_ns), PIDTYPE_TGID);
	return !leader || leader->start_boottime != claim->start_ns ||
	       (thread_group_empty(leader) && READ_ONCE(leader->exit_state));
}

static bool claim_is(const struct claim *slot, const struct claim *claim)
{
	return READ_ONCE(slot->tgid) == claim->tgid && READ_ONCE(slot->start_ns) == claim->start_ns;
}

static bool claim_is_there(const struct claim_bucket *bucket, const struct claim *claim)
{
	int i;

#pragma GCC unroll 8
	for (i = 0; i < CLAIM_SLOTS; i++)
		if (claim_is(&bucket->slot[i], claim))
			return true;
	return false;
}

/* Return: nobody has claimed it; now it is claimed, if there was room. */
static noinline bool claim_make(struct claim_bucket *bucket, struct claim claim, bool *full)
{
	struct claim *room = NULL;
	unsigned long flags;
	bool first = true;
	int i;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	for (i = 0; i < CLAIM_SLOTS && first; i++) {
		struct claim *slot = &bucket->slot[i];

		if (claim_is(slot, &claim))
			first = false;
		else if (!room && claim_over(slot))
			room = slot;
	}
	if (first && room) {
		WRITE_ONCE(room->start_ns, claim.start_ns);
		WRITE_ONCE(room->tgid, claim.tgid);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	*full = first && !room;
	return first;
}

/**
 * claim_exit - is it this thread that tells the end of its process?
 * @task: the thread, which ends and has seen signal->live == 0
 * @full: set when the answer may be wrong because too many ends are under way
 *
 * Context: any; under rcu_read_lock().
 *
 * Return: true for exactly one thread of each process.
 */
bool claim_exit(struct task_struct *task, bool *full)
{
	struct task_struct *leader = task->group_leader;
	struct claim claim = { .tgid = leader->pid, .start_ns = leader->start_boottime };
	struct claim_bucket *bucket = &claim_table[hash_32(claim.tgid, CLAIM_BITS)];

	*full = false;
	if (task != leader || !thread_group_empty(task))
		return claim_make(bucket, claim, full);
	smp_rmb(); /* the others have left; so their claims are there */
	return !claim_is_there(bucket, &claim);
}
