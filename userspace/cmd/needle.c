// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "needle.h"

#include <string.h>

#include "pattern.h"

/* The shortest of them tells how much they are worth. */
static size_t needles_worth(const struct needles *needles)
{
	size_t i, least = needles->unknown ? 0 : NEEDLE_LEN;

	for (i = 0; i < needles->count; i++)
		if (strlen(needles->text[i]) < least)
			least = strlen(needles->text[i]);
	return least;
}

static void needles_keep_better(struct needles *best, const struct needles *other)
{
	if (needles_worth(other) > needles_worth(best))
		*best = *other;
}

/* A run of plain characters has ended; it may be the longest so far. */
static void needles_end_run(struct needles *best, struct needles *run, size_t *len)
{
	run->text[0][*len] = '\0';
	*len = 0;
	needles_keep_better(best, run);
}

/* Past a group, its ( and ) included. */
static const char *needles_skip_group(const char *at)
{
	unsigned int depth = 0;

	do {
		char c = *at++;

		depth += c == '(';
		depth -= c == ')';
		if (c == '\\')
			at += *at != '\0';
		else if (c == '[')
			at = pattern_skip_set(at);
	} while (depth && *at);
	return at;
}

static const char *needles_skip_repeats(const char *at)
{
	while (*at && strchr("*+?{", *at)) {
		at += *at == '{' ? strcspn(at, "}") : 1;
		at += *at == '}';
	}
	return at;
}

/* Is this one character that stands for itself? */
static bool needles_is_plain(const char *at)
{
	return *at == '\\' ? !strchr("bB<>`'wWsS", at[1]) : !strchr(".^$*+?{}|()[", *at);
}

/* Past one character, set or group, without its repetitions. */
static const char *needles_skip_one(const char *at)
{
	switch (*at) {
	case '(':
		return needles_skip_group(at);
	case '[':
		return pattern_skip_set(at + 1);
	default:
		return at + 1 + (*at == '\\' && at[1]);
	}
}

static void needles_take_any(struct needles *needles, const char *at, const char *end);

/*
 * What follows each other, up to a | or @end.  What may be repeated is in no run: it may be there never, or
 * twice; a group that is there once has needles of its own.  Return: where it ended.
 */
static const char *needles_take_all(struct needles *best, const char *at, const char *end)
{
	struct needles run = { .count = 1 };
	size_t len = 0;

	*best = (struct needles){ .unknown = true };
	while (at < end && *at != '|') {
		const char *next = needles_skip_one(at), *rest = needles_skip_repeats(next);
		bool plain = needles_is_plain(at), once = rest == next;

		if (!plain || !once || len == NEEDLE_LEN - 1)
			needles_end_run(best, &run, &len);
		if (plain && once)
			run.text[0][len++] = next[-1];
		if (*at == '(' && once) {
			struct needles group;

			needles_take_any(&group, at + 1, next - 1);
			needles_keep_better(best, &group);
		}
		at = rest;
	}
	needles_end_run(best, &run, &len);
	return at;
}

static void needles_add(struct needles *needles, const struct needles *more)
{
	if (more->unknown || needles->count + more->count > NEEDLES)
		needles->unknown = true;
	if (needles->unknown)
		return;
	memcpy(needles->text[needles->count], more->text, more->count * sizeof(more->text[0]));
	needles->count += more->count;
}

/* Alternatives, up to @end. */
static void needles_take_any(struct needles *needles, const char *at, const char *end)
{
	struct needles branch;

	*needles = (struct needles){ 0 };
	for (;; at++) {
		at = needles_take_all(&branch, at, end);
		needles_add(needles, &branch);
		if (at >= end)
			return;
	}
}

void needles_of_regex(struct needles *needles, const char *regex)
{
	needles_take_any(needles, regex, regex + strlen(regex));
}

void needles_add_text(struct needles *needles, const char *text, size_t len)
{
	struct needles more = { .count = 1 };

	more.unknown = !len || memchr(text, '\0', len);
	memcpy(more.text[0], text, len < NEEDLE_LEN ? len : NEEDLE_LEN - 1);
	needles_add(needles, &more);
}

/* Its longest run without a sign, of what comes before a set or an escape. */
void needles_add_glob(struct needles *needles, const char *glob)
{
	const char *end = glob + strcspn(glob, "[\\"), *best = glob;
	size_t len, best_len = 0;

	for (; glob < end; glob += len + 1) {
		len = strcspn(glob, "*?[\\");
		if (len > best_len) {
			best = glob;
			best_len = len;
		}
	}
	needles_add_text(needles, best, best_len);
}

bool needles_are_in(const struct needles *needles, const void *bytes, size_t len)
{
	bool found = needles->unknown;
	size_t i;

	for (i = 0; i < needles->count && !found; i++)
		found = len && memmem(bytes, len, needles->text[i], strlen(needles->text[i]));
	return found;
}
