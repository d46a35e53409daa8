// SPDX-License-Identifier: MIT
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "out.h"
#include "stop.h"

#define OUT_STOP_MS 1000 /* a reader that takes nothing for so long after SIGTERM is given up */

void out_grow(struct out *out, size_t more)
{
	size_t cap = out->cap ? out->cap : 4096;
	char *buf;

	while (cap - out->len < more)
		cap *= 2;
	buf = realloc(out->buf, cap);
	if (!buf) {
		fputs("procmon: out of memory\n", stderr);
		_exit(EXIT_FAILURE);
	}
	out->buf = buf;
	out->cap = cap;
}

int out_flush(struct out *out)
{
	size_t done = 0;

	while (done < out->len && !out->err) {
		struct pollfd writable = { .fd = out->fd, .events = POLLOUT };
		size_t chunk = out->len - done;
		ssize_t n;

		/* Asked to end: small writes that cannot block, so that a stuck reader cannot hold us. */
		if (stop_signal) {
			if (chunk > PIPE_BUF)
				chunk = PIPE_BUF;
			if (poll(&writable, 1, OUT_STOP_MS) == 0) {
				out->err = ETIMEDOUT;
				break;
			}
		}
		n = write(out->fd, out->buf + done, chunk);
		if (n >= 0)
			done += n;
		else if (errno == EAGAIN)
			poll(&writable, 1, -1);
		else if (errno != EINTR)
			out->err = errno;
	}
	out->len = 0;
	return out->err ? -1 : 0;
}

static const char out_pairs[] = "00010203040506070809101112131415161718192021222324"
				"25262728293031323334353637383940414243444546474849"
				"50515253545556575859606162636465666768697071727374"
				"75767778798081828384858687888990919293949596979899";

static char *out_pair(char *end, uint64_t n)
{
	return memcpy(end - 2, out_pairs + n * 2, 2);
}

char *out_digits(char *end, uint64_t n)
{
	for (; n >= 100; n /= 100)
		end = out_pair(end, n % 100);
	if (n >= 10)
		return out_pair(end, n);
	*--end = (char)('0' + n);
	return end;
}

struct out_number out_known[OUT_KNOWN];

#define OUT_EIGHT 100000000u

/* Eight digits, the first in the lowest byte: in halves, quarters and eighths of the word at once. */
static uint64_t out_eight(uint32_t n)
{
	uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32;
	uint64_t hundreds = fours * 5243 >> 19 & 0x0000007f0000007f;
	uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
	uint64_t tens = twos * 103 >> 10 & 0x000f000f000f000f;

	return (tens | (twos - tens * 10) << 8) + 0x3030303030303030;
}

static char *out_put_eight(char *to, uint64_t digits)
{
	digits = htole64(digits);
	memcpy(to, &digits, sizeof(digits));
	return to + sizeof(digits);
}

/* Without the zeros before it; it is not 0 itself. */
static char *out_first(char *to, uint32_t n)
{
	uint64_t digits = out_eight(n);
	int zeros = __builtin_ctzll(digits ^ 0x3030303030303030) / 8;

	return out_put_eight(to, digits >> 8 * zeros) - zeros;
}

const struct out_number *out_learn(struct out_number *number, uint64_t n)
{
	uint64_t high = n / OUT_EIGHT;
	char *to = number->text;

	number->n = n;
	if (high >= OUT_EIGHT) {
		to = out_first(to, (uint32_t)(high / OUT_EIGHT));
		to = out_put_eight(to, out_eight((uint32_t)(high % OUT_EIGHT)));
	} else if (high) {
		to = out_first(to, (uint32_t)high);
	}
	to = high ? out_put_eight(to, out_eight((uint32_t)(n % OUT_EIGHT))) :
		    out_first(to, (uint32_t)n);
	number->text[OUT_NUMBER_LEN] = (char)(to - number->text);
	return number;
}

void out_u64(struct out *out, uint64_t n)
{
	char *to = out_room(out, OUT_NUMBER);

	out->len += (size_t)(out_number(to, n) - to);
}

void out_s64(struct out *out, int64_t n)
{
	if (n < 0)
		out_char(out, '-');
	out_u64(out, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

char *out_nanoseconds(char *to, uint32_t n)
{
	char *end = to + 9, *at = end;

	at = out_pair(at, n % 100);
	n /= 100;
	at = out_pair(at, n % 100);
	n /= 100;
	at = out_pair(at, n % 100);
	n /= 100;
	out_pair(at, n % 100);
	*to = (char)('0' + n / 100);
	return end;
}

void out_padded(struct out *out, uint64_t n, unsigned int width)
{
	char *p = out_room(out, width);

	out->len += width;
	while (width--) {
		p[width] = (char)('0' + n % 10);
		n /= 10;
	}
}

void out_hex16(struct out *out, uint64_t n)
{
	char *p = out_room(out, 16);

	out->len += 16;
	for (int i = 15; i >= 0; i--, n >>= 4)
		p[i] = "0123456789abcdef"[n & 15];
}

void out_printf(struct out *out, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	out_room(out, len + 1);
	va_start(ap, fmt);
	vsnprintf(out->buf + out->len, len + 1, fmt, ap);
	va_end(ap);
	out->len += len;
}
