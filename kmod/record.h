/* SPDX-License-Identifier: GPL-2.0 */
/* record.h - what is told of a process; where its bytes go is the lane's business */
#ifndef _PROCMON_RECORD_H
#define _PROCMON_RECORD_H

#include <linux/types.h>

struct cgroup;
struct linux_binprm;
struct task_struct;

void record_fork(struct task_struct *child);
void record_exec(struct task_struct *task, u32 old_tid, struct linux_binprm *bprm);
void record_exit(struct task_struct *task, bool group_dead);
void record_cgroup(unsigned int type, struct cgroup *cgrp, const char *path,
		   struct task_struct *member);

#endif
