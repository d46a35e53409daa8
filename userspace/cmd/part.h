/* SPDX-License-Identifier: MIT */
/* part.h - places within a unit of the history where reading can begin, each with what is known there */
#ifndef CMD_PART_H
#define CMD_PART_H

#include "index.h"

#define PARTS 64 /* of a unit; with more of them the last one is longer */

/**
 * struct part - what follows one of them
 * @offset, @end, @table: as of a unit
 * @context: see context_save_more(); NULL: that of the unit, which begins there
 */
struct part {
	uint64_t offset, end, table;
	const char *context;
	size_t len;
};

struct parts {
	struct part part[PARTS];
	size_t count;
};

/* Appends one more to @to, where @context is known. */
void part_put(struct out *to, const struct unit *unit, uint64_t offset, uint64_t table,
	      const struct out *context);
/* The parts of @unit, of which @bytes tell all but the first.  Return: false: they are damaged. */
bool parts_take(struct parts *parts, const struct unit *unit, const void *bytes, size_t len);

#endif
