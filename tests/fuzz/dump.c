// SPDX-License-Identifier: MIT
/* A file that is to be a dump of a machine's memory. */
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "memory.h"

static void dump_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm;

	if (ftruncate(memory_fd, (off_t)len) || pwrite(memory_fd, data, len, 0) != (ssize_t)len)
		abort();
	if (procmon_open_dump(&pm, memory_path) < 0)
		return;
	events_show(pm);
	procmon_close(pm);
}

/* What can be, and a page that tells of as many others as it has room for. */
static void dump_seed(void)
{
	struct procmon_dump *told = memory_told_of(0);
	uint64_t *frame = (uint64_t *)(told + 1);
	uint32_t i;

	fuzz_seed("memory", memory, sizeof(*memory));
	told->nr = (uint32_t)((MEMORY_PAGE - sizeof(*told)) / sizeof(*frame));
	for (i = 0; i < told->nr; i++)
		frame[i] = told->self;
	fuzz_seed("pages", memory, sizeof(*memory));
}

const struct target target_dump = { "dump", memory_begin, dump_fuzz, dump_seed };
