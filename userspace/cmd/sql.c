// SPDX-License-Identifier: MIT
/* procmon sql: a question about what was recorded; nothing can be changed by it. */
#define _GNU_SOURCE
#include "commands.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "history.h"
#include "need.h"
#include "quote.h"
#include "relation.h"
#include "stop.h"
#include "text.h"

#ifdef PROCMON_SQLITE

#define SQL_STEPS 100000 /* of SQLite's machine, from one look at whether to end to the next */
#define SQL_MEMORY ((sqlite3_int64)1 << 30)
#define SQL_MEASURED 256 /* rows of a table that its columns are fitted to */
#define SQL_WIDEST 60

static int sql_allows(void *data, int action, const char *a, const char *b, const char *c,
		      const char *d)
{
	(void)data, (void)a, (void)c, (void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return strcasecmp(b, "load_extension") ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int sql_gives_up(void *data)
{
	(void)data;
	return stop_signal;
}

/* A value as text, or as what JSON would tell of it. */
static void sql_put_json(struct out *out, sqlite3_stmt *query, int i)
{
	const char *bytes;

	switch (sqlite.column_type(query, i)) {
	case SQLITE_INTEGER:
		out_s64(out, sqlite.column_int64(query, i));
		break;
	case SQLITE_FLOAT:
		if (isfinite(sqlite.column_double(query, i)))
			out_printf(out, "%.17g", sqlite.column_double(query, i));
		else
			OUT_LITERAL(out, "null");
		break;
	default:
		bytes = sqlite.column_blob(query, i);
		quote_either(out, bytes ? bytes : "", (size_t)sqlite.column_bytes(query, i));
	}
}

/* NULL is only where memory is short. */
static const char *sql_name(sqlite3_stmt *query, int i)
{
	const char *name = sqlite.column_name(query, i);

	return name ? name : "";
}

/* Where bytes are no text, the key says so. */
static void sql_put_object(struct out *out, sqlite3_stmt *query, int columns)
{
	static struct out key = { .fd = -1 };
	bool some = false;
	int i;

	out_char(out, '{');
	for (i = 0; i < columns; i++) {
		const char *name = sql_name(query, i);
		const char *bytes = sqlite.column_blob(query, i);
		int type = sqlite.column_type(query, i);

		if (type == SQLITE_NULL)
			continue;
		key.len = 0;
		out_str(&key, name);
		if ((type == SQLITE_TEXT || type == SQLITE_BLOB) && bytes &&
		    !text_is_utf8(bytes, (size_t)sqlite.column_bytes(query, i)))
			OUT_LITERAL(&key, "_raw");
		if (some)
			out_char(out, ',');
		some = true;
		quote_lossy(out, key.buf, key.len);
		out_char(out, ':');
		sql_put_json(out, query, i);
	}
	OUT_LITERAL(out, "}\n");
}

static void sql_put_csv(struct out *out, sqlite3_stmt *query, int columns)
{
	int i;

	for (i = 0; i < columns; i++) {
		int type = sqlite.column_type(query, i);
		const char *bytes = sqlite.column_blob(query, i);

		if (i)
			out_char(out, ',');
		if (type == SQLITE_TEXT || type == SQLITE_BLOB)
			csv_put_text(out, bytes ? bytes : "",
				     (size_t)sqlite.column_bytes(query, i));
		else if (type != SQLITE_NULL)
			sql_put_json(out, query, i);
	}
	OUT_LITERAL(out, "\r\n");
}

/**
 * struct sql_table - rows that wait until it is known how wide their columns are
 * @cells: text, @ends: where each cell ends there, @nr of them
 */
struct sql_table {
	int columns;
	size_t *width;
	struct out cells;
	size_t *ends, nr, max;
};

static void sql_end_cell(struct sql_table *table)
{
	size_t begin = table->nr ? table->ends[table->nr - 1] : 0;
	size_t width = text_width(table->cells.buf + begin, table->cells.len - begin);
	size_t *widest = &table->width[table->nr % (size_t)table->columns];

	if (table->nr == table->max) {
		table->max = table->max ? 2 * table->max : 1024;
		table->ends = need(realloc(table->ends, table->max * sizeof(size_t)));
	}
	table->ends[table->nr++] = table->cells.len;
	width = width > SQL_WIDEST ? SQL_WIDEST : width;
	if (width > *widest)
		*widest = width;
}

static void sql_take_row(struct sql_table *table, sqlite3_stmt *query, bool names)
{
	int i;

	for (i = 0; i < table->columns; i++) {
		const char *text = names ? sql_name(query, i) : sqlite.column_blob(query, i);
		int type = names ? SQLITE_TEXT : sqlite.column_type(query, i);

		if (type == SQLITE_TEXT || type == SQLITE_BLOB)
			text_put(&table->cells, text ? text : "",
				 names ? strlen(text) : (size_t)sqlite.column_bytes(query, i));
		else if (type != SQLITE_NULL)
			sql_put_json(&table->cells, query, i);
		sql_end_cell(table);
	}
}

static void sql_put_table(struct sql_table *table, struct out *out, size_t fit)
{
	size_t i, at = 0, start = out->len;

	for (i = 0; i < table->nr; i++) {
		size_t column = i % (size_t)table->columns, len = table->ends[i] - at;
		size_t width = text_width(table->cells.buf + at, len);

		out_put(out, table->cells.buf + at, len);
		at = table->ends[i];
		if (column + 1 < (size_t)table->columns) {
			for (; width < table->width[column]; width++)
				out_char(out, ' ');
			OUT_LITERAL(out, "  ");
			continue;
		}
		if (fit)
			text_fit(out, start, fit);
		out_char(out, '\n');
		start = out->len;
	}
	table->nr = 0;
	table->cells.len = 0;
}

static void sql_put_names(struct out *out, sqlite3_stmt *query, int columns)
{
	int i;

	for (i = 0; i < columns; i++) {
		const char *name = sql_name(query, i);

		if (i)
			out_char(out, ',');
		csv_put_text(out, name, strlen(name));
	}
	OUT_LITERAL(out, "\r\n");
}

/* Prints what @query finds.  Return: as SQLite. */
static int sql_print(const struct options *options, sqlite3_stmt *query, struct out *out)
{
	int columns = sqlite.column_count(query), r;
	struct sql_table table = { .columns = columns,
				   .width = need_array((size_t)columns, sizeof(size_t)),
				   .cells.fd = -1 };
	unsigned int fit = show_width(out->fd);
	size_t rows = 0;

	if (options->headings && options->format == FORMAT_CSV)
		sql_put_names(out, query, columns);
	else if (options->headings && options->format == FORMAT_SHORT)
		sql_take_row(&table, query, true);
	while ((r = sqlite.step(query)) == SQLITE_ROW && !out->err) {
		if (options->format == FORMAT_JSON)
			sql_put_object(out, query, columns);
		else if (options->format == FORMAT_CSV)
			sql_put_csv(out, query, columns);
		else
			sql_take_row(&table, query, false);
		if (++rows >= SQL_MEASURED)
			sql_put_table(&table, out, fit);
		if (out->len >= OUT_FULL)
			out_flush(out);
	}
	sql_put_table(&table, out, fit);
	out_flush(out);
	free(table.width);
	free(table.ends);
	free(table.cells.buf);
	return r;
}

/* Only one that asks, and nothing after it. */
static int sql_prepare(sqlite3 *db, const char *statement, sqlite3_stmt **query)
{
	const char *rest = "";

	sqlite.set_authorizer(db, sql_allows, NULL);
	sqlite.limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite.hard_heap_limit64(SQL_MEMORY);
	sqlite.progress_handler(db, SQL_STEPS, sql_gives_up, NULL);
	if (sqlite.prepare_v2(db, statement, -1, query, &rest)) {
		fprintf(stderr, "procmon: sql: %s\n", sqlite.errmsg(db));
		return -1;
	}
	if (!*query || !sqlite.stmt_readonly(*query) || rest[strspn(rest, " \t\n;")]) {
		fputs("procmon: sql: one statement, a SELECT, is taken\n", stderr);
		return -1;
	}
	return 0;
}

static int sql_answer(const struct options *options, struct history *history, struct out *out)
{
	sqlite3_stmt *query = NULL;
	sqlite3 *db = NULL;
	int status = EXIT_FAILURE, r;

	if (sqlite.open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) ||
	    relation_make(db, history)) {
		fprintf(stderr, "procmon: sql: %s\n", sqlite.errmsg(db));
	} else if (sql_prepare(db, options->statement, &query)) {
		status = EXIT_USAGE;
	} else {
		r = sql_print(options, query, out);
		if (r == SQLITE_DONE || stop_signal || out->err == EPIPE)
			status = EXIT_SUCCESS;
		else if (out->err)
			fprintf(stderr, "procmon: writing failed: %s\n", strerror(out->err));
		else
			fprintf(stderr, "procmon: sql: %s\n", sqlite.errmsg(db));
	}
	sqlite.finalize(query);
	sqlite.close(db);
	return status;
}

int sql_main(const struct options *options)
{
	struct out out = { .fd = STDOUT_FILENO };
	const char *missing = sqlite_missing();
	struct history history;
	int status = EXIT_FAILURE;

	if (missing) {
		fprintf(stderr, "procmon: sql: %s\n", missing);
		return EXIT_FAILURE;
	}
	stop_catch();
	if (!history_open(&history, options))
		status = sql_answer(options, &history, &out);
	if (history.failed && !status)
		status = EXIT_FAILURE;
	history_close(&history);
	where_end();
	proc_free_all();
	free(out.buf);
	return status;
}

#else

int sql_main(const struct options *options)
{
	(void)options;
	fprintf(stderr, "procmon: sql: %s\n", sqlite_missing());
	return EXIT_FAILURE;
}

#endif
