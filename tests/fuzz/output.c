// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "form.h"

#define OUTPUT_MAX (1u << 22)

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

static char output[OUTPUT_MAX];
static size_t output_len;

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fd != STDOUT_FILENO)
		return __real_write(fd, bytes, len);
	if (len > sizeof(output) - output_len)
		abort(); /* so much cannot come of an input */
	memcpy(output + output_len, bytes, len);
	output_len += len;
	return (ssize_t)len;
}

static _Noreturn void output_bad(const char *what, const char *bytes, size_t len)
{
	fprintf(stderr, "%s: '%.*s'\n", what, (int)(len > 4000 ? 4000 : len), bytes);
	abort();
}

static size_t output_lines(const char *bytes, size_t len)
{
	size_t lines = 0, i;

	for (i = 0; i < len; i++)
		lines += bytes[i] == '\n';
	return lines;
}

void output_check_bytes(enum options_format format, const char *bytes, size_t len)
{
	if (!form_is_good(format, bytes, len))
		output_bad("not in its form", bytes, len);
}

void output_check(enum options_format format)
{
	output_check_bytes(format, output, output_len);
	output_len = 0;
}

static bool output_has_one_stamp(void)
{
	const char *line = output, *end = output + output_len, *stamp = NULL;
	size_t len = 0;

	for (; line < end; line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1) {
		const char *at = memmem(line, (size_t)(end - line), " msg=audit(", 11);
		const char *close = at ? memchr(at, ')', (size_t)(end - at)) : NULL;

		if (strncmp(line, "type=", 5) || !close)
			return false;
		if (stamp && ((size_t)(close - at) != len || memcmp(at, stamp, len)))
			return false;
		stamp = at;
		len = (size_t)(close - at);
	}
	return true;
}

/*
 * The verbose format has a line for each key, and an empty one at the end; that of audit one for each record,
 * all of which have the same stamp.
 */
void output_check_one(enum options_format format)
{
	size_t lines = output_lines(output, output_len);

	if (!output_len || output[output_len - 1] != '\n')
		output_bad("no line", output, output_len);
	if (format != FORMAT_VERBOSE && format != FORMAT_JSON_PRETTY && format != FORMAT_AUDIT &&
	    lines != 1)
		output_bad("not one line", output, output_len);
	if (format == FORMAT_JSON_PRETTY && form_json(output, output_len) != 1)
		output_bad("not one object", output, output_len);
	if (format == FORMAT_AUDIT && !output_has_one_stamp())
		output_bad("not one event", output, output_len);
	if (format == FORMAT_VERBOSE && memmem(output, output_len - 1, "\n\n", 2))
		output_bad("not one event", output, output_len);
	output_check(format);
}
