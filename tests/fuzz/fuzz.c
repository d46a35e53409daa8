// SPDX-License-Identifier: MIT
/*
 * What reads what others wrote, under libFuzzer.  $FUZZ_TARGET chooses; with $FUZZ_SEEDS the seeds of
 * that target are written into this directory, and that is all.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "doctor.h"
#include "filter.h"
#include "memory.h"
#include "options.h"
#include "show.h"
#include "tap.h"

#define NREC 64 /* of the hostile rings */
#define RINGS 2
#define EVENTS 1000 /* of an input; far more than its rings can hold */
#define ARGS 32

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

static struct rings rings;
static int null;
static jmp_buf gone; /* where exit() leads */
static bool may_exit;

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);
_Noreturn void __wrap_exit(int status)
{
	if (may_exit)
		longjmp(gone, 1);
	__real_exit(status);
}

/* Shows every event in every format. */
static void show_all(struct procmon *pm)
{
	static const char *fields[] = { "event", "cursor", "args", NULL };
	struct options options = { .utc = true, .headings = true };
	struct procmon_event ev;
	struct show show[4];
	unsigned int i, n;

	for (i = 0; i < 4; i++) {
		options.format = i;
		show_start(&show[i], memcpy(malloc(sizeof(options)), &options, sizeof(options)), pm,
			   1);
		show[i].out.fd = null;
	}
	show[FORMAT_JSON].sink.fields = fields;
	for (n = 0; n < EVENTS && procmon_next(pm, &ev, 0) == 1; n++) {
		struct proc *proc = proc_note(&ev);

		filter_wants(&options, &ev, proc);
		for (i = 0; i < 4; i++)
			show_event(&show[i], &ev, proc);
		proc_forget(&ev);
	}
	for (i = 0; i < 4; i++) {
		free((void *)show[i].options);
		free(show[i].out.buf);
	}
	if (n == EVENTS)
		abort(); /* there is no end */
}

/* The words of both rings, then their records: as much of them as there is. */
static void ring_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm;
	unsigned int i;

	for (i = 0; i < RINGS; i++) {
		size_t n = sizeof(struct procmon_ring);

		memset(rings.shared[i], 0, n);
		n = len < n ? len : n;
		memcpy(rings.shared[i], data, n);
		data += n;
		len -= n;
	}
	for (i = 0; i < RINGS; i++) {
		size_t n = NREC * PROCMON_REC;

		memset(rings.data[i], 0, n);
		n = len < n ? len : n;
		memcpy(rings.data[i], data, n);
		data += n;
		len -= n;
	}
	pm = rings_attach(&rings, PROCMON_HISTORY);
	show_all(pm);
	procmon_close(pm);
}

/* An exec with all that an exec can have. */
static void ring_put_exec(void)
{
	static struct draft draft;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, 1000);
	draft_text(&draft, "comm", "name");
	draft_text(&draft, "exe", "/usr/bin/\033[31mname");
	draft_text(&draft, "filename", "./name");
	draft_text(&draft, "script", "/dev/fd/3");
	draft_text(&draft, "cwd", "/tmp");
	draft_string(&draft, "args", "name\0-x\0\377", 9);
	rings_put(&rings, 0, &draft, 2000);
}

static void ring_seed(FILE *file)
{
	unsigned int i;

	rings_put_small(&rings, 0, PROCMON_FORK, 7, 1000);
	ring_put_exec();
	rings_put_small(&rings, 1, PROCMON_EXIT, 7, 3000);
	rings_put_small(&rings, 1, PROCMON_CGROUP_MKDIR, 1, 4000);
	for (i = 0; i < RINGS; i++)
		fwrite(rings.shared[i], sizeof(struct procmon_ring), 1, file);
	for (i = 0; i < RINGS; i++)
		fwrite(rings.data[i], NREC * PROCMON_REC, 1, file);
}

static void dump_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm;

	if (ftruncate(memory_fd, (off_t)len) || pwrite(memory_fd, data, len, 0) != (ssize_t)len)
		abort();
	if (procmon_open_dump(&pm, memory_path) < 0)
		return;
	show_all(pm);
	procmon_close(pm);
}

static void dump_seed(FILE *file)
{
	fwrite(memory, sizeof(*memory), 1, file);
}

/* The text between "p1-" and a sum that is right, or all of it. */
static void cursor_fuzz(const unsigned char *data, size_t len)
{
	char text[512], summed[600];
	uint32_t sum = 2166136261u;
	struct procmon *pm;
	const char *at;

	snprintf(text, sizeof(text), "%.*s", (int)(len > 500 ? 500 : len), (const char *)data);
	for (at = text; *at; at++)
		sum = (sum ^ (unsigned char)*at) * 16777619u;
	snprintf(summed, sizeof(summed), "%s-%08x", text, sum);
	pm = rings_attach(&rings, 0);
	procmon_seek(pm, text);
	if (!procmon_seek(pm, summed) && !procmon_cursor(pm))
		abort();
	show_all(pm);
	procmon_close(pm);
}

static void cursor_seed(FILE *file)
{
	struct procmon *pm;
	char *cursor;

	rings_put_small(&rings, 0, PROCMON_FORK, 7, 1000);
	pm = rings_attach(&rings, PROCMON_HISTORY);
	cursor = strdup(procmon_cursor(pm));
	*strrchr(cursor, '-') = '\0';
	fputs(cursor, file);
	free(cursor);
	procmon_close(pm);
}

/* A command line, its arguments ended by NUL. */
static void options_fuzz(const unsigned char *data, size_t len)
{
	char text[1024], *args[ARGS + 1] = { "procmon" };
	struct options options;
	int n = 1;
	size_t at;

	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	for (at = 0; at < len && n < ARGS; at += strlen(text + at) + 1)
		args[n++] = text + at;
	optind = 0;
	may_exit = true;
	if (!setjmp(gone))
		options_parse(&options, n, args);
	may_exit = false;
}

static void options_seed(FILE *file)
{
	static const char line[] = "run\0-o\0json\0--event=fork,exec\0--pid=1\0--uid=0\0--for=10s\0"
				   "--output-fields=pid,exe\0--color=never\0--\0ls";

	fwrite(line, sizeof(line), 1, file);
}

static const struct target {
	const char *name;
	void (*fuzz)(const unsigned char *data, size_t len);
	void (*seed)(FILE *file);
} targets[] = {
	{ "ring", ring_fuzz, ring_seed },	{ "dump", dump_fuzz, dump_seed },
	{ "cursor", cursor_fuzz, cursor_seed }, { "options", options_fuzz, options_seed },
	{ "doctor", doctor_fuzz, doctor_seed },
};

static const struct target *target;

static void write_seed(const char *directory)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, target->name);
	file = fopen(path, "w");
	if (!file)
		bail("%s", path);
	target->seed(file);
	fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET"), *seeds = getenv("FUZZ_SEEDS");
	size_t i;

	(void)argc;
	(void)argv;
	for (i = 0; name && i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			target = &targets[i];
	if (!target)
		bail("no target: FUZZ_TARGET=ring, dump, cursor, options or doctor");
	null = open("/dev/null", O_WRONLY);
	memory_begin();
	rings_in_memory(&rings, RINGS, NREC);
	clock_fix_offset(0);
	if (seeds) {
		write_seed(seeds);
		_exit(0);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	target->fuzz(data, len);
	return 0;
}
