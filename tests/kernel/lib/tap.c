// SPDX-License-Identifier: MIT
#include "tap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *tap_prefix = "";
static int tap_count, tap_failed;

void tap_theme(const char *theme)
{
	tap_prefix = theme;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

bool ok(bool good, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	printf("%sok %d %s/", good ? "" : "not ", ++tap_count, tap_prefix);
	vprintf(name, args);
	putchar('\n');
	va_end(args);
	tap_failed += !good;
	return good;
}

void skip(const char *name, const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	printf("ok %d %s/%s # SKIP ", ++tap_count, tap_prefix, name);
	vprintf(reason, args);
	putchar('\n');
	va_end(args);
}

void diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

void bail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("not ok %d %s/it_ran_to_its_end\n# ", ++tap_count, tap_prefix);
	vprintf(format, args);
	printf(" (%s)\n", strerror(errno));
	va_end(args);
	exit(2);
}

int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

unsigned long tap_size(const char *name, unsigned long normal)
{
	const char *value = getenv(name);

	return value && *value ? strtoul(value, NULL, 10) : normal;
}
