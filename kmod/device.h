/* SPDX-License-Identifier: GPL-2.0 */
/* device.h - /dev/procmon */
#ifndef _PROCMON_DEVICE_H
#define _PROCMON_DEVICE_H

int device_start(void);
void device_stop(void);

#endif
