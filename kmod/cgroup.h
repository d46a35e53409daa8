/* SPDX-License-Identifier: GPL-2.0 */
/* cgroup.h - which of its cgroups a task is told in */
#ifndef _PROCMON_CGROUP_H
#define _PROCMON_CGROUP_H

#include <linux/cgroup.h>

/**
 * cgroup_told - the cgroup of a task whose path tells most
 * @task: the task
 *
 * Where hierarchies of the first version are in use, hardly anything is in the unified one.  All
 * service and container managers limit the number of processes, so there it is that of "pids".
 *
 * Context: under rcu_read_lock().
 * Return: the cgroup, never NULL; it lives as long as the lock is held.
 */
static inline struct cgroup *cgroup_told(struct task_struct *task)
{
#if IS_ENABLED(CONFIG_CGROUP_PIDS)
	struct cgroup *pids = task_css_set(task)->subsys[pids_cgrp_id]->cgroup;

	/* in the unified hierarchy this is where the controller is enabled, perhaps further up */
	if (pids->root->hierarchy_id) /* 0: the unified one */
		return pids;
#endif
	return task_dfl_cgroup(task);
}

#endif
