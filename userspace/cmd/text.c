// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

static bool text_utf8_locale;

void text_init(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		text_utf8_locale = false;
	else
		text_utf8_locale = true;
}

bool text_unicode(void)
{
	return text_utf8_locale;
}

/* Bytes of the character that @lead begins, 0 when it begins none. */
static size_t text_utf8_len(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >> 5 == 6)
		return 2;
	if (lead >> 4 == 14)
		return 3;
	return lead >> 3 == 30 ? 4 : 0;
}

size_t text_utf8(const char *s, size_t len, uint32_t *codepoint)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)*s;
	size_t n = text_utf8_len(lead);
	uint32_t c = n == 1 ? lead : n ? lead & (0x7fu >> n) : 0;
	size_t i;

	if (!n || n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if ((n > 1 && c < least[n]) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*codepoint = c;
	return n;
}

bool text_is_utf8(const char *s, size_t len)
{
	uint64_t word;
	uint32_t c;
	size_t n;

	while (len) {
		n = len < sizeof(word) ? 1 : sizeof(word);
		memcpy(&word, s, n); /* ASCII eight bytes at a time */
		if (n > 1 ? word & 0x8080808080808080ull : (unsigned char)*s >= 0x80) {
			n = text_utf8(s, len, &c);
			if (!n)
				return false;
		}
		s += n;
		len -= n;
	}
	return true;
}

bool text_is_hidden(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x2800 || c == 0x115f ||
	       c == 0x1160 || c == 0x3164 || c == 0xffa0;
}

static bool text_is_plain(uint32_t c)
{
	if (c < 0x80)
		return c >= 0x20 && c != 0x7f;
	return text_utf8_locale && !text_is_hidden(c) && wcwidth((wchar_t)c) > 0;
}

size_t text_width(const char *s, size_t len)
{
	size_t width = 0;
	uint32_t c;

	while (len) {
		size_t n = text_utf8(s, len, &c);
		int columns = n > 1 ? wcwidth((wchar_t)c) : 1;

		n = n ? n : 1;
		width += columns > 0 ? (size_t)columns : 0;
		s += n;
		len -= n;
	}
	return width;
}

static void text_put_escaped(struct out *out, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char *p = out_room(out, 4);

	p[0] = '\\';
	p[1] = 'x';
	p[2] = hex[byte >> 4];
	p[3] = hex[byte & 15];
	out->len += 4;
}

/* How many bytes are put as they are: nearly always all of them. */
static size_t text_ascii_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= 0x20 && s[n] < 0x7f && s[n] != '\\')
		n++;
	return n;
}

void text_put(struct out *out, const char *s, size_t len)
{
	uint32_t c;
	size_t n, i;

	while (len) {
		n = text_ascii_run(s, len);
		out_put(out, s, n);
		s += n;
		len -= n;
		if (!len)
			return;
		n = text_utf8(s, len, &c);
		if (n == 1 && c == '\\') {
			OUT_LITERAL(out, "\\\\");
		} else if (n && text_is_plain(c)) {
			out_put(out, s, n);
		} else {
			n = n ? n : 1;
			for (i = 0; i < n; i++)
				text_put_escaped(out, (unsigned char)s[i]);
		}
		s += n;
		len -= n;
	}
}

/* Is it one that no shell takes for more than itself? */
static bool text_is_word(unsigned char byte)
{
	switch (byte) {
	case 'a' ... 'z':
	case 'A' ... 'Z':
	case '0' ... '9':
	case '@':
	case '%':
	case '+':
	case '=':
	case ':':
	case ',':
	case '.':
	case '/':
	case '_':
	case '-':
	case '^':
	case '~':
		return true;
	default:
		return byte >= 0x80;
	}
}

void text_put_word(struct out *out, const char *s, size_t len)
{
	bool quote = !len || *s == '~';
	size_t i;

	for (i = 0; i < len && !quote; i++)
		quote = !text_is_word((unsigned char)s[i]);
	if (!quote) {
		text_put(out, s, len);
		return;
	}
	out_char(out, '\'');
	for (i = 0; i < len;) {
		size_t end = i;

		while (end < len && s[end] != '\'')
			end++;
		text_put(out, s + i, end - i);
		if (end < len) {
			OUT_LITERAL(out, "'\\''");
			end++;
		}
		i = end;
	}
	out_char(out, '\'');
}

void text_fit(struct out *out, size_t start, size_t width)
{
	size_t room = width, at = start;
	uint32_t c;

	if (text_width(out->buf + start, out->len - start) <= width)
		return;
	room -= room > 0;
	while (at < out->len) {
		size_t n = text_utf8(out->buf + at, out->len - at, &c);
		int columns = n > 1 ? wcwidth((wchar_t)c) : 1;

		n = n ? n : 1;
		columns = columns > 0 ? columns : 0;
		if ((size_t)columns > room)
			break;
		room -= (size_t)columns;
		at += n;
	}
	out->len = at;
	if (text_utf8_locale)
		OUT_LITERAL(out, "…");
	else
		OUT_LITERAL(out, "+");
}
