// SPDX-License-Identifier: MIT
/* The output buffer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "out.h"
#include "stop.h"
#include "tap.h"

static struct out out = { .fd = -1 };

static bool is(const char *text)
{
	bool good = out.len == strlen(text) && !memcmp(out.buf, text, out.len);

	if (!good)
		diag("wanted '%s', got '%.*s'", text, (int)out.len, out.buf);
	out.len = 0;
	return good;
}

static void numbers(void)
{
	uint64_t n;
	unsigned int shift, more, bad = 0;
	char text[32];

	for (shift = 0; shift < 64; shift++) {
		for (more = 0; more < 3; more++) {
			n = (1ull << shift) - 1 + more;
			out_u64(&out, n);
			snprintf(text, sizeof(text), "%" PRIu64, n);
			bad += !is(text);
			out_s64(&out, (int64_t)n);
			snprintf(text, sizeof(text), "%" PRId64, (int64_t)n);
			bad += !is(text);
			out_hex16(&out, n);
			snprintf(text, sizeof(text), "%016" PRIx64, n);
			bad += !is(text);
		}
	}
	for (n = 1; n && n < UINT64_MAX / 10; n *= 10) {
		out_u64(&out, n - 1);
		snprintf(text, sizeof(text), "%" PRIu64, n - 1);
		bad += !is(text);
		out_u64(&out, n);
		snprintf(text, sizeof(text), "%" PRIu64, n);
		bad += !is(text);
	}
	srand(1);
	for (more = 0; more < 100000; more++) { /* some come again, of all lengths */
		n = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
		n >>= (unsigned int)rand() % 64;
		out_u64(&out, n);
		snprintf(text, sizeof(text), "%" PRIu64, n);
		bad += !is(text);
	}
	ok(!bad, "numbers_are_what_printf_makes_of_them");
	out_s64(&out, INT64_MIN);
	ok(is("-9223372036854775808"), "so_is_the_smallest");
	out_u64(&out, UINT64_MAX);
	ok(is("18446744073709551615"), "so_is_the_largest");
	out_padded(&out, 7, 3);
	out_padded(&out, 1234, 2);
	ok(is("00734"), "padded_numbers_have_their_width");
	for (bad = 0, more = 0; more < 1000; more++) {
		n = more < 10 ? more : (uint64_t)rand() % 1000000000;
		out.len = (size_t)(out_nanoseconds(out_room(&out, 9), (uint32_t)n) - out.buf);
		snprintf(text, sizeof(text), "%09" PRIu64, n);
		bad += !is(text);
	}
	ok(!bad, "nanoseconds_have_nine_digits");
}

static void growth(void)
{
	struct out big = { .fd = -1 };
	size_t i, bad = 0;

	for (i = 0; i < 100000; i++)
		out_char(&big, (char)i);
	out_put(&big, big.buf, 0);
	for (i = 0; i < 100000; i++)
		bad += big.buf[i] != (char)i;
	ok(!bad && big.len == 100000, "the_buffer_grows");
	out_printf(&out, "%s-%d", "x", 5);
	out_str(&out, "y");
	OUT_LITERAL(&out, "z");
	ok(is("x-5yz"), "text_is_appended");
	free(big.buf);
}

static void pipes(void)
{
	struct out to = { 0 };
	char buf[8] = "";
	int fd[2];

	if (pipe2(fd, O_NONBLOCK))
		bail("pipe");
	to.fd = fd[1];
	out_str(&to, "hello");
	ok(!out_flush(&to) && !to.len && read(fd[0], buf, 8) == 5 && !strcmp(buf, "hello"),
	   "what_is_flushed_arrives");
	ok(!out_flush(&to), "nothing_to_flush_is_fine");
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	out_str(&to, "hello");
	ok(out_flush(&to) == -1 && to.err == EPIPE && !to.len, "a_reader_that_has_gone_is_noticed");
	out_str(&to, "more");
	ok(out_flush(&to) == -1 && !to.len, "nothing_is_kept_after_that");
	close(fd[1]);
	free(to.buf);
}

static void slow_reader(void)
{
	struct out to = { 0 };
	size_t all = 1000000, got = 0, i;
	char buf[65536];
	int fd[2];
	ssize_t n;

	if (pipe(fd))
		bail("pipe");
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	fflush(NULL);
	if (!fork()) {
		to.fd = fd[1];
		close(fd[0]);
		for (i = 0; i < all; i++)
			out_char(&to, 'x');
		i = (size_t)out_flush(&to);
		free(to.buf);
		free(out.buf);
		exit((int)i);
	}
	close(fd[1]);
	while ((n = read(fd[0], buf, sizeof(buf))) > 0) {
		got += (size_t)n;
		usleep(1000);
	}
	close(fd[0]);
	ok(got == all, "a_slow_reader_gets_everything");
}

static void stuck_reader(void)
{
	struct out to = { 0 };
	size_t i;
	int fd[2];

	if (pipe(fd))
		bail("pipe");
	to.fd = fd[1];
	for (i = 0; i < 1000000; i++)
		out_char(&to, 'x');
	stop_signal = SIGTERM;
	ok(out_flush(&to) == -1 && to.err == ETIMEDOUT,
	   "a_stuck_reader_cannot_stop_us_from_ending");
	stop_signal = 0;
	close(fd[0]);
	close(fd[1]);
	free(to.buf);
}

int main(void)
{
	tap_theme("out");
	numbers();
	growth();
	pipes();
	slow_reader();
	stuck_reader();
	free(out.buf);
	return tap_done();
}
