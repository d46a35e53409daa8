/* SPDX-License-Identifier: MIT */
/* pattern.h - regular expressions of bounded cost: whoever names a process cannot stop the reader */
#ifndef CMD_PATTERN_H
#define CMD_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "needle.h"

#define PATTERN_MAX 2000 /* characters of a pattern, its repetitions written out */

struct pattern;

/* Takes what the pattern needs off @room.  Return: NULL, or what is wrong with it. */
const char *pattern_check(const char *text, size_t *room);
/* Past a set; @at is behind its [. */
const char *pattern_skip_set(const char *at);
/* Compiles it so that it is sought from the first byte on, once, whatever the locale; @flags of regcomp(). */
int pattern_compile_sought(regex_t *regex, const char *text, int flags);
/* The same as it is. */
int pattern_compile(regex_t *regex, const char *text, int flags);

/*
 * Compiles a POSIX extended regular expression, to be found anywhere in a text, byte by byte whatever
 * the locale; @room is what it may take, and is taken off.  NULL: @why tells what is wrong with it.
 */
struct pattern *pattern_make(const char *text, size_t *room, char *why, size_t why_size);
/* What stands in every text that matches. */
const struct needles *pattern_needles(const struct pattern *pattern);
/* An error (there is no memory) hides nothing: then it matches. */
bool pattern_matches(struct pattern *pattern, const char *text, size_t len);
void pattern_free(struct pattern *pattern);

#endif
