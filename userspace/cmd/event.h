/* SPDX-License-Identifier: MIT */
/* event.h - an event as keys and values, the same for every format that tells all of it */
#ifndef CMD_EVENT_H
#define CMD_EVENT_H

#include <procmon.h>

#include "proc.h"
#include "sink.h"

#define EVENT_SCHEMA "procmon/1" /* of the keys; it changes when one changes its meaning */

/* Writes @ev; @proc is what is known of its process, or NULL. */
void event_put(struct sink *sink, const struct procmon_event *ev, const struct proc *proc,
	       uint64_t instance, const char *cursor);
/* How long the process lived.  Return: false: its start is unknown, or only a thread has ended. */
bool event_duration(const struct procmon_event *exit, uint64_t *ns);
/* Calls @item for every argument.  A last one without its NUL was cut. */
void event_args(const char *args, size_t len, void (*item)(void *data, const char *arg, size_t len),
		void *data);

#endif
