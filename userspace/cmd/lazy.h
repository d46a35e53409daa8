/* SPDX-License-Identifier: MIT */
/*
 * lazy.h - libraries that are loaded when something of them is first needed
 *
 * SQLite, json-c and ncurses are a quarter of what the command has in memory, and watch and record
 * seldom need one.  A library is a struct of its calls, named by a list: CALLS(LAZY_...).
 */
#ifndef CMD_LAZY_H
#define CMD_LAZY_H

#include <stdbool.h>
#include <stddef.h>

#define LAZY_FIELD(prefix, call) typeof(prefix##call) *call;
#define LAZY_NAME(prefix, call) #prefix #call,
#define LAZY_CALL(prefix, call) .call = prefix##call,

/**
 * struct lazy - a library
 * @names: of its calls
 * @calls: where they are stored, a struct of pointers
 * @loaded: nothing is left to do
 */
struct lazy {
	const char *soname, *const *names;
	size_t count;
	void *calls;
	bool loaded;
};

#define LAZY(soname, names, calls)                                                                 \
	{                                                                                          \
		soname, names, sizeof(names) / sizeof((names)[0]), calls, false                    \
	}

/* Loads it, for good.  Return: why not, NULL when all calls are there. */
const char *lazy_load(struct lazy *lazy);

#endif
