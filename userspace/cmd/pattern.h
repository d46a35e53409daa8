/* SPDX-License-Identifier: MIT */
/* pattern.h - regular expressions of bounded cost: whoever names a process cannot stop the reader */
#ifndef CMD_PATTERN_H
#define CMD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_MAX 2000 /* characters of a pattern, its repetitions written out */

struct pattern;

/*
 * Compiles a POSIX extended regular expression, to be found anywhere in a text, byte by byte whatever
 * the locale; @room is what it may take, and is taken off.  NULL: @why tells what is wrong with it.
 */
struct pattern *pattern_make(const char *text, size_t *room, char *why, size_t why_size);
/* An error (there is no memory) hides nothing: then it matches. */
bool pattern_matches(struct pattern *pattern, const char *text, size_t len);
void pattern_free(struct pattern *pattern);

#endif
