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
 * @block: the block being made, of @room bytes: numbers from its begin, text from @size on
 * @at: where the next event goes
 * @head: of that block
 * @since_ns: see writer_since_ns()
 * @wall_ns: CLOCK_REALTIME minus CLOCK_BOOTTIME, as told last
 * @packed, @packed_size: the block as it is written
 */
struct writer {
	char *table;
	uint32_t sum;
	struct codec *codec;
	struct press *press;
	int fd;
	uint64_t bytes;
	uint8_t *block;
	size_t size, room;
	struct codec_at at;
	struct block_head head;
	uint64_t since_ns;
	int64_t wall_ns;
	uint8_t *packed;
	size_t packed_size;
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

static size_t writer_number_len(const struct writer *writer)
{
	return (size_t)(writer->at.number - writer->block);
}

static size_t writer_text_len(const struct writer *writer)
{
	return (size_t)(writer->at.text - (writer->block + writer->size));
}

static size_t writer_used(const struct writer *writer)
{
	return writer_number_len(writer) + writer_text_len(writer);
}

static void writer_begin_block(struct writer *writer)
{
	codec_begin(writer->codec);
	writer->at =
		(struct codec_at){ .number = writer->block, .text = writer->block + writer->size };
	writer->head = (struct block_head){ .kind = BLOCK_EVENTS, .table_sum = writer->sum };
	writer->since_ns = 0;
}

/* Room for @size bytes of each part of the block, in which nothing is yet. */
static int writer_room(struct writer *writer, size_t size)
{
	int err = grow(&writer->block, &writer->room, 2 * size);

	if (err)
		return err;
	writer->size = size;
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
	free(writer->block);
	free(writer->packed);
	free(writer);
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

/* Packs and writes @len bytes. */
static int writer_write_block(struct writer *writer, struct block_head *head, const void *bytes,
			      size_t len)
{
	size_t room = sizeof(*head) + press_bound(len);
	int how, err = grow(&writer->packed, &writer->packed_size, room);

	if (err)
		return err;
	head->full_len = (uint32_t)len;
	head->stored_len = (uint32_t)press_pack(writer->press, writer->packed + sizeof(*head),
						bytes, len, &how);
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

	writer->fd = fd;
	writer->bytes = 0;
	if (table_sum == writer->sum)
		return 0;
	return writer_write_block(writer, &head, writer->table, strlen(writer->table));
}

/* Puts @cursor behind the text.  The block may move. */
static int writer_add_cursor(struct writer *writer, const char *cursor, size_t len)
{
	size_t number_len = writer_number_len(writer), text_len = writer_text_len(writer);
	int err = grow(&writer->block, &writer->room, writer->size + text_len + len);

	if (err)
		return err;
	writer->at.number = writer->block + number_len;
	writer->at.text = writer->block + writer->size + text_len;
	memcpy(writer->at.text, cursor, len);
	return 0;
}

int writer_end_block(struct writer *writer, const char *cursor)
{
	size_t number_len = writer_number_len(writer), text_len = writer_text_len(writer);
	size_t cursor_len = cursor ? strlen(cursor) : 0;
	uint8_t *whole;
	int err;

	if (!writer->head.events && !cursor)
		return 0;
	err = cursor ? writer_add_cursor(writer, cursor, cursor_len) : 0;
	if (err)
		return err;
	/* the numbers go before the text, and back when it could not be written: then more follows */
	whole = writer->block + writer->size - number_len;
	memmove(whole, writer->block, number_len);
	writer->head.number_len = (uint32_t)number_len;
	writer->head.text_len = (uint32_t)text_len;
	err = writer_write_block(writer, &writer->head, whole, number_len + text_len + cursor_len);
	if (err)
		memmove(writer->block, whole, number_len);
	else
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
