// SPDX-License-Identifier: MIT
#include "reverse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *reverse_file; /* gone when the program ends */
static uint64_t *reverse_end; /* where each of them ends there */
static size_t reverse_count, reverse_max;

static int reverse_fail(void)
{
	fprintf(stderr, "procmon: a temporary file for --reverse: %s\n", strerror(errno));
	return -1;
}

int reverse_take(struct out *out)
{
	uint64_t begin = reverse_count ? reverse_end[reverse_count - 1] : 0;
	size_t max = reverse_max ? 2 * reverse_max : 1024;
	uint64_t *end;

	if (!reverse_file)
		reverse_file = tmpfile();
	if (!reverse_file)
		return reverse_fail();
	if (reverse_count == reverse_max) {
		end = realloc(reverse_end, max * sizeof(*end));
		if (!end)
			return reverse_fail();
		reverse_end = end;
		reverse_max = max;
	}
	if (out->len && fwrite(out->buf, out->len, 1, reverse_file) != 1)
		return reverse_fail();
	reverse_end[reverse_count++] = begin + out->len;
	out->len = 0;
	return 0;
}

int reverse_put(struct out *out, uint64_t count)
{
	size_t i = reverse_count;

	if (!reverse_file)
		return 0;
	if (fflush(reverse_file))
		return reverse_fail();
	while (i-- && (!count || reverse_count - i <= count)) {
		uint64_t begin = i ? reverse_end[i - 1] : 0;
		size_t len = reverse_end[i] - begin;

		if (fseeko(reverse_file, (off_t)begin, SEEK_SET) ||
		    fread(out_room(out, len), 1, len, reverse_file) != len)
			return reverse_fail();
		out->len += len;
		if (out->len >= OUT_FULL && out_flush(out))
			break;
	}
	free(reverse_end);
	fclose(reverse_file);
	reverse_file = NULL;
	reverse_end = NULL;
	reverse_count = reverse_max = 0;
	return 0;
}
