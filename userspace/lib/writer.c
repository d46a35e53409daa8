// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "block.h"
#include "codec.h"
#include "grow.h"
#include "press.h"
#include "sum.h"
#include "table.h"

#define WRITER_FULL ((size_t)256 * 1024) /* bytes before they are packed */
#define WRITER_STEP_NS 1000000
#define NSEC_PER_SEC 1000000000ll

/**
 * struct writer - a recording being written
 * @table: the text of its first block
 * @sum: checksum of @table
 * @fd: where to
 * @bytes: written there
 * @number, @text: the block being made, of @size bytes each
 * @at: where the next event goes
 * @head: of that block
 * @since_ns: see writer_since_ns()
 * @wall_ns: CLOCK_REALTIME minus CLOCK_BOOTTIME, as told last
 * @whole, @whole_size: the block as it is packed
 * @packed, @packed_size: the block as it is written
 */
struct writer {
	char *table;
	uint32_t sum;
	struct codec *codec;
	struct press *press;
	int fd;
	uint64_t bytes;
	uint8_t *number, *text;
	size_t size;
	struct codec_at at;
	struct block_head head;
	uint64_t since_ns;
	int64_t wall_ns;
	uint8_t *whole, *packed;
	size_t whole_size, packed_size;
};

static int64_t writer_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* The same as before, but for what is more than reading two clocks one after the other makes. */
static int64_t writer_wall_offset(struct writer *writer)
{
	int64_t wall_ns = writer_clock(CLOCK_REALTIME);
	int64_t offset_ns = wall_ns - writer_clock(CLOCK_BOOTTIME);

	if (llabs(offset_ns - writer->wall_ns) > WRITER_STEP_NS)
		writer->wall_ns = offset_ns;
	return writer->wall_ns;
}

/* What the recording is of, then the fields. */
static char *writer_table(const struct procmon_info *info)
{
	char *fields = table_of_fields(), *table;

	if (!fields)
		return NULL;
	if (asprintf(&table,
		     "procmon-recording %u\nabi %" PRIu32 ".%" PRIu32 "\ninstance %" PRIu64
		     "\nload_ns %" PRIu64 "\ncgroup_version %" PRIu32 "\ncgroup_hierarchy %" PRIu32
		     "\nmodule %.31s\n\n%s",
		     BLOCK_VERSION, info->abi_major, info->abi_minor, (uint64_t)info->instance,
		     (uint64_t)info->load_ns, info->cgroup_version, info->cgroup_hierarchy,
		     (const char *)info->version, fields) < 0)
		table = NULL;
	free(fields);
	return table;
}

static void writer_begin_block(struct writer *writer)
{
	codec_begin(writer->codec);
	writer->at = (struct codec_at){ .number = writer->number, .text = writer->text };
	writer->head = (struct block_head){ .kind = BLOCK_EVENTS, .table_sum = writer->sum };
	writer->since_ns = 0;
}

/* Room for @more bytes in each part of the block, in which nothing is yet. */
static int writer_room(struct writer *writer, size_t more)
{
	uint8_t *number = realloc(writer->number, more), *text;

	if (number)
		writer->number = number;
	text = number ? realloc(writer->text, more) : NULL;
	if (!text)
		return -ENOMEM;
	writer->text = text;
	writer->size = more;
	writer_begin_block(writer);
	return 0;
}

struct writer *writer_make(const struct procmon_info *info)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	char *fields;

	if (!writer)
		return NULL;
	writer->fd = -1;
	writer->table = writer_table(info);
	fields = table_of_fields();
	writer->codec = fields ? codec_make(fields) : NULL;
	free(fields);
	writer->press = press_make();
	if (!writer->table || !writer->codec || !writer->press ||
	    writer_room(writer, 2 * WRITER_FULL)) {
		writer_free(writer);
		return NULL;
	}
	writer->sum = sum_add(SUM_START, writer->table, strlen(writer->table));
	writer_begin_block(writer);
	return writer;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	free(writer->table);
	codec_free(writer->codec);
	press_free(writer->press);
	free(writer->number);
	free(writer->text);
	free(writer->whole);
	free(writer->packed);
	free(writer);
}

static size_t writer_used(const struct writer *writer)
{
	return (size_t)(writer->at.number - writer->number) +
	       (size_t)(writer->at.text - writer->text);
}

bool writer_is_full(const struct writer *writer)
{
	return writer_used(writer) >= WRITER_FULL;
}

uint64_t writer_since_ns(const struct writer *writer)
{
	return writer->since_ns;
}

uint64_t writer_bytes(const struct writer *writer)
{
	return writer->bytes;
}

/* All of it; what a full disk took of it is taken back. */
static int writer_write(struct writer *writer, const uint8_t *bytes, size_t len)
{
	size_t done = 0;
	off_t start;
	ssize_t n;
	int err;

	while (done < len) {
		n = write(writer->fd, bytes + done, len - done);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		err = errno;
		start = lseek(writer->fd, 0, SEEK_CUR) - (off_t)done;
		if (start >= 0 && !ftruncate(writer->fd, start))
			lseek(writer->fd, start, SEEK_SET);
		return -err;
	}
	writer->bytes += len;
	return 0;
}

/* Packs and writes @len bytes of @writer->whole. */
static int writer_write_block(struct writer *writer, struct block_head *head, size_t len)
{
	size_t room = sizeof(*head) + press_bound(len);
	int how, err = grow(&writer->packed, &writer->packed_size, room);

	if (err)
		return err;
	head->full_len = (uint32_t)len;
	head->stored_len = (uint32_t)press_pack(writer->press, writer->packed + sizeof(*head),
						writer->whole, len, &how);
	head->how = (uint8_t)how;
	head->sum = sum_add(SUM_START, writer->packed + sizeof(*head), head->stored_len);
	len = sizeof(*head) + head->stored_len;
	head->wall_ns = writer_wall_offset(writer);
	block_seal(head);
	memcpy(writer->packed, head, sizeof(*head));
	return writer_write(writer, writer->packed, len);
}

int writer_start(struct writer *writer, int fd, uint32_t table_sum)
{
	struct block_head head = { .kind = BLOCK_TABLE, .table_sum = writer->sum };
	size_t len = strlen(writer->table);
	int err = grow(&writer->whole, &writer->whole_size, len);

	writer->fd = fd;
	writer->bytes = 0;
	if (err || table_sum == writer->sum)
		return err;
	memcpy(writer->whole, writer->table, len);
	return writer_write_block(writer, &head, len);
}

int writer_end_block(struct writer *writer, const char *cursor)
{
	size_t number_len = (size_t)(writer->at.number - writer->number);
	size_t text_len = (size_t)(writer->at.text - writer->text);
	size_t cursor_len = cursor ? strlen(cursor) : 0;
	size_t len = number_len + text_len + cursor_len;
	int err;

	if (!writer->head.events && !cursor)
		return 0;
	err = grow(&writer->whole, &writer->whole_size, len);
	if (err)
		return err;
	memcpy(writer->whole, writer->number, number_len);
	memcpy(writer->whole + number_len, writer->text, text_len);
	if (cursor)
		memcpy(writer->whole + number_len + text_len, cursor, cursor_len);
	writer->head.number_len = (uint32_t)number_len;
	writer->head.text_len = (uint32_t)text_len;
	err = writer_write_block(writer, &writer->head, len);
	if (!err)
		writer_begin_block(writer);
	return err;
}

int writer_put(struct writer *writer, const struct procmon_event *ev)
{
	size_t need = codec_bound(ev);
	int err = 0;

	if (writer->size - writer_used(writer) < need)
		err = writer_end_block(writer, NULL);
	if (!err && writer->size - writer_used(writer) < need)
		err = writer_room(writer, need + WRITER_FULL);
	if (err)
		return err;
	if (!writer->head.events++) {
		writer->head.first_ns = ev->head.time_ns;
		writer->since_ns = (uint64_t)writer_clock(CLOCK_BOOTTIME);
	}
	writer->head.last_ns = ev->head.time_ns;
	codec_put(writer->codec, &writer->at, ev);
	return 0;
}
