/* SPDX-License-Identifier: MIT */
/* options.h - the command line: one table (rows.c) makes the parser, --help, the manual and the completion */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_MAX_VALUES 64 /* values of one filter */

enum options_command {
	COMMAND_WATCH = 1,
	COMMAND_RUN = 2,
	COMMAND_STATUS = 4,
	COMMAND_DOCTOR = 8,
	COMMAND_SHOW = 16,
	COMMAND_PS = 32,
	COMMAND_TREE = 64,
	COMMAND_RECORD = 128,
	COMMAND_TOP = 256,
	COMMAND_PLOT = 512,
	COMMAND_EXPORT = 1024,
	COMMAND_LOG = 2048,
	COMMAND_SQL = 4096,
};

/* Those that draw what has been, or have it drawn. */
#define PICTURES (COMMAND_PLOT | COMMAND_EXPORT)
/* Those that look into a directory of recordings. */
#define HISTORY (COMMAND_LOG | COMMAND_SQL)
/* Those that show events. */
#define STREAM                                                                                     \
	(COMMAND_WATCH | COMMAND_RUN | COMMAND_SHOW | COMMAND_PS | COMMAND_TREE | PICTURES |       \
	 HISTORY)
/* Those that read recordings, when there are any. */
#define READS_FILES (COMMAND_SHOW | COMMAND_TREE | PICTURES | HISTORY)
#define OPTIONS_SNAPSHOT 1u /* in the bits of event types: the processes that run already */

enum options_format {
	FORMAT_SHORT,
	FORMAT_VERBOSE,
	FORMAT_JSON,
	FORMAT_JSON_PRETTY,
	FORMAT_ECS, /* from here on: only of events */
	FORMAT_OCSF,
	FORMAT_CSV,
	FORMAT_AUDIT,
	FORMATS
};

/* WHEN to do something; what auto means is told with each option. */
enum options_decide { DECIDE_AUTO, DECIDE_ALWAYS, DECIDE_NEVER };

/* A filter's values, or-ed. */
struct options_numbers {
	uint32_t value[OPTIONS_MAX_VALUES];
	unsigned int count;
};

struct options_globs {
	const char *value[OPTIONS_MAX_VALUES];
	unsigned int count;
};

/* A number and what to compare it with. */
struct options_compare {
	bool given, less, same, more;
	uint32_t number;
};

struct query;
struct pattern;

/**
 * struct options - what was asked for
 * @named: the command was named, not only meant
 * @args: what is no option, @nr_args of them, NULL-terminated: files, or the command to run
 * @file: the first of them, or NULL
 * @reads_files: it reads those, not the device
 * @picture: the file that a picture goes to, "-": standard output, NULL: none
 * @rows: of the picture, at most
 * @perfetto, @folded: export: the format
 * @root: the directory where the system is that is looked at, NULL for /
 * @fields: the keys asked for, NULL-terminated; NULL for all
 * @hash: executables are hashed
 * @query: expressions that must hold, NULL for none
 * @query_text: the same as they were written, as far as there is room
 * @events: bits of event types, 0 for all
 * @count: -n, 0 for no limit
 * @for_ns: --for, < 0 for no limit
 * @since_ns, @until_ns: only events from then on, until then; CLOCK_REALTIME
 * @rotate, @max_size: bytes, 0 for no limit
 * @keep: files that were rotated, 0 for all
 * @delay_ns: top: from one table to the next
 * @sort, @by: top: the column rows are ordered by, and what a row is (column.h, board.h)
 * @prometheus: status: the file for Prometheus, NULL for none
 * @batch: top: tables as text, whatever the terminal can
 */
struct options {
	enum options_command command;
	bool named;
	enum options_format format;
	bool indent; /* in columns, below the parent */
	enum options_decide color, merge;
	const char *device;
	char **args;
	size_t nr_args;
	const char *file;
	bool reads_files;
	const char *picture;
	const char *statement; /* of SQL */
	uint64_t rows;
	bool perfetto, folded;
	const char *root;
	const char *cursor;
	const char *cursor_file;
	const char *prometheus;
	const char **fields;
	struct options_numbers pid, ppid, uid;
	struct options_numbers tree;
	struct options_globs env; /* names, no patterns */
	struct options_globs parent; /* of its executable */
	struct options_compare exit_code;
	struct pattern *grep; /* in path or arguments, NULL: whatever they are */
	struct options_globs comm, exe, container, pod, unit, cgroup;
	struct query *query;
	struct options_globs query_text;
	uint32_t events;
	uint64_t count;
	int64_t for_ns;
	int64_t since_ns, until_ns;
	uint64_t rotate, max_size;
	unsigned int keep;
	int64_t delay_ns;
	unsigned int sort, by;
	bool batch;
	bool history;
	bool hash;
	bool follow, reverse;
	bool snapshot;
	bool fail_on_loss;
	bool headings;
	bool utc;
	bool quiet;
};

/* Exit codes, also told by the manual. */
enum { EXIT_USAGE = 2, EXIT_LOSS = 3 };

struct option_row;
typedef void option_take(struct options *options, const struct option_row *row, const char *text);

/**
 * struct option_row - an option; the last row has no name
 * @letter: its short name, 0 for none
 * @arg: what the manual calls its value, NULL for an option without one; in brackets: it can do without
 * @take: takes the value, to @field (an offset in struct options)
 * @commands: bits of those that it is an option of; 0: not told to users
 * @choices: all or some of the values it can have, for the shell's completion; NULL for none
 */
struct option_row {
	char letter;
	const char *name;
	const char *arg;
	option_take *take;
	size_t field;
	unsigned int commands;
	const char *choices;
	const char *help;
};

/**
 * struct option_group - rows of options that belong together; the last one has no name
 * @first: name of its first row; the rows up to the next group's are in it
 * @own: what few commands have: told in full before others
 */
struct option_group {
	const char *first;
	const char *title;
	bool own;
};

/**
 * struct command_row - a command; the last row has no name
 * @operands: how many arguments that are no options it takes at most
 * @missing: what to say when there is none, NULL when there need be none
 */
struct command_row {
	const char *name;
	enum options_command command;
	size_t operands;
	const char *missing;
	const char *usage;
	const char *help;
};

extern const struct option_row option_rows[];
extern const struct option_group option_groups[];
extern const struct command_row command_rows[];

/* Parses the command line; ends the program for --help, --version and mistakes. */
void options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
