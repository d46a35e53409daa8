// SPDX-License-Identifier: MIT
/*
 * The index is beside the recordings, for anybody to damage: its schema must be ours, each row has a
 * checksum, and no more than that is asked of SQLite.
 */
#define _GNU_SOURCE
#include "index.h"

#include "sqlite.h"

#ifdef PROCMON_SQLITE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sum.h"

#define INDEX_BUSY_MS 10000
#define INDEX_SCHEMA                                                                                \
	"CREATE TABLE unit3(id INTEGER PRIMARY KEY, ino, mark, begin_ns, size, mtime_ns, offset, "  \
	"stop, origin, events, must, first_ns, last_ns, sum, summary_sum, context_sum, parts_sum, " \
	"summary BLOB, context BLOB, parts BLOB, UNIQUE(begin_ns, mark, ino, offset))"
#define INDEX_NUMBERS                                                                              \
	"ino, mark, begin_ns, size, mtime_ns, offset, stop, origin, events, must, first_ns, "      \
	"last_ns, sum, summary_sum, context_sum, parts_sum"
enum { INDEX_COLUMNS = 16, INDEX_SUMS = 12 };

/**
 * struct index - an open one
 * @directory: where its file is
 * @path: of that
 * @lock: the directory, locked while the file is used; -1: it is in memory
 * @why: it is in memory
 */
struct index {
	sqlite3 *db;
	char *directory, *path;
	int lock;
	const char *why;
};

static char index_why[256] = "";

const char *index_error(void)
{
	return index_why;
}

const char *index_is_copy(const struct index *index)
{
	return index->why;
}

static enum index_answer index_fail(const char *path, const char *why)
{
	snprintf(index_why, sizeof(index_why), "%s: %s", path, why);
	return INDEX_FAILED;
}

/* What SQLite said of a call that did not go well. */
static enum index_answer index_answer(struct index *index, int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return INDEX_GOOD;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return INDEX_BUSY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_NOMEM:
		return index_fail(index->path, sqlite.errmsg(index->db));
	default:
		return INDEX_DAMAGED;
	}
}

static enum index_answer index_do(struct index *index, const char *sql)
{
	return index_answer(index, sqlite.exec(index->db, sql, NULL, NULL, NULL));
}

static enum index_answer index_first(struct index *index, const char *sql, char **text)
{
	sqlite3_stmt *query = NULL;
	const unsigned char *found;
	int r = sqlite.prepare_v2(index->db, sql, -1, &query, NULL);

	*text = NULL;
	if (!r)
		r = sqlite.step(query);
	if (r == SQLITE_ROW) {
		found = sqlite.column_text(query, 0);
		*text = found ? strdup((const char *)found) : NULL;
	}
	sqlite.finalize(query);
	return index_answer(index, r);
}

/* What a stranger's file may say is not believed. */
static void index_defend(sqlite3 *db)
{
	sqlite.busy_timeout(db, INDEX_BUSY_MS);
	sqlite.db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite.db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite.db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite.db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite.exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}

/* Its schema is ours and nothing else, or there is none yet. */
static enum index_answer index_check(struct index *index, bool *empty)
{
	enum index_answer answer;
	char *text;

	answer = index_first(
		index, "SELECT group_concat(coalesce(sql, ''), ';') FROM sqlite_schema", &text);
	*empty = !text;
	if (!answer && text && strcmp(text, INDEX_SCHEMA ";"))
		answer = INDEX_DAMAGED;
	free(text);
	return answer;
}

static enum index_answer index_make(struct index *index)
{
	bool empty;
	enum index_answer answer = index_do(index, "BEGIN IMMEDIATE");

	if (answer)
		return answer;
	answer = index_check(index, &empty); /* another one may have been first */
	if (!answer && empty)
		answer = index_do(index, INDEX_SCHEMA);
	if (!answer)
		return index_do(index, "COMMIT");
	index_rollback(index);
	return answer;
}

static enum index_answer index_in_memory(struct index *index, const char *why)
{
	sqlite.close(index->db);
	index->db = NULL;
	index->why = why;
	if (index->lock >= 0)
		close(index->lock);
	index->lock = -1;
	if (sqlite.open_v2(":memory:", &index->db, SQLITE_OPEN_READWRITE, NULL))
		return index_fail(index->path, "out of memory");
	index_defend(index->db);
	return INDEX_GOOD;
}

/* The file is that of the directory's owner, and can be read by whoever reads there. */
static int index_touch(const char *directory, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return errno == EEXIST ? eaccess(path, W_OK) : -1;
	if (!stat(directory, &st))
		fchmod(fd, (st.st_mode & 0666) | 0600);
	close(fd);
	return 0;
}

static enum index_answer index_open_file(struct index *index)
{
	enum index_answer answer;
	bool empty;
	int r;

	if (eaccess(index->directory, W_OK) || index_touch(index->directory, index->path))
		return index_fail(index->path, strerror(errno));
	r = sqlite.open_v2(index->path, &index->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW,
			   NULL);
	if (r)
		return index_answer(index, r);
	index_defend(index->db);
	answer = index_do(index, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
	if (!answer)
		answer = index_check(index, &empty);
	if (!answer && empty)
		answer = index_make(index);
	return answer;
}

/* As a URI of SQLite, which says how it is opened. */
static char *index_uri(const char *path, const char *how)
{
	struct out uri = { .fd = -1 };

	OUT_LITERAL(&uri, "file:");
	for (; *path; path++)
		out_printf(&uri, "%%%02x", (unsigned char)*path);
	out_str(&uri, how);
	out_char(&uri, '\0');
	return uri.buf;
}

/* Copies what @db holds into memory. */
static enum index_answer index_copy(struct index *index, sqlite3 *db, const char *why)
{
	sqlite3 *to = NULL;
	sqlite3_backup *backup;
	enum index_answer answer = INDEX_FAILED;
	int r = SQLITE_ERROR;

	if (sqlite.open_v2(":memory:", &to, SQLITE_OPEN_READWRITE, NULL))
		return index_fail(index->path, "out of memory");
	backup = sqlite.backup_init(to, "main", db, "main");
	if (backup) {
		sqlite.backup_step(backup, -1);
		r = sqlite.backup_finish(backup);
	}
	if (r) {
		answer = index_answer(index, r);
		sqlite.close(to);
		return answer;
	}
	sqlite.close(index->db);
	index->db = to;
	index->why = why;
	index_defend(to);
	return INDEX_GOOD;
}

/* One that we may only read, as it is. */
static enum index_answer index_open_copy(struct index *index, const char *why)
{
	enum index_answer answer;
	struct stat st;
	sqlite3 *db = NULL;
	char *log, *uri;
	bool empty, has_log;

	if (asprintf(&log, "%s-wal", index->path) < 0)
		return index_fail(index->path, "out of memory");
	has_log = !stat(log, &st) && st.st_size;
	free(log);
	uri = index_uri(index->path, has_log ? "?mode=ro" : "?immutable=1");
	if (sqlite.open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)) {
		free(uri);
		sqlite.close(db);
		return INDEX_FAILED; /* why it could not be written to is more telling */
	}
	free(uri);
	answer = index_copy(index, db, why);
	sqlite.close(db);
	if (!answer)
		answer = index_check(index, &empty);
	return !answer && empty ? INDEX_DAMAGED : answer;
}

enum index_answer index_open(struct index **made, const char *directory)
{
	const char *missing = sqlite_missing();
	enum index_answer answer;
	struct index *index;

	*made = NULL;
	if (missing)
		return index_fail(directory, missing);
	index = calloc(1, sizeof(*index));
	if (index)
		index->directory = strdup(directory);
	if (!index || !index->directory ||
	    asprintf(&index->path, "%s/" INDEX_NAME, directory) < 0) {
		free(index);
		return index_fail(directory, "out of memory");
	}
	index->lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (index->lock >= 0)
		flock(index->lock, LOCK_SH);
	answer = index_open_file(index);
	if (answer == INDEX_FAILED || answer == INDEX_BUSY) {
		sqlite.close(index->db);
		index->db = NULL;
		answer = index_open_copy(index, "it cannot be written to");
	}
	*made = index;
	if (answer != INDEX_FAILED && answer != INDEX_BUSY)
		return answer;
	index_close(index);
	*made = NULL;
	return INDEX_FAILED;
}

static void index_unlink(const char *path, const char *suffix)
{
	char *name;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return;
	unlink(name);
	free(name);
}

enum index_answer index_renew(struct index *index)
{
	enum index_answer answer;

	if (index->why || index->lock < 0 || flock(index->lock, LOCK_EX | LOCK_NB)) {
		answer = index_in_memory(index, index->why ? index->why : "somebody else uses it");
		return answer ? answer : index_make(index);
	}
	sqlite.close(index->db);
	index->db = NULL;
	index_unlink(index->path, "");
	index_unlink(index->path, "-wal");
	index_unlink(index->path, "-shm");
	answer = index_open_file(index);
	flock(index->lock, LOCK_SH);
	if (!answer)
		return answer;
	answer = index_in_memory(index, "it cannot be written to");
	return answer ? answer : index_make(index);
}

enum index_answer index_leave(struct index *index)
{
	return index->why ? INDEX_GOOD : index_copy(index, index->db, "it cannot be written to");
}

void index_close(struct index *index)
{
	if (!index)
		return;
	sqlite.close(index->db);
	if (index->lock >= 0)
		close(index->lock);
	free(index->directory);
	free(index->path);
	free(index);
}

/* The numbers of a row, in the order of INDEX_NUMBERS. */
static void index_pack(const struct unit *unit, int64_t number[INDEX_COLUMNS])
{
	const int64_t all[INDEX_COLUMNS] = {
		(int64_t)unit->ino,  (int64_t)unit->mark,  unit->begin_ns,
		(int64_t)unit->size, unit->mtime_ns,	   (int64_t)unit->offset,
		(int64_t)unit->end,  (int64_t)unit->table, (int64_t)unit->events,
		unit->must,	     unit->first_ns,	   unit->last_ns,
		unit->sums[0],	     unit->sums[1],	   unit->sums[2],
		unit->sums[3],
	};

	memcpy(number, all, sizeof(all));
}

/* The checksum of a row: of all its numbers but itself. */
static uint32_t index_sum(const int64_t number[INDEX_COLUMNS])
{
	uint32_t sum = sum_add(SUM_START, number, INDEX_SUMS * sizeof(number[0]));

	return sum_add(sum, &number[INDEX_SUMS + 1], 3 * sizeof(number[0]));
}

/* Return: it is a row of ours. */
static bool index_unpack(struct unit *unit, sqlite3_stmt *query)
{
	int64_t number[INDEX_COLUMNS];
	int i;

	for (i = 0; i < INDEX_COLUMNS; i++)
		number[i] = sqlite.column_int64(query, i + 1);
	*unit = (struct unit){
		.id = (uint64_t)sqlite.column_int64(query, 0),
		.ino = (uint64_t)number[0],
		.mark = (uint64_t)number[1],
		.begin_ns = number[2],
		.size = (uint64_t)number[3],
		.mtime_ns = number[4],
		.offset = (uint64_t)number[5],
		.end = (uint64_t)number[6],
		.table = (uint64_t)number[7],
		.events = (uint64_t)number[8],
		.must = number[9],
		.first_ns = number[10],
		.last_ns = number[11],
		.sums = { (uint32_t)number[12], (uint32_t)number[13], (uint32_t)number[14],
			  (uint32_t)number[15] },
	};
	return unit->sums[0] == index_sum(number);
}

enum index_answer index_units(struct index *index, struct unit **units, size_t *count)
{
	enum index_answer answer = INDEX_GOOD;
	sqlite3_stmt *query = NULL;
	struct unit *more;
	size_t max = 0;
	int r;

	*units = NULL;
	*count = 0;
	r = sqlite.prepare_v2(index->db,
			      "SELECT id, " INDEX_NUMBERS
			      " FROM unit3 ORDER BY begin_ns, mark, ino, offset",
			      -1, &query, NULL);
	while (!r && !answer && (r = sqlite.step(query)) == SQLITE_ROW) {
		r = SQLITE_OK;
		if (*count == max) {
			max = max ? 2 * max : 64;
			more = realloc(*units, max * sizeof(*more));
			if (!more)
				break;
			*units = more;
		}
		if (!index_unpack(&(*units)[(*count)++], query))
			answer = INDEX_DAMAGED;
	}
	sqlite.finalize(query);
	if (!answer)
		answer = r == SQLITE_OK ? INDEX_FAILED : index_answer(index, r);
	return answer;
}

static enum index_answer index_blob(struct index *index, const struct unit *unit, const char *sql,
				    uint32_t sum, struct out *to)
{
	enum index_answer answer = INDEX_DAMAGED;
	sqlite3_stmt *query = NULL;
	const void *bytes;
	int len, r;

	to->len = 0;
	r = sqlite.prepare_v2(index->db, sql, -1, &query, NULL);
	if (!r)
		r = sqlite.bind_int64(query, 1, (sqlite3_int64)unit->id);
	if (!r)
		r = sqlite.step(query);
	if (r == SQLITE_ROW) {
		bytes = sqlite.column_blob(query, 0);
		len = sqlite.column_bytes(query, 0);
		if (sum_add(SUM_START, bytes, (size_t)len) == sum) {
			if (len)
				out_put(to, bytes, (size_t)len);
			answer = INDEX_GOOD;
		}
	}
	sqlite.finalize(query);
	return answer;
}

enum index_answer index_summary(struct index *index, const struct unit *unit, struct out *to)
{
	return index_blob(index, unit, "SELECT summary FROM unit3 WHERE id = ?", unit->sums[1], to);
}

enum index_answer index_context(struct index *index, const struct unit *unit, struct out *to)
{
	return index_blob(index, unit, "SELECT context FROM unit3 WHERE id = ?", unit->sums[2], to);
}

enum index_answer index_parts(struct index *index, const struct unit *unit, struct out *to)
{
	return index_blob(index, unit, "SELECT parts FROM unit3 WHERE id = ?", unit->sums[3], to);
}

enum index_answer index_begin(struct index *index, bool write)
{
	return index_do(index, write ? "BEGIN IMMEDIATE" : "BEGIN");
}

enum index_answer index_commit(struct index *index)
{
	return index_do(index, "COMMIT");
}

void index_rollback(struct index *index)
{
	if (!sqlite.get_autocommit(index->db))
		sqlite.exec(index->db, "ROLLBACK", NULL, NULL, NULL);
}

enum index_answer index_put(struct index *index, struct unit *unit, const struct out *summary,
			    const struct out *context, const struct out *parts)
{
	int64_t number[INDEX_COLUMNS];
	sqlite3_stmt *query = NULL;
	int i, r;

	unit->sums[1] = sum_add(SUM_START, summary->buf, summary->len);
	unit->sums[2] = sum_add(SUM_START, context->buf, context->len);
	unit->sums[3] = sum_add(SUM_START, parts->buf, parts->len);
	index_pack(unit, number);
	number[INDEX_SUMS] = unit->sums[0] = index_sum(number);
	r = sqlite.prepare_v2(index->db,
			      "INSERT OR REPLACE INTO unit3(" INDEX_NUMBERS
			      ", summary, context, parts) "
			      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			      -1, &query, NULL);
	for (i = 0; !r && i < INDEX_COLUMNS; i++)
		r = sqlite.bind_int64(query, i + 1, number[i]);
	if (!r)
		r = sqlite.bind_blob(query, i + 1, summary->buf, (int)summary->len, NULL);
	if (!r)
		r = sqlite.bind_blob(query, i + 2, context->buf, (int)context->len, NULL);
	if (!r)
		r = sqlite.bind_blob(query, i + 3, parts->buf, (int)parts->len, NULL);
	if (!r)
		r = sqlite.step(query);
	sqlite.finalize(query);
	unit->id = (uint64_t)sqlite.last_insert_rowid(index->db);
	return index_answer(index, r);
}

enum index_answer index_drop(struct index *index, const struct unit *unit)
{
	sqlite3_stmt *query = NULL;
	int r = sqlite.prepare_v2(index->db, "DELETE FROM unit3 WHERE id = ?", -1, &query, NULL);

	if (!r)
		r = sqlite.bind_int64(query, 1, (sqlite3_int64)unit->id);
	if (!r)
		r = sqlite.step(query);
	sqlite.finalize(query);
	return index_answer(index, r);
}

#else /* there is never one */

enum index_answer index_open(struct index **index, const char *directory)
{
	(void)directory;
	*index = NULL;
	return INDEX_FAILED;
}

const char *index_error(void)
{
	return sqlite_missing();
}

#define UNUSED __attribute__((unused))

enum index_answer index_renew(struct index *index UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_leave(struct index *index UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_units(struct index *index UNUSED, struct unit **units UNUSED,
			      size_t *count UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_summary(struct index *index UNUSED, const struct unit *unit UNUSED,
				struct out *to UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_context(struct index *index UNUSED, const struct unit *unit UNUSED,
				struct out *to UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_parts(struct index *index UNUSED, const struct unit *unit UNUSED,
			      struct out *to UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_begin(struct index *index UNUSED, bool write UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_commit(struct index *index UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_put(struct index *index UNUSED, struct unit *unit UNUSED,
			    const struct out *summary UNUSED, const struct out *context UNUSED,
			    const struct out *parts UNUSED)
{
	return INDEX_FAILED;
}

enum index_answer index_drop(struct index *index UNUSED, const struct unit *unit UNUSED)
{
	return INDEX_FAILED;
}

const char *index_is_copy(const struct index *index UNUSED)
{
	return NULL;
}

void index_close(struct index *index UNUSED)
{
}

void index_rollback(struct index *index UNUSED)
{
}

#endif
