/* SPDX-License-Identifier: MIT */
/* event.h - events whose every byte follows from their number */
#ifndef EVENT_H
#define EVENT_H

#include <linux/types.h>
#include "uapi/procmon.h"

u64 event_hash(u64 x);
u32 event_len(u64 seq, u64 nrec);
/* Fills in all but what ring_write() does.  @pos: where the event will lie. */
void event_fill(struct procmon_head *event, u64 seq, u64 pos, u64 nrec);
/* Return: what is wrong with the copy of an event that lay at @pos, NULL: nothing. */
const char *event_wrong(const struct procmon_head *event, u64 pos, u64 nrec);

#endif
