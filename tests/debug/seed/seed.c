// SPDX-License-Identifier: MIT
/* A module with bugs on purpose: loading it with bug=NAME commits that one.  tests/debug/seed/bugs
 * tells who must catch it.
 */
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#define SEED_RACE_MS 10000 /* how long two threads race */

static char *bug = "";
module_param(bug, charp, 0);

/* what the compiler cannot know */
static int seed_64 = 64, seed_4 = 4, seed_0;

static DEFINE_SPINLOCK(seed_lock_a);
static DEFINE_SPINLOCK(seed_lock_b);
static DEFINE_RAW_SPINLOCK(seed_lock_raw);
static int seed_value;
static int __rcu *seed_pointer;
static int seed_counter, seed_record, seed_head;

static void seed_slab_past_end(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	p[READ_ONCE(seed_64)] = 1;
	kfree(p);
}

static void seed_slab_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	p[READ_ONCE(seed_4)] = 1;
}

static void seed_slab_freed_twice(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	kfree(p);
}

static void seed_vmalloc_past_end(void)
{
	char *p = vmalloc(4000);

	OPTIMIZER_HIDE_VAR(p);
	p[4000 + READ_ONCE(seed_0)] = 1;
	vfree(p);
}

static void seed_stack_past_end(void)
{
	char on_stack[64] = {};
	char *p = on_stack;

	OPTIMIZER_HIDE_VAR(p);
	p[READ_ONCE(seed_64)] = 1;
}

static void seed_global_past_end(void)
{
	static char global[64];
	char *p = global;

	OPTIMIZER_HIDE_VAR(p);
	p[READ_ONCE(seed_64)] = 1;
}

static void seed_shift_too_far(void)
{
	WRITE_ONCE(seed_value, 1 << READ_ONCE(seed_64));
}

static void seed_index_too_large(void)
{
	struct {
		int array[4];
		int after[4];
	} on_stack = {};

	on_stack.array[READ_ONCE(seed_4)] = 1;
	OPTIMIZER_HIDE_VAR(on_stack.array[0]);
}

/* Several, as the address of the last one may still lie on a stack. */
static void seed_memory_forgotten(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		void *p = kmalloc(777, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
		memset(p, 0, 777);
	}
}

static void seed_vmalloc_forgotten(void)
{
	void *p = vmalloc(5000);

	OPTIMIZER_HIDE_VAR(p);
	memset(p, 0, 5000);
}

static void seed_sleeps_under_spinlock(void)
{
	spin_lock(&seed_lock_a);
	msleep(20);
	spin_unlock(&seed_lock_a);
}

static void seed_allocates_under_spinlock(void)
{
	void *p;

	spin_lock(&seed_lock_a);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&seed_lock_a);
	kfree(p);
}

static void seed_spinlock_with_preemption_off(void)
{
	preempt_disable();
	spin_lock(&seed_lock_a);
	spin_unlock(&seed_lock_a);
	preempt_enable();
}

static void seed_cpu_of_a_moment(void)
{
	WRITE_ONCE(seed_value, smp_processor_id());
}

static void seed_rcu_without_reading(void)
{
	rcu_assign_pointer(seed_pointer, &seed_value);
	WRITE_ONCE(seed_counter, *rcu_dereference(seed_pointer));
}

static void seed_sleeps_in_rcu(void)
{
	rcu_read_lock();
	msleep(20);
	rcu_read_unlock();
}

static void seed_locks_both_ways(void)
{
	spin_lock(&seed_lock_a);
	spin_lock(&seed_lock_b);
	spin_unlock(&seed_lock_b);
	spin_unlock(&seed_lock_a);
	spin_lock(&seed_lock_b);
	spin_lock(&seed_lock_a);
	spin_unlock(&seed_lock_a);
	spin_unlock(&seed_lock_b);
}

static void seed_irq_takes_lock(struct irq_work *work)
{
	raw_spin_lock(&seed_lock_raw);
	raw_spin_unlock(&seed_lock_raw);
}

static void seed_lock_of_irq(void)
{
	static struct irq_work work;

	work = IRQ_WORK_INIT_HARD(seed_irq_takes_lock);
	raw_spin_lock(&seed_lock_raw);
	raw_spin_unlock(&seed_lock_raw);
	irq_work_queue(&work);
	irq_work_sync(&work);
}

static void seed_spinlock_in_raw_one(void)
{
	raw_spin_lock(&seed_lock_raw);
	spin_lock(&seed_lock_a);
	spin_unlock(&seed_lock_a);
	raw_spin_unlock(&seed_lock_raw);
}

static void seed_nothing(struct timer_list *timer)
{
}

static void seed_timer_freed_while_it_runs(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	timer_setup(timer, seed_nothing, 0);
	mod_timer(timer, jiffies + 100 * HZ);
	kfree(timer);
}

static void seed_reference_of_the_dead(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void seed_list_deleted_twice(void)
{
	LIST_HEAD(head);
	struct list_head item;

	list_add(&item, &head);
	list_del(&item);
	__list_del_entry(&item);
}

static int seed_counts(void *data)
{
	while (!kthread_should_stop()) {
		seed_counter++;
		cond_resched();
	}
	return 0;
}

static int seed_produces(void *data)
{
	int i = 0;

	while (!kthread_should_stop()) {
		seed_record = ++i;
		WRITE_ONCE(seed_head, i); /* no release */
		cond_resched();
	}
	return 0;
}

static int seed_consumes(void *data)
{
	int sum = 0;

	while (!kthread_should_stop()) {
		if (READ_ONCE(seed_head))
			sum += seed_record;
		cond_resched();
	}
	WRITE_ONCE(seed_value, sum);
	return 0;
}

static void seed_two_threads(int (*a)(void *), int (*b)(void *))
{
	struct task_struct *first = kthread_create(a, NULL, "seed-a");
	struct task_struct *second = kthread_create(b, NULL, "seed-b");

	kthread_bind(first, 0);
	kthread_bind(second, 1);
	wake_up_process(first);
	wake_up_process(second);
	msleep(SEED_RACE_MS);
	kthread_stop(first);
	kthread_stop(second);
}

static void seed_counter_of_two(void)
{
	seed_two_threads(seed_counts, seed_counts);
}

static void seed_record_without_barrier(void)
{
	seed_two_threads(seed_produces, seed_consumes);
}

#define SEED(name)                                                                                 \
	{                                                                                          \
#name, seed_##name                                                                 \
	}
static const struct {
	const char *name;
	void (*commit)(void);
} seed_table[] = {
	SEED(slab_past_end),
	SEED(slab_after_free),
	SEED(slab_freed_twice),
	SEED(vmalloc_past_end),
	SEED(stack_past_end),
	SEED(global_past_end),
	SEED(shift_too_far),
	SEED(index_too_large),
	SEED(memory_forgotten),
	SEED(vmalloc_forgotten),
	SEED(sleeps_under_spinlock),
	SEED(allocates_under_spinlock),
	SEED(spinlock_with_preemption_off),
	SEED(cpu_of_a_moment),
	SEED(rcu_without_reading),
	SEED(sleeps_in_rcu),
	SEED(locks_both_ways),
	SEED(lock_of_irq),
	SEED(spinlock_in_raw_one),
	SEED(timer_freed_while_it_runs),
	SEED(reference_of_the_dead),
	SEED(list_deleted_twice),
	SEED(counter_of_two),
	SEED(record_without_barrier),
};

static int __init seed_start(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(seed_table); i++) {
		if (strcmp(bug, seed_table[i].name))
			continue;
		seed_table[i].commit();
		return 0;
	}
	return -EINVAL;
}

static void __exit seed_stop(void)
{
}

module_init(seed_start);
module_exit(seed_stop);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("bugs on purpose");
