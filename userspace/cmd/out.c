// SPDX-License-Identifier: MIT
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

char *out_digits(char *end, uint64_t n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	while (n >= 100) {
		end -= 2;
		memcpy(end, pairs + n % 100 * 2, 2);
		n /= 100;
	}
	if (n >= 10) {
		end -= 2;
		memcpy(end, pairs + n * 2, 2);
	} else {
		*--end = (char)('0' + n);
	}
	return end;
}

void out_u64(struct out *out, uint64_t n)
{
	char buf[2 * OUT_DIGITS] = { 0 }, *end = buf + OUT_DIGITS, *start = out_digits(end, n);

	memcpy(out_room(out, OUT_DIGITS), start, OUT_DIGITS); /* so many are copied at once */
	out->len += (size_t)(end - start);
}

void out_s64(struct out *out, int64_t n)
{
	if (n < 0)
		out_char(out, '-');
	out_u64(out, n < 0 ? -(uint64_t)n : (uint64_t)n);
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
