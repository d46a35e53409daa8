/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROCMON_TASK_H
#define _PROCMON_TASK_H

#include "uapi/procmon.h"

long task_tell(struct procmon_task *told);

#endif
