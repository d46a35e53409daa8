// SPDX-License-Identifier: MIT
/*
 * Rows are made unit by unit: between two of them a table stands nowhere in the stream, so that any number
 * can be read at the same time.  What is asked for by time, pid and the like leaves out units, and the
 * events that cannot be; SQLite looks at each condition again.
 */
#define _GNU_SOURCE
#include "relation.h"

#ifdef PROCMON_SQLITE

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ask.h"
#include "bag.h"
#include "clock.h"
#include "filter.h"
#include "key.h"
#include "need.h"
#include "pending.h"
#include "quote.h"
#include "reference.h"
#include "text.h"

#define RELATION_KEYS 128
#define RELATION_LAST 63 /* the bit of colUsed that stands for this column and all after it */
#define RELATION_ROWS 10e6 /* guessed */

static struct key relation_keys[RELATION_KEYS]; /* a column each */
static int relation_count;

/* What of a condition helps, the operator, and how much it leaves. */
enum {
	RELATION_EVENT,
	RELATION_PID,
	RELATION_PPID,
	RELATION_UID,
	RELATION_EXE,
	RELATION_COMM,
	RELATION_CODE,
	RELATION_TIME
};
static const struct relation_help {
	const char *key;
	int what;
	double leaves;
} relation_helps[] = {
	{ "event", RELATION_EVENT, 0.9 },    { "pid", RELATION_PID, 0.01 },
	{ "ppid", RELATION_PPID, 0.05 },     { "uid", RELATION_UID, 0.5 },
	{ "exe", RELATION_EXE, 0.1 },	     { "comm", RELATION_COMM, 0.1 },
	{ "exit_code", RELATION_CODE, 0.3 }, { "time", RELATION_TIME, 0.2 },
};
#define RELATION_HELPS (sizeof(relation_helps) / sizeof(relation_helps[0]))

/**
 * struct relation - a table
 * @processes: a row for each process, else for each event
 */
struct relation {
	sqlite3_vtab base;
	struct history *history;
	bool processes;
};

/**
 * struct relation_cursor - one being read
 * @show: what events are told with; its options are @options, which ask @question
 * @unit: the next one to read
 * @rows: bytes of the rows at hand, @ends: where each ends, @nr_rows: of them, @row: the one at hand
 * @used: bits of the columns that are
 * @number: of that row, in all
 * @pending: processes that have not ended; @bytes: the row of one
 * @texts: of @options
 */
struct relation_cursor {
	sqlite3_vtab_cursor base;
	struct show show;
	struct options options;
	struct question question;
	size_t unit;
	struct out rows;
	size_t *ends, nr_rows, max_rows, row;
	uint64_t used;
	sqlite3_int64 number;
	struct pending pending;
	struct out bytes;
	char *texts[2 * RELATION_HELPS];
	size_t nr_texts;
};

/* Kinds of cells. */
enum { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_BLOB };

static bool relation_uses(const struct relation_cursor *cursor, int column)
{
	return cursor->used >> (column < RELATION_LAST ? column : RELATION_LAST) & 1;
}

static void relation_put_text(struct out *to, const char *text, size_t len)
{
	bool is_text = text_is_utf8(text, len) && !memchr(text, '\0', len);

	out_char(to, is_text ? CELL_TEXT : CELL_BLOB);
	bag_put_text(to, text, len);
}

/* As in JSON. */
static void relation_put_list(struct out *to, const struct key_value *list)
{
	static struct out json = { .fd = -1 };
	const char *at = list->text, *end = at + list->len;

	json.len = 0;
	out_char(&json, '[');
	while (at < end) {
		size_t len = strnlen(at, (size_t)(end - at));

		if (at > list->text)
			out_char(&json, ',');
		quote_either(&json, at, len);
		at += len + 1;
	}
	out_char(&json, ']');
	relation_put_text(to, json.buf, json.len);
}

static void relation_put_number(struct out *to, uint64_t number)
{
	char digits[20], *start;

	if (number <= INT64_MAX) {
		out_char(to, CELL_NUMBER);
		bag_put_number(to, number);
		return;
	}
	start = out_digits(digits + sizeof(digits), number);
	relation_put_text(to, start, (size_t)(digits + sizeof(digits) - start));
}

static void relation_put_row(struct relation_cursor *cursor, const struct event *event,
			     struct out *to)
{
	const struct key_event on = key_shown(&cursor->show, event);
	bool lost = event->ev->head.type == PROCMON_LOST;
	int i;

	for (i = 0; i < relation_count; i++) {
		const struct key *key = &relation_keys[i];
		struct key_value value = { 0 };

		if (!relation_uses(cursor, i) || (lost && !key_is_of_gap(key)) ||
		    !key->get(key, &on, &value)) {
			out_char(to, CELL_NULL);
		} else if (key->kind == KEY_TEXT) {
			relation_put_text(to, value.text, value.len);
		} else if (key->kind == KEY_LIST) {
			relation_put_list(to, &value);
		} else if (key->kind == KEY_SIGNED) {
			out_char(to, CELL_NUMBER);
			bag_put_number(to, value.number);
		} else {
			relation_put_number(to,
					    key->kind == KEY_BOOL ? !!value.number : value.number);
		}
	}
}

static void relation_end_row(struct relation_cursor *cursor)
{
	if (cursor->nr_rows == cursor->max_rows) {
		cursor->max_rows = cursor->max_rows ? 2 * cursor->max_rows : 1024;
		cursor->ends = need(realloc(cursor->ends, cursor->max_rows * sizeof(size_t)));
	}
	cursor->ends[cursor->nr_rows++] = cursor->rows.len;
}

static int relation_take(struct show *show, const struct event *event, bool wanted)
{
	struct relation_cursor *cursor =
		(struct relation_cursor *)(void *)((char *)show -
						   offsetof(struct relation_cursor, show));
	const struct procmon_head *head = &event->ev->head;

	if (!watch_is_in_time(show->options, event->ev))
		return 1;
	if (!((struct relation *)cursor->base.pVtab)->processes) {
		if (!wanted)
			return 1;
		relation_put_row(cursor, event, &cursor->rows);
		relation_end_row(cursor);
		return 1;
	}
	if (!pending_is_about_one(head))
		return 1;
	wanted |= pending_has(&cursor->pending, head);
	if (!wanted)
		return 1;
	if (head->type != PROCMON_EXIT) {
		cursor->bytes.len = 0;
		relation_put_row(cursor, event, &cursor->bytes);
		pending_keep(&cursor->pending, head, cursor->bytes.buf, cursor->bytes.len);
		return 1;
	}
	pending_drop(&cursor->pending, head);
	relation_put_row(cursor, event, &cursor->rows);
	relation_end_row(cursor);
	return 1;
}

/* Reads on until there is a row, or no more. */
static int relation_fill(struct relation_cursor *cursor)
{
	struct history *history = ((struct relation *)cursor->base.pVtab)->history;

	while (cursor->row == cursor->nr_rows && cursor->unit < history->nr_units) {
		cursor->row = cursor->nr_rows = cursor->rows.len = 0;
		if (ask_unit(history, cursor->unit, &cursor->question, &cursor->pending,
			     &cursor->show, relation_take) != 1)
			return SQLITE_INTERRUPT;
		cursor->unit++;
	}
	if (cursor->row < cursor->nr_rows)
		return SQLITE_OK;
	cursor->row = cursor->nr_rows = cursor->rows.len = 0;
	if (pending_take(&cursor->pending, &cursor->rows))
		relation_end_row(cursor);
	return SQLITE_OK;
}

static int relation_connect(sqlite3 *db, void *data, int argc, const char *const *argv,
			    sqlite3_vtab **made, char **why)
{
	struct out sql = { .fd = -1 };
	struct relation *relation;
	int i, r;

	(void)argc;
	(void)why;
	OUT_LITERAL(&sql, "CREATE TABLE x(");
	for (i = 0; i < relation_count; i++)
		out_printf(&sql, "%s\"%s\"", i ? ", " : "", relation_keys[i].name);
	out_str(&sql, ")");
	out_char(&sql, '\0');
	r = sqlite.declare_vtab(db, sql.buf);
	free(sql.buf);
	if (r)
		return r;
	relation = need(calloc(1, sizeof(*relation)));
	relation->history = data;
	relation->processes = !strcmp(argv[0], "processes");
	*made = &relation->base;
	return SQLITE_OK;
}

static int relation_disconnect(sqlite3_vtab *base)
{
	free(base);
	return SQLITE_OK;
}

static const struct relation_help *relation_help_of(int column)
{
	size_t i;

	for (i = 0; column >= 0 && i < RELATION_HELPS; i++)
		if (!strcmp(relation_helps[i].key, relation_keys[column].name))
			return &relation_helps[i];
	return NULL;
}

/* A letter for an operator that helps there, 0: it does not. */
static char relation_operator(int what, unsigned char op)
{
	if (op == SQLITE_INDEX_CONSTRAINT_EQ)
		return '=';
	if (op == SQLITE_INDEX_CONSTRAINT_GLOB && what == RELATION_EXE)
		return '*';
	if (what != RELATION_TIME)
		return '\0';
	if (op == SQLITE_INDEX_CONSTRAINT_GT || op == SQLITE_INDEX_CONSTRAINT_GE)
		return '>';
	return op == SQLITE_INDEX_CONSTRAINT_LT || op == SQLITE_INDEX_CONSTRAINT_LE ? '<' : '\0';
}

/* The plan is two letters a value: which one it is, and its operator. */
static int relation_best(sqlite3_vtab *base, sqlite3_index_info *info)
{
	char plan[4 * RELATION_HELPS + 1] = "", *end = plan, op;
	int i, n = 0;

	(void)base;
	info->estimatedCost = RELATION_ROWS;
	for (i = 0; i < info->nConstraint && n < (int)(2 * RELATION_HELPS); i++) {
		const struct relation_help *help = relation_help_of(info->aConstraint[i].iColumn);

		op = '\0';
		if (help)
			op = relation_operator(help->what, info->aConstraint[i].op);
		if (!op || !info->aConstraint[i].usable)
			continue;
		*end++ = (char)('a' + help->what);
		*end++ = op;
		info->aConstraintUsage[i].argvIndex = ++n;
		info->estimatedCost *= help->leaves;
	}
	*end = '\0';
	/* what columns are used stands before it */
	info->idxStr = sqlite.mprintf("%llu %s", (sqlite3_uint64)info->colUsed, plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = (sqlite3_int64)(info->estimatedCost + 1);
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int relation_open(sqlite3_vtab *base, sqlite3_vtab_cursor **made)
{
	struct relation_cursor *cursor = need(calloc(1, sizeof(*cursor)));

	(void)base;
	cursor->rows.fd = cursor->bytes.fd = -1;
	*made = &cursor->base;
	return SQLITE_OK;
}

static void relation_forget(struct relation_cursor *cursor)
{
	while (cursor->nr_texts)
		free(cursor->texts[--cursor->nr_texts]);
	question_free(&cursor->question);
	pending_free(&cursor->pending);
}

static int relation_close(sqlite3_vtab_cursor *base)
{
	struct relation_cursor *cursor = (struct relation_cursor *)base;

	relation_forget(cursor);
	free(cursor->rows.buf);
	free(cursor->bytes.buf);
	free(cursor->ends);
	free(cursor);
	return SQLITE_OK;
}

/*
 * The beginning of a time as the key has it, which orders as text does.  Return: false: it is none that
 * there can be.
 */
static bool relation_when(const char *text, int64_t *ns)
{
	struct tm tm = { .tm_mday = 1 }, again;
	char copy[32];
	time_t sec;
	int n;

	/* NOLINTNEXTLINE(cert-err34-c): of four and two digits, and compared with what they make */
	n = sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec);
	if (n < 3)
		return false;
	snprintf(copy, sizeof(copy), "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year, tm.tm_mon,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (strncmp(copy, text, n == 3 ? 10 : n == 4 ? 13 : n == 5 ? 16 : 19))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	again = tm;
	sec = timegm(&tm);
	*ns = sec * NSEC_PER_SEC;
	return sec > 0 && again.tm_mon == tm.tm_mon && again.tm_mday == tm.tm_mday &&
	       again.tm_hour == tm.tm_hour && again.tm_min == tm.tm_min;
}

/* As a pattern of the shell.  GLOB of SQLite has other classes: of those nothing is said. */
static void relation_glob(struct relation_cursor *cursor, struct options_globs *globs,
			  const char *text, char op)
{
	char *glob, *to;

	if (op == '*' && strpbrk(text, "[\\"))
		return;
	to = glob = need(malloc(2 * strlen(text) + 1));
	for (; *text; text++) {
		if (op == '=' && strchr("*?[\\", *text))
			*to++ = '\\';
		*to++ = *text;
	}
	*to = '\0';
	cursor->texts[cursor->nr_texts++] = glob;
	globs->value[0] = glob;
	globs->count = 1;
}

static void relation_narrow_text(struct relation_cursor *cursor, int what, char op,
				 const char *text)
{
	struct options *options = &cursor->options;
	bool processes = ((struct relation *)cursor->base.pVtab)->processes;
	unsigned int type = procmon_type_by_name(text);
	int64_t ns;

	if (what == RELATION_EXE)
		relation_glob(cursor, &options->exe, text, op);
	else if (what == RELATION_COMM && !processes)
		relation_glob(cursor, &options->comm, text, op);
	else if (what == RELATION_EVENT && !processes && type && type < 32)
		options->events = 1u << type;
	else if (what == RELATION_EVENT && !processes && !strcmp(text, "snapshot"))
		options->events = OPTIONS_SNAPSHOT;
	else if (what == RELATION_TIME && !processes && relation_when(text, &ns)) {
		if (op != '<' && ns - NSEC_PER_SEC > options->since_ns)
			options->since_ns = ns - NSEC_PER_SEC;
		if (op != '>' && ns + NSEC_PER_SEC < options->until_ns)
			options->until_ns = ns + NSEC_PER_SEC;
	}
}

static void relation_narrow(struct relation_cursor *cursor, int what, char op, sqlite3_value *value)
{
	struct options *options = &cursor->options;
	sqlite3_int64 number = sqlite.value_int64(value);
	bool processes = ((struct relation *)cursor->base.pVtab)->processes;

	if (sqlite.value_type(value) == SQLITE_TEXT) {
		const char *text = (const char *)sqlite.value_text(value);

		if (text && strlen(text) == (size_t)sqlite.value_bytes(value))
			relation_narrow_text(cursor, what, op, text);
		return;
	}
	if (sqlite.value_type(value) != SQLITE_INTEGER || number < 0 || number > INT32_MAX)
		return;
	if (what == RELATION_PID)
		options->pid = (struct options_numbers){ { (uint32_t)number }, 1 };
	else if (what == RELATION_PPID && !processes)
		options->ppid = (struct options_numbers){ { (uint32_t)number }, 1 };
	else if (what == RELATION_UID && !processes)
		options->uid = (struct options_numbers){ { (uint32_t)number }, 1 };
	else if (what == RELATION_CODE)
		options->exit_code = (struct options_compare){ .given = true,
							       .same = true,
							       .number = (uint32_t)number };
}

static int relation_filter(sqlite3_vtab_cursor *base, int id, const char *plan, int argc,
			   sqlite3_value **argv)
{
	struct relation_cursor *cursor = (struct relation_cursor *)base;
	const struct relation *relation = (struct relation *)base->pVtab;
	char *letters;
	int i;

	(void)id;
	relation_forget(cursor);
	cursor->options = (struct options){ .command = COMMAND_SQL,
					    .reads_files = true,
					    .for_ns = -1,
					    .since_ns = INT64_MIN,
					    .until_ns = INT64_MAX,
					    .events = relation->processes ? 0 : UINT32_MAX };
	cursor->used = strtoull(plan, &letters, 10);
	letters += *letters == ' ';
	for (i = 0; i < argc; i++, letters += 2)
		relation_narrow(cursor, letters[0] - 'a', letters[1], argv[i]);
	question_make(&cursor->question, &cursor->options);
	cursor->show = (struct show){ .options = &cursor->options, .pm = relation->history->pm };
	cursor->unit = cursor->row = cursor->nr_rows = 0;
	cursor->number = 0;
	return relation_fill(cursor);
}

static int relation_next(sqlite3_vtab_cursor *base)
{
	struct relation_cursor *cursor = (struct relation_cursor *)base;

	cursor->row++;
	cursor->number++;
	return relation_fill(cursor);
}

static int relation_eof(sqlite3_vtab_cursor *base)
{
	const struct relation_cursor *cursor = (struct relation_cursor *)base;

	return cursor->row == cursor->nr_rows;
}

static int relation_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int column)
{
	const struct relation_cursor *cursor = (struct relation_cursor *)base;
	size_t begin = cursor->row ? cursor->ends[cursor->row - 1] : 0;
	struct bag bag = { cursor->rows.buf + begin, cursor->rows.buf + cursor->ends[cursor->row],
			   false };
	const char *text = NULL;
	uint64_t number = 0;
	size_t len = 0;
	int i, kind = CELL_NULL;

	for (i = 0; i <= column && bag.at < bag.end; i++) {
		kind = (unsigned char)*bag.at++;
		if (kind == CELL_NUMBER)
			number = bag_number(&bag);
		else if (kind != CELL_NULL)
			text = bag_text(&bag, &len);
	}
	if (kind == CELL_NUMBER)
		sqlite.result_int64(to, (sqlite3_int64)number);
	else if (kind == CELL_TEXT)
		sqlite.result_text64(to, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
	else if (kind == CELL_BLOB)
		sqlite.result_blob64(to, text, len, SQLITE_TRANSIENT);
	return SQLITE_OK;
}

static int relation_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = ((struct relation_cursor *)base)->number;
	return SQLITE_OK;
}

static const sqlite3_module relation_module = {
	.xConnect = relation_connect, /* without xCreate a table of this name is just there */
	.xBestIndex = relation_best,
	.xDisconnect = relation_disconnect,
	.xOpen = relation_open,
	.xClose = relation_close,
	.xFilter = relation_filter,
	.xNext = relation_next,
	.xEof = relation_eof,
	.xColumn = relation_column,
	.xRowid = relation_rowid,
};

int relation_make(sqlite3 *db, struct history *history)
{
	const char *name, *doc;
	size_t i;
	int r;

	relation_count = 0;
	for (i = 0; (name = reference_key(i, &doc)) && relation_count < RELATION_KEYS; i++)
		if (key_find(&relation_keys[relation_count], name, strlen(name)))
			relation_count++;
	r = sqlite.create_module(db, "events", &relation_module, history);
	if (!r)
		r = sqlite.create_module(db, "processes", &relation_module, history);
	if (!r) /* the first use makes the tables themselves, which questions may not */
		r = sqlite.exec(
			db,
			"SELECT 1 FROM events, processes WHERE 0;"
			"CREATE VIEW execs AS SELECT * FROM events WHERE event = 'exec';"
			"CREATE VIEW exits AS SELECT * FROM events WHERE event = 'exit';"
			"CREATE VIEW forks AS SELECT * FROM events WHERE event = 'fork';"
			"CREATE VIEW cgroups AS SELECT * FROM events WHERE event LIKE 'cgroup@_%' "
			"ESCAPE '@';",
			NULL, NULL, NULL);
	return r;
}

#endif
