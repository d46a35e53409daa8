// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <procmon.h>

#include "board.h"
#include "clock.h"
#include "column.h"
#include "names.h"
#include "query.h"
#include "reference.h"

enum option_id {
	OPT_OUTPUT = 'o',
	OPT_COUNT = 'n',
	OPT_BATCH = 'b',
	OPT_DELAY = 'd',
	OPT_QUIET = 'q',
	OPT_QUERY = 'Q',
	OPT_FOLLOW = 'f',
	OPT_REVERSE = 'r',
	OPT_HELP = 'h',
	OPT_VERSION = 'V',
	OPT_FIRST_LONG = 256,
	OPT_FOR,
	OPT_HISTORY,
	OPT_NO_SNAPSHOT,
	OPT_FAIL_ON_LOSS,
	OPT_PID,
	OPT_PPID,
	OPT_UID,
	OPT_USER,
	OPT_TREE,
	OPT_COMM,
	OPT_EXE,
	OPT_CONTAINER,
	OPT_POD,
	OPT_UNIT,
	OPT_CGROUP,
	OPT_EVENT,
	OPT_OUTPUT_FIELDS,
	OPT_CURSOR,
	OPT_CURSOR_FILE,
	OPT_COLOR,
	OPT_UTC,
	OPT_NO_HEADINGS,
	OPT_DEVICE,
	OPT_ROOT,
	OPT_SINCE,
	OPT_UNTIL,
	OPT_ROTATE,
	OPT_KEEP,
	OPT_MAX_SIZE,
	OPT_SORT,
	OPT_BY,
	OPT_REFERENCE,
};

#define OPTIONS_DELAY_NS (2 * NSEC_PER_SEC)
#define OPTIONS_MIN_DELAY_NS (NSEC_PER_SEC / 10) /* faster is only costly */

#define NOW (COMMAND_PS | COMMAND_TREE)
#define DEVICE                                                                                     \
	(COMMAND_WATCH | COMMAND_RUN | COMMAND_RECORD | NOW | COMMAND_TOP | COMMAND_STATUS |       \
	 COMMAND_DOCTOR)
#define ALL (DEVICE | COMMAND_SHOW)
#define FORMATTED (ALL & ~(COMMAND_TOP | COMMAND_RECORD))
#define FOLLOWING (COMMAND_WATCH | COMMAND_RECORD | COMMAND_TOP)
#define TIMED (FOLLOWING | COMMAND_RUN | COMMAND_SHOW)
#define FILTERED (STREAM | COMMAND_RECORD | COMMAND_TOP)
#define WATCH (COMMAND_WATCH | COMMAND_SHOW)

static const struct option_row {
	enum option_id id;
	const char *name;
	const char *arg;
	unsigned int commands;
	const char *choices; /* for the shell's completion */
	const char *help;
} options_table[] = {
	{ OPT_OUTPUT, "output", "FORMAT", FORMATTED, "short tree verbose json json-pretty",
	  "short (columns), tree (indented), verbose (every field), json (JSON Lines) or json-pretty" },
	{ OPT_COUNT, "lines", "N", WATCH | COMMAND_TOP, NULL,
	  "end after N events (--reverse: the newest N), top after N tables" },
	{ OPT_FOR, "for", "TIME", FOLLOWING, NULL, "end after TIME: 10s, 500ms, 2m, 1h" },
	{ OPT_HISTORY, "history", NULL, FOLLOWING, NULL,
	  "begin with the oldest event that is still in the rings" },
	{ OPT_NO_SNAPSHOT, "no-snapshot", NULL, FOLLOWING, NULL,
	  "do not begin with the processes that run already" },
	{ OPT_FOLLOW, "follow", NULL, COMMAND_SHOW, NULL,
	  "go on with what is appended, and with the file that takes its place" },
	{ OPT_REVERSE, "reverse", NULL, COMMAND_SHOW, NULL, "the newest event first" },
	{ OPT_SINCE, "since", "WHEN", COMMAND_SHOW, "today yesterday -1h",
	  "only events from then on: 2026-11-26 14:00:00, 14:00, today, yesterday, -1h" },
	{ OPT_UNTIL, "until", "WHEN", COMMAND_SHOW, "today yesterday -1h",
	  "only events until then" },
	{ OPT_ROTATE, "rotate", "SIZE", COMMAND_RECORD, NULL,
	  "begin a new file when it has SIZE (100M): FILE becomes FILE.000001, FILE.000002, ..." },
	{ OPT_KEEP, "keep", "N", COMMAND_RECORD, NULL, "keep the newest N of those" },
	{ OPT_MAX_SIZE, "max-size", "SIZE", COMMAND_RECORD, NULL,
	  "with --rotate keep no more than SIZE of those, without it end at SIZE" },
	{ OPT_FAIL_ON_LOSS, "fail-on-loss", NULL, TIMED, NULL, "exit 3 when events were lost" },
	{ OPT_EVENT, "event", "LIST", TIMED,
	  "fork exec exit snapshot cgroup_mkdir cgroup_rmdir cgroup_rename cgroup_attach",
	  "only these events: fork,exec,exit,snapshot,cgroup_mkdir,… (default the first four)" },
	{ OPT_PID, "pid", "PID", FILTERED, NULL, "only this process" },
	{ OPT_PPID, "ppid", "PID", FILTERED, NULL, "only children of this process" },
	{ OPT_UID, "uid", "USER", FILTERED, NULL, "only this user, by number or name" },
	{ OPT_USER, "user", "USER", FILTERED, NULL, "the same as --uid" },
	{ OPT_TREE, "tree", "PID", FILTERED, NULL, "only this process and its descendants" },
	{ OPT_COMM, "comm", "GLOB", FILTERED, NULL, "only processes of this name" },
	{ OPT_EXE, "exe", "GLOB", FILTERED, NULL, "only processes that run this executable" },
	{ OPT_QUERY, "query", "EXPR", FILTERED, NULL,
	  "only events for which EXPR holds, like: exe ~ \"^/tmp/\" and uid != 0" },
	{ OPT_CONTAINER, "container", "GLOB", FILTERED, NULL,
	  "only in containers of this name or ID, or an ID that begins so" },
	{ OPT_POD, "pod", "GLOB", FILTERED, NULL, "only in pods of this name or UID" },
	{ OPT_UNIT, "unit", "GLOB", FILTERED, NULL, "only in this systemd unit, also of a user" },
	{ OPT_CGROUP, "cgroup", "PATH", FILTERED, NULL, "only in this cgroup and those below it" },
	{ OPT_OUTPUT_FIELDS, "output-fields", "LIST", STREAM, NULL,
	  "only these keys, comma-separated (json and verbose)" },
	{ OPT_CURSOR, "after-cursor", "CURSOR", WATCH, NULL,
	  "go on right after the event this cursor stands for" },
	{ OPT_CURSOR_FILE, "cursor-file", "FILE", COMMAND_WATCH, NULL,
	  "go on after the cursor in FILE, and keep the newest one there" },
	{ OPT_COLOR, "color", "WHEN", FILTERED & ~COMMAND_RECORD, "auto always never",
	  "auto, always or never" },
	{ OPT_UTC, "utc", NULL, FILTERED & ~COMMAND_RECORD, NULL,
	  "times in UTC, not in local time" },
	{ OPT_NO_HEADINGS, "no-headings", NULL, STREAM, NULL, "no line of column names" },
	{ OPT_QUIET, "quiet", NULL, FILTERED, NULL, "no notes on stderr, and no tree after run" },
	{ OPT_DEVICE, "device", "PATH", DEVICE, NULL, "another device than /dev/procmon" },
	{ OPT_ROOT, "root", "DIR", COMMAND_DOCTOR | FOLLOWING | COMMAND_RUN | NOW, NULL,
	  "the system is below DIR: an image, or in a container what is mounted there" },
	{ OPT_BATCH, "batch", NULL, COMMAND_TOP, NULL,
	  "top: print each table as text, for pipes and plain terminals" },
	{ OPT_DELAY, "delay", "TIME", COMMAND_TOP, NULL,
	  "top: time from one table to the next (default 2s)" },
	{ OPT_SORT, "sort", "KEY", COMMAND_TOP,
	  "rate execs forks failed killed shortest mean last name",
	  "top: order by rate, execs, forks, failed, killed, shortest, mean, last or name" },
	{ OPT_BY, "by", "WHAT", COMMAND_TOP, "exe comm container unit user",
	  "top: a row for each exe (the default), comm, container, unit or user" },
	{ OPT_HELP, "help", NULL, ALL, NULL, "this text" },
	{ OPT_VERSION, "version", NULL, ALL, NULL, "the version" },
	{ OPT_REFERENCE, "reference", "WHAT", 0, NULL, "" },
};

#define ROWS (sizeof(options_table) / sizeof(options_table[0]))

static const struct {
	const char *name;
	enum options_command command;
	const char *usage;
	const char *help;
} options_commands[] = {
	{ "watch", COMMAND_WATCH, "[watch] [OPTION]...",
	  "show events as they happen (the default)" },
	{ "run", COMMAND_RUN, "run [OPTION]... -- COMMAND [ARG]...",
	  "run COMMAND, show it and its descendants, then their tree" },
	{ "ps", COMMAND_PS, "ps [OPTION]...", "show the processes that run now" },
	{ "tree", COMMAND_TREE, "tree [OPTION]...", "the same, each below its parent" },
	{ "top", COMMAND_TOP, "top [OPTION]...", "show which programs start, fail and end most" },
	{ "record", COMMAND_RECORD, "record [OPTION]... FILE",
	  "record events into FILE, or go on there" },
	{ "show", COMMAND_SHOW, "show [OPTION]... FILE...",
	  "show recordings, or what the rings held in a memory dump" },
	{ "status", COMMAND_STATUS, "status [OPTION]...",
	  "show the module, its rings and counters" },
	{ "doctor", COMMAND_DOCTOR, "doctor [OPTION]...",
	  "tell why it does not work here, and what mends it" },
};

#define COMMANDS (sizeof(options_commands) / sizeof(options_commands[0]))

static const struct {
	const char *name;
	enum options_format format;
	bool indent;
} options_formats[] = {
	{ "short", FORMAT_SHORT, false },
	{ "tree", FORMAT_SHORT, true },
	{ "verbose", FORMAT_VERBOSE, false },
	{ "json", FORMAT_JSON, false },
	{ "json-pretty", FORMAT_JSON_PRETTY, false },
};

static bool option_has_letter(const struct option_row *row)
{
	return row->id < OPT_FIRST_LONG;
}

static _Noreturn void options_bad(const char *name, const char *value, const char *want)
{
	fprintf(stderr, "procmon: --%s%s%s: %s\nTry 'procmon --help'.\n", name, value ? "=" : "",
		value ? value : "", want);
	exit(EXIT_USAGE);
}

void options_help(FILE *to)
{
	size_t i;

	fputs("Usage:\n", to);
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  procmon %-38s %s\n", options_commands[i].usage,
			options_commands[i].help);
	fputs("\nOptions:\n", to);
	for (i = 0; i < ROWS; i++) {
		const struct option_row *row = &options_table[i];
		char name[40];

		if (!row->commands)
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", row->name, row->arg ? "=" : "",
			 row->arg ? row->arg : "");
		if (option_has_letter(row))
			fprintf(to, "  -%c, ", row->id);
		else
			fputs("      ", to);
		fprintf(to, "%-22s %s\n", name, row->help);
	}
	fputs("\nExit status: 0 fine, 1 failure, 2 usage, 3 events were lost (--fail-on-loss);\n"
	      "run passes on the status of COMMAND.  More: man procmon\n",
	      to);
}

static void options_reference_man(void)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const struct option_row *row = &options_table[i];

		if (!row->commands)
			continue;
		fputs(".It ", stdout);
		if (option_has_letter(row))
			printf("Fl %c%s%s , ", row->id, row->arg ? " Ar " : "",
			       row->arg ? row->arg : "");
		printf("Fl -%s", row->name);
		if (row->arg)
			printf(" Ns = Ns Ar %s", row->arg);
		printf("\n%s.\n", row->help);
	}
}

static void options_reference_bash(void)
{
	size_t i;

	fputs("commands='", stdout);
	for (i = 0; i < COMMANDS; i++)
		printf("%s%s", i ? " " : "", options_commands[i].name);
	fputs("'\noptions='", stdout);
	for (i = 0; i < ROWS; i++)
		if (options_table[i].commands)
			printf("--%s%s ", options_table[i].name, options_table[i].arg ? "=" : "");
	fputs("'\ncase $prev in\n", stdout);
	for (i = 0; i < ROWS; i++)
		if (options_table[i].choices)
			printf("--%s) words='%s' ;;\n", options_table[i].name,
			       options_table[i].choices);
	fputs("esac\n", stdout);
}

bool options_reference(const char *what)
{
	if (!strcmp(what, "man"))
		options_reference_man();
	else if (!strcmp(what, "bash"))
		options_reference_bash();
	else if (!strcmp(what, "fields"))
		reference_fields();
	else
		return false;
	return true;
}

static uint64_t options_number(const char *name, const char *text, uint64_t max)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || number > max)
		options_bad(name, text, "not a number that it can be");
	return number;
}

static void options_add_number(struct options_numbers *numbers, const char *name, uint32_t value)
{
	if (numbers->count == OPTIONS_MAX_VALUES)
		options_bad(name, "...", "given too often");
	numbers->value[numbers->count++] = value;
}

static void options_add_glob(struct options_globs *globs, const char *name, const char *value)
{
	if (globs->count == OPTIONS_MAX_VALUES)
		options_bad(name, value, "given too often");
	globs->value[globs->count++] = value;
}

static void options_events(struct options *options, const char *list)
{
	char *copy = strdup(list), *rest = copy, *name;

	while (copy && (name = strsep(&rest, ","))) {
		unsigned int type = procmon_type_by_name(name);

		if (!strcmp(name, "snapshot"))
			options->events |= OPTIONS_SNAPSHOT;
		else if (!type)
			options_bad(
				"event", name,
				"not one of fork, exec, exit, snapshot, cgroup_mkdir, cgroup_rmdir, "
				"cgroup_rename, cgroup_attach");
		else
			options->events |= 1u << type;
	}
	free(copy);
}

static void options_query(struct options *options, const char *text)
{
	struct out why = { .fd = STDERR_FILENO };

	if (query_add(&options->query, text, strlen(text), &why)) {
		if (options->query_text.count < OPTIONS_MAX_VALUES)
			options_add_glob(&options->query_text, "query", text);
		return;
	}
	fputs("procmon: --query: ", stderr);
	out_flush(&why);
	free(why.buf);
	fputs("Try 'procmon --help'; man procmon tells what EXPR can be.\n", stderr);
	exit(EXIT_USAGE);
}

static void options_free_fields(struct options *options)
{
	if (options->fields)
		free((void *)options->fields[0]); /* the names are one string */
	free(options->fields);
	options->fields = NULL;
}

static void options_fields(struct options *options, const char *list)
{
	size_t n = 2;
	const char *p;
	char *copy = strdup(list), *name;

	options_free_fields(options);
	for (p = list; *p; p++)
		n += *p == ',';
	options->fields = calloc(n, sizeof(*options->fields));
	if (!copy || !options->fields)
		options_bad("output-fields", list, "out of memory");
	for (n = 0; (name = strsep(&copy, ","));) {
		if (!*name)
			options_bad("output-fields", list, "an empty name");
		if (!reference_has_key(name))
			options_bad("output-fields", name,
				    "no event has such a key (man procmon lists them)");
		options->fields[n++] = name;
	}
}

static void options_format(struct options *options, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options_formats) / sizeof(options_formats[0]); i++) {
		if (!strcmp(options_formats[i].name, name)) {
			options->format = options_formats[i].format;
			options->indent = options_formats[i].indent;
			return;
		}
	}
	options_bad("output", name, "must be short, tree, verbose, json or json-pretty");
}

static void options_color(struct options *options, const char *name)
{
	if (!strcmp(name, "auto"))
		options->color = COLOR_AUTO;
	else if (!strcmp(name, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(name, "never"))
		options->color = COLOR_NEVER;
	else
		options_bad("color", name, "must be auto, always or never");
}

static void options_uid(struct options *options, const char *option, const char *name)
{
	uint32_t uid;

	if (!names_uid(name, &uid))
		options_bad(option, name, "no such user");
	options_add_number(&options->uid, option, uid);
}

static void options_cgroup(struct options *options, const char *path)
{
	if (*path != '/')
		options_bad("cgroup", path,
			    "not a path from the root of the hierarchy, as /system.slice");
	options_add_glob(&options->cgroup, "cgroup", path);
}

/* "64k", "100M", "2G" */
static uint64_t options_size(const char *option, const char *text)
{
	static const char units[] = "kMGT";
	unsigned long long number;
	const char *unit;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit && !end[1] && number <= UINT64_MAX >> 10 * (unit - units + 1)) {
		number <<= 10 * (unit - units + 1);
		end++;
	}
	if (*text < '0' || *text > '9' || *end || errno || !number)
		options_bad(option, text, "not a size like 64k, 100M or 2G");
	return number;
}

static int64_t options_when(const char *option, const char *text)
{
	int64_t ns;

	if (!clock_parse_when(text, &ns))
		options_bad(
			option, text,
			"not a time like '2026-11-26 14:00:00', 14:00, today, yesterday or -1h");
	return ns;
}

static void options_delay(struct options *options, const char *text)
{
	options->delay_ns = clock_parse_duration(text);
	if (options->delay_ns < 0)
		options_bad("delay", text, "not a time like 10s, 500ms, 2m or 1h");
	if (options->delay_ns < OPTIONS_MIN_DELAY_NS)
		options_bad("delay", text, "must be at least 100ms");
}

static void options_sort(struct options *options, const char *word)
{
	int column = column_by_word(word);

	if (column < 0)
		options_bad("sort", word,
			    "must be rate, execs, forks, failed, killed, shortest, mean, last or "
			    "name");
	options->sort = (unsigned int)column;
}

static void options_by(struct options *options, const char *name)
{
	options->by = board_by_name(name);
	if (options->by == BOARD_BY)
		options_bad("by", name, "must be exe, comm, container, unit or user");
}

static void options_take(struct options *options, const struct option_row *row, const char *arg)
{
	switch (row->id) {
	case OPT_OUTPUT:
		options_format(options, arg);
		break;
	case OPT_COUNT:
		options->count = options_number(row->name, arg, UINT64_MAX);
		if (!options->count)
			options_bad(row->name, arg, "must be at least 1");
		break;
	case OPT_FOR:
		options->for_ns = clock_parse_duration(arg);
		if (options->for_ns < 0)
			options_bad(row->name, arg, "not a time like 10s, 500ms, 2m or 1h");
		break;
	case OPT_PID:
		options_add_number(&options->pid, row->name,
				   (uint32_t)options_number(row->name, arg, INT32_MAX));
		break;
	case OPT_PPID:
		options_add_number(&options->ppid, row->name,
				   (uint32_t)options_number(row->name, arg, INT32_MAX));
		break;
	case OPT_TREE:
		options_add_number(&options->tree, row->name,
				   (uint32_t)options_number(row->name, arg, INT32_MAX));
		break;
	case OPT_USER:
	case OPT_UID:
		options_uid(options, row->name, arg);
		break;
	case OPT_COMM:
		options_add_glob(&options->comm, row->name, arg);
		break;
	case OPT_EXE:
		options_add_glob(&options->exe, row->name, arg);
		break;
	case OPT_CONTAINER:
		options_add_glob(&options->container, row->name, arg);
		break;
	case OPT_POD:
		options_add_glob(&options->pod, row->name, arg);
		break;
	case OPT_UNIT:
		options_add_glob(&options->unit, row->name, arg);
		break;
	case OPT_CGROUP:
		options_cgroup(options, arg);
		break;
	case OPT_EVENT:
		options_events(options, arg);
		break;
	case OPT_QUERY:
		options_query(options, arg);
		break;
	case OPT_OUTPUT_FIELDS:
		options_fields(options, arg);
		break;
	case OPT_SINCE:
		options->since_ns = options_when(row->name, arg);
		break;
	case OPT_UNTIL:
		options->until_ns = options_when(row->name, arg);
		break;
	case OPT_ROTATE:
		options->rotate = options_size(row->name, arg);
		break;
	case OPT_MAX_SIZE:
		options->max_size = options_size(row->name, arg);
		break;
	case OPT_KEEP:
		options->keep = (unsigned int)options_number(row->name, arg, 999999);
		break;
	case OPT_FOLLOW:
		options->follow = true;
		break;
	case OPT_REVERSE:
		options->reverse = true;
		break;
	case OPT_CURSOR:
		options->cursor = arg;
		break;
	case OPT_CURSOR_FILE:
		options->cursor_file = arg;
		break;
	case OPT_COLOR:
		options_color(options, arg);
		break;
	case OPT_DEVICE:
		options->device = arg;
		break;
	case OPT_ROOT:
		options->root = arg;
		break;
	case OPT_DELAY:
		options_delay(options, arg);
		break;
	case OPT_SORT:
		options_sort(options, arg);
		break;
	case OPT_BY:
		options_by(options, arg);
		break;
	case OPT_BATCH:
		options->batch = true;
		break;
	case OPT_HISTORY:
		options->history = true;
		break;
	case OPT_NO_SNAPSHOT:
		options->snapshot = false;
		break;
	case OPT_FAIL_ON_LOSS:
		options->fail_on_loss = true;
		break;
	case OPT_UTC:
		options->utc = true;
		break;
	case OPT_NO_HEADINGS:
		options->headings = false;
		break;
	case OPT_QUIET:
		options->quiet = true;
		break;
	case OPT_HELP:
		options_help(stdout);
		exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
	case OPT_VERSION:
		printf("procmon %s (ABI %u.%u)\n", PROCMON_VERSION, PROCMON_ABI_MAJOR,
		       PROCMON_ABI_MINOR);
		exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
	case OPT_REFERENCE:
		if (!options_reference(arg))
			options_bad(row->name, arg, "must be man, bash or fields");
		exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
	case OPT_FIRST_LONG:
		break;
	}
}

static const struct option_row *options_row(int id)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if ((int)options_table[i].id == id)
			return &options_table[i];
	return NULL;
}

static const char *options_command_name(enum options_command command)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (options_commands[i].command == command)
			return options_commands[i].name;
	return "";
}

/* Takes the command's name off the arguments, if there is one. */
static void options_command(struct options *options, int *argc, char ***argv)
{
	size_t i;

	if (*argc < 2 || (*argv)[1][0] == '-')
		return;
	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp((*argv)[1], options_commands[i].name)) {
			options->command = options_commands[i].command;
			(*argv)[1] = (*argv)[0];
			(*argv)++;
			(*argc)--;
			return;
		}
	}
	if (!strcmp((*argv)[1], "help")) {
		options_help(stdout);
		exit(EXIT_SUCCESS);
	}
	fprintf(stderr,
		"procmon: '%s' is not a command: watch, run, ps, tree, top, record, show, status, doctor\nTry 'procmon --help'.\n",
		(*argv)[1]);
	exit(EXIT_USAGE);
}

static void options_check(struct options *options, int argc, char **argv)
{
	if (options->command & (COMMAND_RUN | COMMAND_SHOW | COMMAND_RECORD) && optind >= argc) {
		fprintf(stderr, "procmon: %s: %s\n", options_command_name(options->command),
			options->command == COMMAND_RUN ?
				"no command to run: procmon run -- COMMAND [ARG]..." :
			options->command == COMMAND_SHOW ?
				"no file to show: procmon show FILE..." :
				"no file to record into: procmon record FILE");
		exit(EXIT_USAGE);
	}
	if (options->command == COMMAND_RUN) {
		options->run_args = argv + optind;
	} else if (options->command == COMMAND_SHOW) {
		options->file = argv[optind];
		options->files = argv + optind;
		options->nr_files = (size_t)(argc - optind);
	} else {
		if (options->command == COMMAND_RECORD)
			options->file = argv[optind++];
		if (optind < argc) {
			fprintf(stderr,
				"procmon: '%s': %s takes no such argument\nTry 'procmon --help'.\n",
				argv[optind], options_command_name(options->command));
			exit(EXIT_USAGE);
		}
	}
	if (options->cursor && options->cursor_file)
		options_bad("after-cursor", options->cursor, "not together with --cursor-file");
	if (options->rotate && !strcmp(options->file, "-"))
		options_bad("rotate", NULL, "standard output has no name to begin a new file by");
	if (options->keep && !options->rotate)
		options_bad("keep", NULL, "only together with --rotate");
	if (options->follow && options->reverse)
		options_bad("follow", NULL, "not together with --reverse");
}

void options_parse(struct options *options, int argc, char **argv)
{
	struct option longs[ROWS + 1] = { 0 };
	char letters[2 * ROWS + 2] = "+";
	size_t i;
	int id;

	*options = (struct options){ .command = COMMAND_WATCH,
				     .for_ns = -1,
				     .since_ns = INT64_MIN,
				     .until_ns = INT64_MAX,
				     .delay_ns = OPTIONS_DELAY_NS,
				     .headings = true,
				     .snapshot = true };
	options_command(options, &argc, &argv);
	for (i = 0; i < ROWS; i++) {
		const struct option_row *row = &options_table[i];
		size_t n = strlen(letters);

		longs[i] = (struct option){ row->name, row->arg ? required_argument : no_argument,
					    NULL, (int)row->id };
		if (option_has_letter(row)) {
			letters[n++] = (char)row->id;
			letters[n++] = row->arg ? ':' : '\0';
			letters[n] = '\0';
		}
	}
	while ((id = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_row *row = options_row(id);

		if (!row) {
			fputs("Try 'procmon --help'.\n", stderr);
			exit(EXIT_USAGE);
		}
		if (row->commands && !(row->commands & options->command))
			options_bad(row->name, optarg, "not an option of this command");
		options_take(options, row, optarg);
	}
	options_check(options, argc, argv);
}

void options_free(struct options *options)
{
	options_free_fields(options);
	query_free(options->query);
	options->query = NULL;
}
