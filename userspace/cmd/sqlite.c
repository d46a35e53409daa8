// SPDX-License-Identifier: MIT
#include "sqlite.h"

#ifdef PROCMON_SQLITE

#include "loads.h"

struct sqlite sqlite;

const char *sqlite_missing(void)
{
	static const char *const names[] = { SQLITE_CALLS(LAZY_NAME) };
	static struct lazy lazy = LAZY(SQLITE_SONAME, names, &sqlite);

	return lazy_load(&lazy);
}

#else

const char *sqlite_missing(void)
{
	return "this program was built without SQLite";
}

#endif
