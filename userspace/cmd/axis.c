// SPDX-License-Identifier: MIT
#include "axis.h"

#include "clock.h"

#define AXIS_DAY_NS (86400 * NSEC_PER_SEC)

int64_t axis_step(int64_t span_ns, unsigned int most)
{
	static const int64_t seconds[] = { 1,	2,    5,    10,	  30,	 60,	120,  300,
					   600, 1800, 3600, 7200, 21600, 43200, 86400 };
	static const int64_t tens[] = { 1, 2, 5 };
	int64_t unit, step;
	size_t i;

	for (unit = 1; unit < NSEC_PER_SEC; unit *= 10)
		for (i = 0; i < sizeof(tens) / sizeof(tens[0]); i++)
			if (span_ns / (unit * tens[i]) <= most)
				return unit * tens[i];
	for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (span_ns / (seconds[i] * NSEC_PER_SEC) <= most)
			return seconds[i] * NSEC_PER_SEC;
	for (step = AXIS_DAY_NS; span_ns / step > most;)
		step *= 2;
	return step;
}

/* Days, hours and minutes.  Return: what is left. */
static int64_t axis_put_long(struct out *out, int64_t ns)
{
	static const struct {
		int64_t ns;
		char name;
	} units[] = { { AXIS_DAY_NS, 'd' },
		      { 3600 * NSEC_PER_SEC, 'h' },
		      { 60 * NSEC_PER_SEC, 'm' } };
	size_t start = out->len, i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]) && ns; i++) {
		bool first = out->len == start;

		if (!first || ns >= units[i].ns)
			out_printf(out, first ? "%lld%c" : "%02lld%c",
				   (long long)(ns / units[i].ns), units[i].name);
		ns %= units[i].ns;
	}
	return ns;
}

void axis_put(struct out *out, int64_t ns, int64_t step_ns)
{
	static const char *const names[] = { "s", "ms", "us", "ns" };
	int64_t unit_ns = NSEC_PER_SEC, digit_ns;
	size_t start = out->len;
	int decimals = 0, i = 0;
	bool more;

	ns = axis_put_long(out, ns);
	more = out->len > start;
	if (more && !ns)
		return;
	if (!ns) {
		out_char(out, '0');
		return;
	}
	for (; !more && ns < unit_ns; unit_ns /= 1000)
		i++;
	for (digit_ns = unit_ns; digit_ns > step_ns; digit_ns /= 10)
		decimals++;
	out_printf(out, "%0*.*f%s", more ? 2 + decimals + !!decimals : 0, decimals,
		   (double)ns / (double)unit_ns, names[i]);
}
