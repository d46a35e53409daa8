/* SPDX-License-Identifier: MIT */
/* kernel.h - whether a kernel can have the module, and what stands in the way */
#ifndef CMD_KERNEL_H
#define CMD_KERNEL_H

#include <stdbool.h>

#include "finding.h"
#include "host.h"

/**
 * kernel_look - tell why the module is not there for a kernel, or would not load
 * @release: the kernel
 * @level: of what stands in the way
 * @running: it is the kernel we run on, so that it can be asked too
 *
 * Return: nothing stands in the way.
 */
bool kernel_look(struct host *host, struct findings *findings, const char *release,
		 enum finding_level level, bool running);
/* The kernels that are installed, NULL-terminated. */
char **kernel_list(struct host *host);

#endif
