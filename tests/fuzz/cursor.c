// SPDX-License-Identifier: MIT
/* Cursors: given as text, and kept in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "fuzz.h"
#include "output.h"
#include "tap.h"

#define CURSOR_MAX 500

/* Makes the text that the sum at the end of a cursor asks for. */
static const char *cursor_sum(const char *text)
{
	static char summed[CURSOR_MAX + 20];
	uint32_t sum = 2166136261u;
	const char *at;

	for (at = text; *at; at++)
		sum = (sum ^ (unsigned char)*at) * 16777619u;
	snprintf(summed, sizeof(summed), "%s-%08x", text, sum);
	return summed;
}

static const char *cursor_text(const unsigned char *data, size_t len)
{
	static char text[CURSOR_MAX + 1];

	snprintf(text, sizeof(text), "%.*s", (int)(len < CURSOR_MAX ? len : CURSOR_MAX),
		 (const char *)data);
	return text;
}

/* Whatever cursor a reader takes, the one that it gives then must be good. */
static void cursor_go_on(struct procmon *pm, const char *cursor)
{
	char *given;

	if (procmon_seek(pm, cursor))
		return;
	given = strdup(procmon_cursor(pm));
	if (procmon_seek(pm, given))
		abort();
	free(given);
}

static void cursor_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm = rings_attach(&fuzz_rings, 0);
	const char *text = cursor_text(data, len);

	cursor_go_on(pm, text);
	cursor_go_on(pm, cursor_sum(text));
	events_show(pm);
	procmon_close(pm);
}

static void cursor_begin(void)
{
	fuzz_rings_begin();
	fuzz_rings_put_story();
}

/* A cursor of now; without its sum. */
static void cursor_seed(void)
{
	struct procmon *pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	char *cursor = strdup(procmon_cursor(pm));

	*strrchr(cursor, '-') = '\0';
	fuzz_seed("oldest", cursor, strlen(cursor));
	free(cursor);
	procmon_close(pm);
}

const struct target target_cursor = { "cursor", cursor_begin, cursor_fuzz, cursor_seed };

static void file_put(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		bail("%s", path);
}

/* After a run that was fine the file holds a cursor to go on from. */
static void file_check(const char *path)
{
	struct procmon *pm = rings_attach(&fuzz_rings, 0);
	char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	if (!file || getline(&line, &size, file) < 1)
		abort();
	line[strcspn(line, "\n")] = '\0';
	if (procmon_seek(pm, line))
		abort();
	fclose(file);
	free(line);
	procmon_close(pm);
}

/* The first byte says whether the rest lacks its sum. */
static void file_fuzz(const unsigned char *data, size_t len)
{
	const char *path = fuzz_path("cursor");
	struct options options = { .format = FORMAT_JSON, .quiet = true, .cursor_file = path };
	struct procmon *pm = rings_attach(&fuzz_rings, 0);
	const char *text;

	if (len && *data == '+') {
		text = cursor_sum(cursor_text(data + 1, len - 1));
		file_put(path, text, strlen(text));
	} else {
		file_put(path, data, len);
	}
	if (!watch_main(pm, &options))
		file_check(path);
	output_check(FORMAT_JSON);
	procmon_close(pm);
}

static void file_seed(void)
{
	struct procmon *pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	char line[CURSOR_MAX];

	snprintf(line, sizeof(line), "%s\n", procmon_cursor(pm));
	fuzz_seed("whole", line, strlen(line));
	snprintf(line, sizeof(line), "+%s", procmon_cursor(pm));
	*strrchr(line, '-') = '\0';
	fuzz_seed("to_be_summed", line, strlen(line));
	procmon_close(pm);
}

const struct target target_cursor_file = { "cursor_file", cursor_begin, file_fuzz, file_seed };
