/* SPDX-License-Identifier: MIT */
/* procfs.h - a process that runs already, from /proc and the module, as an event */
#ifndef LIB_PROCFS_H
#define LIB_PROCFS_H

#include "reader.h"

/*
 * An event of type PROCMON_SNAPSHOT about @task, to be freed; @dir is its directory in /proc, < 0: it
 * is gone.  NULL with errno ESTALE: it has become another one meanwhile, ENOMEM.
 */
struct procmon_head *procfs_event(int dir, const struct procmon_task *task);

#endif
