// SPDX-License-Identifier: MIT
/*
 * lag: reads the lines of `procmon watch -o json` and compares, for each exec of /tmp/bench/tiny, the
 * event's own time with the clock when its line had been read.  At the end of the input it prints how many
 * lines that were, and of their lags in nanoseconds the least, the median, the 90th and 99th of a hundred,
 * and the most.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (1u << 20)

#define LINE_BEGINS "{\"schema\":\"procmon/1\",\"event\":\"exec\""
#define LINE_HAS "\"exe\":\"/tmp/bench/tiny\""
#define LINE_TIME "\"boot_ns\":\""

static uint64_t *lags;
static size_t nr_lags;

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void take_lag(uint64_t lag)
{
	if (!(nr_lags & (nr_lags + 1)))
		lags = realloc(lags, 2 * (nr_lags + 1) * sizeof(*lags));
	if (!lags)
		fail("realloc");
	lags[nr_lags++] = lag;
}

/* @line ends with a NUL in place of its newline. */
static void take_line(const char *line, uint64_t now)
{
	const char *time;

	if (strncmp(line, LINE_BEGINS, strlen(LINE_BEGINS)) || !strstr(line, LINE_HAS))
		return;
	time = strstr(line, LINE_TIME);
	if (!time)
		fail("a line without a time");
	take_lag(now - strtoull(time + strlen(LINE_TIME), NULL, 10));
}

/* Takes the whole lines of @len bytes.  Return: bytes that are left, moved to the front. */
static size_t take_lines(char *buffer, size_t len, uint64_t now)
{
	char *line = buffer, *end;

	while ((end = memchr(line, '\n', (size_t)(buffer + len - line)))) {
		*end = '\0';
		take_line(line, now);
		line = end + 1;
	}
	len -= (size_t)(line - buffer);
	memmove(buffer, line, len);
	return len;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static unsigned long long percentile(unsigned int percent)
{
	return lags[(nr_lags - 1) * percent / 100];
}

int main(void)
{
	static char buffer[BUFFER];
	size_t len = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, buffer + len, sizeof(buffer) - len)) > 0)
		len = take_lines(buffer, len + (size_t)n, now_ns());
	if (n < 0)
		fail("read");
	if (!nr_lags) {
		fprintf(stderr, "lag: no line about an exec of the program\n");
		return 1;
	}
	qsort(lags, nr_lags, sizeof(*lags), compare);
	printf("%zu %llu %llu %llu %llu %llu\n", nr_lags, percentile(0), percentile(50),
	       percentile(90), percentile(99), percentile(100));
	return 0;
}
