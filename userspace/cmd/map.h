/* SPDX-License-Identifier: MIT */
/* map.h - events in the words of somebody else's schema: where each key stands there */
#ifndef CMD_MAP_H
#define CMD_MAP_H

#include "key.h"
#include "show.h"

enum map_form {
	MAP_PLAIN, /* as it is: a number, true or false, a string, a list of strings */
	MAP_STRING, /* a number as a string */
	MAP_BASE, /* the last part of a path */
	MAP_LINE, /* a list as one string, its items joined by spaces */
	MAP_TIME, /* boot time as RFC 3339 */
	MAP_MILLI, /* boot time as milliseconds since 1970 */
	MAP_CONST, /* always the same */
};

/* Bits of event types beside those of enum procmon_type and OPTIONS_SNAPSHOT. */
#define MAP_LOST (1u << 31)
#define MAP_THREAD                                                                                 \
	(1u << 30) /* fork and exit of a thread, which is no start and no end of a process */
#define MAP_PROCESSES (~MAP_LOST)

/**
 * struct map_row - where a key stands in the schema
 * @path: names of objects and of the value, a dot between them; see nest.h
 * @form: how it is told
 * @key: the key; of MAP_CONST: only together with it, NULL: always
 * @text: MAP_CONST: what is told, as JSON
 * @events: in events of these types, 0: in MAP_PROCESSES
 * @needed: the schema wants it: told also when --output-fields does not ask for it
 */
struct map_row {
	const char *path;
	enum map_form form;
	const char *key;
	const char *text;
	uint32_t events;
	bool needed;
};

/**
 * struct map - a schema
 * @rows: in the order in which they are told, @nr_rows of them
 * @rest: the object for keys that have no row
 */
struct map {
	const struct map_row *rows;
	size_t nr_rows;
	const char *rest;
};

extern const struct map map_ecs, map_ocsf;

/* A line of JSON. */
void map_event(struct show *show, const struct map *map, const struct event *event);
/* Is this key asked for, or an object that it is in?  Without --output-fields all are, unless @asked. */
bool map_wants(const struct options *options, const struct key *key);

#endif
