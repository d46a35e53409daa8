/* SPDX-License-Identifier: MIT */
/* follow.h - the two readers there are, kmod/ring.c and userspace/lib/ring.c, seen alike */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "stage.h"

/**
 * struct follow - a reader of a stage's ring
 * @kind: which
 * @stage: the ring
 * @pos: position of the next event
 * @seq: number it should have, unless @any
 * @event: the copy of the newest one that was read
 * @event_pos: where that lay
 * @lost: events lost, as the reader tells it
 * @own: what the kind needs
 */
struct follow {
	const struct follow_kind *kind;
	struct stage *stage;
	u64 pos;
	u64 seq;
	bool any;
	struct procmon_head *event;
	u64 event_pos;
	u64 lost;
	void *own;
};

struct follow_kind {
	const char *name;
	void (*open)(struct follow *follow); /* at the ring's first event */
	void (*close)(struct follow *follow);
	void (*to_newest)(struct follow *follow);
	void (*to_oldest)(struct follow *follow);
	bool (*next)(struct follow *follow);
	u64 (*bound)(struct follow *follow, u64 now_ns);
};

extern const struct follow_kind follow_kmod, follow_lib;

void follow_open(struct follow *follow, const struct follow_kind *kind, struct stage *stage);
void follow_close(struct follow *follow);
/* Reads and checks the next event.  Return: there was one and nothing is wrong. */
bool follow_next(struct follow *follow);

#endif
