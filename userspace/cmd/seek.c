// SPDX-License-Identifier: MIT
/*
 * The C library looks for a match at each byte in turn, and may read to the end of the text each time: a
 * text that was made for it takes seconds.  So the text is read backwards first, once, with the mirror
 * image of the pattern: the longest prefix of it that ends in a match is where the first match begins.
 * From there its end is sought, in one go.
 */
#define _GNU_SOURCE
#include "seek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"

#define SEEK_STALE 65536 /* bytes that it looks at before it is made anew, as in pattern.c */

/**
 * struct seek - a pattern
 * @text, @mirror: forwards and backwards
 * @there, @back: the same, compiled
 * @seen: bytes that they have looked at
 */
struct seek {
	char *text;
	struct out mirror;
	regex_t there, back;
	size_t seen;
};

static const char *seek_alternatives(struct out *out, const char *at);

/* Past a character, a set or a group. */
static const char *seek_skip_atom(const char *at)
{
	unsigned int depth = 0;

	do {
		switch (*at++) {
		case '(':
			depth++;
			break;
		case ')':
			depth--;
			break;
		case '[':
			at = pattern_skip_set(at);
			break;
		case '\\':
			at++;
			break;
		}
	} while (depth && *at);
	return at;
}

static const char *seek_skip_repeats(const char *at)
{
	while (*at && strchr("*+?{", *at)) {
		at += *at == '{' ? strcspn(at, "}") : 0;
		at += *at != '\0';
	}
	return at;
}

/* What stands at the beginning of something stands at the end of its mirror image. */
static void seek_put_atom(struct out *out, const char *at, size_t len)
{
	static const char *const turned[][2] = {
		{ "^", "$" },	  { "$", "^" },	    { "\\<", "\\>" },
		{ "\\>", "\\<" }, { "\\`", "\\'" }, { "\\'", "\\`" },
	};
	size_t i;

	for (i = 0; i < sizeof(turned) / sizeof(turned[0]); i++) {
		if (strlen(turned[i][0]) == len && !memcmp(turned[i][0], at, len)) {
			out_str(out, turned[i][1]);
			return;
		}
	}
	if (*at == '(') {
		out_char(out, '(');
		seek_alternatives(out, at + 1);
		out_char(out, ')');
		return;
	}
	out_put(out, at, len);
}

/* What follows comes first.  Return: the | or ) behind it, or its end. */
static const char *seek_branch(struct out *out, const char *at)
{
	const char *repeats, *next, *end;

	if (!*at || *at == '|' || *at == ')')
		return at;
	repeats = seek_skip_atom(at);
	next = seek_skip_repeats(repeats);
	end = seek_branch(out, next);
	seek_put_atom(out, at, (size_t)(repeats - at));
	out_put(out, repeats, (size_t)(next - repeats));
	return end;
}

static const char *seek_alternatives(struct out *out, const char *at)
{
	while (*(at = seek_branch(out, at)) == '|') {
		out_char(out, '|');
		at++;
	}
	return at;
}

void seek_mirror(struct out *out, const char *text)
{
	seek_alternatives(out, text);
	out_char(out, '\0');
}

static int seek_compile(struct seek *seek)
{
	int err = pattern_compile(&seek->there, seek->text, 0);

	if (err)
		return err;
	err = pattern_compile_sought(&seek->back, seek->mirror.buf, 0);
	if (err)
		regfree(&seek->there);
	return err;
}

struct seek *seek_make(const char *text, size_t *room, char *why, size_t why_size)
{
	struct seek *seek = calloc(1, sizeof(*seek));
	const char *wrong = pattern_check(text, room);
	int err = REG_ESPACE;

	if (seek && !wrong) {
		seek->mirror.fd = -1;
		seek->text = strdup(text);
		seek_mirror(&seek->mirror, text);
		err = seek->text ? seek_compile(seek) : REG_ESPACE;
		if (err)
			regerror(err, NULL, why, why_size);
		else if (!regexec(&seek->there, "", 0, NULL, 0))
			wrong = "it matches where there is nothing";
		else
			return seek;
		if (!err) {
			regfree(&seek->there);
			regfree(&seek->back);
		}
	}
	if (wrong)
		snprintf(why, why_size, "%s", wrong);
	if (seek) {
		free(seek->text);
		free(seek->mirror.buf);
	}
	free(seek);
	return NULL;
}

void seek_free(struct seek *seek)
{
	regfree(&seek->there);
	regfree(&seek->back);
	free(seek->text);
	free(seek->mirror.buf);
	free(seek);
}

/* Forgets the states that texts have led to.  Return: false: there is no memory. */
static bool seek_renew(struct seek *seek)
{
	struct seek fresh = { .text = seek->text, .mirror = seek->mirror };

	if (seek_compile(&fresh))
		return false;
	regfree(&seek->there);
	regfree(&seek->back);
	*seek = fresh;
	return true;
}

/* Where the first match begins that begins at @from or later. */
static int seek_begin(struct seek *seek, const char *text, size_t len, size_t from, size_t *begin)
{
	static struct out turned = { .fd = -1 };
	size_t left = len - from, i;
	regmatch_t part = { .rm_so = 0, .rm_eo = (regoff_t)left };
	char *to;
	int err;

	turned.len = 0;
	to = out_room(&turned, left + 1);
	for (i = 0; i < left; i++)
		to[i] = text[len - 1 - i];
	to[left] = '\0';
	err = regexec(&seek->back, to, 1, &part, REG_STARTEND | (from ? REG_NOTEOL : 0));
	*begin = err ? 0 : len - (size_t)part.rm_eo;
	return err == REG_NOMATCH ? 0 : err ? -1 : 1;
}

int seek_next(struct seek *seek, const char *text, size_t len, size_t from, size_t *begin,
	      size_t *end)
{
	int found;
	regoff_t n;

	if (seek->seen > SEEK_STALE && !seek_renew(seek))
		return -1;
	seek->seen += 2 * (len - from);
	found = seek_begin(seek, text, len, from, begin);
	if (found <= 0)
		return found;
	n = re_match(&seek->there, text, (regoff_t)len, (regoff_t)*begin, NULL);
	if (n < -1)
		return -1;
	/* what stands before @from may forbid it: a match of one byte is too much, and harmless */
	*end = *begin + (n > 0 ? (size_t)n : 1);
	return 1;
}
