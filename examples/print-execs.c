// SPDX-License-Identifier: MIT
/*
 * print-execs.c - prints each exec: first those that are still in the rings, then those that come
 *
 *	cc -o print-execs print-execs.c $(pkg-config --cflags --libs libprocmon)
 *	./print-execs [DEVICE]
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <procmon.h>

/*
 * Anybody can choose the name of a program: what is not printable ASCII must not reach a terminal as
 * it is.  A backslash is told in the same way, so that nothing can look as if it had been told so.
 */
static void print_safely(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] >= ' ' && text[i] <= '~' && text[i] != '\\')
			putchar(text[i]);
		else
			printf("\\x%02x", (unsigned char)text[i]);
}

static void print_exec(const struct procmon_event *ev)
{
	size_t len;
	const char *exe = procmon_string(ev, "exe", &len);

	printf("%" PRIu32 " ", (uint32_t)ev->head.tgid);
	if (exe)
		print_safely(exe, len);
	else
		fputs("(the path could not be had)", stdout);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct procmon_event ev;
	struct procmon *pm;
	int r;

	if (procmon_open(&pm, argc > 1 ? argv[1] : NULL, PROCMON_HISTORY) < 0)
		errx(EXIT_FAILURE, "%s", procmon_error(NULL));
	setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, to a pipe as well */
	/* the event is valid until the next call: what is to stay must be copied */
	while ((r = procmon_next(pm, &ev, -1)) > 0 || r == -EINTR) {
		if (r < 0)
			continue; /* a signal came instead of an event */
		if (ev.head.type == PROCMON_EXEC)
			print_exec(&ev);
		else if (ev.head.type == PROCMON_LOST)
			printf("%" PRIu64 " events were overwritten before they were read\n",
			       ev.count);
	}
	if (r < 0)
		warnx("%s", procmon_error(pm));
	procmon_close(pm);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
