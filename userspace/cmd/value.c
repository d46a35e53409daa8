// SPDX-License-Identifier: MIT
/* value.c - what a value of an option may be */
#define _GNU_SOURCE
#include "value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <procmon.h>

#include "board.h"
#include "clock.h"
#include "column.h"
#include "names.h"
#include "pattern.h"
#include "plot.h"
#include "query.h"
#include "redact.h"
#include "reference.h"

#define MIN_DELAY_NS (NSEC_PER_SEC / 10) /* faster is only costly */

static const struct {
	const char *name;
	enum options_format format;
	bool indent;
} value_formats[] = {
	{ "short", FORMAT_SHORT, false },
	{ "tree", FORMAT_SHORT, true },
	{ "verbose", FORMAT_VERBOSE, false },
	{ "json", FORMAT_JSON, false },
	{ "json-pretty", FORMAT_JSON_PRETTY, false },
	{ "ecs", FORMAT_ECS, false },
	{ "ocsf", FORMAT_OCSF, false },
	{ "csv", FORMAT_CSV, false },
	{ "audit", FORMAT_AUDIT, false },
};

/* Where a row's value goes. */
static void *value_at(struct options *options, const struct option_row *row)
{
	return (char *)options + row->field;
}

_Noreturn void value_bad(const char *name, const char *value, const char *want)
{
	fprintf(stderr, "procmon: --%s%s%s: %s\nTry 'procmon --help'.\n", name, value ? "=" : "",
		value ? value : "", want);
	exit(EXIT_USAGE);
}

_Noreturn void value_bad_choice(const struct option_row *row, const char *text)
{
	const char *choice = row->choices;
	char want[256] = "must be ";
	size_t n = strlen(want);

	while (choice && *choice) {
		size_t len = strcspn(choice, " "), rest = strlen(choice + len);
		const char *next = rest > 1 ? strchr(choice + len + 1, ' ') : NULL;

		n += (size_t)snprintf(want + n, n < sizeof(want) ? sizeof(want) - n : 0, "%.*s%s",
				      (int)len, choice,
				      !rest ? "" :
				      next  ? ", " :
					      " or ");
		choice += len + (rest > 0);
	}
	value_bad(row->name, text, want);
}

void value_yes(struct options *options, const struct option_row *row, const char *text)
{
	(void)text;
	*(bool *)value_at(options, row) = true;
}

void value_no(struct options *options, const struct option_row *row, const char *text)
{
	(void)text;
	*(bool *)value_at(options, row) = false;
}

void value_text(struct options *options, const struct option_row *row, const char *text)
{
	*(const char **)value_at(options, row) = text;
}

static uint64_t value_number(const struct option_row *row, const char *text, uint64_t max)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || number > max)
		value_bad(row->name, text, "not a number that it can be");
	return number;
}

void value_count(struct options *options, const struct option_row *row, const char *text)
{
	uint64_t count = value_number(row, text, UINT64_MAX);

	if (!count)
		value_bad(row->name, text, "must be at least 1");
	*(uint64_t *)value_at(options, row) = count;
}

void value_rows(struct options *options, const struct option_row *row, const char *text)
{
	uint64_t rows = value_number(row, text, UINT64_MAX);

	if (rows < 2 || rows > PLOT_ROWS_MAX)
		value_bad(row->name, text, "must be from 2 to 2000");
	options->rows = rows;
}

void value_keep(struct options *options, const struct option_row *row, const char *text)
{
	options->keep = (unsigned int)value_number(row, text, 999999);
}

static void value_add_number(struct options *options, const struct option_row *row, uint32_t value)
{
	struct options_numbers *numbers = value_at(options, row);

	if (numbers->count == OPTIONS_MAX_VALUES)
		value_bad(row->name, "...", "given too often");
	numbers->value[numbers->count++] = value;
}

void value_pid(struct options *options, const struct option_row *row, const char *text)
{
	value_add_number(options, row, (uint32_t)value_number(row, text, INT32_MAX));
}

void value_uid(struct options *options, const struct option_row *row, const char *text)
{
	uint32_t uid;

	if (!names_uid(text, &uid))
		value_bad(row->name, text, "no such user");
	value_add_number(options, row, uid);
}

void value_glob(struct options *options, const struct option_row *row, const char *text)
{
	struct options_globs *globs = value_at(options, row);

	if (globs->count == OPTIONS_MAX_VALUES)
		value_bad(row->name, text, "given too often");
	globs->value[globs->count++] = text;
}

void value_cgroup(struct options *options, const struct option_row *row, const char *text)
{
	if (*text != '/')
		value_bad(row->name, text,
			  "not a path from the root of the hierarchy, as /system.slice");
	value_glob(options, row, text);
}

void value_events(struct options *options, const struct option_row *row, const char *text)
{
	char *copy = strdup(text), *rest = copy, *name;

	while (copy && (name = strsep(&rest, ","))) {
		unsigned int type = procmon_type_by_name(name);

		if (!strcmp(name, "snapshot"))
			options->events |= OPTIONS_SNAPSHOT;
		else if (!type)
			value_bad(
				row->name, name,
				"not one of fork, exec, exit, snapshot, cgroup_mkdir, cgroup_rmdir, "
				"cgroup_rename, cgroup_attach");
		else
			options->events |= 1u << type;
	}
	free(copy);
}

void value_query(struct options *options, const struct option_row *row, const char *text)
{
	struct out why = { .fd = STDERR_FILENO };

	if (query_add(&options->query, text, strlen(text), &why)) {
		if (options->query_text.count < OPTIONS_MAX_VALUES)
			value_glob(options, row, text);
		return;
	}
	fputs("procmon: --query: ", stderr);
	out_flush(&why);
	free(why.buf);
	fputs("Try 'procmon --help'; man procmon tells what EXPR can be.\n", stderr);
	exit(EXIT_USAGE);
}

void value_redact(struct options *options, const struct option_row *row, const char *text)
{
	char why[128] = "";

	(void)options;
	if (!redact_add(text, why, sizeof(why)))
		value_bad(row->name, text, why);
}

/* "!=0", ">=128", "1" */
void value_compare(struct options *options, const struct option_row *row, const char *text)
{
	static const struct {
		const char *word;
		bool less, same, more;
	} tests[] = { { "!=", true, false, true }, { "<=", true, true, false },
		      { ">=", false, true, true }, { "==", false, true, false },
		      { "<", true, false, false }, { ">", false, false, true },
		      { "=", false, true, false }, { "", false, true, false } };
	struct options_compare *compare = value_at(options, row);
	size_t i = 0, len;

	while (strncmp(text, tests[i].word, strlen(tests[i].word)))
		i++;
	len = strlen(tests[i].word);
	*compare = (struct options_compare){ .given = true,
					     .less = tests[i].less,
					     .same = tests[i].same,
					     .more = tests[i].more,
					     .number = (uint32_t)value_number(row, text + len,
									      INT32_MAX) };
}

void value_grep(struct options *options, const struct option_row *row, const char *text)
{
	size_t room = PATTERN_MAX;
	char why[128];

	pattern_free(options->grep);
	options->grep = pattern_make(text, &room, why, sizeof(why));
	if (!options->grep)
		value_bad(row->name, text, why);
}

void value_free_fields(struct options *options)
{
	if (options->fields)
		free((void *)options->fields[0]); /* the names are one string */
	free(options->fields);
	options->fields = NULL;
}

void value_fields(struct options *options, const struct option_row *row, const char *text)
{
	size_t n = 2;
	const char *p;
	char *copy = strdup(text), *name;

	value_free_fields(options);
	for (p = text; *p; p++)
		n += *p == ',';
	options->fields = calloc(n, sizeof(*options->fields));
	if (!copy || !options->fields)
		value_bad(row->name, text, "out of memory");
	for (n = 0; (name = strsep(&copy, ","));) {
		if (!*name)
			value_bad(row->name, text, "an empty name");
		if (!reference_has_key(name))
			value_bad(row->name, name,
				  "no event has such a key (man procmon lists them)");
		options->fields[n++] = name;
	}
}

void value_format(struct options *options, const struct option_row *row, const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(value_formats) / sizeof(value_formats[0]); i++) {
		if (!strcmp(value_formats[i].name, text)) {
			options->format = value_formats[i].format;
			options->indent = value_formats[i].indent;
			return;
		}
	}
	value_bad_choice(row, text);
}

void value_decide(struct options *options, const struct option_row *row, const char *text)
{
	static const char *const words[] = {
		[DECIDE_AUTO] = "auto",
		[DECIDE_ALWAYS] = "always",
		[DECIDE_NEVER] = "never",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(words[i], text)) {
			*(enum options_decide *)value_at(options, row) = (enum options_decide)i;
			return;
		}
	}
	value_bad_choice(row, text);
}

/* "64k", "100M", "2G" */
void value_size(struct options *options, const struct option_row *row, const char *text)
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
		value_bad(row->name, text, "not a size like 64k, 100M or 2G");
	*(uint64_t *)value_at(options, row) = number;
}

void value_when(struct options *options, const struct option_row *row, const char *text)
{
	if (!clock_parse_when(text, value_at(options, row)))
		value_bad(row->name, text,
			  "not a time like '2026-11-26 14:00:00', 14:00, today, yesterday or -1h");
}

void value_duration(struct options *options, const struct option_row *row, const char *text)
{
	int64_t ns = clock_parse_duration(text);

	if (ns < 0)
		value_bad(row->name, text, "not a time like 10s, 500ms, 2m or 1h");
	*(int64_t *)value_at(options, row) = ns;
}

void value_delay(struct options *options, const struct option_row *row, const char *text)
{
	value_duration(options, row, text);
	if (options->delay_ns < MIN_DELAY_NS)
		value_bad(row->name, text, "must be at least 100ms");
}

void value_sort(struct options *options, const struct option_row *row, const char *text)
{
	int column = column_by_word(text);

	if (column < 0)
		value_bad_choice(row, text);
	options->sort = (unsigned int)column;
}

void value_by(struct options *options, const struct option_row *row, const char *text)
{
	options->by = board_by_name(text);
	if (options->by == BOARD_BY)
		value_bad_choice(row, text);
}
