// SPDX-License-Identifier: MIT
#include "database.h"

#ifdef PROCMON_SQLITE

#include <string.h>

#include "sqlite.h"

#define DATABASE_HEADER 100 /* bytes, fileformat2.html 1.3 */
#define DATABASE_VERSIONS 18 /* offset: of the format for who writes, who reads; 2: with a log */
#define DATABASE_STEPS                                                                             \
	100000 /* of SQLite's machine: what a stranger wrote may ask for any number */

static int database_gives_up(void *data)
{
	(void)data;
	return 1;
}

/* What the file says of itself may be anything. */
static sqlite3 *database_open(unsigned char *bytes, size_t len)
{
	sqlite3 *db = NULL;

	if (len < DATABASE_HEADER || sqlite_missing())
		return NULL;
	memset(bytes + DATABASE_VERSIONS, 1, 2); /* in memory there is no log */
	if (sqlite.open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite.deserialize(db, "main", bytes, (sqlite3_int64)len, (sqlite3_int64)len,
			       SQLITE_DESERIALIZE_READONLY)) {
		sqlite.close(db);
		return NULL;
	}
	sqlite.db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite.db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite.progress_handler(db, DATABASE_STEPS, database_gives_up, NULL);
	return db;
}

char *database_text(unsigned char *bytes, size_t len, const char *sql, const char *arg)
{
	sqlite3 *db = database_open(bytes, len);
	sqlite3_stmt *query = NULL;
	const char *text = NULL;
	char *copy = NULL;

	if (!db)
		return NULL;
	if (!sqlite.prepare_v2(db, sql, -1, &query, NULL) &&
	    !sqlite.bind_text(query, 1, arg, -1, SQLITE_STATIC) && sqlite.step(query) == SQLITE_ROW)
		text = (const char *)sqlite.column_text(query, 0);
	if (text && *text)
		copy = strdup(text);
	sqlite.finalize(query);
	sqlite.close(db);
	return copy;
}

#else

char *database_text(unsigned char *bytes, size_t len, const char *sql, const char *arg)
{
	(void)bytes;
	(void)len;
	(void)sql;
	(void)arg;
	return NULL;
}

#endif
