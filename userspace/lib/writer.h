/* SPDX-License-Identifier: MIT */
/* writer.h - writing a recording (procmon-recording(5)) */
#ifndef LIB_WRITER_H
#define LIB_WRITER_H

#include <procmon.h>

struct writer;

/* Return: NULL without memory. */
struct writer *writer_make(const struct procmon_info *info);
void writer_free(struct writer *writer);
/*
 * From now on into @fd, beginning with a table, unless @table_sum says that the last one there is the
 * same.  Return: 0 or a negative errno.
 */
int writer_start(struct writer *writer, int fd, uint32_t table_sum);
/* Takes in an event.  Return: 0; -ENOMEM; another negative errno: see writer_end_block(). */
int writer_put(struct writer *writer, const struct procmon_event *ev);
/* Is it time to end the block?  So much is in it. */
bool writer_is_full(const struct writer *writer);
/* CLOCK_BOOTTIME at which the first event was put into this block, 0: none was. */
uint64_t writer_since_ns(const struct writer *writer);
/*
 * Writes the block with what was put since the last one, if there is that or a cursor: whole, or not at
 * all where @fd is a file.  @cursor: where to go on after it, or NULL.  Return: 0 or a negative errno.
 */
int writer_end_block(struct writer *writer, const char *cursor);
/* Bytes written since writer_start(). */
uint64_t writer_bytes(const struct writer *writer);

#endif
