// SPDX-License-Identifier: MIT
/* What every text that matches holds: an index leaves out what does not. */
#include "pattern.h"

#include <stdint.h>
#include <string.h>

#include "tap.h"

static char needle[PATTERN_NEEDLE];

static const char *needle_of(const char *text)
{
	size_t room = PATTERN_MAX;
	char why[128] = "";
	struct pattern *pattern = pattern_make(text, &room, why, sizeof(why));

	if (!pattern)
		bail("%s: %s", text, why);
	strcpy(needle, pattern_needle(pattern));
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
		{ "(a(b)[)]c)+xyz", "xyz" },
		{ "one|three", "" },
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
		   PATTERN_NEEDLE - 1,
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

static void at_random(void)
{
	unsigned int i, made = 0, matched = 0, told = 0, bad = 0;
	char expression[16], text[16], why[128];

	for (i = 0; i < 200000; i++) {
		size_t room = PATTERN_MAX;
		struct pattern *pattern;

		random_text(expression, sizeof(expression), "aaabbbc.*+?()|[]^$\\{}1,-");
		random_text(text, sizeof(text), "abc.*1");
		pattern = pattern_make(expression, &room, why, sizeof(why));
		made += pattern != NULL;
		if (pattern && pattern_matches(pattern, text, strlen(text))) {
			matched++;
			told += *pattern_needle(pattern) != '\0';
			if (!strstr(text, pattern_needle(pattern))) {
				diag("%s matches %s, which has no %s", expression, text,
				     pattern_needle(pattern));
				bad++;
			}
		}
		pattern_free(pattern);
	}
	diag("%u patterns, %u matches, %u of them with a needle", made, matched, told);
	ok(!bad && told > 1000, "what_matches_holds_the_needle");
}

int main(void)
{
	tap_theme("pattern");
	needles();
	at_random();
	return tap_done();
}
