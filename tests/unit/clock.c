// SPDX-License-Identifier: MIT
/* Times and durations, read and written. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fake.h"
#include "tap.h"

#define SECOND 1000000000ull

static struct out out = { .fd = -1 };

static const char *shown(void)
{
	out_char(&out, '\0');
	out.len = 0;
	return out.buf;
}

static void durations(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} table[] = {
		{ 0, "0ns" },
		{ 1, "1ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 1999, "1.99us" },
		{ 9999, "9.99us" },
		{ 10000, "10.0us" },
		{ 99999, "99.9us" },
		{ 100000, "100us" },
		{ 999999, "999us" },
		{ 1000000, "1.00ms" },
		{ 1234567, "1.23ms" },
		{ 999999999, "999ms" },
		{ SECOND, "1.00s" },
		{ 59 * SECOND + 999999999, "59.9s" },
		{ 60 * SECOND, "1m00s" },
		{ 3599 * SECOND, "59m59s" },
		{ 3600 * SECOND, "1h00m" },
		{ 86399 * SECOND, "23h59m" },
		{ 86400 * SECOND, "1d00h" },
		{ UINT64_MAX, "213503d23h" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *got;

		clock_put_duration(&out, table[i].ns);
		got = shown();
		if (!ok(!strcmp(got, table[i].text), "%s_is_shown", table[i].text))
			diag("got %s", got);
	}
}

static void durations_read(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} table[] = {
		{ "10", 10000000000 },
		{ "10s", 10000000000 },
		{ "500ms", 500000000 },
		{ "20us", 20000 },
		{ "2m", 120000000000 },
		{ "2min", 120000000000 },
		{ "1h", 3600000000000 },
		{ "1d", 86400000000000 },
		{ "1.5", 1500000000 },
		{ "0.25s", 250000000 },
		{ "0", 0 },
		{ "1.", 1000000000 },
		{ "", -1 },
		{ "s", -1 },
		{ "-1", -1 },
		{ "+1", -1 },
		{ " 1", -1 },
		{ "1 s", -1 },
		{ "1S", -1 },
		{ "1e3", -1 },
		{ "0x10", -1 },
		{ "1.2.3", -1 },
		{ ".", -1 },
		{ ".5", -1 },
		{ "nan", -1 },
		{ "inf", -1 },
		{ "1sec", -1 },
		{ "1m30s", -1 },
		{ "99999999999999999999", -1 },
		{ "300000d", -1 },
	};
	size_t i, bad = 0;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int64_t got = clock_parse_duration(table[i].text);

		if (got != table[i].ns) {
			diag("'%s': %lld", table[i].text, (long long)got);
			bad++;
		}
	}
	ok(!bad, "%zu_texts_are_read_or_refused_as_durations", i);
}

static void times(void)
{
	static const struct {
		const char *zone, *text;
		int64_t wall_ns;
		enum clock_style style;
	} table[] = {
		{ "UTC0", "1970-01-01T00:00:00.000000000Z", 0, CLOCK_STYLE_UTC },
		{ "UTC0", "1969-12-31T23:59:59.999999999Z", -1, CLOCK_STYLE_UTC },
		{ "UTC0", "1969-12-31T23:59:58.000000000Z", -2000000000, CLOCK_STYLE_UTC },
		{ "UTC0", "1677-09-21T00:12:43.145234192Z", INT64_MIN + 10000, CLOCK_STYLE_UTC },
		{ "UTC0", "2026-11-24T09:16:29.500000000Z", (int64_t)FAKE_WALL_NS,
		  CLOCK_STYLE_UTC },
		{ "UTC0", "2000-02-29T23:59:59.000000001Z", 951868799000000001, CLOCK_STYLE_UTC },
		{ "UTC0", "2026-11-24T09:16:29.500000000+00:00", (int64_t)FAKE_WALL_NS,
		  CLOCK_STYLE_LOCAL },
		{ "XXX-5:30", "2026-11-24T14:46:29.500000000+05:30", (int64_t)FAKE_WALL_NS,
		  CLOCK_STYLE_LOCAL },
		{ "XXX3:30", "2026-11-24T05:46:29.500000000-03:30", (int64_t)FAKE_WALL_NS,
		  CLOCK_STYLE_LOCAL },
		{ "XXX3:30", "2026-11-24T09:16:29.500000000Z", (int64_t)FAKE_WALL_NS,
		  CLOCK_STYLE_UTC },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *got;

		setenv("TZ", table[i].zone, 1);
		tzset();
		clock_fix_offset(table[i].wall_ns - 5000 -
				 (int64_t)i); /* the cache has another second */
		clock_put(&out, 7000000000 + i, table[i].style);
		shown();
		clock_fix_offset(table[i].wall_ns - 5000);
		clock_put(&out, 5000, table[i].style);
		got = shown();
		if (!ok(!strcmp(got, table[i].text), "time_%zu_is_shown", i))
			diag("wanted %s, got %s", table[i].text, got);
	}
}

static void wall_clock_set(void)
{
	int64_t before = clock_wall_ns(FAKE_BOOT_NS);

	ok(before > (int64_t)FAKE_WALL_NS - 1000000 && before < (int64_t)FAKE_WALL_NS + 1000000,
	   "boot_time_becomes_wall_time");
	fake_set_wall(3600 * SECOND);
	clock_refresh();
	ok(clock_wall_ns(FAKE_BOOT_NS) == before, "within_a_second_the_clock_is_not_read_again");
	fake_pass(2 * SECOND);
	clock_refresh();
	ok(clock_wall_ns(FAKE_BOOT_NS) - before > (int64_t)(3599 * SECOND),
	   "a_wall_clock_that_was_set_is_noticed");
}

int main(void)
{
	tap_theme("clock");
	wall_clock_set();
	durations();
	durations_read();
	times();
	free(out.buf);
	return tap_done();
}
