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

static bool quote_is_plain_ascii(uint32_t c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c < 0x7f;
}

bool quote_is_plain(uint32_t c)
{
	return c < 0x80 ? quote_is_plain_ascii(c) : !text_is_hidden(c);
}

typedef signed char quote_vector __attribute__((vector_size(16)));

/* Of sixteen bytes those that are not plain ASCII; one with its highest bit is below zero. */
static quote_vector quote_odd(quote_vector v)
{
	return (v < ' ') | (v == '"') | (v == '\\') | (v == 0x7f);
}

static bool quote_any(quote_vector v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return half[0] | half[1];
}

/* The ends of long strings are looked at twice. */
static bool quote_copy_long(char *to, const char *bytes, size_t len)
{
	quote_vector v, odd;
	size_t i, last = len - sizeof(v);

	memcpy(&v, bytes + last, sizeof(v));
	memcpy(to + last, &v, sizeof(v));
	odd = quote_odd(v);
	for (i = 0; i < last; i += sizeof(v)) {
		memcpy(&v, bytes + i, sizeof(v));
		memcpy(to + i, &v, sizeof(v));
		odd |= quote_odd(v);
	}
	return !quote_any(odd);
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

static bool quote_copy_short(char *to, const char *bytes, size_t len)
{
	uint64_t first, last;
	uint32_t a, b;
	size_t i;

	if (len >= sizeof(first)) {
		memcpy(&first, bytes, sizeof(first));
		memcpy(&last, bytes + len - sizeof(last), sizeof(last));
		memcpy(to, &first, sizeof(first));
		memcpy(to + len - sizeof(last), &last, sizeof(last));
		return quote_word_is_plain(first) && quote_word_is_plain(last);
	}
	if (len >= sizeof(a)) {
		memcpy(&a, bytes, sizeof(a));
		memcpy(&b, bytes + len - sizeof(b), sizeof(b));
		memcpy(to, &a, sizeof(a));
		memcpy(to + len - sizeof(b), &b, sizeof(b));
		return quote_word_is_plain(a | (uint64_t)b << 32);
	}
	for (i = 0; i < len; i++) {
		to[i] = bytes[i];
		if (!quote_is_plain_ascii((unsigned char)bytes[i]))
			return false;
	}
	return true;
}

char *quote_copy(char *to, const char *bytes, size_t len)
{
	*to++ = '"';
	if (len < sizeof(quote_vector) ? !quote_copy_short(to, bytes, len) :
					 !quote_copy_long(to, bytes, len))
		return NULL;
	to[len] = '"';
	return to + len + 1;
}

/* Return: they were plain. */
static bool quote_if_plain(struct out *out, const char *bytes, size_t len)
{
	char *to = out_room(out, len + 2), *end = quote_copy(to, bytes, len);

	if (end)
		out->len += (size_t)(end - to);
	return end;
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
	if (quote_if_plain(out, bytes, len))
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
	if (quote_if_plain(out, bytes, len))
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
