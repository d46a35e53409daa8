/* SPDX-License-Identifier: MIT */
/* atomic.h - the kernel's barriers as C11 fences: at most as strong as the kernel's own */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#define smp_load_acquire(p) (shim_pause(), __atomic_load_n((p), __ATOMIC_ACQUIRE))
#define smp_store_release(p, value) (shim_pause(), __atomic_store_n((p), (value), __ATOMIC_RELEASE))

/* Return: what was there; it is @old when @new has been stored. */
static inline u64 cmpxchg64(u64 *p, u64 old, u64 new)
{
	__atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}

#endif
