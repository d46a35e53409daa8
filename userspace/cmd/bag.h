/* SPDX-License-Identifier: MIT */
/* bag.h - numbers and texts one after the other, packed, and out again: what an index keeps */
#ifndef CMD_BAG_H
#define CMD_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

void bag_put_number(struct out *to, uint64_t number);
void bag_put_text(struct out *to, const char *text, size_t len);
/* The same for NULL. */
void bag_put_none(struct out *to);
/* Packs what is in @from, which is like what is in @like (NULL: nothing), and appends it to @to. */
void bag_close(struct out *to, const struct out *from, const struct out *like);

/**
 * struct bag - what is being taken out
 * @at, @end: what is left of it
 * @bad: it ended where something was to come: it is damaged, and what was taken out since is 0 or NULL
 */
struct bag {
	const char *at, *end;
	bool bad;
};

/* Unpacks what bag_close() has made into @room.  Return: false: it is damaged. */
bool bag_open(struct bag *bag, struct out *room, const void *bytes, size_t len,
	      const struct out *like);
uint64_t bag_number(struct bag *bag);
/* With a NUL after it; @len may be NULL.  Return: NULL: there is none. */
const char *bag_text(struct bag *bag, size_t *len);

#endif
