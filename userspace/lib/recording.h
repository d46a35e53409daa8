/* SPDX-License-Identifier: MIT */
/* recording.h - reading a recording (procmon-recording(5)) */
#ifndef LIB_RECORDING_H
#define LIB_RECORDING_H

#include <procmon.h>

struct recording;

void recording_free(struct recording *recording);
/* See procmon_next(); it does not wait. */
int recording_next(struct procmon *pm, struct procmon_event *ev);
/* The next block, without its events.  Return: as procmon_next(). */
int recording_next_part(struct procmon *pm);
/* Goes on in @fd, which it takes over, as in the rest of the same file. */
void recording_go_on(struct procmon *pm, int fd, const char *path);
/*
 * Goes on at @offset of the same file, where a block begins; its events are told by the table that begins
 * at @table, RECORDING_NO_TABLE: none is known.  Return: 0 or a negative errno, told.
 */
int recording_jump(struct procmon *pm, uint64_t offset, uint64_t table);
#define RECORDING_NO_TABLE UINT64_MAX
/* Where the table began that the block at hand is told by. */
uint64_t recording_table_offset(const struct procmon *pm);
/* Where the next block begins, and how many events come before it. */
uint64_t recording_offset(const struct procmon *pm);
uint32_t recording_left(const struct procmon *pm);
/*
 * The texts of the events of the next block, one after the other, instead of those events; what several of
 * them tell stands there once.  Return: as procmon_next().
 */
int recording_next_text(struct procmon *pm, const void **text, size_t *len);
/* The checksum of the block at hand. */
uint32_t recording_sum(const struct procmon *pm);
/* Bytes at the end that are no whole block (yet), and where they begin. */
uint64_t recording_rest(const struct procmon *pm, uint64_t *offset);
/* Where the last block ended that told a cursor, and that cursor; NULL: none did. */
const char *recording_cursor(const struct procmon *pm, uint64_t *end);
/* Is it one? */
bool recording_is(const struct procmon *pm);
/* The checksum of the last table, 0: there was none. */
uint32_t recording_table_sum(const struct procmon *pm);
int recording_fd(const struct procmon *pm);
/* The wall clock at the first event of the block at hand, 0: it has none. */
int64_t recording_begin_ns(const struct procmon *pm);
int64_t recording_wall_ns(const struct procmon *pm);
uint64_t recording_lost(const struct procmon *pm);

#endif
