/* SPDX-License-Identifier: MIT */
/* relation.h - recordings as tables of SQLite: a row for each event, or for each process */
#ifndef CMD_RELATION_H
#define CMD_RELATION_H

#include "history.h"
#include "sqlite.h"

#ifdef PROCMON_SQLITE

/* Makes the tables events and processes, and views of them.  Return: as SQLite. */
int relation_make(sqlite3 *db, struct history *history);

#endif
#endif
