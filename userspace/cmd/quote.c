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

/* Is there a byte below @byte in @word?  It may say so of one that follows such a byte. */
static uint64_t quote_below(uint64_t word, unsigned int byte)
{
	return (word - EACH(byte)) & ~word & EACH(0x80);
}

/* Is every byte plain ASCII?  Eight at a time: most strings are. */
static bool quote_all_plain(const char *bytes, size_t len)
{
	uint64_t word;

	for (; len >= sizeof(word); bytes += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		if ((word & EACH(0x80)) | quote_below(word, 0x20) |
		    quote_below(word ^ EACH('"'), 1) | quote_below(word ^ EACH('\\'), 1) |
		    quote_below(word ^ EACH(0x7f), 1))
			return false;
	}
	for (; len; bytes++, len--)
		if ((unsigned char)*bytes >= 0x80 || !quote_is_plain((unsigned char)*bytes))
			return false;
	return true;
}

/* Return: false: it is not as simple as that, and nothing has been written. */
static bool quote_plain(struct out *out, const char *bytes, size_t len)
{
	char *to;

	if (!quote_all_plain(bytes, len))
		return false;
	to = out_room(out, len + 2);
	*to++ = '"';
	memcpy(to, bytes, len);
	to[len] = '"';
	out->len += len + 2;
	return true;
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
	if (quote_plain(out, bytes, len))
		return;
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
	if (quote_plain(out, bytes, len))
		return;
	if (text_is_utf8(bytes, len))
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
