// SPDX-License-Identifier: MIT
/* In the steady state no event takes memory: twice as many of them need as many allocations. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "tap.h"

#define CYCLES 5000 /* of fork, exec and exit */
#define GROWTH 8 /* allocations of what has not had its size yet */
#define PAST (FAKE_BOOT_NS - 1000000000ull)

void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* Of a command as well, which is a child. */
static unsigned long *allocations;

static void allocation(void)
{
	if (allocations)
		__atomic_add_fetch(allocations, 1, __ATOMIC_RELAXED);
}

void *__wrap_malloc(size_t size)
{
	allocation();
	return __real_malloc(size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	allocation();
	return __real_calloc(nr, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocation();
	return __real_realloc(old, size);
}

static struct rings rings;
static struct command command;
static struct draft draft;
static char device[128], file[128];

static void put(unsigned int type, uint32_t tgid, uint64_t ns)
{
	draft_start(&draft, type);
	draft_process(&draft, tgid, PAST + 3ull * tgid);
	draft.head.ppid = 1;
	draft_number(&draft, "parent_start_ns", 1);
	draft_text(&draft, "comm", "cycle");
	if (type == PROCMON_EXEC) {
		draft_text(&draft, "exe", "/usr/lib/some/where/a/program");
		draft_string(&draft, "args", "program\0--option\0file", 21);
		draft_text(&draft, "cwd", "/home/somebody");
	}
	rings_put(&rings, 0, &draft, ns);
}

static void put_cycles(uint32_t cycles)
{
	uint32_t i;

	rings_in_file(&rings, 1, 1 << 18);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	for (i = 0; i < cycles; i++) {
		put(PROCMON_FORK, 100 + i, PAST + 3ull * (100 + i));
		put(PROCMON_EXEC, 100 + i, PAST + 3ull * (100 + i) + 1);
		put(PROCMON_EXIT, 100 + i, PAST + 3ull * (100 + i) + 2);
	}
}

static unsigned long lines(void)
{
	unsigned long n = 0;
	const char *at;

	for (at = command.out; (at = strchr(at, '\n')); at++)
		n++;
	return n;
}

/* What a command allocates for so many cycles; its file is there in the end. */
static unsigned long cost(const char *what, const char *format, uint32_t cycles)
{
	unsigned long taken;

	put_cycles(cycles);
	if (!strcmp(what, "show")) {
		unlink(file);
		COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", file);
		command_free(&command);
	}
	*allocations = 0;
	if (!strcmp(what, "watch"))
		COMMAND(&command, device, "-q", "--history", "--for=10ms", "-o", format);
	else if (!strcmp(what, "show"))
		COMMAND(&command, "show", "-q", "-o", format, file);
	else if (!unlink(file))
		COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", file);
	taken = __atomic_load_n(allocations, __ATOMIC_RELAXED);
	if (command.status || (strcmp(what, "record") && lines() < 3ul * cycles))
		bail("%s: %d %s", what, command.status, command.err);
	command_free(&command);
	rings_free(&rings);
	return taken;
}

static void is_steady(const char *what, const char *format)
{
	unsigned long once = cost(what, format, CYCLES), twice = cost(what, format, 2 * CYCLES);

	ok(twice <= once + GROWTH, "%s_%s_allocates_nothing_for_an_event", what, format);
	diag("%lu allocations for %d events, %lu for twice as many", once, 3 * CYCLES, twice);
}

int main(void)
{
	static const char *const formats[] = { "short", "json", "verbose", "csv",
					       "ecs",	"ocsf", "audit" };
	size_t i;

	tap_theme("steady");
	snprintf(file, sizeof(file), "/tmp/procmon-steady-%d", getpid());
	allocations = mmap(NULL, sizeof(*allocations), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (allocations == MAP_FAILED)
		bail("no memory");
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		is_steady("watch", formats[i]);
		is_steady("show", formats[i]);
	}
	is_steady("record", "binary");
	unlink(file);
	return tap_done();
}
