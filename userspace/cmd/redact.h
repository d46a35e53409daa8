/* SPDX-License-Identifier: MIT */
/* redact.h - what processes may have chosen and nobody is to see: it is replaced before an event is told */
#ifndef CMD_REDACT_H
#define CMD_REDACT_H

#include "event.h"

#define REDACT_TEXT "[redacted]"

/* From now on what this pattern matches is not told.  Return: false: @why tells what is wrong with it. */
bool redact_add(const char *regex, char *why, size_t why_size);
/* How many patterns there are, and what may be told when there are any: for redact_event(). */
extern size_t redact_count;
struct event redact_any_event(const struct event *event);

/* What may be told of an event, valid until the next call; the event itself without patterns. */
static inline struct event redact_event(const struct event *event)
{
	return redact_count ? redact_any_event(event) : *event;
}

/* What may be told of a process, likewise. */
const struct proc *redact_proc(const struct proc *proc);
void redact_end(void);

#endif
