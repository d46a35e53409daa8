/* SPDX-License-Identifier: MIT */
/* seek.h - where in a text a pattern matches, in time that the text cannot choose */
#ifndef CMD_SEEK_H
#define CMD_SEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

struct seek;

/*
 * A pattern as pattern.h has it; @room likewise.  NULL: @why tells what is wrong with it, also when it
 * matches where there is nothing.
 */
struct seek *seek_make(const char *text, size_t *room, char *why, size_t why_size);
void seek_free(struct seek *seek);
/*
 * The first match that begins at @from or later, the longest of those that begin there.  Return: 1; 0:
 * there is none; -1: it cannot be told where.
 */
int seek_next(struct seek *seek, const char *text, size_t len, size_t from, size_t *begin,
	      size_t *end);
/* The pattern that matches a text read backwards where @text matches it read forwards. */
void seek_mirror(struct out *out, const char *text);

#endif
