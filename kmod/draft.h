/* SPDX-License-Identifier: GPL-2.0 */
/* draft.h - an event being put together in a buffer, before it goes into a ring */
#ifndef _PROCMON_DRAFT_H
#define _PROCMON_DRAFT_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "uapi/procmon.h"

struct path;

/**
 * struct draft - an event in the making
 * @buf: head, body and the strings so far
 * @cap: bytes of @buf for an event, whole records; one more is behind them, for draft_finish()
 * @len: bytes used
 */
struct draft {
	u8 *buf;
	u32 cap;
	u32 len;
};

static inline struct procmon_head *draft_head(const struct draft *draft)
{
	return (struct procmon_head *)draft->buf;
}

static inline void *draft_body(const struct draft *draft)
{
	return draft->buf + sizeof(struct procmon_head);
}

/**
 * draft_begin - start an event
 * @draft: its buffer
 * @type: its type
 * @body_len: bytes of its body
 *
 * The caller fills in the body and the rest of the head, but for what draft_finish() and
 * ring_write() do.
 */
static inline void draft_begin(struct draft *draft, enum procmon_type type, u16 body_len)
{
	struct procmon_head *head = draft_head(draft);

	draft->len = sizeof(*head) + body_len;
	head->type = type;
	head->body_len = body_len;
	head->flags = 0;
}

void draft_comm(struct draft *draft, struct procmon_str *str, const char *comm);
void draft_text(struct draft *draft, struct procmon_str *str, const char *text);
void draft_path(struct draft *draft, struct procmon_str *str, const struct path *path,
		u32 *deleted);
void draft_user(struct draft *draft, struct procmon_str *str, unsigned long from, unsigned long len,
		u32 max);
void draft_absent(struct procmon_str *str);
void draft_failed(struct procmon_str *str, int err);
void draft_cut_front(struct draft *draft, struct procmon_str *str, u32 n);
void draft_shorten(struct draft *draft, struct procmon_str *str, u32 len);
void draft_append(struct draft *draft, struct procmon_str *str, const char *text);

/**
 * draft_finish - the event is complete
 * @draft: the event; its last record is filled up with zeros
 */
static inline void draft_finish(struct draft *draft)
{
	u32 at, end = round_up(draft->len, PROCMON_REC);
	const u64 zeros = 0;

	for (at = draft->len; at < end; at += sizeof(zeros)) {
		memcpy(draft->buf + at, &zeros, sizeof(zeros));
		barrier(); /* else the compiler calls memset(), for four words */
	}
	draft_head(draft)->len = draft->len;
}

#endif
