// SPDX-License-Identifier: MIT
#include <time.h>

#include "awkward.h"

static const char *separator = "{";

static void truth_key(FILE *truth, const char *key)
{
	fprintf(truth, "%s\"%s\":", separator, key);
	separator = ",";
}

uint64_t truth_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void truth_number(FILE *truth, const char *key, uint64_t value)
{
	truth_key(truth, key);
	fprintf(truth, "%llu", (unsigned long long)value);
}

void truth_numbers(FILE *truth, const char *key, const uint64_t *values, unsigned long n)
{
	unsigned long i;

	truth_key(truth, key);
	for (i = 0; i < n; i++)
		fprintf(truth, "%c%llu", i ? ',' : '[', (unsigned long long)values[i]);
	fputs("]", truth);
}

void truth_name(FILE *truth, const char *name)
{
	truth_key(truth, "name");
	fprintf(truth, "\"%s\"", name);
}

void truth_strings(FILE *truth, const char *key, const char **strings)
{
	const unsigned char *byte;
	const char *comma = "";

	truth_key(truth, key);
	fputs("[", truth);
	for (; strings && *strings; strings++) {
		fprintf(truth, "%s\"", comma);
		for (byte = (const unsigned char *)*strings; *byte; byte++)
			fprintf(truth, "%02x", *byte);
		fputs("\"", truth);
		comma = ",";
	}
	fputs("]", truth);
}

/* Flushed: the next child must not inherit it. */
void truth_end(FILE *truth)
{
	fputs("}\n", truth);
	fflush(truth);
	separator = "{";
}
