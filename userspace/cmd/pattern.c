// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "pattern.h"

#include <locale.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_DEPTH 32 /* parentheses within parentheses */
#define PATTERN_BASE 8 /* what the shortest one takes */
#define PATTERN_STALE 65536 /* bytes that it looks at before it is made anew */

/**
 * struct pattern - a regular expression
 * @text: as it is compiled
 * @needles: what cannot hold one of them is not looked at
 * @seen: bytes that it has looked at; for each of them the C library may keep a state
 */
struct pattern {
	regex_t regex;
	char *text;
	struct needles needles;
	size_t seen;
};

/**
 * struct pattern_level - what stands within a parenthesis so far, less its last atom
 * @sum: how long it is
 * @void_so_far: what the branch has so far can be empty
 * @void_branch: an earlier branch can be empty
 */
struct pattern_level {
	size_t sum;
	bool void_so_far, void_branch;
};

/**
 * struct pattern_size - a pattern being measured
 * @at: what is left of it
 * @level: its open parentheses, the whole pattern first
 * @atom: length of the last character, set or group, with its repetitions
 * @atom_void: that can be empty
 */
struct pattern_size {
	const char *at;
	struct pattern_level level[PATTERN_DEPTH];
	unsigned int depth;
	size_t atom;
	bool atom_void;
};

/* Past a set: its first character may be a ], and [:alpha:] and the like hold one. */
const char *pattern_skip_set(const char *at)
{
	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']') {
		if (*at == '[' && at[1] && strchr(":.=", at[1])) {
			const char end[] = { at[1], ']', '\0' };
			const char *close = strstr(at + 2, end);

			at = close ? close + 1 : at;
		}
		at++;
	}
	return at + (*at == ']');
}

static void pattern_begin_atom(struct pattern_size *size, size_t atom, bool atom_void)
{
	struct pattern_level *level = &size->level[size->depth];

	level->sum += size->atom;
	level->void_so_far &= size->atom_void;
	size->atom = atom;
	size->atom_void = atom_void;
}

static void pattern_begin_branch(struct pattern_size *size)
{
	struct pattern_level *level = &size->level[size->depth];

	pattern_begin_atom(size, 1, true);
	level->void_branch |= level->void_so_far;
	level->void_so_far = true;
}

static const char *pattern_open(struct pattern_size *size)
{
	if (size->depth == PATTERN_DEPTH - 1)
		return "its parentheses are too deep";
	pattern_begin_atom(size, 0, true);
	size->level[++size->depth] = (struct pattern_level){ .void_so_far = true };
	return NULL;
}

static const char *pattern_close(struct pattern_size *size)
{
	struct pattern_level *level = &size->level[size->depth];

	if (!size->depth)
		return "it has a ) without its (";
	pattern_begin_branch(size);
	size->atom += level->sum;
	size->atom_void = level->void_branch;
	size->depth--;
	return NULL;
}

static const char *pattern_escape(struct pattern_size *size)
{
	if (!*size->at)
		return "it ends in a backslash";
	if (*size->at >= '1' && *size->at <= '9')
		return "it refers back to a group"; /* which takes more time than there is */
	pattern_begin_atom(size, 1, strchr("bB<>`'", *size->at));
	size->at++;
	return NULL;
}

/*
 * At least @least and at most @most times, which the C library writes down; or any number.  Of what
 * can be empty that is a circle without a character, and takes it twice the time for each of them.
 */
static const char *pattern_repeat(struct pattern_size *size, size_t least, size_t most,
				  bool any_number)
{
	if (any_number && size->atom_void)
		return "it repeats what can be empty";
	size->atom *= most + any_number;
	size->atom++;
	size->atom_void |= !least;
	return NULL;
}

static size_t pattern_number(const char **at)
{
	size_t number = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		if (number <= PATTERN_MAX)
			number = number * 10 + (size_t)(**at - '0');
	return number;
}

/* {m}, {m,} or {m,n}; anything else is refused by the C library. */
static const char *pattern_interval(struct pattern_size *size)
{
	size_t least = pattern_number(&size->at), most = least;
	bool any_number = false;

	if (*size->at == ',') {
		size->at++;
		any_number = *size->at == '}';
		most = any_number ? least : pattern_number(&size->at);
	}
	size->at += *size->at == '}';
	return pattern_repeat(size, least, most, any_number);
}

static const char *pattern_measure_one(struct pattern_size *size)
{
	char c = *size->at++;

	switch (c) {
	case '(':
		return pattern_open(size);
	case ')':
		return pattern_close(size);
	case '|':
		pattern_begin_branch(size);
		return NULL;
	case '\\':
		return pattern_escape(size);
	case '[':
		size->at = pattern_skip_set(size->at);
		pattern_begin_atom(size, 1, false);
		return NULL;
	case '{':
		return pattern_interval(size);
	case '+':
		return pattern_repeat(size, 1, 1, true);
	case '*':
		return pattern_repeat(size, 0, 0, true);
	case '?':
		return pattern_repeat(size, 0, 1, false);
	default:
		pattern_begin_atom(size, 1, c == '^' || c == '$');
		return NULL;
	}
}

/* How long it is.  Return: NULL, or what is wrong. */
static const char *pattern_measure(const char *text, size_t *len)
{
	struct pattern_size size = { .at = text, .level[0].void_so_far = true, .atom_void = true };
	const char *wrong;

	while (*size.at) {
		wrong = pattern_measure_one(&size);
		if (wrong)
			return wrong;
		if (size.level[size.depth].sum + size.atom > PATTERN_MAX)
			return "it is too long, its repetitions written out";
	}
	*len = size.level[size.depth].sum + size.atom;
	return NULL;
}

/*
 * In the C locale: elsewhere a byte that is not UTF-8 is matched by nothing, not even by a dot, and
 * one in a path would hide it.
 */
int pattern_compile(regex_t *regex, const char *text, int flags)
{
	locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before = uselocale(bytes);
	int err = regcomp(regex, text, REG_EXTENDED | flags);

	uselocale(before);
	freelocale(bytes);
	return err;
}

/*
 * Sought from the first byte on, once: the C library would begin anew at each byte, which takes
 * seconds of a long argument.  A dot alone would not pass a NUL.
 */
static char *pattern_wrap(const char *text)
{
	bool anchored = *text == '^' && !strchr(text, '|');
	char *wrapped;

	return asprintf(&wrapped, anchored ? "%s" : "^(.|[^.])*(%s)", text) < 0 ? NULL : wrapped;
}

int pattern_compile_sought(regex_t *regex, const char *text, int flags)
{
	char *wrapped = pattern_wrap(text);
	int err = wrapped ? pattern_compile(regex, wrapped, flags) : REG_ESPACE;

	free(wrapped);
	return err;
}

const struct needles *pattern_needles(const struct pattern *pattern)
{
	return &pattern->needles;
}

static struct pattern *pattern_new(const char *text, char *why, size_t why_size)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	int err = REG_ESPACE;

	if (pattern)
		pattern->text = pattern_wrap(text);
	if (pattern && pattern->text)
		err = pattern_compile(&pattern->regex, pattern->text, REG_NOSUB);
	if (!err) {
		needles_of_regex(&pattern->needles, text);
		return pattern;
	}
	regerror(err, NULL, why, why_size);
	if (pattern)
		free(pattern->text);
	free(pattern);
	return NULL;
}

const char *pattern_check(const char *text, size_t *room)
{
	size_t len = 0;
	const char *wrong = pattern_measure(text, &len);

	if (!wrong && len + PATTERN_BASE > *room)
		wrong = "the patterns are too long together";
	if (!wrong)
		*room -= len + PATTERN_BASE;
	return wrong;
}

struct pattern *pattern_make(const char *text, size_t *room, char *why, size_t why_size)
{
	const char *wrong = pattern_check(text, room);

	if (wrong) {
		snprintf(why, why_size, "%s", wrong);
		return NULL;
	}
	return pattern_new(text, why, why_size);
}

/* Forgets the states that texts have led to: strangers choose how many there are. */
static void pattern_renew(struct pattern *pattern)
{
	regex_t fresh;

	if (pattern_compile(&fresh, pattern->text, REG_NOSUB))
		return;
	regfree(&pattern->regex);
	pattern->regex = fresh;
	pattern->seen = 0;
}

bool pattern_matches(struct pattern *pattern, const char *text, size_t len)
{
	regmatch_t part = { .rm_so = 0, .rm_eo = (regoff_t)len };

	if (!needles_are_in(&pattern->needles, text, len))
		return false;
	if (pattern->seen > PATTERN_STALE)
		pattern_renew(pattern);
	pattern->seen += len;
	return regexec(&pattern->regex, text, 0, &part, REG_STARTEND) != REG_NOMATCH;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	regfree(&pattern->regex);
	free(pattern->text);
	free(pattern);
}
