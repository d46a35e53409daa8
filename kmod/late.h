/* SPDX-License-Identifier: GPL-2.0 */
/*
 * late.h - exec events whose paths a worker resolves
 *
 * On PREEMPT_RT before 7.0 probes run with preemption off while d_path() takes sleeping locks.
 * There the probe drafts the event without its paths, takes references and leaves both to a worker,
 * which publishes them in the late ring, in the order of their own times.  While any is on its way,
 * the late ring's `pending` tells readers to wait for it.  Until then, some milliseconds, the
 * references make an umount of the executable's file system fail with -EBUSY.
 */
#ifndef _PROCMON_LATE_H
#define _PROCMON_LATE_H

#include <linux/kconfig.h>
#include <linux/path.h>
#include <linux/preempt.h>
#include <linux/types.h>

struct file;
struct lane;
struct late_queue;

#define LATE_IS_POSSIBLE IS_ENABLED(CONFIG_PREEMPT_RT)

/**
 * struct late_refs - what exec's paths are made from; the worker holds references
 * @exe: the executable
 * @script: what the descriptor of a script by descriptor names, or NULL
 * @cwd: working directory; its mnt is NULL when it could not be had
 * @root: root directory; its mnt is NULL when it could not be had
 */
struct late_refs {
	struct file *exe;
	struct file *script;
	struct path cwd;
	struct path root;
};

/* May paths not be resolved here?  Asked before preemption is turned off by us. */
static inline bool late_is_needed(void)
{
	return LATE_IS_POSSIBLE && !preemptible();
}

int late_start(void);
void late_stop(void);
u64 late_queue_size(u32 max_event);
struct late_queue *late_queue_make(u32 max_event);
void late_queue_free(struct late_queue *queue);
bool late_has_room(const struct lane *lane);
void late_push(struct lane *lane, const struct late_refs *refs);

#endif
