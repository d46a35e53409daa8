/* SPDX-License-Identifier: MIT */
/* layout.h - the types and fields of events, as the table of a recording tells them (procmon-recording(5)) */
#ifndef LIB_LAYOUT_H
#define LIB_LAYOUT_H

#include "procmon.h"

#define LAYOUT_NAME 32
#define LAYOUT_TYPES 64
#define LAYOUT_FIELDS 128 /* of a type */
#define LAYOUT_COLUMNS 64 /* names of numbers that are remembered of a process */

enum layout_role {
	LAYOUT_PLAIN,
	LAYOUT_TIME,
	LAYOUT_SEQ,
	LAYOUT_TGID,
	LAYOUT_PPID,
	LAYOUT_START,
	LAYOUT_PARENT_START,
	LAYOUT_LIKE_TGID
};

/**
 * struct layout_field - a row of the table
 * @offset: bytes from the start of the event
 * @size: bytes; 0: a string
 * @end: where it ends, in bytes from the start of the event
 * @spare: bits that a number lacks to 64
 * @unknown: what stands for "unknown"
 * @column: number of its name, LAYOUT_COLUMNS: none
 * @bit: of @column in the processes that are remembered, 0: none
 * @role: what its number is expected to be like
 * @last: the codec's: the number of the last event of the type
 * @text: the codec's: the string of that event, or NULL
 * @str: the codec's: the rest of that string
 */
struct layout_field {
	char name[LAYOUT_NAME];
	unsigned int offset, size, end, spare;
	unsigned int column;
	enum layout_role role;
	uint64_t bit;
	uint64_t unknown;
	uint64_t last;
	const char *text;
	struct procmon_str str;
};

/**
 * struct layout_type - a type of events
 * @end: bytes of head and body
 * @nr: fields
 */
struct layout_type {
	unsigned int number, end, nr;
	struct layout_field *field;
};

/**
 * struct layout - a table
 * @type: its types, @nr_types of them
 * @column: the names of numbers, @nr_columns of them
 */
struct layout {
	unsigned int nr_types, nr_columns;
	struct layout_type *type[LAYOUT_TYPES];
	char column[LAYOUT_COLUMNS][LAYOUT_NAME];
};

/* Reads a table into @layout, which is empty.  Return: false: it is none, or there is no memory; to be freed. */
bool layout_read(struct layout *layout, const char *table);
void layout_free(struct layout *layout);
/* The number of the column of that name, which may be a new one; LAYOUT_COLUMNS when there are too many. */
unsigned int layout_column(struct layout *layout, const char *name);

#endif
