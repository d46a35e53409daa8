/* SPDX-License-Identifier: MIT */
/* options.h - the command line: one table makes the parser, --help, the manual and the completion */
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
};

/* Those that show events. */
#define STREAM (COMMAND_WATCH | COMMAND_RUN | COMMAND_SHOW | COMMAND_PS | COMMAND_TREE)
#define OPTIONS_SNAPSHOT 1u /* in the bits of event types: the processes that run already */

enum options_format { FORMAT_SHORT, FORMAT_VERBOSE, FORMAT_JSON, FORMAT_JSON_PRETTY };

enum options_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* A filter's values, or-ed. */
struct options_numbers {
	uint32_t value[OPTIONS_MAX_VALUES];
	unsigned int count;
};

struct options_globs {
	const char *value[OPTIONS_MAX_VALUES];
	unsigned int count;
};

struct query;

/**
 * struct options - what was asked for
 * @run_args: run: the command, NULL-terminated
 * @file: record: where to; show: the first of
 * @files: show: the recordings, or the memory dump, @nr_files of them
 * @root: the directory where the system is that is looked at, NULL for /
 * @fields: the keys asked for, NULL-terminated; NULL for all
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
 * @batch: top: tables as text, whatever the terminal can
 */
struct options {
	enum options_command command;
	enum options_format format;
	bool indent; /* in columns, below the parent */
	enum options_color color;
	const char *device;
	const char *file;
	char **files;
	size_t nr_files;
	const char *root;
	const char *cursor;
	const char *cursor_file;
	char **run_args;
	const char **fields;
	struct options_numbers pid, ppid, uid;
	struct options_numbers tree;
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
	bool follow, reverse;
	bool snapshot;
	bool fail_on_loss;
	bool headings;
	bool utc;
	bool quiet;
};

/* Exit codes, also told by the manual. */
enum { EXIT_USAGE = 2, EXIT_LOSS = 3 };

/* Parses the command line; ends the program for --help, --version and mistakes. */
void options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);
/* Prints the option and command tables for the manual ("man") or the shell ("bash"). */
bool options_reference(const char *what);
void options_help(FILE *to);

#endif
