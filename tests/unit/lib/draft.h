/* SPDX-License-Identifier: MIT */
/* draft.h - an event as the module would write it, filled in by the names of its fields */
#ifndef UNIT_DRAFT_H
#define UNIT_DRAFT_H

#include <procmon.h>

#define DRAFT_MAX 65536

/**
 * struct draft - an event being made: head, body, strings
 * @head: its head; @head.len grows with every string
 * @used: bytes to clear before the next one
 */
struct draft {
	union {
		struct procmon_head head;
		unsigned char bytes[DRAFT_MAX];
	};
	uint32_t used;
};

/* Every number is unknown and every string absent; an unknown type has no body. */
void draft_start(struct draft *draft, unsigned int type);
void draft_number(struct draft *draft, const char *name, uint64_t number);
void draft_string(struct draft *draft, const char *name, const void *bytes, size_t len);
void draft_text(struct draft *draft, const char *name, const char *text);
/* Where a string is told, to falsify it. */
struct procmon_str *draft_str(struct draft *draft, const char *name);
/* @tgid started at @start_ns. */
void draft_process(struct draft *draft, uint32_t tgid, uint64_t start_ns);

/* What a reader would be given; valid as long as @draft. */
struct procmon_event draft_event(const struct draft *draft);
/* The same in memory of exactly its length: a sanitizer sees each byte read outside. */
struct procmon_event draft_event_exact(const struct draft *draft);
void draft_event_free(struct procmon_event *ev);

#endif
