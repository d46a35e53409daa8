/* SPDX-License-Identifier: MIT */
/* database.h - a value in the SQLite database of others; without SQLite no database has any */
#ifndef CMD_DATABASE_H
#define CMD_DATABASE_H

#include <stddef.h>

/*
 * The first column of the first row that @sql finds, with @arg for its only parameter; free() it.
 * NULL when there is none, or the query takes too long.  @bytes is the file's content, which is changed:
 * nothing is locked and the file's log of what was written last is not looked at.
 */
char *database_text(unsigned char *bytes, size_t len, const char *sql, const char *arg);

#endif
