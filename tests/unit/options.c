// SPDX-License-Identifier: MIT
/* The command line: what is understood, and what is refused by name. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "options.h"
#include "story.h"
#include "tap.h"

#define MANY (OPTIONS_MAX_VALUES + 1)

static struct options options;

/* Parses in this process: only what is accepted comes back. */
static void parse(const char *const *args)
{
	static char *argv[2 * MANY + 2];
	int argc;

	memset(argv, 0, sizeof(argv));
	argv[0] = "procmon";
	for (argc = 1; args[argc - 1]; argc++)
		argv[argc] = (char *)args[argc - 1]; /* nothing writes there */
	optind = 0;
	options_free(&options);
	options_parse(&options, argc, argv);
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void defaults(void)
{
	parse((const char *const[]){ NULL });
	ok(options.command == COMMAND_WATCH && options.format == FORMAT_SHORT &&
		   options.color == DECIDE_AUTO && options.for_ns < 0 && !options.count &&
		   options.headings && !options.history && !options.quiet && !options.device &&
		   !options.events && !options.fields,
	   "without_arguments_everything_is_watched");
}

static void values(void)
{
	PARSE("watch", "-o", "json-pretty", "-n", "18446744073709551615", "--for=1.5", "--history",
	      "--fail-on-loss", "--utc", "--no-headings", "-q", "--device", "/x", "--color=auto",
	      "--color=never");
	ok(options.format == FORMAT_JSON_PRETTY && options.count == UINT64_MAX &&
		   options.for_ns == 1500000000 && options.history && options.fail_on_loss &&
		   options.utc && !options.headings && options.quiet &&
		   !strcmp(options.device, "/x") && options.color == DECIDE_NEVER,
	   "every_option_of_watch_is_understood");
	PARSE("--pid=1", "--pid", "2", "--ppid=3", "--uid=root", "--uid=7", "--comm=a*", "--exe=/b",
	      "--exe=/c", "--event=fork,exit", "--event=cgroup_attach");
	ok(options.pid.count == 2 && options.pid.value[1] == 2 && options.ppid.value[0] == 3 &&
		   options.uid.value[0] == 0 && options.uid.value[1] == 7 &&
		   options.comm.count == 1 && options.exe.count == 2 &&
		   options.events == (1u << 1 | 1u << 3 | 1u << 7),
	   "filters_can_be_given_more_than_once");
	PARSE("--tree=7", "--user=root", "--container=web", "--pod=p*", "--unit=x.service",
	      "--cgroup=/a", "--cgroup=/b/", "--event=snapshot,exec", "--no-snapshot");
	ok(options.tree.count == 1 && options.tree.value[0] == 7 && options.uid.count == 1 &&
		   options.uid.value[0] == 0 && !strcmp(options.container.value[0], "web") &&
		   !strcmp(options.pod.value[0], "p*") &&
		   !strcmp(options.unit.value[0], "x.service") && options.cgroup.count == 2 &&
		   options.events == (1u << PROCMON_EXEC | OPTIONS_SNAPSHOT) && !options.snapshot,
	   "so_are_filters_by_place");
	PARSE("--output-fields=pid,exe,duration_ns");
	ok(!strcmp(options.fields[0], "pid") && !strcmp(options.fields[2], "duration_ns") &&
		   !options.fields[3],
	   "keys_are_a_list");
	PARSE("--output-fields=pid,exe", "--output-fields=cwd");
	ok(!strcmp(options.fields[0], "cwd") && !options.fields[1], "the_last_list_of_keys_counts");
	PARSE("--after-cursor=p1");
	ok(!strcmp(options.cursor, "p1"), "a_cursor_can_be_given");
	PARSE("--col=never", "--hist");
	ok(options.color == DECIDE_NEVER && options.history, "long_options_can_be_shortened");
	PARSE("status", "-ojson");
	ok(options.command == COMMAND_STATUS && options.format == FORMAT_JSON,
	   "status_is_a_command");
	PARSE("show", "-n2", "vmcore");
	ok(options.command == COMMAND_SHOW && options.count == 2 && !strcmp(options.file, "vmcore"),
	   "show_takes_a_file");
	PARSE("show", "one", "-ojson", "two", "-q");
	ok(options.format == FORMAT_JSON && options.quiet && options.nr_args == 2 &&
		   !strcmp(options.args[0], "one") && !strcmp(options.args[1], "two") &&
		   !options.args[2],
	   "options_can_follow_files");
}

static void run_arguments(void)
{
	PARSE("run", "-q", "--event=exec", "--", "ls", "-l", "--help");
	ok(options.command == COMMAND_RUN && options.quiet && !strcmp(options.args[0], "ls") &&
		   !strcmp(options.args[2], "--help") && !options.args[3],
	   "run_leaves_the_options_of_its_command_alone");
	PARSE("run", "ls", "-q");
	ok(!options.quiet && !strcmp(options.args[1], "-q"), "also_without_dashes");
}

static const struct {
	const char *name, *text, *args[4];
} refused[] = {
	{ "unknown_format",
	  "--output=nonsense: must be short, tree, verbose, json, json-pretty, ecs, ocsf, csv or audit\n",
	  { "-o", "nonsense" } },
	{ "empty_format", "--output=: must be", { "--output=" } },
	{ "unknown_color", "--color=blue: must be auto", { "--color=blue" } },
	{ "unknown_event", "--event=bogus: not one of fork", { "--event=fork,bogus" } },
	{ "empty_event", "--event=: not one of", { "--event=fork," } },
	{ "number_with_a_letter", "--lines=1x: not a number", { "-n", "1x" } },
	{ "negative_number", "--lines=-1: not a number", { "-n", "-1" } },
	{ "number_with_a_sign", "--lines=+1: not a number", { "-n", "+1" } },
	{ "number_with_a_space", "--lines= 1: not a number", { "-n", " 1" } },
	{ "empty_number", "--lines=: not a number", { "--lines=" } },
	{ "number_beyond_64_bits",
	  "--lines=18446744073709551616: not",
	  { "-n18446744073709551616" } },
	{ "no_events_at_all", "--lines=0: must be at least 1", { "-n0" } },
	{ "pid_that_cannot_be", "--pid=2147483648: not a number", { "--pid=2147483648" } },
	{ "ppid_that_cannot_be", "--ppid=x: not a number", { "--ppid=x" } },
	{ "unknown_user", "--uid=nosuchuser: no such user", { "--uid=nosuchuser" } },
	{ "unknown_user_by_the_other_name",
	  "--user=nosuchuser: no such user",
	  { "--user=nosuchuser" } },
	{ "cgroup_that_is_no_path", "--cgroup=web: not a path from the root", { "--cgroup=web" } },
	{ "uid_that_cannot_be", "--uid=4294967296: no such user", { "--uid=4294967296" } },
	{ "empty_user", "--uid=: no such user", { "--uid=" } },
	{ "bad_time", "--for=soon: not a time", { "--for=soon" } },
	{ "negative_time", "--for=-1s: not a time", { "--for=-1s" } },
	{ "unknown_key", "--output-fields=nope: no event has", { "--output-fields=pid,nope" } },
	{ "empty_key", "an empty name", { "--output-fields=pid,,exe" } },
	{ "replaced_key", "--output-fields=tgid: no event has", { "--output-fields=tgid" } },
	{ "past_without_a_recording",
	  "--since: the past is in recordings",
	  { "tree", "--since=today" } },
	{ "tree_of_a_recording_as_json",
	  "--output: the tree of a recording is only drawn",
	  { "tree", "-ojson", "x" } },
	{ "one_row", "--rows=1: must be from 2 to 2000", { "plot", "--rows=1", "x.svg" } },
	{ "too_many_rows",
	  "--rows=2001: must be from 2 to 2000",
	  { "plot", "--rows=2001", "x.svg" } },
	{ "unknown_time_to_merge",
	  "--merge=x: must be auto, always or never",
	  { "tree", "--merge=x" } },
	{ "unknown_option", "unrecognized option '--dance'", { "--dance" } },
	{ "unknown_letter", "invalid option -- 'x'", { "-x" } },
	{ "missing_value", "requires an argument", { "--output" } },
	{ "value_too_much", "doesn't allow an argument", { "--history=yes" } },
	{ "ambiguous_option", "ambiguous", { "--co" } },
	{ "unknown_command", "'dance' is not a command: watch, run, ", { "dance" } },
	{ "argument_of_watch", "'x': watch takes no such argument", { "watch", "x" } },
	{ "argument_of_status", "'x': status takes no such argument", { "status", "x" } },
	{ "run_without_a_command", "no command to run", { "run" } },
	{ "show_without_a_file", "no file to show", { "show", "-q" } },
	{ "run_with_options_alone", "no command to run", { "run", "-q", "--" } },
	{ "option_of_another_command",
	  "--history: not an option of this command",
	  { "status", "--history" } },
	{ "valued_option_of_another_command",
	  "--lines=3: not an option of this command",
	  { "run", "-n3", "ls" } },
	{ "two_cursors",
	  "not together with --cursor-file",
	  { "--after-cursor=a", "--cursor-file=b" } },
	{ "help_of_something_else", "--help=x: must be all", { "--help=x" } },
	{ "help_of_an_unknown_command", "'dance' is not a command", { "help", "dance" } },
	{ "unknown_reference",
	  "--reference=x: must be man, bash, zsh, fields or commands",
	  { "--reference=x" } },
};

static void mistakes(void)
{
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct command command;

		command_run(&command, refused[i].args);
		ok(command_said(&command, EXIT_USAGE, refused[i].text) && !*command.out &&
			   !strncmp(command.err, "procmon: ", 9),
		   "%s_is_named", refused[i].name);
		command_free(&command);
	}
}

static void too_many(void)
{
	static const struct {
		const char *option, *value;
	} filters[] = { { "--pid", "1" }, { "--exe", "x" } };
	const char *args[2 * MANY + 1] = { 0 };
	struct command command;
	size_t f, i;

	for (f = 0; f < 2; f++) {
		for (i = 0; i < MANY; i++) {
			args[2 * i] = filters[f].option;
			args[2 * i + 1] = filters[f].value;
		}
		args[2 * MANY - 2] = NULL;
		parse(args);
		ok((f ? options.exe.count : options.pid.count) == OPTIONS_MAX_VALUES,
		   "%s_can_be_given_%d_times", filters[f].option + 2, OPTIONS_MAX_VALUES);
		args[2 * MANY - 2] = filters[f].option;
		command_run(&command, args);
		ok(command_said(&command, EXIT_USAGE, "given too often"),
		   "%s_given_too_often_is_refused", filters[f].option + 2);
		command_free(&command);
	}
}

/* Lines, at most @columns wide; 0: one is wider. */
static unsigned int lines_of_screen(const char *text, size_t columns)
{
	unsigned int lines = 0;
	size_t len;

	for (; *text; text += len + 1, lines++) {
		len = strcspn(text, "\n");
		if (len > columns || !text[len])
			return 0;
	}
	return lines;
}

/* Is "--NAME", and no longer name, in @text? */
static bool tells_option(const char *text, const char *name)
{
	char dashed[64];
	const char *at = text;
	size_t len = (size_t)snprintf(dashed, sizeof(dashed), "--%s", name);

	while ((at = strstr(at, dashed))) {
		if (strchr("=[ \n", at[len]))
			return true;
		at += len;
	}
	return false;
}

/* Those of its options and of no other command; in full each text, whatever its lines. */
static void help_of(const struct command_row *row, const char *help, const char *all)
{
	const struct option_row *option;
	unsigned int bad = 0;

	for (option = option_rows; option->name; option++) {
		bool wanted = option->commands & row->command;

		if (!strcmp(option->name, "tree") && !wanted)
			continue; /* a word of texts, too */
		if (wanted != tells_option(help, option->name) ||
		    (wanted && !tells_option(all, option->name))) {
			diag("%s: --%s", row->name, option->name);
			bad++;
		}
	}
	ok(!bad, "help_of_%s_tells_its_options_and_no_others", row->name);
}

static void help_of_each_command(void)
{
	const struct command_row *row;
	struct command help, all, word;

	for (row = command_rows; row->name; row++) {
		COMMAND(&help, row->name, "--help");
		COMMAND(&all, row->name, "--help=all");
		COMMAND(&word, "help", row->name);
		ok(command_said(&help, 0, "") && lines_of_screen(help.out, 79) &&
			   lines_of_screen(help.out, 79) <= 24,
		   "help_of_%s_fits_a_screen", row->name);
		ok(!strcmp(help.out, word.out), "help_%s_tells_the_same", row->name);
		ok(!all.status && lines_of_screen(all.out, 79) &&
			   !strstr(all.out, "--help=all tells"),
		   "all_of_%s_is_told_in_80_columns", row->name);
		help_of(row, help.out, all.out);
		command_free(&help);
		command_free(&all);
		command_free(&word);
	}
	COMMAND(&help, "--help=all");
	COMMAND(&all, "watch", "--help=all");
	ok(!help.status && !strcmp(help.out, all.out), "without_a_command_all_is_that_of_watch");
	command_free(&help);
	command_free(&all);
}

static void help(void)
{
	static const char *const ways[] = { "--help", "-h", "help" };
	static const struct {
		const char *list, *holds;
	} lists[] = {
		{ "--reference=man", "Fl -output Ns = Ns Ar FORMAT" },
		{ "--reference=bash", "commands='watch" },
		{ "--reference=zsh", "'*--output=[" },
		{ "--reference=fields", ".It Cm exit_code" },
		{ "--reference=commands", "\ndoctor\n" },
	};
	struct command command;
	const struct command_row *row;
	size_t i;

	for (i = 0; i < 3; i++) {
		COMMAND(&command, ways[i]);
		ok(command_said(&command, 0, "") && !*command.err &&
			   strstr(command.out, "Usage:") && strstr(command.out, "--fail-on-loss"),
		   "help_number_%zu_is_on_stdout", i);
		ok(lines_of_screen(command.out, 79) && lines_of_screen(command.out, 79) <= 24,
		   "it_fits_a_screen");
		for (row = command_rows; row->name && strstr(command.out, row->help);)
			row++;
		ok(!row->name, "it_tells_every_command");
		command_free(&command);
	}
	COMMAND(&command, "-V");
	ok(!command.status && !strncmp(command.out, "procmon ", 8) &&
		   strstr(command.out, "(ABI 1.0)"),
	   "the_version_tells_the_abi");
	command_free(&command);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		COMMAND(&command, lists[i].list);
		ok(!command.status && strstr(command.out, lists[i].holds), "%s_prints_a_list",
		   lists[i].list + 2);
		command_free(&command);
	}
}

/* Every key that the events of the story have can be asked for, and is described in the manual. */
static void keys(void)
{
	struct rings rings;
	struct command all, man;
	char device[128], fields[64], item[64], *line, *rest, *quote;
	unsigned int bad = 0, n = 0;

	story_in_file(&rings);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	COMMAND(&all, device, "--history", "--for=1ms", "-ojson-pretty",
		"--event=fork,exec,exit,cgroup_mkdir,cgroup_rmdir,cgroup_rename,cgroup_attach");
	COMMAND(&man, "--reference=fields");
	for (rest = all.out; (line = strsep(&rest, "\n"));) {
		if (strncmp(line, "\t\"", 2) || !(quote = strchr(line + 2, '"')))
			continue;
		*quote = '\0';
		line += 2;
		if (strstr(line, "_full_len") || strstr(line, "_error"))
			continue;
		if (strlen(line) > 4 && !strcmp(line + strlen(line) - 4, "_raw"))
			line[strlen(line) - 4] = '\0';
		snprintf(item, sizeof(item), ".It Cm %s\n", line);
		if (!strstr(man.out, item)) {
			diag("no description of %s", line);
			bad++;
		}
		snprintf(fields, sizeof(fields), "--output-fields=%s", line);
		PARSE(fields);
		n++;
	}
	ok(!bad && n > 400, "every_key_is_described_and_can_be_asked_for");
	command_free(&all);
	command_free(&man);
	rings_free(&rings);
}

int main(void)
{
	tap_theme("options");
	defaults();
	values();
	run_arguments();
	mistakes();
	too_many();
	help();
	help_of_each_command();
	keys();
	parse((const char *const[]){ NULL });
	return tap_done();
}
