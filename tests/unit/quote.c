// SPDX-License-Identifier: MIT
/* Bytes of strangers in JSON: eight at a time, and yet each of them is looked at. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "quote.h"
#include "tap.h"

#define LEN 70 /* four vectors and some more */

/* Does quote_copy() say so, and if it is, copy it, between memory of just that size? */
static bool copies(const char *bytes, size_t len, bool plain)
{
	char *to = malloc(len + 2), *end;
	bool good;

	if (!to)
		bail("out of memory");
	end = quote_copy(to, bytes, len);
	good = plain ? end == to + len + 2 && *to == '"' && end[-1] == '"' &&
			       !memcmp(to + 1, bytes, len) :
		       !end;
	free(to);
	return good;
}

/* What it says of a byte that stands anywhere in a string of any length, in memory of just that. */
static bool is_seen_everywhere(unsigned int byte, char neighbour)
{
	bool plain = byte < 0x80 && quote_is_plain(byte), good = true;
	size_t len, at;

	for (len = 1; len <= LEN; len++) {
		char *bytes = malloc(len);

		if (!bytes)
			bail("out of memory");
		for (at = 0; at < len; at++) {
			memset(bytes, neighbour, len);
			bytes[at] = (char)byte;
			good &= copies(bytes, len, plain);
		}
		free(bytes);
	}
	return good;
}

/* Next to what is nearest to a byte that is not plain. */
static void every_byte(void)
{
	static const char neighbours[] = " !#[]~a";
	unsigned int byte;
	size_t i;

	for (i = 0; neighbours[i]; i++) {
		bool good = true;

		for (byte = 0; byte < 256; byte++)
			good &= is_seen_everywhere(byte, neighbours[i]);
		ok(good, "every_byte_is_seen_among_0x%02x", neighbours[i]);
	}
	ok(copies("", 0, true), "nothing_is_plain");
}

/* Each string of two bytes that are not the same comes out as quote_is_plain() has it. */
static void every_pair(void)
{
	struct out out = { .fd = -1 };
	bool good = true;
	unsigned int a, b;

	for (a = 1; a < 128; a++) {
		for (b = 1; b < 128; b++) {
			const char pair[2] = { (char)a, (char)b };
			bool plain = quote_is_plain(a) && quote_is_plain(b);

			out.len = 0;
			quote_string(&out, pair, 2);
			good &= (out.len == 4 && !memcmp(out.buf + 1, pair, 2)) == plain;
			good &= out.buf[0] == '"' && out.buf[out.len - 1] == '"';
		}
	}
	free(out.buf);
	ok(good, "pairs_are_escaped_where_one_of_them_must_be");
}

int main(void)
{
	tap_theme("quote");
	every_byte();
	every_pair();
	return tap_done();
}
