// SPDX-License-Identifier: MIT
/* Formats of others: ECS and OCSF against their schemas, CSV and audit records against what json tells. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "csv.h"
#include "film.h"
#include "key.h"
#include "map.h"
#include "nest.h"
#include "reference.h"
#include "story.h"
#include "tap.h"

#define ALL_EVENTS                                                                                 \
	"--event=fork,exec,exit,snapshot,cgroup_mkdir,cgroup_rmdir,cgroup_rename,cgroup_attach"
#define LONG 20000 /* bytes of an argument that no record of the audit log can hold */

static const char *const formats[] = { "ecs", "ocsf", "csv", "audit" };
static struct rings rings;
static struct command command;
static char directory[64], film[96], plain[96];

static void keep(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(command.out, 1, command.out_len, file) != command.out_len ||
	    fclose(file))
		bail("%s", path);
	command_free(&command);
}

/* A checker in Python reads what was printed, and what json told of the same events. */
static bool conforms(const char *format)
{
	bool table = !strcmp(format, "csv") || !strcmp(format, "audit");
	char shell[512];
	FILE *file;
	bool good;

	if (table)
		snprintf(shell, sizeof(shell), "python3 '%s/check_table.py' %s %s >/dev/null",
			 UNIT_DIR, format, plain);
	else
		snprintf(shell, sizeof(shell),
			 "python3 '%s/check_schema.py' '%s/schema/%s.json' %s >/dev/null", UNIT_DIR,
			 UNIT_DIR, format, plain);
	file = popen(shell, "w");
	good = file && fwrite(command.out, 1, command.out_len, file) == command.out_len;
	good &= !pclose(file);
	if (!good)
		diag("%s: %d %.3000s", format, command.status, command.out);
	command_free(&command);
	return good;
}

static bool has(const char *text)
{
	bool good = strstr(command.out, text);

	if (!good)
		diag("no %s in %.2000s", text, command.out);
	return good;
}

/* All that an event can be, out of the rings. */
static void stream(void)
{
	unsigned int events = story_in_file(&rings);
	char device[128], count[32], format[16];
	size_t i;

	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(count, sizeof(count), "-n%u", events);
	COMMAND(&command, device, count, "--history", ALL_EVENTS, "-ojson");
	ok(has("\"fork\"") && has("\"exec\"") && has("\"exit\"") && has("\"cgroup_mkdir\"") &&
		   has("\"cgroup_attach\"") && has("\"cgroup_rename\"") && has("\"lost\"") &&
		   has("_raw") && has("\"pod\""),
	   "the_story_tells_of_every_kind_of_event");
	keep(plain);
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		snprintf(format, sizeof(format), "-o%s", formats[i]);
		COMMAND(&command, device, count, "--history", ALL_EVENTS, format);
		ok(conforms(formats[i]), "%s_conforms_and_tells_all_that_json_tells", formats[i]);
	}
	rings_free(&rings);
}

static void shoot(void)
{
	char args[2 * LONG];
	size_t i;

	film_begin(film);
	film_snapshot(2, 1, -50, "/usr/bin/bash");
	film_fork(3, 2, 0);
	film_exec(3, 10, "/usr/bin/make", "make all");
	film_exit(3, 100, 2, 0);
	film_lose(7, 150);
	film_process(4, 2, 200, 100, "=cmd|' /C calc'!A0", "+1 -1 @x \"q\" [1] ,", 0);
	film_process(7, 2, 250, 10, "/a\\b\xff", "a\\b\xff", 0);
	film_container(5, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	film_process(5, 2, 300, 100, "/in", "in", 1);
	film_container(0, NULL);
	film_threads(1);
	film_fork(2, 1, 500);
	film_exit(2, 600, 0, 0);
	film_threads(0);
	memset(args, 'x', sizeof(args));
	args[sizeof(args) - 1] = '\0';
	film_fork(6, 2, 700);
	args[3000] = args[3010] = ' ';
	args[4000] = '\0';
	film_exec(6, 701, "/bin/echo", args);
	for (i = 3000; i < 4000; i++)
		args[i] = i % 3 ? '\xe9' : 'x';
	film_exec(6, 702, "/bin/echo", args);
	film_end();
}

/* A recording, with what only recordings have: processes that ran before; threads; long arguments. */
static void recording(void)
{
	char format[16];
	size_t i;

	shoot();
	COMMAND(&command, "show", "-ojson", film);
	ok(has("\"snapshot\"") && has("\"thread\":true") && has("=cmd"),
	   "the_recording_tells_the_rest");
	keep(plain);
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		snprintf(format, sizeof(format), "-o%s", formats[i]);
		COMMAND(&command, "show", format, film);
		ok(conforms(formats[i]), "%s_of_a_recording_conforms", formats[i]);
	}
	COMMAND(&command, "show", "-oecs", film);
	ok(has("\"type\":[\"info\"],\"action\":\"snapshot\"") &&
		   has("\"type\":[\"info\"],\"action\":\"fork\"") &&
		   has("\"type\":[\"start\"],\"action\":\"fork\"") &&
		   has("\"type\":[\"end\"],\"action\":\"exit\""),
	   "a_thread_is_no_start_and_no_end");
	command_free(&command);
	COMMAND(&command, "show", "-oocsf", film);
	ok(has("\"activity_id\":99,\"activity_name\":\"fork\"") &&
		   has("\"activity_name\":\"lost\",\"type_uid\":99") && has("\"count\":7"),
	   "what_ocsf_has_no_activity_for_is_another_one");
	command_free(&command);
}

/* Records of 7500 bytes at most, as the kernel's; longer ones are told in parts. */
static void long_arguments(void)
{
	struct draft *draft = calloc(1, sizeof(*draft));
	char *args = malloc(2 * LONG);
	char device[128];

	memset(args, 'x', 2 * LONG);
	args[4] = args[LONG] = args[LONG + 10] = '\0';
	memset(args + LONG + 11, '\xe9', LONG - 11);
	rings_in_file(&rings, 1, 4096);
	draft_start(draft, PROCMON_EXEC);
	draft_process(draft, 7, 1);
	draft_string(draft, "args", args, 2 * LONG);
	draft_number(draft, "argc", 4);
	rings_put(&rings, 0, draft, 5);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	COMMAND(&command, device, "--history", "-n1", "-ojson");
	keep(plain);
	COMMAND(&command, device, "--history", "-n1", "-oaudit");
	ok(has(" a1_len=19995 a1[0]=\"xxx") && has(" a1[2]=\"x") && has(" a3_len=39978 a3[0]=E9E9"),
	   "an_argument_that_is_too_long_for_a_record_is_told_in_parts");
	ok(conforms("audit"), "which_make_it_whole_again");
	rings_free(&rings);
	free(draft);
	free(args);
}

/* A line of them is empty, and there was none before. */
static void no_arguments(void)
{
	struct draft *draft = calloc(1, sizeof(*draft));
	char device[128];

	rings_in_file(&rings, 1, 4096);
	draft_start(draft, PROCMON_EXEC);
	draft_process(draft, 7, 1);
	draft_string(draft, "args", "", 0);
	rings_put(&rings, 0, draft, 5);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	COMMAND(&command, device, "--history", "-n1", "-oecs");
	ok(has("\"args\":[]") && has("\"command_line\":\"\""), "there_may_be_no_arguments_at_all");
	command_free(&command);
	rings_free(&rings);
	free(draft);
}

static void environment(void)
{
	static const char env[] = "HOME=/\0PATH=/bin";
	struct draft *draft = calloc(1, sizeof(*draft));
	char device[128];

	rings_in_file(&rings, 1, 4096);
	draft_start(draft, PROCMON_EXEC);
	draft_process(draft, 7, 1);
	draft_string(draft, "env", env, sizeof(env));
	rings_put(&rings, 0, draft, 5);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	draft_start(draft, PROCMON_CGROUP_RENAME);
	draft_text(draft, "target_cgroup", "/x'op=forged");
	rings_put(&rings, 0, draft, 6);
	COMMAND(&command, device, "--history", "-n1", "-oaudit", "--event=cgroup_rename");
	ok(has(" msg='op=cgroup_rename cgroup=2F78276F703D666F72676564 res=success'\n"),
	   "no_name_ends_the_message_of_an_application");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "-oecs");
	ok(has("\"env_vars\":[\"HOME=/\",\"PATH=/bin\"]"), "ecs_tells_the_environment");
	command_free(&command);
	COMMAND(&command, device, "--history", "--for=10ms", "-oecs", "--env=PATH", "-Q",
		"env = \"HOME=/\"");
	ok(has("\"env_vars\":[\"PATH=/bin\"]"), "but_only_what_may_be_told");
	command_free(&command);
	rings_free(&rings);
	free(draft);
}

static bool is(const char *text)
{
	bool good = !strcmp(command.out, text);

	if (!good)
		diag("wanted %s, got %s", text, command.out);
	command_free(&command);
	return good;
}

static void fields(void)
{
	COMMAND(&command, "show", "-ocsv", "--event=exit", "--output-fields=event,exit_code,args",
		film);
	ok(is("event,exit_code,args\r\n"
	      "\"exit\",2,\"[\"\"make\"\",\"\"all\"\"]\"\r\n\"lost\",,\r\n"
	      "\"exit\",0,\"[\"\"+1\"\",\"\"-1\"\",\"\"@x\"\",\"\"\\\"\"q\\\"\"\"\",\"\"[1]\"\",\"\",\"\"]\"\r\n"
	      "\"exit\",0,\"[[97,92,98,255]]\"\r\n\"exit\",1,\"[\"\"in\"\"]\"\r\n\"exit\",0,\"[\"\"/usr/bin/bash\"\"]\"\r\n"),
	   "csv_has_the_columns_that_were_asked_for");
	COMMAND(&command, "show", "-ocsv", "--no-headings", "--event=fork", "-n1",
		"--output-fields=pid,container,thread", film);
	ok(is("3,,false\r\n"), "and_no_heading_when_none_is_wanted");
	COMMAND(&command, "show", "-ocsv", "--no-headings", "--event=exec", "-Qpid=4",
		"--output-fields=exe", film);
	ok(is("\r\n\"\"\"=cmd|' /C calc'!A0\"\"\"\r\n"), "no_cell_is_a_formula");
	COMMAND(&command, "show", "-oecs", "--event=exit", "-n1", "--output-fields=exit_code",
		film);
	ok(has("\"ecs\":{\"version\":\"9.4.0\"},\"event\":{") &&
		   has(",\"process\":{\"exit_code\":2}}\n") && !strstr(command.out, "procmon\":{"),
	   "of_ecs_what_was_asked_for_and_what_it_needs");
	keep(plain);
	COMMAND(&command, "show", "-oocsf", "--event=exit", "-n1", "--output-fields=cpid,container",
		film);
	ok(has(",\"process\":{\"pid\":3}}\n"), "of_ocsf_too");
	command_free(&command);
	COMMAND(&command, "status", "-oecs");
	ok(command_said(&command, 2, "--output: only events are told in this format"),
	   "only_events_are_told_so");
	command_free(&command);
}

/* Each row stands for a key that there is, and the values of an object come together. */
static void rows_of(const struct map *map, const char *name)
{
	struct key key;
	size_t i, bad = 0;

	for (i = 0; i < map->nr_rows; i++) {
		const struct map_row *row = &map->rows[i];

		if (row->key && !key_find(&key, row->key, strlen(row->key))) {
			diag("%s: %s is no key", name, row->key);
			bad++;
		}
		bad += (row->form == MAP_CONST) != !!row->text;
	}
	ok(!bad && i > 20, "%s_maps_keys_that_there_are", name);
}

static void nests(void)
{
	struct out out = { .fd = -1 };
	struct nest nest = { .out = &out };

	nest_begin(&nest);
	nest_key(&nest, "a");
	out_char(&out, '1');
	nest_key(&nest, "b.c.d");
	out_char(&out, '2');
	nest_key(&nest, "b.c.e");
	out_char(&out, '3');
	nest_key(&nest, "b.ce");
	out_char(&out, '4');
	nest_key(&nest, "f[].g");
	out_char(&out, '5');
	nest_key(&nest, "f[].h");
	out_char(&out, '6');
	nest_key(&nest, "i");
	out_char(&out, '7');
	nest_end(&nest);
	out_char(&out, '\0');
	ok(!strcmp(out.buf,
		   "{\"a\":1,\"b\":{\"c\":{\"d\":2,\"e\":3},\"ce\":4},\"f\":[{\"g\":5,\"h\":6}],"
		   "\"i\":7}\n"),
	   "values_stand_in_the_objects_of_their_paths");
	free(out.buf);
}

int main(void)
{
	tap_theme("formats");
	strcpy(directory, "/tmp/procmon-formats-XXXXXX");
	if (!mkdtemp(directory))
		bail("%s", directory);
	snprintf(film, sizeof(film), "%s/film", directory);
	snprintf(plain, sizeof(plain), "%s/plain", directory);
	nests();
	rows_of(&map_ecs, "ecs");
	rows_of(&map_ocsf, "ocsf");
	stream();
	recording();
	long_arguments();
	no_arguments();
	environment();
	fields();
	unlink(film);
	unlink(plain);
	rmdir(directory);
	return tap_done();
}
