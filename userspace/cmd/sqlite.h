/* SPDX-License-Identifier: MIT */
/* sqlite.h - the calls of SQLite, loaded when they are needed: sqlite.step() is sqlite3_step() */
#ifndef CMD_SQLITE_H
#define CMD_SQLITE_H

#ifdef PROCMON_SQLITE

#include <sqlite3.h>

#include "lazy.h"

#define SQLITE_CALLS(X)                                                                            \
	X(sqlite3_, backup_finish)                                                                 \
	X(sqlite3_, backup_init)                                                                   \
	X(sqlite3_, backup_step)                                                                   \
	X(sqlite3_, bind_blob)                                                                     \
	X(sqlite3_, bind_int64)                                                                    \
	X(sqlite3_, bind_text)                                                                     \
	X(sqlite3_, busy_timeout)                                                                  \
	X(sqlite3_, close)                                                                         \
	X(sqlite3_, column_blob)                                                                   \
	X(sqlite3_, column_bytes)                                                                  \
	X(sqlite3_, column_count)                                                                  \
	X(sqlite3_, column_double)                                                                 \
	X(sqlite3_, column_int64)                                                                  \
	X(sqlite3_, column_name)                                                                   \
	X(sqlite3_, column_text)                                                                   \
	X(sqlite3_, column_type)                                                                   \
	X(sqlite3_, create_module)                                                                 \
	X(sqlite3_, db_config)                                                                     \
	X(sqlite3_, declare_vtab)                                                                  \
	X(sqlite3_, deserialize)                                                                   \
	X(sqlite3_, errmsg)                                                                        \
	X(sqlite3_, exec)                                                                          \
	X(sqlite3_, finalize)                                                                      \
	X(sqlite3_, get_autocommit)                                                                \
	X(sqlite3_, hard_heap_limit64)                                                             \
	X(sqlite3_, last_insert_rowid)                                                             \
	X(sqlite3_, limit)                                                                         \
	X(sqlite3_, mprintf)                                                                       \
	X(sqlite3_, open_v2)                                                                       \
	X(sqlite3_, prepare_v2)                                                                    \
	X(sqlite3_, progress_handler)                                                              \
	X(sqlite3_, result_blob64)                                                                 \
	X(sqlite3_, result_int64)                                                                  \
	X(sqlite3_, result_text64)                                                                 \
	X(sqlite3_, set_authorizer)                                                                \
	X(sqlite3_, step)                                                                          \
	X(sqlite3_, stmt_readonly)                                                                 \
	X(sqlite3_, value_bytes)                                                                   \
	X(sqlite3_, value_int64)                                                                   \
	X(sqlite3_, value_text)                                                                    \
	X(sqlite3_, value_type)

extern struct sqlite {
	SQLITE_CALLS(LAZY_FIELD)
} sqlite;

#endif

/* Before the first call.  Return: why there is no SQLite, NULL when there is. */
const char *sqlite_missing(void);

#endif
