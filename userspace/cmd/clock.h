/* SPDX-License-Identifier: MIT */
/* Boot time as the module tells it, wall time as people read it. */
#ifndef CMD_CLOCK_H
#define CMD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "out.h"

#define NSEC_PER_SEC 1000000000ll

enum clock_style {
	CLOCK_STYLE_UTC, /* 2026-11-24T09:16:29.000000000Z */
	CLOCK_STYLE_LOCAL, /* 2026-11-24T10:16:29.000000000+01:00 */
};

uint64_t clock_boot_ns(void);
/* Looks at the wall clock again, when a second has passed: it may have been set. */
void clock_refresh(void);
/* Tests: wall time minus boot time, whatever the clocks say. */
void clock_fix_offset(int64_t offset_ns);
int64_t clock_wall_ns(uint64_t boot_ns);
#define CLOCK_ROOM 48 /* bytes that clock_put_utc() may write to */

/* RFC 3339 with nanoseconds. */
char *clock_put_utc(char *to, uint64_t boot_ns);
void clock_put(struct out *out, uint64_t boot_ns, enum clock_style style);
/* The date and time of day of @boot_ns; @tm is valid until the next call. */
const struct tm *clock_split(uint64_t boot_ns, bool utc, uint32_t *nsec);
/* "1.5ms", "2m03s": at most three digits that matter. */
void clock_put_duration(struct out *out, uint64_t ns);
/* "10s", "500ms", "2m", "1h", "1.5"; returns < 0 when @text is none. */
int64_t clock_parse_duration(const char *text);

/*
 * "2026-11-26 14:00:00", "2026-11-26", "14:00", "now", "today", "yesterday" in local time, "-1h": before
 * now.  Return: it is one; CLOCK_REALTIME in @ns.
 */
bool clock_parse_when(const char *text, int64_t *ns);

#endif
