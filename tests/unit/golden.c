// SPDX-License-Identifier: MIT
/* The output of a fixed set of events, byte for byte.  $GOLDEN_WRITE: write golden/ anew instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "story.h"
#include "tap.h"

#define ALL_EVENTS "--event=fork,exec,exit,cgroup_mkdir,cgroup_rmdir,cgroup_rename,cgroup_attach"

static const struct {
	const char *file, *option;
} formats[] = {
	{ "short", "--output=short" },	    { "short-color", "--color=always" },
	{ "tree", "--output=tree" },	    { "verbose", "--output=verbose" },
	{ "json", "--output=json" },	    { "json-pretty", "--output=json-pretty" },
	{ "json-fields", "--output=json" }, { "ecs", "--output=ecs" },
	{ "ocsf", "--output=ocsf" },	    { "csv", "--output=csv" },
	{ "audit", "--output=audit" },
};

static struct rings rings;
static unsigned int events;

/* What differs from one version and one machine to the other. */
static const struct {
	const char *from, *to; /* from here, until there */
} golden_varies[] = { { "\"procmon\",\"version\":\"", "\"}" },
		      { " arch=", " syscall=" },
		      { " syscall=", " " } };

static void blank_one(struct command *command, const char *from, const char *to)
{
	char *at = command->out, *end;

	while ((at = strstr(at, from)) && (end = strstr(at + strlen(from), to))) {
		size_t left = command->out_len - (size_t)(end - command->out) + 1;

		at += strlen(from);
		command->out_len -= (size_t)(end - at);
		memmove(at, end, left);
	}
}

static void blank(struct command *command)
{
	size_t i;

	for (i = 0; i < sizeof(golden_varies) / sizeof(golden_varies[0]); i++)
		blank_one(command, golden_varies[i].from, golden_varies[i].to);
}

static void tell(struct command *command, size_t i)
{
	char device[128], count[32];

	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(count, sizeof(count), "--lines=%u", events);
	if (!strcmp(formats[i].file, "json-fields"))
		COMMAND(command, device, count, "--history", ALL_EVENTS, formats[i].option,
			"--output-fields=event,pid,exe,args,exit_code,count,target_cgroup");
	else
		COMMAND(command, device, count, "--history", "--utc", ALL_EVENTS,
			formats[i].option);
	blank(command);
}

static FILE *golden_open(const char *name, const char *mode)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/golden/%s", UNIT_DIR, name);
	file = fopen(path, mode);
	if (!file)
		bail("%s", path);
	return file;
}

static void golden_write(const char *name, const struct command *command)
{
	FILE *file = golden_open(name, "w");

	if (fwrite(command->out, 1, command->out_len, file) != command->out_len || fclose(file))
		bail("%s cannot be written", name);
}

/* Tells the first line that differs. */
static bool golden_is(const char *name, const struct command *command)
{
	const char *at = command->out, *end = at + command->out_len;
	FILE *file = golden_open(name, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int number;

	for (number = 1; (len = getline(&line, &size, file)) > 0; number++, at += len) {
		if (end - at >= len && !memcmp(at, line, (size_t)len))
			continue;
		diag("golden/%s:%d: wanted: %s", name, number, line);
		diag("got: %.*s", (int)strcspn(at, "\n"), at);
		break;
	}
	free(line);
	fclose(file);
	return len <= 0 && at == end;
}

static bool python_likes(const struct command *command)
{
	char check[512];
	FILE *file;

	snprintf(check, sizeof(check), "python3 '%s/check_json.py' lines >/dev/null", UNIT_DIR);
	file = popen(check, "w");
	if (!file)
		bail("popen");
	fwrite(command->out, 1, command->out_len, file);
	return !pclose(file);
}

int main(void)
{
	size_t i;

	tap_theme("golden");
	events = story_in_file(&rings);
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct command command;

		tell(&command, i);
		ok(command_said(&command, 0, ""), "%s_ends_well", formats[i].file);
		if (getenv("GOLDEN_WRITE"))
			golden_write(formats[i].file, &command);
		else
			ok(golden_is(formats[i].file, &command), "%s_is_the_golden_file",
			   formats[i].file);
		if (!strcmp(formats[i].option, "--output=json"))
			ok(python_likes(&command), "%s_is_json_without_unsafe_numbers",
			   formats[i].file);
		command_free(&command);
	}
	rings_free(&rings);
	return tap_done();
}
