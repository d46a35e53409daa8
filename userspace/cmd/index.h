/* SPDX-License-Identifier: MIT */
/* index.h - what is kept beside the recordings of a directory: where in them is what? (SQLite) */
#ifndef CMD_INDEX_H
#define CMD_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

#define INDEX_NAME "procmon.index"

/**
 * struct unit - a part of a recording: some blocks, one after the other
 * @id: in the index
 * @ino, @mark, @begin_ns: the file: its inode, the checksum and the time of its first block of events
 * @size, @mtime_ns: of the file when this was looked at
 * @offset, @end: where it begins and ends there
 * @table: where the table is that tells its events, see recording_jump()
 * @events: how many
 * @must: it is read whatever is asked for: it tells of lost events, or is damaged
 * @first_ns, @last_ns: CLOCK_REALTIME of the earliest and of the latest event
 * @file: index of the file in struct history
 * @whole: it is not of an index: all of the file, whatever is in it
 */
struct unit {
	uint64_t id;
	uint64_t ino, mark;
	int64_t begin_ns;
	uint64_t size;
	int64_t mtime_ns;
	uint64_t offset, end, table;
	uint64_t events;
	bool must;
	int64_t first_ns, last_ns;
	uint32_t sums[4]; /* of the numbers here, the summary, the context, the parts */
	size_t file;
	bool whole;
};

struct index;

/*
 * What a call says: INDEX_DAMAGED: it cannot be what we have written; INDEX_BUSY: another one writes;
 * INDEX_FAILED: index_error() tells why.
 */
enum index_answer { INDEX_GOOD, INDEX_DAMAGED, INDEX_BUSY, INDEX_FAILED };

/*
 * Opens that of @directory, or makes one.  One that cannot be written to is copied into memory and goes on
 * there; if there is none, INDEX_FAILED.
 */
enum index_answer index_open(struct index **index, const char *directory);
/* Forgets what is in it, and begins anew: in memory if somebody else uses it. */
enum index_answer index_renew(struct index *index);
/* From now on a copy in memory. */
enum index_answer index_leave(struct index *index);
void index_close(struct index *index);
/* Why it could not be opened, or written to. */
const char *index_error(void);
/* Why it is one in memory, NULL: it is that of the directory. */
const char *index_is_copy(const struct index *index);

/* All units, without what belongs to them, by file and offset; free() them. */
enum index_answer index_units(struct index *index, struct unit **units, size_t *count);
enum index_answer index_summary(struct index *index, const struct unit *unit, struct out *to);
enum index_answer index_context(struct index *index, const struct unit *unit, struct out *to);
enum index_answer index_parts(struct index *index, const struct unit *unit, struct out *to);
/* Begins to write, or to read: then nobody else changes what is seen. */
enum index_answer index_begin(struct index *index, bool write);
enum index_answer index_commit(struct index *index);
void index_rollback(struct index *index);
/* Within that. */
enum index_answer index_put(struct index *index, struct unit *unit, const struct out *summary,
			    const struct out *context, const struct out *parts);
enum index_answer index_drop(struct index *index, const struct unit *unit);

#endif
