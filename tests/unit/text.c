// SPDX-License-Identifier: MIT
/* Bytes of strangers on a terminal. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "tap.h"
#include "text.h"

static struct out out = { .fd = -1 };

static const char *text(const char *bytes, size_t len)
{
	out.len = 0;
	text_put(&out, bytes, len);
	out_char(&out, '\0');
	out.len--;
	return out.buf;
}

static const char *word(const char *bytes, size_t len)
{
	out.len = 0;
	text_put_word(&out, bytes, len);
	out_char(&out, '\0');
	out.len--;
	return out.buf;
}

static void escapes(void)
{
	static const struct {
		const char *name, *bytes, *shown;
	} table[] = {
		{ "plain_text_is_left_alone", "abc /x-y", "abc /x-y" },
		{ "a_backslash_is_doubled", "a\\x1b", "a\\\\x1b" },
		{ "escape_sequences_are_harmless", "\033[31mx\033]0;t\a",
		  "\\x1b[31mx\\x1b]0;t\\x07" },
		{ "newline_tab_and_return_are_shown", "a\nb\tc\r", "a\\x0ab\\x09c\\x0d" },
		{ "delete_is_shown", "\x7f", "\\x7f" },
		{ "eight_bit_controls_are_shown",
		  "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" },
		{ "letters_of_other_languages_are_left", "жлт日本é", "жлт日本é" },
		{ "emoji_are_left", "😀", "😀" },
		{ "blanks_that_take_room_are_shown", "\u2800\u3164",
		  "\\xe2\\xa0\\x80\\xe3\\x85\\xa4" },
		{ "marks_that_turn_the_direction_are_shown", "a\u202eb\u2066c",
		  "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c" },
		{ "characters_without_width_are_shown", "a\u200bb\ufeff",
		  "a\\xe2\\x80\\x8bb\\xef\\xbb\\xbf" },
		{ "combining_marks_are_shown", "e\u0301", "e\\xcc\\x81" },
		{ "soft_hyphens_are_shown", "a\u00adb", "a\\xc2\\xadb" },
		{ "line_separators_are_shown", "\u2028", "\\xe2\\x80\\xa8" },
		{ "lone_bytes_are_shown", "\x80\xff\xc3", "\\x80\\xff\\xc3" },
		{ "overlong_slashes_are_shown", "\xc0\xaf\xe0\x80\xaf",
		  "\\xc0\\xaf\\xe0\\x80\\xaf" },
		{ "surrogates_are_shown", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "what_is_past_unicode_is_shown", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "a_character_cut_short_is_shown", "\xe6\x97", "\\xe6\\x97" },
		{ "a_good_character_after_a_bad_byte_is_left", "\xe6é", "\\xe6é" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *got = text(table[i].bytes, strlen(table[i].bytes));

		if (!ok(!strcmp(got, table[i].shown), "%s", table[i].name))
			diag("wanted %s, got %s", table[i].shown, got);
	}
	ok(!strcmp(text("a\0b", 3), "a\\x00b"), "a_nul_is_shown");
}

/* Does what is shown consist of printable characters alone? */
static bool printable(const char *shown)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n;

	while ((n = mbrtowc(&c, shown, MB_CUR_MAX, &state))) {
		if (n > MB_CUR_MAX || wcwidth(c) < 1)
			return false;
		shown += n;
	}
	return true;
}

/* The bytes again, from what is shown. */
static bool reads_back(const char *shown, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; *shown; i++) {
		unsigned char byte = (unsigned char)*shown++;

		if (byte == '\\' && *shown == 'x') {
			byte = (unsigned char)strtoul((char[]){ shown[1], shown[2], 0 }, NULL, 16);
			shown += 3;
		} else if (byte == '\\') {
			shown++;
		}
		if (i >= len || byte != (unsigned char)bytes[i])
			return false;
	}
	return i == len;
}

static void every_character(void)
{
	char bytes[4];
	uint32_t c, bad = 0;

	for (c = 1; c < 0x110000; c++) {
		size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

		for (i = n - 1; i; i--)
			bytes[i] = (char)(0x80 | (c >> (n - 1 - i) * 6 & 0x3f));
		bytes[0] = (char)(n == 1 ? c : ((0xf00u >> n) & 0xff) | c >> (n - 1) * 6);
		if (!printable(text(bytes, n)) || !reads_back(text(bytes, n), bytes, n)) {
			diag("%x: %s", c, text(bytes, n));
			bad++;
		}
		if (text_is_utf8(bytes, n) != (c < 0xd800 || c > 0xdfff)) {
			diag("%x", c);
			bad++;
		}
	}
	ok(!bad, "every_character_of_unicode_is_printable_and_reads_back");
}

static void random_bytes(void)
{
	unsigned int round, bad = 0;
	char bytes[40];
	size_t i, len;

	srand(6);
	for (round = 0; round < 100000; round++) {
		char *exact;

		len = (size_t)rand() % sizeof(bytes);
		for (i = 0; i < len; i++)
			bytes[i] = (char)(rand() >> 7);
		exact = malloc(len ? len : 1); /* a sanitizer sees a byte read too far */
		memcpy(exact, bytes, len);
		bad += !printable(text(exact, len)) || !reads_back(text(exact, len), exact, len);
		bad += !printable(word(exact, len));
		free(exact);
	}
	ok(!bad, "random_bytes_are_printable_and_read_back");
}

static void words(void)
{
	static const struct {
		const char *name, *bytes, *shown;
	} table[] = {
		{ "a_plain_word_needs_no_quotes", "-la", "-la" },
		{ "a_path_needs_none", "/usr/bin/x_1.2,3:4+5=6@7%8", "/usr/bin/x_1.2,3:4+5=6@7%8" },
		{ "an_empty_word_is_seen", "", "''" },
		{ "spaces_need_quotes", "a b", "'a b'" },
		{ "a_quote_is_quoted", "it's", "'it'\\''s'" },
		{ "only_a_quote", "'", "''\\'''" },
		{ "what_a_shell_would_expand_is_quoted", "$HOME*", "'$HOME*'" },
		{ "a_home_directory_is_quoted", "~root", "'~root'" },
		{ "a_tilde_within_is_left", "file~", "file~" },
		{ "a_comment_is_quoted", "#x", "'#x'" },
		{ "a_newline_is_shown_in_quotes", "a\nb", "'a\\x0ab'" },
		{ "other_languages_need_none", "é", "é" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *got = word(table[i].bytes, strlen(table[i].bytes));

		if (!ok(!strcmp(got, table[i].shown), "%s", table[i].name))
			diag("wanted %s, got %s", table[i].shown, got);
	}
}

/* What is printable and no backslash: a shell makes the same word of it. */
static void words_in_a_shell(void)
{
	char bytes[8] = "", *back;
	unsigned int round;
	bool good;
	struct out all = { .fd = -1 }, expected = { .fd = -1 };
	FILE *shell;
	size_t n;

	srand(7);
	OUT_LITERAL(&all, "printf '%s|' ");
	for (round = 0; round < 3000; round++) {
		size_t len = (size_t)rand() % 5, i;

		for (i = 0; i < len; i++)
			do
				bytes[i] = (char)(' ' + rand() % 95);
			while (bytes[i] == '\\' || bytes[i] == '|');
		text_put_word(&all, bytes, len);
		out_char(&all, ' ');
		out_put(&expected, bytes, len);
		out_char(&expected, '|');
	}
	out_char(&all, '\0');
	back = calloc(1, expected.len + 100);
	if (!back || setenv("WORDS", all.buf, 1))
		bail("out of memory");
	shell = popen("eval \"$WORDS\"", "r");
	if (!shell)
		bail("popen");
	n = fread(back, 1, expected.len + 99, shell);
	good = !pclose(shell) && n == expected.len && !memcmp(back, expected.buf, n);
	ok(good, "a_shell_reads_3000_quoted_words_as_they_were");
	free(back);
	free(all.buf);
	free(expected.buf);
}

static void cut_at_every_width(const char *name, const char *bytes, const char *more)
{
	size_t len = strlen(bytes), width, full = text_width(bytes, len), bad = 0;

	for (width = 1; width < full + 3; width++) {
		size_t got;

		out.len = 0;
		OUT_LITERAL(&out, "before");
		out_put(&out, bytes, len);
		text_fit(&out, 6, width);
		got = text_width(out.buf + 6, out.len - 6);
		bad += got > width || got + 2 < (width < full ? width : full);
		bad += !text_is_utf8(out.buf, out.len) || memcmp(out.buf, "before", 6);
		if (width >= full)
			bad += out.len != 6 + len || memcmp(out.buf + 6, bytes, len);
		else
			bad += memcmp(out.buf + out.len - strlen(more), more, strlen(more)) != 0;
	}
	ok(!bad, "%s_fit_every_width", name);
}

static void cuts(void)
{
	static const struct {
		const char *bytes;
		size_t width;
	} table[] = {
		{ "", 0 }, { "abc", 3 }, { "日本", 4 }, { "é", 1 }, { "😀", 2 }, { "a日b", 4 }
	};
	size_t i, bad = 0;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		bad += text_width(table[i].bytes, strlen(table[i].bytes)) != table[i].width;
	ok(!bad, "widths_are_columns_not_bytes");
	cut_at_every_width("plain_lines", "the quick brown fox", "…");
	cut_at_every_width("wide_lines", "日本語の文字と a b c 日本", "…");
	cut_at_every_width("one_wide_character", "日", "…");
}

/* In another locale: a child, because the locale is the program's. */
static void ascii_locale(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		bool good;

		setenv("LC_ALL", "C", 1);
		text_init();
		good = !text_unicode() && !strcmp(text("é", 2), "\\xc3\\xa9");
		out.len = 0;
		OUT_LITERAL(&out, "abcdef");
		text_fit(&out, 0, 3);
		good &= out.len == 3 && !memcmp(out.buf, "ab+", 3);
		exit(!good);
	}
	waitpid(child, &status, 0);
	ok(!status, "without_utf8_everything_is_ascii");
}

int main(void)
{
	tap_theme("text");
	text_init();
	if (!text_unicode())
		bail("this test needs LC_ALL=C.UTF-8");
	escapes();
	words();
	words_in_a_shell();
	every_character();
	random_bytes();
	cuts();
	ascii_locale();
	free(out.buf);
	return tap_done();
}
