// SPDX-License-Identifier: MIT
/*
 * An event is told by how it differs from what is expected of it: its process's last number of that
 * name, else the last number there in an event of its type.  Differences are mostly 0.
 *
 * A table says which fields there are, in the order in which they are told.  Everything read may be
 * damaged: what a table says is checked when it is read, what the bytes say when they are used.
 */
#include "codec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODEC_NAME 32
#define CODEC_TYPES 64
#define CODEC_FIELDS 128 /* of a type */
#define CODEC_STEP 16 /* fields and rings for which memory is taken at a time */
#define CODEC_COLUMNS 64 /* names of numbers that are remembered of a process */
#define CODEC_SLOTS 256 /* processes that are remembered */
#define CODEC_RINGS 65537
#define CODEC_BODY 4096
#define CODEC_EVENT ((size_t)16 << 20) /* bytes of an event, at most */
#define CODEC_VARINT 10 /* bytes of a number, at most */

enum codec_role {
	CODEC_PLAIN,
	CODEC_TIME,
	CODEC_SEQ,
	CODEC_TGID,
	CODEC_PPID,
	CODEC_START,
	CODEC_PARENT_START,
	CODEC_LIKE_TGID
};

/* Numbers that others are expected to be like. */
static const struct {
	const char *name;
	enum codec_role role;
} codec_roles[] = {
	{ "time_ns", CODEC_TIME },	{ "seq", CODEC_SEQ },
	{ "tgid", CODEC_TGID },		{ "ppid", CODEC_PPID },
	{ "start_ns", CODEC_START },	{ "parent_start_ns", CODEC_PARENT_START },
	{ "tid", CODEC_LIKE_TGID },	{ "ns_pid", CODEC_LIKE_TGID },
	{ "old_tid", CODEC_LIKE_TGID },
};

/**
 * struct codec_field - a row of the table
 * @offset: bytes from the start of the event
 * @size: bytes; 0: a string
 * @unknown: what stands for "unknown"
 * @column: number of its name, CODEC_COLUMNS: none
 * @last: the number of the last event of the type
 * @text, @len: the string of that event; without text @len is 0
 * @str: the rest of that string
 */
struct codec_field {
	char name[CODEC_NAME];
	unsigned int offset, size;
	uint64_t unknown;
	unsigned int column;
	enum codec_role role;
	uint64_t last;
	const char *text;
	struct procmon_str str;
};

/**
 * struct codec_type - a type of events
 * @end: bytes of head and body
 * @nr: fields
 */
struct codec_type {
	unsigned int number, end, nr;
	struct codec_field *field;
};

/* A process of block @block, by its tgid: the last numbers of each column in @have. */
struct codec_slot {
	uint32_t block;
	uint32_t tgid;
	uint64_t have;
	uint64_t value[CODEC_COLUMNS];
};

/**
 * struct codec - a table, and what is known of the events so far
 * @column: the names of the columns
 * @seq: number expected next in each ring
 * @rings: rings that there is memory for, up to the highest one that had an event
 * @block: number of the block
 * @time_ns, @tgid: of the last event
 * @start_column: of start_ns
 * @event: the event being put together, of @size bytes
 */
struct codec {
	unsigned int nr_types, nr_columns;
	struct codec_type *type[CODEC_TYPES];
	char column[CODEC_COLUMNS][CODEC_NAME];
	uint64_t *seq;
	unsigned int rings;
	uint32_t block;
	uint64_t time_ns;
	uint32_t tgid;
	unsigned int start_column;
	struct codec_slot slot[CODEC_SLOTS];
	char *event;
	size_t size;
};

/* What is known of the event in hand. */
struct codec_now {
	uint32_t ring, tgid, ppid;
	uint64_t time_ns;
	struct codec_slot *slot;
};

/* Return: the number of the column; CODEC_COLUMNS when there are too many. */
static unsigned int codec_column(struct codec *codec, const char *name)
{
	unsigned int i;

	for (i = 0; i < codec->nr_columns; i++)
		if (!strcmp(codec->column[i], name))
			return i;
	if (i < CODEC_COLUMNS)
		snprintf(codec->column[codec->nr_columns++], CODEC_NAME, "%s", name);
	return i;
}

static bool codec_add_type(struct codec *codec, const char *line)
{
	struct codec_type *type;
	unsigned int number;

	/* NOLINTNEXTLINE(cert-err34-c): a number that is too large is none of ours */
	if (sscanf(line, "type %u", &number) != 1 || !number || number > UINT16_MAX ||
	    codec->nr_types == CODEC_TYPES)
		return false;
	type = calloc(1, sizeof(*type));
	if (!type)
		return false;
	type->number = number;
	type->end = sizeof(struct procmon_head);
	codec->type[codec->nr_types++] = type;
	return true;
}

static bool codec_field_fits(const struct codec_field *field, unsigned int len)
{
	return len == 2 || len == 4 || len == 8 ?
		       field->offset <= sizeof(struct procmon_head) + CODEC_BODY - len &&
			       !(field->offset < sizeof(struct procmon_head) &&
				 field->offset + len > sizeof(struct procmon_head)) :
		       false;
}

static bool codec_read_field(struct codec_field *field, const char *line, unsigned int *len)
{
	unsigned int bits;

	/* NOLINTNEXTLINE(cert-err34-c): what does not fit is refused */
	if (sscanf(line, "string %31s %u", field->name, &field->offset) == 2) {
		*len = sizeof(struct procmon_str);
		return field->offset >= sizeof(struct procmon_head) &&
		       field->offset <= sizeof(struct procmon_head) + CODEC_BODY - *len;
	}
	/* NOLINTNEXTLINE(cert-err34-c): the same */
	if (sscanf(line, "%*1[us]%u %31s %u %" SCNu64, &bits, field->name, &field->offset,
		   &field->unknown) != 4)
		return false;
	*len = field->size = bits / 8;
	return codec_field_fits(field, *len);
}

/* Room for one more.  NULL: there are too many, or no memory. */
static struct codec_field *codec_next_field(struct codec_type *type)
{
	struct codec_field *field = type->field;

	if (type->nr == CODEC_FIELDS)
		return NULL;
	if (type->nr % CODEC_STEP == 0)
		field = realloc(field, (type->nr + CODEC_STEP) * sizeof(*field));
	if (!field)
		return NULL;
	type->field = field;
	memset(&field[type->nr], 0, sizeof(*field));
	return &field[type->nr];
}

static bool codec_add_field(struct codec *codec, const char *line)
{
	struct codec_type *type = codec->nr_types ? codec->type[codec->nr_types - 1] : NULL;
	struct codec_field *field;
	unsigned int len, i;

	field = type ? codec_next_field(type) : NULL;
	if (!field || !codec_read_field(field, line, &len))
		return false;
	for (i = 0; i < sizeof(codec_roles) / sizeof(codec_roles[0]); i++)
		if (field->size && !strcmp(field->name, codec_roles[i].name))
			field->role = codec_roles[i].role;
	field->column = field->size ? codec_column(codec, field->name) : CODEC_COLUMNS;
	if (field->offset + len > type->end)
		type->end = (field->offset + len + 7) / 8 * 8;
	type->nr++;
	return true;
}

struct codec *codec_make(const char *table)
{
	struct codec *codec = calloc(1, sizeof(*codec));
	bool good = codec;
	const char *line, *end;
	char copy[128];

	for (line = table; good && *line; line = end + 1) {
		end = strchr(line, '\n');
		good = end && (size_t)(end - line) < sizeof(copy);
		if (!good)
			break;
		memcpy(copy, line, (size_t)(end - line));
		copy[end - line] = '\0';
		good = !strncmp(copy, "type ", 5) ? codec_add_type(codec, copy) :
						    codec_add_field(codec, copy);
	}
	if (!good) {
		codec_free(codec);
		return NULL;
	}
	codec->start_column = codec_column(codec, "start_ns");
	codec_begin(codec);
	return codec;
}

void codec_free(struct codec *codec)
{
	unsigned int i;

	if (!codec)
		return;
	for (i = 0; i < codec->nr_types; i++) {
		free(codec->type[i]->field);
		free(codec->type[i]);
	}
	free(codec->seq);
	free(codec->event);
	free(codec);
}

void codec_begin(struct codec *codec)
{
	unsigned int i, n;

	for (i = 0; i < codec->nr_types; i++)
		for (n = 0; n < codec->type[i]->nr; n++) {
			struct codec_field *field = &codec->type[i]->field[n];

			field->last = 0;
			field->text = NULL;
			field->str = (struct procmon_str){ .flags = PROCMON_STR_ABSENT };
		}
	codec->block++;
	if (codec->rings)
		memset(codec->seq, 0, codec->rings * sizeof(*codec->seq));
	codec->time_ns = 0;
	codec->tgid = 0;
}

/* Sees to it that there is a number for @ring.  Return: false: there is no memory. */
static bool codec_has_ring(struct codec *codec, uint32_t ring)
{
	uint32_t rings = ring / CODEC_STEP * CODEC_STEP + CODEC_STEP;
	uint64_t *seq;

	if (ring < codec->rings)
		return true;
	seq = realloc(codec->seq, rings * sizeof(*seq));
	if (!seq)
		return false;
	memset(seq + codec->rings, 0, (rings - codec->rings) * sizeof(*seq));
	codec->seq = seq;
	codec->rings = rings;
	return true;
}

/* Numbers */

static void codec_put_varint(struct codec_at *at, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at->number++ = (uint8_t)(number | 0x80);
	*at->number++ = (uint8_t)number;
}

static bool codec_get_varint(struct codec_at *at, uint64_t *number)
{
	unsigned int shift;

	*number = 0;
	for (shift = 0; shift < 64 && at->number < at->number_end; shift += 7) {
		uint8_t byte = *at->number++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static struct codec_slot *codec_slot(struct codec *codec, uint32_t tgid)
{
	struct codec_slot *slot = &codec->slot[tgid % CODEC_SLOTS];

	if (slot->tgid != tgid || slot->block != codec->block)
		slot->have = 0;
	slot->tgid = tgid;
	slot->block = codec->block;
	return slot;
}

/* The start of a process, as far as it is known. */
static uint64_t codec_start_of(struct codec *codec, uint32_t tgid, uint64_t otherwise)
{
	const struct codec_slot *slot = &codec->slot[tgid % CODEC_SLOTS];
	unsigned int column = codec->start_column;

	if (slot->tgid != tgid || slot->block != codec->block || column == CODEC_COLUMNS ||
	    !(slot->have >> column & 1))
		return otherwise;
	return slot->value[column];
}

static uint64_t codec_expect(struct codec *codec, const struct codec_field *field,
			     const struct codec_now *now)
{
	switch (field->role) {
	case CODEC_TIME:
		return codec->time_ns;
	case CODEC_SEQ:
		return codec->seq[now->ring];
	case CODEC_TGID:
		return codec->tgid;
	default:
		break;
	}
	if (now->slot && field->column < CODEC_COLUMNS && now->slot->have >> field->column & 1)
		return now->slot->value[field->column];
	switch (field->role) {
	case CODEC_START:
		return now->time_ns;
	case CODEC_PARENT_START:
		return codec_start_of(codec, now->ppid, field->last);
	case CODEC_LIKE_TGID:
		return now->tgid;
	default:
		return field->last;
	}
}

/* Takes in a number, as it was written or read. */
static void codec_note(struct codec *codec, struct codec_field *field, struct codec_now *now,
		       uint64_t number)
{
	switch (field->role) {
	case CODEC_TIME:
		codec->time_ns = now->time_ns = number;
		return;
	case CODEC_SEQ:
		codec->seq[now->ring] = number + 1;
		return;
	case CODEC_TGID:
		codec->tgid = now->tgid = (uint32_t)number;
		now->slot = codec_slot(codec, now->tgid);
		return;
	case CODEC_PPID:
		now->ppid = (uint32_t)number;
		break;
	default:
		break;
	}
	field->last = number;
	if (now->slot && field->column < CODEC_COLUMNS) {
		now->slot->have |= 1ull << field->column;
		now->slot->value[field->column] = number;
	}
}

/* codec_expect() and codec_note() of a number without a role, as most are. */
static uint64_t codec_swap(struct codec_field *field, struct codec_slot *slot, uint64_t number)
{
	uint64_t expected = field->last, bit = 1ull << field->column % CODEC_COLUMNS;

	field->last = number;
	if (slot && field->column < CODEC_COLUMNS) {
		if (slot->have & bit)
			expected = slot->value[field->column];
		slot->have |= bit;
		slot->value[field->column] = number;
	}
	return expected;
}

static uint64_t codec_load(const void *from, unsigned int size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 8:
		memcpy(&u64, from, 8);
		return u64;
	case 4:
		memcpy(&u32, from, 4);
		return u32;
	default:
		memcpy(&u16, from, 2);
		return u16;
	}
}

static void codec_store(void *to, uint64_t number, unsigned int size)
{
	uint32_t u32 = (uint32_t)number;
	uint16_t u16 = (uint16_t)number;

	switch (size) {
	case 8:
		memcpy(to, &number, 8);
		break;
	case 4:
		memcpy(to, &u32, 4);
		break;
	default:
		memcpy(to, &u16, 2);
	}
}

static uint64_t codec_mask(uint64_t number, unsigned int size)
{
	return size == 8 ? number : number & ((1ull << 8 * size) - 1);
}

/* Of the event, if it reaches so far. */
static const void *codec_field_in(const struct procmon_event *ev, unsigned int offset,
				  unsigned int size)
{
	if (offset < sizeof(ev->head))
		return (const char *)&ev->head + offset;
	if (!ev->data || offset + size > sizeof(ev->head) + ev->head.body_len ||
	    offset + size > ev->head.len)
		return NULL;
	return (const char *)ev->data + offset;
}

static void codec_put_number(struct codec *codec, struct codec_at *at, struct codec_field *field,
			     struct codec_now *now, const struct procmon_event *ev)
{
	const void *from = codec_field_in(ev, field->offset, field->size);
	uint64_t number =
		codec_mask(from ? codec_load(from, field->size) : field->unknown, field->size);
	unsigned int spare = 64 - 8 * field->size;
	uint64_t expected;
	int64_t by;

	if (field->role == CODEC_PLAIN) {
		expected = codec_swap(field, now->slot, number);
	} else {
		expected = codec_expect(codec, field, now);
		codec_note(codec, field, now, number);
	}
	by = (int64_t)((number - expected) << spare) >> spare;
	codec_put_varint(at, (uint64_t)by << 1 ^ (by < 0 ? UINT64_MAX : 0));
}

static bool codec_get_number(struct codec *codec, struct codec_at *at, struct codec_field *field,
			     struct codec_now *now)
{
	uint64_t by, number;

	if (!codec_get_varint(at, &by))
		return false;
	number = codec_expect(codec, field, now) + (by >> 1 ^ -(by & 1));
	number = codec_mask(number, field->size);
	codec_store(codec->event + field->offset, number, field->size);
	codec_note(codec, field, now, number);
	return true;
}

/*
 * Strings: 0: the same as the last one; 1: absent; 2 + 2 * length: plain; 3 + 2 * length: with flags,
 * errno and full length, and one bit that says whether there are bytes at all.
 */
static bool codec_same_string(const struct codec_field *field, const struct procmon_str *str,
			      const char *text)
{
	return field->str.len == str->len && field->str.full_len == str->full_len &&
	       field->str.flags == str->flags && field->str.err == str->err &&
	       !field->text == !text && (!text || !memcmp(field->text, text, str->len));
}

static void codec_put_string(struct codec_at *at, struct codec_field *field,
			     const struct procmon_event *ev)
{
	const struct procmon_field row = { .kind = PROCMON_KIND_STRING,
					   .offset = (uint16_t)(field->offset - sizeof(ev->head)),
					   .size = sizeof(struct procmon_str) };
	struct procmon_value value;
	struct procmon_str str;

	procmon_get(ev, &row, &value);
	str = (struct procmon_str){ .len = (uint32_t)value.len,
				    .full_len = (uint32_t)value.full_len,
				    .flags = (uint16_t)value.flags,
				    .err = (uint16_t)value.err };
	if (!value.known && !str.err)
		str.flags = PROCMON_STR_ABSENT;
	if (codec_same_string(field, &str, value.str)) {
		codec_put_varint(at, 0);
		return;
	}
	field->str = str;
	field->text = value.known ? (const char *)at->text : NULL;
	if (!value.known && !str.err) {
		codec_put_varint(at, 1);
	} else if (value.known && !str.flags && !str.err && str.full_len == str.len) {
		codec_put_varint(at, 2 + 2 * (uint64_t)str.len);
	} else {
		codec_put_varint(at, 3 + 2 * (uint64_t)str.len);
		codec_put_varint(at, (uint64_t)str.flags << 1 | value.known);
		codec_put_varint(at, str.err);
		codec_put_varint(at, str.full_len);
	}
	if (str.len)
		memcpy(at->text, value.str, str.len);
	at->text += str.len;
}

/* Reads what is told of a string that is not the same as the last one. */
static bool codec_get_new_string(struct codec_at *at, struct codec_field *field, uint64_t code)
{
	uint64_t len = code < 2 ? 0 : code / 2 - 1, flags = PROCMON_STR_ABSENT, err = 0, full = len;
	bool known = code >= 2;

	if (code >= 2 && code & 1) {
		if (!codec_get_varint(at, &flags) || !codec_get_varint(at, &err) ||
		    !codec_get_varint(at, &full))
			return false;
		known = flags & 1;
		flags >>= 1;
	} else if (code >= 2) {
		flags = 0;
	}
	if (len > (uint64_t)(at->text_end - at->text) || (len && !known))
		return false;
	field->str = (struct procmon_str){ .len = (uint32_t)len,
					   .full_len = (uint32_t)full,
					   .flags = (uint16_t)flags,
					   .err = (uint16_t)err };
	field->text = known ? (const char *)at->text : NULL;
	at->text += len;
	return true;
}

/* Room for @more bytes after the @len of the event. */
static bool codec_room(struct codec *codec, size_t len, size_t more)
{
	size_t size = codec->size ? codec->size : 4096;
	char *event;

	if (len + more > CODEC_EVENT)
		return false;
	while (size < len + more)
		size *= 2;
	if (size == codec->size)
		return true;
	event = realloc(codec->event, size);
	if (!event)
		return false;
	codec->event = event;
	codec->size = size;
	return true;
}

static bool codec_get_string(struct codec *codec, struct codec_at *at, struct codec_field *field,
			     size_t *len)
{
	struct procmon_str str;
	uint64_t code;

	if (!codec_get_varint(at, &code) || (code && !codec_get_new_string(at, field, code)))
		return false;
	str = field->str;
	if (field->text) {
		if (!codec_room(codec, *len, (size_t)str.len + 1))
			return false;
		str.off = (uint32_t)*len;
		memcpy(codec->event + *len, field->text, str.len);
		codec->event[*len + str.len] = '\0';
		*len += (size_t)str.len + 1;
	}
	memcpy(codec->event + field->offset, &str, sizeof(str));
	return true;
}

/* Events */

size_t codec_bound(const struct procmon_event *ev)
{
	return CODEC_FIELDS * 3 * CODEC_VARINT + (ev->data ? ev->head.len : 0);
}

/* The type in the table that tells all of @ev; NULL: none. */
static struct codec_type *codec_type_of(const struct codec *codec, const struct procmon_event *ev,
					unsigned int *index)
{
	unsigned int i;

	for (i = 0; i < codec->nr_types; i++)
		if (codec->type[i]->number == ev->head.type &&
		    sizeof(ev->head) + ev->head.body_len <= codec->type[i]->end) {
			*index = i + 1;
			return codec->type[i];
		}
	return NULL;
}

/* One that the table does not know: as it is. */
static void codec_put_raw(struct codec_at *at, const struct procmon_event *ev)
{
	uint32_t len = ev->data ? ev->head.len : sizeof(ev->head);

	codec_put_varint(at, 0);
	codec_put_varint(at, ev->ring);
	codec_put_varint(at, len);
	memcpy(at->text, &ev->head, sizeof(ev->head));
	if (len > sizeof(ev->head))
		memcpy(at->text + sizeof(ev->head), (const char *)ev->data + sizeof(ev->head),
		       len - sizeof(ev->head));
	at->text += len;
}

void codec_put(struct codec *codec, struct codec_at *at, const struct procmon_event *ev)
{
	struct {
		struct procmon_head head;
		uint64_t count;
	} lost = { .head = ev->head, .count = ev->count };
	struct procmon_event copy = *ev;
	struct codec_now now = { .ring = ev->ring };
	struct codec_type *type;
	unsigned int index, i;

	if (ev->head.type == PROCMON_LOST) {
		copy.head.len = sizeof(lost);
		copy.head.body_len = sizeof(lost.count);
		copy.data = &lost;
	}
	type = ev->ring < CODEC_RINGS && codec_has_ring(codec, ev->ring) ?
		       codec_type_of(codec, &copy, &index) :
		       NULL;
	if (!type) {
		codec_put_raw(at, &copy);
		return;
	}
	codec_put_varint(at, index);
	codec_put_varint(at, ev->ring);
	for (i = 0; i < type->nr; i++) {
		struct codec_field *field = &type->field[i];

		if (field->size)
			codec_put_number(codec, at, field, &now, &copy);
		else
			codec_put_string(at, field, &copy);
	}
}

static int codec_get_raw(struct codec *codec, struct codec_at *at, struct procmon_event *ev)
{
	uint64_t len;

	if (!codec_get_varint(at, &len) || len < sizeof(ev->head) ||
	    len > (uint64_t)(at->text_end - at->text) || !codec_room(codec, 0, len))
		return -EBADMSG;
	memcpy(codec->event, at->text, len);
	at->text += len;
	memcpy(&ev->head, codec->event, sizeof(ev->head));
	if (ev->head.len != len || sizeof(ev->head) + ev->head.body_len > len)
		return -EBADMSG;
	ev->data = codec->event;
	return 0;
}

static int codec_get_fields(struct codec *codec, struct codec_type *type, struct codec_at *at,
			    struct procmon_event *ev)
{
	struct codec_now now = { .ring = ev->ring };
	size_t len = type->end;
	unsigned int i;

	if (!codec_room(codec, 0, len) || !codec_has_ring(codec, ev->ring))
		return -ENOMEM;
	memset(codec->event, 0, len);
	for (i = 0; i < type->nr; i++) {
		struct codec_field *field = &type->field[i];

		if (field->size ? !codec_get_number(codec, at, field, &now) :
				  !codec_get_string(codec, at, field, &len))
			return -EBADMSG;
	}
	memcpy(&ev->head, codec->event, sizeof(ev->head));
	ev->head.type = (uint16_t)type->number;
	ev->head.len = (uint32_t)len;
	ev->head.body_len = (uint16_t)(type->end - sizeof(ev->head));
	memcpy(codec->event, &ev->head, sizeof(ev->head));
	ev->data = codec->event;
	return 0;
}

int codec_get(struct codec *codec, struct codec_at *at, struct procmon_event *ev)
{
	uint64_t index, ring;
	int err;

	memset(ev, 0, sizeof(*ev));
	if (!codec_get_varint(at, &index) || !codec_get_varint(at, &ring) ||
	    index > codec->nr_types || ring >= CODEC_RINGS)
		return -EBADMSG;
	ev->ring = (uint32_t)ring;
	err = index ? codec_get_fields(codec, codec->type[index - 1], at, ev) :
		      codec_get_raw(codec, at, ev);
	if (!err && ev->head.type == PROCMON_LOST) {
		if (ev->head.body_len >= sizeof(ev->count))
			memcpy(&ev->count, (const char *)ev->data + sizeof(ev->head),
			       sizeof(ev->count));
		ev->data = NULL;
		ev->head.len = ev->head.body_len = 0;
	}
	return err;
}
