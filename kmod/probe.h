/* SPDX-License-Identifier: GPL-2.0 */
/* probe.h - where the kernel calls us */
#ifndef _PROCMON_PROBE_H
#define _PROCMON_PROBE_H

int probe_start(void);
void probe_stop(void);
int probe_update(unsigned int events);

#endif
