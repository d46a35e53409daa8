// SPDX-License-Identifier: MIT
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "out.h"
#include "show.h"

#define PROGRESS_FIRST_NS (NSEC_PER_SEC / 2) /* what takes less needs no line */
#define PROGRESS_NEXT_NS (NSEC_PER_SEC / 10)
#define PROGRESS_BAR 30 /* columns of the bar, at most */
#define PROGRESS_TEXT 36 /* columns beside it */

/* The work; there is one at a time. */
static struct progress {
	bool on, drawn;
	uint64_t total, begin_ns, next_ns;
} progress;

static bool progress_is_file(int fd)
{
	struct stat st;

	return fd < 0 ||
	       (!fstat(fd, &st) && !S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !isatty(fd));
}

void progress_begin(uint64_t total, int out)
{
	const char *term = getenv("TERM");
	uint64_t now_ns = clock_boot_ns();

	progress = (struct progress){
		.on = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") &&
		      progress_is_file(out),
		.total = total,
		.begin_ns = now_ns,
		.next_ns = now_ns + PROGRESS_FIRST_NS,
	};
}

static void progress_put_bytes(struct out *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;

	while (bytes >= 10000 && unit < sizeof(units) / sizeof(units[0]) - 1) {
		bytes /= 1024;
		unit++;
	}
	out_u64(out, bytes);
	out_char(out, ' ');
	out_str(out, units[unit]);
}

static void progress_put_bar(struct out *out, uint64_t done, unsigned int columns)
{
	unsigned int i, full;

	if (columns > PROGRESS_BAR)
		columns = PROGRESS_BAR;
	full = (unsigned int)((double)done / (double)progress.total * columns);
	out_char(out, '[');
	for (i = 0; i < columns; i++)
		out_char(out, i < full ? '#' : ' ');
	OUT_LITERAL(out, "] ");
}

static void progress_put_left(struct out *out, uint64_t seconds)
{
	OUT_LITERAL(out, ", ");
	if (seconds < 60)
		out_printf(out, "%u s", (unsigned int)seconds);
	else
		clock_put_duration(out, seconds * (uint64_t)NSEC_PER_SEC);
	OUT_LITERAL(out, " left");
}

static void progress_put(struct out *out, uint64_t done, uint64_t passed_ns)
{
	unsigned int columns = show_width(STDERR_FILENO);
	double rate = (double)done * 1e9 / (double)(passed_ns ? passed_ns : 1);

	if (done > progress.total && progress.total)
		done = progress.total; /* it grows */
	if (columns > PROGRESS_TEXT && progress.total)
		progress_put_bar(out, done, columns - PROGRESS_TEXT);
	if (progress.total)
		out_printf(out, "%u %%",
			   (unsigned int)((double)done * 100 / (double)progress.total));
	else
		progress_put_bytes(out, done);
	if (columns <= PROGRESS_TEXT)
		return;
	OUT_LITERAL(out, ", ");
	progress_put_bytes(out, (uint64_t)rate);
	OUT_LITERAL(out, "/s");
	if (progress.total && rate >= 1)
		progress_put_left(out, (uint64_t)((double)(progress.total - done) / rate));
}

void progress_at(uint64_t done)
{
	struct out out = { .fd = STDERR_FILENO };
	uint64_t now_ns = progress.on ? clock_boot_ns() : 0;

	if (!progress.on || now_ns < progress.next_ns)
		return;
	progress.next_ns = now_ns + PROGRESS_NEXT_NS;
	progress.drawn = true;
	out_char(&out, '\r');
	progress_put(&out, done, now_ns - progress.begin_ns);
	OUT_LITERAL(&out, "\033[K");
	out_flush(&out);
	free(out.buf);
}

void progress_clear(void)
{
	struct out out = { .fd = STDERR_FILENO };

	if (!progress.drawn)
		return;
	progress.drawn = false;
	OUT_LITERAL(&out, "\r\033[K");
	out_flush(&out);
	free(out.buf);
}

void progress_end(void)
{
	progress_clear();
	progress.on = false;
}
