/* SPDX-License-Identifier: MIT */
/*
 * notify.h - tells the service manager how it goes (sd_notify(3), with its protocol: datagrams to
 * $NOTIFY_SOCKET).  Without that variable nothing is told.
 */
#ifndef CMD_NOTIFY_H
#define CMD_NOTIFY_H

#include <stdint.h>

/* Remembers where to tell it, and takes the variables away: children are not us. */
void notify_start(void);
/* "READY=1", "STOPPING=1", "STATUS=..."; one line each. */
__attribute__((format(printf, 1, 2))) void notify(const char *format, ...);
/* Between two signs of life: half of $WATCHDOG_USEC; 0: nobody waits for one. */
int64_t notify_interval_ns(void);

#endif
