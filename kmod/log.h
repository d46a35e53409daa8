/* SPDX-License-Identifier: GPL-2.0 */
/* Include first: every message of the module begins with its name. */
#ifndef _PROCMON_LOG_H
#define _PROCMON_LOG_H

#define pr_fmt(fmt) "procmon: " fmt
#include <linux/printk.h>

#endif
