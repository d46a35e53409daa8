// SPDX-License-Identifier: GPL-2.0
/*
 * Lanes: memory, CPU hotplug, and who may write.
 *
 * A lane appears when its CPU first comes online and stays until the module is unloaded, so that
 * the history of an offline CPU can be read.
 */
#include "log.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/gfp.h>
#include <linux/local_lock.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "cgroup.h"
#include "dump.h"
#include "lane.h"
#include "late.h"
#include "param.h"

DECLARE_WAIT_QUEUE_HEAD(lane_wait);
struct procmon_info *lane_info; /* a page of its own, mapped by readers */

static struct lane **lane_table; /* by CPU; the late lane is the last one */
static int lane_hotplug_state;

struct lane_lock {
	local_lock_t lock;
};

static DEFINE_PER_CPU(struct lane_lock, lane_lock) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

static unsigned int lane_late_index(void)
{
	return nr_cpu_ids;
}

static void lane_wake(struct irq_work *work)
{
	wake_up_all(&lane_wait);
}

static void lane_free_pages(struct page **pages, unsigned long n)
{
	while (n--)
		__free_page(pages[n]);
	kvfree(pages);
}

static unsigned long lane_nr_pages(void)
{
	return lane_info->ring_len >> PAGE_SHIFT;
}

static unsigned long lane_nr_all_pages(void)
{
	return lane_nr_pages() + dump_nr_pages(lane_nr_pages());
}

/* Memory on the CPU's own node, not at any price: never by killing another process. */
static struct page **lane_alloc_pages(int node, unsigned long n)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL | __GFP_NOWARN);
	unsigned long i;

	if (!pages)
		return NULL;
	for (i = 0; i < n; i++) {
		pages[i] = alloc_pages_node(node, gfp, 0);
		if (!pages[i]) {
			lane_free_pages(pages, i);
			return NULL;
		}
	}
	return pages;
}

static void lane_free(struct lane *lane)
{
	if (!lane)
		return;
	irq_work_sync(&lane->wake);
	late_queue_free(lane->late);
	dump_forget(lane->pages + lane_nr_pages(), dump_nr_pages(lane_nr_pages()));
	vunmap(lane->window);
	lane_free_pages(lane->pages, lane_nr_all_pages());
	vfree(lane->draft.buf);
	kfree(lane);
}

static struct lane *lane_make(unsigned int index)
{
	bool late = index == lane_late_index();
	int node = late ? NUMA_NO_NODE : cpu_to_node(index);
	struct lane *lane = kzalloc_node(sizeof(*lane), GFP_KERNEL | __GFP_NOWARN, node);
	struct procmon_ring *shared;

	if (!lane)
		return NULL;
	lane->draft.cap = lane_info->max_event - PROCMON_REC;
	lane->draft.buf =
		__vmalloc(lane_info->max_event, GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!lane->draft.buf)
		goto err_free_lane;
	lane->pages = lane_alloc_pages(node, lane_nr_all_pages());
	if (!lane->pages)
		goto err_free_draft;
	lane->window = vmap(lane->pages, lane_nr_pages(), VM_MAP, PAGE_KERNEL);
	if (!lane->window)
		goto err_free_pages;
	if (LATE_IS_POSSIBLE && !late) {
		lane->late = late_queue_make(lane_info->max_event);
		if (!lane->late)
			goto err_unmap;
	}
	init_irq_work(&lane->wake, lane_wake);
	shared = lane->window;
	ring_init(&lane->ring, shared, lane->window + lane_info->data_off, lane_info->nrec);
	memcpy(shared->magic, PROCMON_RING_MAGIC, sizeof(shared->magic));
	shared->instance = lane_info->instance;
	shared->cpu = late ? PROCMON_UNKNOWN32 : index;
	shared->flags = late ? PROCMON_RING_LATE : 0;
	dump_tell(lane->pages + lane_nr_pages(), index, lane->pages, lane_nr_pages());
	return lane;

err_unmap:
	vunmap(lane->window);
err_free_pages:
	lane_free_pages(lane->pages, lane_nr_all_pages());
err_free_draft:
	vfree(lane->draft.buf);
err_free_lane:
	kfree(lane);
	return NULL;
}

/* Gives CPU @index its lane unless it has one.  Called for one CPU at a time. */
static int lane_add(unsigned int index)
{
	struct lane *lane;

	if (lane_table[index])
		return 0;
	lane = lane_make(index);
	if (!lane)
		return -ENOMEM;
	smp_store_release(&lane_table[index], lane); /* whole; pairs with lane_get() */
	WRITE_ONCE(lane_info->rings_gen, lane_info->rings_gen + 1);
	wake_up_all(&lane_wait);
	return 0;
}

static int lane_cpu_prepare(unsigned int cpu)
{
	if (lane_add(cpu))
		pr_warn("no memory for the ring of CPU %u: its events are lost and counted\n", cpu);
	return 0; /* the CPU comes up all the same */
}

/**
 * lane_get - the lane of an index
 * @index: a CPU, or nr_cpu_ids for the late lane
 *
 * Return: the lane, NULL when there is none (yet).
 */
struct lane *lane_get(unsigned int index)
{
	if (index >= lane_info->nr_rings)
		return NULL;
	return smp_load_acquire(&lane_table[index]); /* pairs with lane_add() */
}

/**
 * lane_late - the worker's lane
 *
 * Return: the lane, NULL where no worker is needed.
 */
struct lane *lane_late(void)
{
	return lane_get(lane_late_index());
}

/**
 * lane_page - a page of a lane's window
 * @index: as in lane_get()
 * @page: its number
 *
 * Return: the page, NULL when the lane or the page does not exist.
 */
struct page *lane_page(unsigned int index, unsigned long page)
{
	struct lane *lane = lane_get(index);

	return lane && page < lane_nr_pages() ? lane->pages[page] : NULL;
}

/*
 * With preemption off one is a reader of RCU already, since 5.0 (kernel-doc of call_rcu()); only
 * lockdep has to be told.
 */
static bool lane_needs_rcu(struct lane_hold hold)
{
	return hold.locked || IS_ENABLED(CONFIG_PROVE_RCU);
}

/**
 * lane_enter - become the producer of this CPU's lane
 *
 * Context: task context.  Probes run with preemption off before 7.0, and preemptible since; on
 * PREEMPT_RT they then may, and must be able to, take sleeping locks.  Until lane_leave() the
 * caller is a reader of RCU.
 *
 * Return: what lane_leave() wants; without a lane the caller leaves at once.
 */
struct lane_hold lane_enter(void)
{
	struct lane_hold hold = { .locked = IS_ENABLED(CONFIG_PREEMPT_RT) && preemptible() };
	unsigned int cpu;

	if (hold.locked)
		local_lock(&lane_lock.lock);
	else
		preempt_disable();
	if (lane_needs_rcu(hold))
		rcu_read_lock();
	cpu = raw_smp_processor_id(); /* pinned by either */
	hold.lane = lane_get(cpu);
	if (unlikely(!hold.lane || WARN_ON_ONCE(hold.lane->busy))) {
		atomic64_inc((atomic64_t *)&lane_info->no_ring);
		hold.lane = NULL;
		return hold;
	}
	hold.lane->busy = true;
	return hold;
}

/**
 * lane_leave - let the next producer in
 * @hold: from lane_enter()
 */
void lane_leave(struct lane_hold hold)
{
	if (likely(hold.lane))
		hold.lane->busy = false;
	if (lane_needs_rcu(hold))
		rcu_read_unlock();
	if (hold.locked)
		local_unlock(&lane_lock.lock);
	else
		preempt_enable();
}

/**
 * lane_publish - put the lane's draft into its ring
 * @lane: the lane; the caller is its producer
 * @time_ns: its time, or 0 for now
 */
void lane_publish(struct lane *lane, u64 time_ns)
{
	bool wake;

	draft_finish(&lane->draft);
	preempt_disable(); /* readers wait for whoever has begun */
	wake = ring_write(&lane->ring, draft_head(&lane->draft), time_ns);
	preempt_enable();
	if (wake)
		irq_work_queue(&lane->wake);
}

/**
 * lane_tell_params - show the parameters in the info page
 */
void lane_tell_params(void)
{
	WRITE_ONCE(lane_info->events, param.events);
	WRITE_ONCE(lane_info->threads, param.threads);
	WRITE_ONCE(lane_info->args_max, param.args_max);
}

/**
 * lane_tell_hierarchy - show in the info page of which hierarchy the cgroup IDs of events are
 *
 * Context: any.  It changes when hierarchies are mounted, before anything is in them but the root.
 */
void lane_tell_hierarchy(void)
{
	u32 hierarchy;

	rcu_read_lock();
	hierarchy = cgroup_told(current)->root->hierarchy_id;
	rcu_read_unlock();
	if (READ_ONCE(lane_info->cgroup_hierarchy) == hierarchy)
		return;
	WRITE_ONCE(lane_info->cgroup_hierarchy, hierarchy);
	WRITE_ONCE(lane_info->cgroup_version, hierarchy ? 1 : 2);
}

/* The memory that lanes take for each CPU, in pages. */
static u64 lane_cost_pages(void)
{
	u64 late = LATE_IS_POSSIBLE ? late_queue_size(lane_info->max_event) : 0;

	return lane_nr_all_pages() + ((lane_info->max_event + late) >> PAGE_SHIFT) + 1;
}

static int lane_check_size(void)
{
	u64 need = lane_cost_pages() * (num_online_cpus() + LATE_IS_POSSIBLE);

	if (need <= totalram_pages() / 4)
		return 0;
	pr_err("ring_kib=%u: %u CPUs would take %llu MiB, more than a quarter of the memory; choose less\n",
	       param.ring_kib, num_online_cpus(), need >> (20 - PAGE_SHIFT));
	return -ENOMEM;
}

static void lane_fill_info(void)
{
	struct procmon_info *info = lane_info;

	*info = (struct procmon_info){
		.size = sizeof(*info),
		.rec_size = PROCMON_REC,
		.magic = PROCMON_MAGIC,
		.abi_major = PROCMON_ABI_MAJOR,
		.abi_minor = PROCMON_ABI_MINOR,
		.load_ns = ktime_get_boottime_ns(),
		.load_wall_ns = ktime_get_real_ns(),
		.nr_rings = nr_cpu_ids + LATE_IS_POSSIBLE,
		.data_off = PAGE_ALIGN(sizeof(struct procmon_ring)),
		.nrec = (u64)param.ring_kib * 1024 / PROCMON_REC,
		.ring_header_size = sizeof(struct procmon_ring),
		.nr_counters = PROCMON_NR_COUNTERS,
		.cgroup_version = 2,
		.version = PROCMON_VERSION,
	};
	info->instance = get_random_u64() >> 1; /* no address looks like it */
	info->max_event = ring_max_event(info->nrec);
	info->ring_len = PAGE_ALIGN(info->data_off + info->nrec * PROCMON_REC);
	info->ring_stride = info->ring_len;
	info->ring_off = info->ring_len; /* the info page has a stride to itself */
	lane_tell_params();
	lane_tell_hierarchy();
}

static int lane_add_all(void)
{
	unsigned int cpu;
	int err = 0;

	if (LATE_IS_POSSIBLE)
		err = lane_add(lane_late_index());
	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (!err)
			err = lane_add(cpu);
	cpus_read_unlock();
	if (err)
		pr_err("ring_kib=%u: no memory for the rings; choose less\n", param.ring_kib);
	return err;
}

/**
 * lane_start - make the lanes of all CPUs that are online
 *
 * Context: module load; may sleep.
 *
 * Return: 0, -ENOMEM with a message.
 */
int lane_start(void)
{
	int err = -ENOMEM;

	lane_info = (void *)get_zeroed_page(GFP_KERNEL);
	if (!lane_info)
		return -ENOMEM;
	lane_fill_info();
	err = lane_check_size();
	if (err)
		goto err_free_info;
	err = -ENOMEM;
	lane_table = kvcalloc(lane_info->nr_rings, sizeof(*lane_table), GFP_KERNEL);
	if (!lane_table)
		goto err_free_info;
	/* first be told of CPUs that come, then look at those that are there */
	err = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "procmon:prepare", lane_cpu_prepare,
					NULL);
	if (err < 0)
		goto err_free_table;
	lane_hotplug_state = err;
	err = lane_add_all();
	if (err)
		goto err_free_lanes;
	return 0;

err_free_lanes:
	lane_stop();
	return err;
err_free_table:
	kvfree(lane_table);
err_free_info:
	free_page((unsigned long)lane_info);
	return err;
}

/**
 * lane_stop - free all lanes; no producer and no reader is left
 */
void lane_stop(void)
{
	unsigned int i;

	cpuhp_remove_state_nocalls(lane_hotplug_state);
	for (i = 0; i < lane_info->nr_rings; i++)
		lane_free(lane_table[i]);
	kvfree(lane_table);
	free_page((unsigned long)lane_info);
}
