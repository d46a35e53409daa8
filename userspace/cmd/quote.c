// SPDX-License-Identifier: MIT
#include "quote.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

#define EACH(byte) (UINT64_MAX / 255 * (byte)) /* a word of eight such bytes */

static const char quote_hex[] = "0123456789abcdef";

static void quote_escape(struct out *out, uint32_t c)
{
	int shift;

	switch (c) {
	case '"':
	case '\\':
		out_char(out, '\\');
		out_char(out, (char)c);
		return;
	case '\n':
		OUT_LITERAL(out, "\\n");
		return;
	case '\t':
		OUT_LITERAL(out, "\\t");
		return;
	}
	OUT_LITERAL(out, "\\u");
	for (shift = 12; shift >= 0; shift -= 4)
		out_char(out, quote_hex[c >> shift & 15]);
}

bool quote_is_plain(uint32_t c)
{
	return c < 0x80 ? c >= 0x20 && c != '"' && c != '\\' && c != 0x7f : !text_is_hidden(c);
}

/*
 * Is each of eight bytes plain ASCII?  Where none has its highest bit, each of these differences and the sum
 * sets that of the first byte that is not.
 */
static bool quote_word_is_plain(uint64_t word)
{
	return !((word | (word - EACH(0x20)) | ((word ^ EACH('"')) - EACH(1)) |
		  ((word ^ EACH('\\')) - EACH(1)) | (word + EACH(1))) &
		 EACH(0x80));
}

/* One to seven bytes as a word, some of them twice. */
static uint64_t quote_short_word(const char *bytes, size_t len)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	uint32_t first, last;

	if (len < sizeof(first))
		return EACH(' ') ^ ((byte[0] ^ ' ') | (uint64_t)(byte[len / 2] ^ ' ') << 8 |
				    (uint64_t)(byte[len - 1] ^ ' ') << 16);
	memcpy(&first, bytes, sizeof(first));
	memcpy(&last, bytes + len - sizeof(last), sizeof(last));
	return first | (uint64_t)last << 32;
}

bool quote_all_plain(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	uint64_t word;

	if (len < sizeof(word))
		return !len || quote_word_is_plain(quote_short_word(bytes, len));
	for (; end - bytes > (ptrdiff_t)sizeof(word); bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		if (!quote_word_is_plain(word))
			return false;
	}
	memcpy(&word, end - sizeof(word), sizeof(word));
	return quote_word_is_plain(word);
}

void quote_plain(struct out *out, const char *bytes, size_t len)
{
	char *to = out_room(out, len + 2);

	*to++ = '"';
	memcpy(to, bytes, len);
	to[len] = '"';
	out->len += len + 2;
}

/* Runs of plain bytes are copied whole. */
static void quote_inside(struct out *out, const char *bytes, size_t len)
{
	size_t i, n, start = 0;

	for (i = 0; i < len; i += n) {
		uint32_t c = (unsigned char)bytes[i];

		n = c < 0x80 ? 1 : text_utf8(bytes + i, len - i, &c);
		if (quote_is_plain(c))
			continue;
		out_put(out, bytes + start, i - start);
		start = i + n;
		quote_escape(out, c);
	}
	out_put(out, bytes + start, len - start);
}

void quote_string(struct out *out, const char *bytes, size_t len)
{
	if (quote_all_plain(bytes, len)) {
		quote_plain(out, bytes, len);
		return;
	}
	out_char(out, '"');
	quote_inside(out, bytes, len);
	out_char(out, '"');
}

void quote_bytes(struct out *out, const char *bytes, size_t len)
{
	size_t i;

	out_char(out, '[');
	for (i = 0; i < len; i++) {
		if (i)
			out_char(out, ',');
		out_u64(out, (unsigned char)bytes[i]);
	}
	out_char(out, ']');
}

void quote_either(struct out *out, const char *bytes, size_t len)
{
	if (quote_all_plain(bytes, len))
		quote_plain(out, bytes, len);
	else if (text_is_utf8(bytes, len))
		quote_string(out, bytes, len);
	else
		quote_bytes(out, bytes, len);
}

void quote_lossy(struct out *out, const char *bytes, size_t len)
{
	size_t i, n;
	uint32_t c;

	if (text_is_utf8(bytes, len)) {
		quote_string(out, bytes, len);
		return;
	}
	out_char(out, '"');
	for (i = 0; i < len; i += n) {
		n = text_utf8(bytes + i, len - i, &c);
		if (!n) {
			n = 1;
			OUT_LITERAL(out, "\\\\x");
			out_char(out, quote_hex[(unsigned char)bytes[i] >> 4]);
			out_char(out, quote_hex[bytes[i] & 15]);
			continue;
		}
		if (c == '\\')
			OUT_LITERAL(out, "\\\\");
		quote_inside(out, bytes + i, n);
	}
	out_char(out, '"');
}
