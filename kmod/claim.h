/* SPDX-License-Identifier: GPL-2.0 */
/* claim.h - exactly one exit for each process, on kernels that do not tell the last thread */
#ifndef _PROCMON_CLAIM_H
#define _PROCMON_CLAIM_H

#include <linux/types.h>

struct task_struct;

void claim_start(void);
bool claim_exit(struct task_struct *task, bool *full);

#endif
