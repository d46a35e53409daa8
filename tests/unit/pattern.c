// SPDX-License-Identifier: MIT
/* What every text that matches holds: an index leaves out what does not. */
#include "pattern.h"

#include <stdint.h>
#include <string.h>

#include "tap.h"

static char needle[NEEDLES * (NEEDLE_LEN + 4)];

/* All of them, "" when nothing is known. */
static const char *needles_of(const struct needles *needles)
{
	size_t i;

	*needle = '\0';
	for (i = 0; i < needles->count && !needles->unknown; i++) {
		strcat(needle, i ? " or " : "");
		strcat(needle, needles->text[i]);
	}
	return needle;
}

static const char *needle_of(const char *text)
{
	size_t room = PATTERN_MAX;
	char why[128] = "";
	struct pattern *pattern = pattern_make(text, &room, why, sizeof(why));

	if (!pattern)
		bail("%s: %s", text, why);
	needles_of(pattern_needles(pattern));
	pattern_free(pattern);
	return needle;
}

static void needles(void)
{
	static const struct {
		const char *pattern, *needle;
	} rows[] = {
		{ "nginx", "nginx" },
		{ "^/usr/bin/curl$", "/usr/bin/curl" },
		{ "curl.*evil\\.example", "evil.example" },
		{ "abcd?ef", "abc" },
		{ "abcd*", "abc" },
		{ "ab{2}cde", "cde" },
		{ "abc+{2}def", "def" },
		{ "(one|two) three", " three" },
		{ "(one|two|three) 4", "one or two or three" },
		{ "(one|two)? 4", " 4" },
		{ "(one|t*) 4", " 4" },
		{ "x((one|two)|(3*four|five[a)]))$", "one or two or four or five" },
		{ "a|b|c|d|e|f|g|h", "a or b or c or d or e or f or g or h" },
		{ "a|b|c|d|e|f|g|h|i", "" },
		{ "one|", "" },
		{ "(a(b)[)]c)+xyz", "xyz" },
		{ "one|three", "one or three" },
		{ "one|three|.", "" },
		{ "[abc]d[^]e]", "d" },
		{ "a\\b", "a" },
		{ "\\wab", "ab" },
		{ "a\\|b\\(c", "a|b(c" },
		{ "", "" },
		{ ".*", "" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(!strcmp(needle_of(rows[i].pattern), rows[i].needle), "needle_%zu", i) ||
			(diag("%s: %s", rows[i].pattern, needle), 0);
	ok(strlen(needle_of(
		   "0123456789012345678901234567890123456789012345678901234567890123456789")) ==
		   NEEDLE_LEN - 1,
	   "a_long_one_is_cut");
}

static uint32_t some(uint32_t end)
{
	static uint32_t state = 1;

	state = state * 1664525u + 1013904223u;
	return (state >> 8) % end;
}

static void random_text(char *to, size_t max, const char *letters)
{
	size_t len = some((uint32_t)max);

	while (len--)
		*to++ = letters[some((uint32_t)strlen(letters))];
	*to = '\0';
}

/* What is looked at by the C library alone is found all the same. */
static void at_random(void)
{
	unsigned int i, made = 0, matched = 0, told = 0, bad = 0;
	char expression[16], text[16], why[128];

	for (i = 0; i < 200000; i++) {
		size_t room = PATTERN_MAX;
		struct pattern *pattern;
		regex_t regex;
		bool matches;

		random_text(expression, sizeof(expression), "aaabbbc.*+?()|[]^$\\{}1,-");
		random_text(text, sizeof(text), "abc.*1");
		pattern = pattern_make(expression, &room, why, sizeof(why));
		made += pattern != NULL;
		if (!pattern || pattern_compile_sought(&regex, expression, REG_NOSUB)) {
			pattern_free(pattern);
			continue;
		}
		matches = !regexec(&regex, text, 0, NULL, 0);
		matched += matches;
		told += matches && !pattern_needles(pattern)->unknown;
		if (pattern_matches(pattern, text, strlen(text)) != matches) {
			diag("%s matches %s, which has no %s", expression, text,
			     needles_of(pattern_needles(pattern)));
			bad++;
		}
		regfree(&regex);
		pattern_free(pattern);
	}
	diag("%u patterns, %u matches, %u of them with a needle", made, matched, told);
	ok(!bad && told > 1000, "what_matches_holds_a_needle");
}

static const char *needle_of_glob(const char *glob)
{
	struct needles made = { 0 };

	needles_add_glob(&made, glob);
	return needles_of(&made);
}

static void globs(void)
{
	static const struct {
		const char *glob, *needle;
	} rows[] = {
		{ "/usr/bin/*", "/usr/bin/" }, { "*curl?x*", "curl" }, { "*", "" },
		{ "ab[c]defg", "ab" },	       { "ab\\*cdefg", "ab" }, { "?*abc", "abc" },
	};
	struct needles made = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(!strcmp(needle_of_glob(rows[i].glob), rows[i].needle), "needle_of_glob_%zu", i);
	needles_add_text(&made, "one", 3);
	needles_add_text(&made, "two", 3);
	ok(!strcmp(needles_of(&made), "one or two"), "of_two_texts_either_may_come");
	ok(needles_are_in(&made, "xtwo", 4) && !needles_are_in(&made, "xtw", 3),
	   "one_of_them_is_enough");
	needles_add_text(&made, "a\0b", 3);
	ok(made.unknown && needles_are_in(&made, "x", 1), "of_one_with_a_nul_nothing_is_known");
}

int main(void)
{
	tap_theme("pattern");
	needles();
	at_random();
	globs();
	return tap_done();
}
