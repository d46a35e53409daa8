/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - what differs between kernels, asked of their headers and never of a version
 *
 * The code is written for the newest kernel; each question here names the change it asks for.
 */
#ifndef _PROCMON_COMPAT_H
#define _PROCMON_COMPAT_H

#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <trace/events/sched.h>

/*
 * sched_process_exit has told group_dead since "sched: tracing: Add group_dead to
 * sched_process_exit" (6.16), which also moved it before exit_mm().
 */
#define COMPAT_EXIT_HAS_GROUP_DEAD                                                                 \
	__builtin_types_compatible_p(typeof(check_trace_callback_type_sched_process_exit),         \
				     void(void (*)(void *, struct task_struct *, bool)))

/* vma->vm_flags became constant, to be changed by vm_flags_*(), in bc292ab00f6c (6.3). */
#ifndef PROCMON_HAVE_VM_FLAGS_MOD
static inline void vm_flags_mod(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* fs_struct's lock and sequence count became one seqlock_t (Kbuild looks for the lock). */
static inline spinlock_t *compat_fs_lock(struct fs_struct *fs)
{
#ifdef PROCMON_HAVE_FS_LOCK
	return &fs->lock;
#else
	return &fs->seq.lock;
#endif
}

#endif
