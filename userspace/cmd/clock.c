// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "clock.h"

static int64_t clock_offset_ns; /* wall time minus boot time */
static uint64_t clock_offset_at; /* boot time at which it was read, 0: never */
static bool clock_fixed;

static uint64_t clock_read(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return clock_read(CLOCK_BOOTTIME);
}

void clock_refresh(void)
{
	uint64_t now = clock_boot_ns();

	if (clock_fixed || (clock_offset_at && now - clock_offset_at < (uint64_t)NSEC_PER_SEC))
		return;
	clock_offset_ns = (int64_t)(clock_read(CLOCK_REALTIME) - clock_boot_ns());
	clock_offset_at = now;
}

void clock_fix_offset(int64_t offset_ns)
{
	clock_offset_ns = offset_ns;
	clock_fixed = true;
}

int64_t clock_wall_ns(uint64_t boot_ns)
{
	if (!clock_fixed && !clock_offset_at)
		clock_refresh();
	return (int64_t)(boot_ns + (uint64_t)clock_offset_ns);
}

const struct tm *clock_split(uint64_t boot_ns, bool utc, uint32_t *nsec)
{
	static struct tm cached[2];
	static time_t cached_sec[2];
	static bool valid[2];
	int64_t wall = clock_wall_ns(boot_ns);
	int64_t rest = wall % NSEC_PER_SEC;
	time_t sec = wall / NSEC_PER_SEC;

	if (rest < 0) {
		sec--;
		rest += NSEC_PER_SEC;
	}
	*nsec = (uint32_t)rest;
	if (!valid[utc] || cached_sec[utc] != sec) {
		if (utc)
			gmtime_r(&sec, &cached[utc]);
		else
			localtime_r(&sec, &cached[utc]);
		cached_sec[utc] = sec;
		valid[utc] = true;
	}
	return &cached[utc];
}

/* Up to the nanoseconds. */
static char *clock_put_day(char *to, uint64_t boot_ns, bool utc)
{
	static struct second {
		char text[32]; /* "2026-11-24T09:16:29.", formatted once a second */
		size_t len;
		uint64_t begin_ns;
	} seconds[2];
	struct second *second = &seconds[utc];
	uint64_t nsec = (uint64_t)clock_wall_ns(boot_ns) - second->begin_ns;
	uint32_t rest;

	if (!second->len || nsec >= (uint64_t)NSEC_PER_SEC) {
		second->len = strftime(second->text, sizeof(second->text), "%Y-%m-%dT%H:%M:%S.",
				       clock_split(boot_ns, utc, &rest));
		second->begin_ns = (uint64_t)clock_wall_ns(boot_ns) - rest;
		nsec = rest;
	}
	memcpy(to, second->text, sizeof(second->text));
	return out_nanoseconds(to + second->len, (uint32_t)nsec);
}

char *clock_put_utc(char *to, uint64_t boot_ns)
{
	to = clock_put_day(to, boot_ns, true);
	*to++ = 'Z';
	return to;
}

void clock_put(struct out *out, uint64_t boot_ns, enum clock_style style)
{
	char *to = out_room(out, CLOCK_ROOM);
	uint32_t nsec;
	long minutes;

	if (style == CLOCK_STYLE_UTC) {
		out->len += (size_t)(clock_put_utc(to, boot_ns) - to);
		return;
	}
	out->len += (size_t)(clock_put_day(to, boot_ns, false) - to);
	minutes = clock_split(boot_ns, false, &nsec)->tm_gmtoff / 60;
	out_char(out, minutes < 0 ? '-' : '+');
	minutes = labs(minutes);
	out_padded(out, minutes / 60, 2);
	out_char(out, ':');
	out_padded(out, minutes % 60, 2);
}

void clock_put_duration(struct out *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { NSEC_PER_SEC, "s" }, { 1000000, "ms" }, { 1000, "us" } };
	uint64_t sec = ns / NSEC_PER_SEC;

	if (sec >= 86400) {
		out_printf(out, "%llud%02lluh", (unsigned long long)(sec / 86400),
			   (unsigned long long)(sec / 3600 % 24));
		return;
	}
	if (sec >= 3600) {
		out_printf(out, "%lluh%02llum", (unsigned long long)(sec / 3600),
			   (unsigned long long)(sec / 60 % 60));
		return;
	}
	if (sec >= 60) {
		out_printf(out, "%llum%02llus", (unsigned long long)(sec / 60),
			   (unsigned long long)(sec % 60));
		return;
	}
	for (unsigned int i = 0; i < sizeof(units) / sizeof(*units); i++) {
		uint64_t whole = ns / units[i].ns;
		uint64_t thousandths = ns % units[i].ns * 1000 / units[i].ns;

		if (!whole)
			continue;
		out_u64(out, whole);
		if (whole < 100) {
			out_char(out, '.');
			if (whole < 10)
				out_padded(out, thousandths / 10, 2);
			else
				out_padded(out, thousandths / 100, 1);
		}
		out_str(out, units[i].name);
		return;
	}
	out_u64(out, ns);
	OUT_LITERAL(out, "ns");
}

int64_t clock_parse_duration(const char *text)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "", 1e9 },   { "s", 1e9 },    { "ms", 1e6 },   { "us", 1e3 },
		      { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 } };
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double value;

	if (!digits || *text == '.')
		return -1;
	value = strtod(text, &end);
	if (end != text + digits)
		return -1;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(end, units[i].name) && value * units[i].ns < 9e18)
			return (int64_t)(value * units[i].ns);
	return -1;
}

bool clock_parse_when(const char *text, int64_t *ns)
{
	static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
					       "%Y-%m-%d %H:%M",    "%Y-%m-%d",
					       "%H:%M:%S",	    "%H:%M" };
	int64_t now_ns = (int64_t)clock_read(CLOCK_REALTIME), ago_ns;
	time_t now = now_ns / NSEC_PER_SEC;
	struct tm day, tm;
	size_t i;

	localtime_r(&now, &day);
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	*ns = now_ns;
	if (*text == '-') {
		ago_ns = clock_parse_duration(text + 1);
		*ns -= ago_ns;
		return ago_ns >= 0;
	}
	if (!strcmp(text, "now"))
		return true;
	if (!strcmp(text, "today") || !strcmp(text, "yesterday")) {
		day.tm_mday -= *text == 'y';
		*ns = mktime(&day) * NSEC_PER_SEC;
		return true;
	}
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const char *end;

		tm = day;
		end = strptime(text, formats[i], &tm);
		if (!end || *end)
			continue;
		tm.tm_isdst = -1;
		*ns = mktime(&tm) * NSEC_PER_SEC;
		return true;
	}
	return false;
}
