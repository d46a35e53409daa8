/* SPDX-License-Identifier: MIT */
/* relation.h - recordings as tables of SQLite: a row for each event, or for each process */
#ifndef CMD_RELATION_H
#define CMD_RELATION_H

#ifdef PROCMON_SQLITE

#include <sqlite3.h>

#include "history.h"

/* Makes the tables events and processes, and views of them.  Return: as SQLite. */
int relation_make(sqlite3 *db, struct history *history);

#endif
#endif
