// SPDX-License-Identifier: MIT
/*
 * A recording, block after block.  It may have been cut or damaged anywhere: what is no block is
 * passed over and told of, with its place, and what follows is read.
 */
#define _GNU_SOURCE
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block.h"
#include "codec.h"
#include "grow.h"
#include "press.h"
#include "reader.h"
#include "source.h"
#include "sum.h"
#include "table.h"

/**
 * struct recording - a file being read
 * @path: its name, for messages
 * @source: its bytes
 * @info: what its table says
 * @codec: for its events, NULL: no table yet; @table_sum: of which table
 * @block: the block at hand, unpacked, of @size bytes
 * @at: its next event, @left of them
 * @head: of that block
 * @table_offset: where the last table began
 * @bad_from: where damage began, @bad: bytes of it so far
 * @cursor: told by the last block that told one, @cursor_end: where that one ended
 * @blocks: that could be read
 * @lost: events that the recorder lost
 */
struct recording {
	char *path;
	struct source source;
	struct procmon_info info;
	struct codec *codec;
	uint32_t table_sum;
	struct press *press;
	uint8_t *block;
	size_t size;
	struct codec_at at;
	uint32_t left;
	struct block_head head;
	uint64_t table_offset;
	uint64_t bad_from, bad;
	char *cursor;
	uint64_t cursor_end;
	uint64_t blocks;
	uint64_t lost;
};

void recording_free(struct recording *recording)
{
	if (!recording)
		return;
	if (recording->source.fd >= 0)
		close(recording->source.fd);
	free(recording->source.buf);
	codec_free(recording->codec);
	press_free(recording->press);
	free(recording->block);
	free(recording->cursor);
	free(recording->path);
	free(recording);
}

uint64_t recording_rest(const struct procmon *pm, uint64_t *offset)
{
	const struct source *source = &pm->recording->source;

	*offset = source->offset;
	return source->end - source->start;
}

const char *recording_cursor(const struct procmon *pm, uint64_t *end)
{
	*end = pm->recording->cursor_end;
	return pm->recording->cursor;
}

bool recording_is(const struct procmon *pm)
{
	return pm->recording;
}

uint32_t recording_table_sum(const struct procmon *pm)
{
	return pm->recording->codec ? pm->recording->table_sum : 0;
}

uint64_t recording_table_offset(const struct procmon *pm)
{
	return pm->recording->table_offset;
}

uint64_t recording_offset(const struct procmon *pm)
{
	return pm->recording->source.offset;
}

uint32_t recording_left(const struct procmon *pm)
{
	return pm->recording->left;
}

uint32_t recording_sum(const struct procmon *pm)
{
	return pm->recording->head.sum;
}

int recording_fd(const struct procmon *pm)
{
	return pm->recording->source.fd;
}

int64_t recording_begin_ns(const struct procmon *pm)
{
	const struct recording *recording = pm->recording;

	return recording->left ? (int64_t)recording->head.first_ns + recording->head.wall_ns : 0;
}

int64_t recording_wall_ns(const struct procmon *pm)
{
	return pm->recording->head.wall_ns;
}

uint64_t recording_lost(const struct procmon *pm)
{
	return pm->recording->lost;
}

/* "KEY NUMBER" in the lines before the fields. */
static uint64_t recording_number(const char *text, const char *key)
{
	char line[64];
	const char *at;

	snprintf(line, sizeof(line), "\n%s ", key);
	at = strstr(text, line);
	return at ? strtoull(at + strlen(line), NULL, 10) : 0;
}

/* Takes in a table: NUL-terminated text in recording->block. */
static int recording_table(struct procmon *pm, struct recording *recording)
{
	static const char first[] = "procmon-recording ";
	char *text = (char *)recording->block, *fields = strstr(text, "\n\n");
	struct procmon_info *info = &recording->info;
	unsigned long version;

	if (strncmp(text, first, sizeof(first) - 1) || !fields)
		return -EBADMSG;
	version = strtoul(text + sizeof(first) - 1, NULL, 10);
	info->abi_major = (uint32_t)recording_number(text, "abi");
	if (version != BLOCK_VERSION || info->abi_major != PROCMON_ABI_MAJOR)
		return reader_fail(pm, EPROTO,
				   "%s: a recording of format %lu and ABI %u; this program reads "
				   "format %u and ABI %u: use a newer procmon",
				   recording->path, version, info->abi_major, BLOCK_VERSION,
				   PROCMON_ABI_MAJOR);
	codec_free(recording->codec);
	recording->codec = codec_make(fields + 2);
	if (!recording->codec)
		return -EBADMSG;
	fields[1] = '\0';
	recording->table_sum = recording->head.table_sum;
	recording->table_offset = recording->source.offset;
	info->instance = recording_number(text, "instance");
	info->load_ns = recording_number(text, "load_ns");
	info->cgroup_version = (uint32_t)recording_number(text, "cgroup_version");
	info->cgroup_hierarchy = (uint32_t)recording_number(text, "cgroup_hierarchy");
	return 0;
}

/* Events whose table is lost: if it was ours, they can be read nevertheless. */
static int recording_own_table(struct recording *recording)
{
	char *fields;

	if (recording->codec && recording->table_sum == recording->head.table_sum)
		return 0;
	fields = table_of_fields();
	codec_free(recording->codec);
	recording->codec = fields ? codec_make(fields) : NULL;
	recording->table_offset = RECORDING_NO_TABLE;
	free(fields);
	recording->table_sum = recording->head.table_sum;
	return recording->codec ? 0 : -ENOMEM;
}

static int recording_events(struct recording *recording)
{
	const struct block_head *head = &recording->head;
	size_t told = (size_t)head->number_len + head->text_len;
	int err = recording_own_table(recording);

	if (err)
		return err;
	codec_begin(recording->codec);
	recording->at = (struct codec_at){
		.number = recording->block,
		.number_end = recording->block + head->number_len,
		.text = recording->block + head->number_len,
		.text_end = recording->block + told,
	};
	recording->left = head->events;
	if (head->full_len > told) {
		free(recording->cursor);
		recording->cursor = strndup((char *)recording->block + told, head->full_len - told);
		recording->cursor_end = recording->source.offset + sizeof(*head) + head->stored_len;
	}
	return 0;
}

/* Unpacks the block at hand, whose bytes are all there. */
static int recording_take(struct procmon *pm, struct recording *recording)
{
	const struct block_head *head = &recording->head;
	const uint8_t *bytes = recording->source.buf + recording->source.start + sizeof(*head);
	int err;

	if (sum_add(SUM_START, bytes, head->stored_len) != head->sum)
		return -EBADMSG;
	err = grow(&recording->block, &recording->size, (size_t)head->full_len + 1);
	if (!err)
		err = press_unpack(recording->press, recording->block, head->full_len, bytes,
				   head->stored_len, head->how);
	if (err == -EOPNOTSUPP)
		return reader_fail(pm, EOPNOTSUPP,
				   "%s: compressed by zstd, which this program was built without",
				   recording->path);
	if (err)
		return err;
	recording->block[head->full_len] = '\0';
	if (head->kind == BLOCK_TABLE)
		return recording_table(pm, recording);
	return head->kind == BLOCK_EVENTS ? recording_events(recording) : 0;
}

/* Passes over what is no block.  Return: bytes, up to where the next one may begin. */
static size_t recording_skip(struct source *source)
{
	size_t len = source->end - source->start;
	const uint8_t *at = source->buf + source->start;
	const uint8_t *next = memmem(at + 1, len - 1, BLOCK_MAGIC, 8);
	size_t n = next ? (size_t)(next - at) : len > 8 ? len - 7 : 1;

	source_pass(source, n);
	return n;
}

static void recording_damage(struct recording *recording)
{
	if (!recording->bad)
		recording->bad_from = recording->source.offset;
	recording->bad += recording_skip(&recording->source);
}

static int recording_tell_damage(struct procmon *pm, struct recording *recording)
{
	uint64_t bad = recording->bad;

	recording->bad = 0;
	return reader_fail(pm, EBADMSG,
			   "%s: damaged: %" PRIu64 " bytes at offset %" PRIu64 " cannot be read",
			   recording->path, bad, recording->bad_from);
}

/* Return: 1: a block was found, and is all there; 0: not yet; negative: an error. */
static int recording_find(struct recording *recording)
{
	struct source *source = &recording->source;
	struct block_head *head = &recording->head;
	struct block_head found;
	int64_t have;

	for (;;) {
		have = source_need(source, sizeof(*head));
		if (have < 0)
			return (int)have;
		if (have &&
		    memcmp(source->buf + source->start, BLOCK_MAGIC, have < 8 ? (size_t)have : 8)) {
			recording_damage(recording);
			continue;
		}
		if (have < (int64_t)sizeof(*head))
			return 0;
		if (!block_unseal(&found, source->buf + source->start)) {
			recording_damage(recording);
			continue;
		}
		have = source_need(source, sizeof(*head) + found.stored_len);
		if (have < 0)
			return (int)have;
		if (have < (int64_t)(sizeof(*head) + found.stored_len))
			return 0;
		*head = found;
		return 1;
	}
}

/* The next block.  Return: 1: there is one; 0: the end; negative: an error, told. */
static int recording_next_block(struct procmon *pm, struct recording *recording)
{
	int r = recording_find(recording), err;

	if (r < 0)
		return reader_fail(pm, -r, "%s: %s", recording->path, strerror(-r));
	if (recording->bad && !r && !recording->blocks)
		return reader_fail(pm, ENOEXEC, "%s: no recording, and no memory dump",
				   recording->path);
	if (recording->bad)
		return recording_tell_damage(pm, recording);
	if (!r)
		return 0;
	err = recording_take(pm, recording);
	if (err == -EBADMSG) {
		recording_damage(recording);
		return recording_next_block(pm, recording);
	}
	if (err == -ENOMEM)
		return reader_fail(pm, ENOMEM, "out of memory");
	source_pass(&recording->source, sizeof(recording->head) + recording->head.stored_len);
	recording->blocks += !err;
	return err ? err : 1;
}

int recording_next(struct procmon *pm, struct procmon_event *ev)
{
	struct recording *recording = pm->recording;
	uint64_t offset = recording->source.offset;
	int r;

	while (!recording->left) {
		r = recording_next_block(pm, recording);
		if (r <= 0)
			return r;
		offset = recording->source.offset;
	}
	recording->left--;
	r = codec_get(recording->codec, &recording->at, ev);
	if (r) {
		recording->left = 0;
		return reader_fail(pm, -r,
				   "%s: damaged: the block before offset %" PRIu64
				   " ends in the middle of an event",
				   recording->path, offset);
	}
	if (ev->head.type == PROCMON_LOST)
		recording->lost += ev->count;
	if (pm->cgroups)
		cgroups_note(pm, ev);
	return 1;
}

int recording_next_part(struct procmon *pm)
{
	return recording_next_block(pm, pm->recording);
}

int recording_next_text(struct procmon *pm, const void **text, size_t *len)
{
	struct recording *recording = pm->recording;
	int r = recording_next_block(pm, recording);

	recording->left = 0;
	*text = recording->block + recording->head.number_len;
	*len = recording->head.kind == BLOCK_EVENTS ? recording->head.text_len : 0;
	return r;
}

/* Forgets what was read ahead. */
static void recording_begin_at(struct recording *recording, uint64_t offset)
{
	recording->source.offset = offset;
	recording->source.start = recording->source.end = 0;
}

void recording_go_on(struct procmon *pm, int fd, const char *path)
{
	struct recording *recording = pm->recording;
	char *copy = strdup(path);

	close(recording->source.fd);
	recording->source.fd = fd;
	recording->table_offset = RECORDING_NO_TABLE;
	recording_begin_at(recording, 0);
	if (!copy)
		return;
	free(recording->path);
	recording->path = copy;
}

static int recording_seek(struct procmon *pm, uint64_t offset)
{
	struct recording *recording = pm->recording;

	if (lseek(recording->source.fd, (off_t)offset, SEEK_SET) < 0)
		return reader_fail(pm, errno, "%s: %s", recording->path, strerror(errno));
	recording_begin_at(recording, offset);
	recording->left = 0;
	recording->bad = 0;
	return 0;
}

int recording_jump(struct procmon *pm, uint64_t offset, uint64_t table)
{
	/* without it the table may be ours: recording_own_table() */
	if (table != RECORDING_NO_TABLE && table != offset &&
	    table != pm->recording->table_offset && !recording_seek(pm, table))
		recording_next_block(pm, pm->recording);
	return recording_seek(pm, offset);
}

static int recording_begin(struct procmon *pm, int fd, const char *path)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int r;

	if (!recording) {
		close(fd);
		return reader_fail(pm, ENOMEM, "out of memory");
	}
	pm->recording = recording;
	recording->source.fd = fd;
	recording->table_offset = RECORDING_NO_TABLE;
	recording->path = strdup(path);
	recording->press = press_make();
	pm->info = &recording->info;
	if (!recording->path || !recording->press)
		return reader_fail(pm, ENOMEM, "out of memory");
	r = (int)source_need(&recording->source, 8);
	if (r < 0)
		return reader_fail(pm, -r, "%s: %s", path, strerror(-r));
	if (!r)
		return reader_fail(pm, ENODATA, "%s: is empty", path);
	return 0;
}

int procmon_open_recording(struct procmon **pmp, const char *path)
{
	struct procmon *pm = reader_make(path);
	bool pipe = !strcmp(path, "-");
	int fd, err;

	*pmp = NULL;
	if (!pm)
		return -ENOMEM;
	fd = pipe ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? reader_fail(pm, errno, "%s: %s", path, strerror(errno)) :
		       recording_begin(pm, fd, pipe ? "standard input" : path);
	if (err)
		return reader_fail_open(pm, err);
	*pmp = pm;
	return 0;
}
