// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pattern.h"
#include "plot.h"
#include "query.h"
#include "redact.h"
#include "usage.h"
#include "value.h"

#define DELAY_NS (2 * NSEC_PER_SEC)
#define MAX_ROWS 128

/* @row: the command that was named, NULL: none. */
static _Noreturn void options_end(const struct command_row *row)
{
	fprintf(stderr, "Try 'procmon%s%s --help'.\n", row ? " " : "", row ? row->name : "");
	exit(EXIT_USAGE);
}

static const struct command_row *options_find_command(const char *name)
{
	const struct command_row *row = command_rows;

	while (row->name && strcmp(name, row->name))
		row++;
	if (row->name)
		return row;
	fprintf(stderr, "procmon: '%s' is not a command:", name);
	for (row = command_rows; row->name; row++)
		fprintf(stderr, "%s %s", row == command_rows ? "" : ",", row->name);
	fputc('\n', stderr);
	options_end(NULL);
}

/* Takes the command's name off the arguments.  Return: NULL: there is none. */
static const struct command_row *options_command(int *argc, char ***argv)
{
	const struct command_row *row;

	if (*argc < 2 || (*argv)[1][0] == '-')
		return NULL;
	if (!strcmp((*argv)[1], "help"))
		usage_tell(*argc > 2 ? options_find_command((*argv)[2]) : NULL, false);
	row = options_find_command((*argv)[1]);
	(*argv)[1] = (*argv)[0];
	(*argv)++;
	(*argc)--;
	return row;
}

static void options_operands(struct options *options, const struct command_row *row, char **args,
			     size_t n)
{
	if (!n && row->missing) {
		fprintf(stderr, "procmon: %s: %s\n", row->name, row->missing);
		exit(EXIT_USAGE);
	}
	if (n > row->operands) {
		fprintf(stderr, "procmon: '%s': %s takes no such argument\n", args[row->operands],
			row->name);
		options_end(options->named ? row : NULL);
	}
	if (options->command == COMMAND_PLOT) {
		options->picture = *args++;
		n--;
	}
	if (options->command == COMMAND_SQL) {
		options->statement = *args++;
		n--;
	}
	options->args = args;
	options->nr_args = n;
	options->file = args[0];
	options->reads_files = n && options->command & READS_FILES;
}

/* What does not go together. */
static void options_check(const struct options *options)
{
	if (options->cursor && options->cursor_file)
		value_bad("after-cursor", options->cursor, "not together with --cursor-file");
	if (options->rotate && !strcmp(options->file, "-"))
		value_bad("rotate", NULL, "standard output has no name to begin a new file by");
	if (options->keep && !options->rotate)
		value_bad("keep", NULL, "only together with --rotate");
	if (options->command == COMMAND_EXPORT && options->perfetto == options->folded)
		value_bad(options->folded ? "folded" : "perfetto", NULL,
			  options->folded ? "not together with --perfetto" :
					    "or --folded must say what to export");
	if (options->reads_files && options->for_ns >= 0)
		value_bad("for", NULL, "a recording has its own end; see --until");
	if (options->follow && options->reverse)
		value_bad("follow", NULL, "not together with --reverse");
	if (options->hash && options->reads_files)
		value_bad("hash", NULL, "a recording does not hold the files that ran");
	if (options->format >= FORMAT_ECS && !(options->command & STREAM))
		value_bad("output", NULL, "only events are told in this format");
	if (options->command == COMMAND_SQL && options->format != FORMAT_SHORT &&
	    options->format != FORMAT_JSON && options->format != FORMAT_CSV)
		value_bad("output", NULL, "of sql it can be short, json or csv");
	if (options->command == COMMAND_TREE && !options->reads_files &&
	    (options->since_ns != INT64_MIN || options->until_ns != INT64_MAX))
		value_bad("since", NULL, "the past is in recordings: tree --since=... FILE");
	if (options->command == COMMAND_TREE && options->reads_files &&
	    options->format != FORMAT_SHORT)
		value_bad("output", NULL, "the tree of a recording is only drawn; see show");
}

static int options_argument(const struct option_row *row)
{
	if (!row->arg)
		return no_argument;
	return row->arg[0] == '[' ? optional_argument : required_argument;
}

void options_parse(struct options *options, int argc, char **argv)
{
	struct option longs[MAX_ROWS] = { 0 };
	char letters[2 * MAX_ROWS] = { 0 }, *letter = letters;
	const struct command_row *command;
	size_t i;
	int found, at = 0;

	*options = (struct options){ .for_ns = -1,
				     .since_ns = INT64_MIN,
				     .until_ns = INT64_MAX,
				     .delay_ns = DELAY_NS,
				     .rows = PLOT_ROWS,
				     .headings = true,
				     .snapshot = true };
	command = options_command(&argc, &argv);
	options->named = command;
	if (!command)
		command = command_rows;
	options->command = command->command;
	if (options->command == COMMAND_RUN)
		*letter++ = '+'; /* the options of what is run are its own */
	for (i = 0; i < MAX_ROWS - 1 && option_rows[i].name; i++) {
		const struct option_row *row = &option_rows[i];

		longs[i] = (struct option){ row->name, options_argument(row), &at, (int)i };
		if (row->letter) {
			*letter++ = row->letter;
			if (options_argument(row) == required_argument)
				*letter++ = ':';
		}
	}
	while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_row *row;

		if (found == '?')
			options_end(options->named ? command : NULL);
		for (i = 0; found && option_rows[i].letter != found;)
			i++;
		row = &option_rows[found ? i : (size_t)at];
		if (row->commands && !(row->commands & options->command))
			value_bad(row->name, optarg, "not an option of this command");
		row->take(options, row, optarg);
	}
	options_operands(options, command, argv + optind, (size_t)(argc - optind));
	options_check(options);
}

void options_free(struct options *options)
{
	value_free_fields(options);
	query_free(options->query);
	redact_end();
	pattern_free(options->grep);
	options->grep = NULL;
	options->query = NULL;
}
