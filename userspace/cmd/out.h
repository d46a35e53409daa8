/* SPDX-License-Identifier: MIT */
/* The output buffer: everything a command prints goes through one of these, in few writes. */
#ifndef CMD_OUT_H
#define CMD_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * struct out - bytes on their way to a descriptor
 * @buf: of @cap bytes, @len of them used
 * @fd: where they go, -1 for a buffer that is only kept
 * @err: errno of the write that failed (EPIPE: the reader has gone); nothing is written after it
 */
struct out {
	char *buf;
	size_t len, cap;
	int fd;
	int err;
};

/* Write rather than collect more once this much waits. */
#define OUT_FULL ((size_t)64 * 1024)

/* Makes room for @more bytes; ends the program when there is no memory. */
void out_grow(struct out *out, size_t more);
/* Writes everything; returns 0, or -1 once @err is set. */
int out_flush(struct out *out);

static inline char *out_room(struct out *out, size_t more)
{
	if (out->cap - out->len < more)
		out_grow(out, more);
	return out->buf + out->len;
}

static inline void out_put(struct out *out, const void *bytes, size_t len)
{
	if (!len)
		return;
	memcpy(out_room(out, len), bytes, len);
	out->len += len;
}

static inline void out_char(struct out *out, char c)
{
	*out_room(out, 1) = c;
	out->len++;
}

#define OUT_LITERAL(out, s) out_put(out, s, sizeof(s) - 1)

static inline void out_str(struct out *out, const char *s)
{
	out_put(out, s, strlen(s));
}

#define OUT_DIGITS 20 /* that a number has at most */

/* Formats @n at the end of a buffer of OUT_DIGITS bytes that ends at @end; returns where it starts. */
char *out_digits(char *end, uint64_t n);
/* Nine digits, always; returns where they end. */
char *out_nanoseconds(char *to, uint32_t n);

#define OUT_NUMBER 24 /* bytes that out_number() may write to, whatever the number is */
#define OUT_KNOWN_BITS 8
#define OUT_KNOWN (1u << OUT_KNOWN_BITS) /* numbers that are remembered: most come again soon */

#define OUT_NUMBER_LEN                                                                             \
	(OUT_NUMBER - 1) /* where the length stands, in the same word as the last digits */

/* A number of at least two digits. */
struct out_number {
	uint64_t n;
	char text[OUT_NUMBER];
};

extern struct out_number out_known[OUT_KNOWN];
const struct out_number *out_learn(struct out_number *number, uint64_t n);

/* Formats @n at @to; returns where it ends. */
static inline char *out_number(char *to, uint64_t n)
{
	struct out_number *slot = &out_known[n * 0x9e3779b97f4a7c15ull >> (64 - OUT_KNOWN_BITS)];
	const struct out_number *number = slot;

	if (n < 10) {
		*to = (char)('0' + n);
		return to + 1;
	}
	if (slot->n != n)
		number = out_learn(slot, n);
	memcpy(to, number->text, OUT_NUMBER);
	return to + number->text[OUT_NUMBER_LEN];
}

/* The same, of a time that has not been told before, though perhaps its second. */
static inline char *out_time(char *to, uint64_t ns)
{
	if (ns < 1000000000)
		return out_number(to, ns);
	return out_nanoseconds(out_number(to, ns / 1000000000), (uint32_t)(ns % 1000000000));
}

void out_u64(struct out *out, uint64_t n);
void out_s64(struct out *out, int64_t n);
/* @n with leading zeros, @width digits. */
void out_padded(struct out *out, uint64_t n, unsigned int width);
void out_hex16(struct out *out, uint64_t n);
/* For the cold paths. */
__attribute__((format(printf, 2, 3))) void out_printf(struct out *out, const char *fmt, ...);

#endif
