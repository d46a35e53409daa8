// SPDX-License-Identifier: MIT
/*
 * An event is told by how it differs from what is expected of it: its process's last number of that
 * name, else the last number there in an event of its type.  Differences are mostly 0.
 *
 * The fields are told in the order of the table.  Everything read may be damaged: what the bytes say is
 * checked when they are used.
 */
#include "codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "str.h"

#define CODEC_STEP 16 /* rings for which memory is taken at a time */
#define CODEC_SLOTS 256 /* processes that are remembered */
#define CODEC_RINGS 65537
#define CODEC_EVENT ((size_t)16 << 20) /* bytes of an event, at most */
#define CODEC_VARINT 10 /* bytes of a number, at most */

/**
 * struct codec_slot - a process
 * @block: in which it was seen last
 * @have: columns that have a value; the one behind all of them is nobody's
 */
struct codec_slot {
	uint32_t block;
	uint32_t tgid;
	uint64_t have;
	uint64_t value[LAYOUT_COLUMNS + 1];
};

/**
 * struct codec - a table, and what is known of the events so far
 * @layout: the table
 * @seq: number expected next in each ring
 * @rings: rings that there is memory for, up to the highest one that had an event
 * @block: number of the block
 * @time_ns, @tgid: of the last event
 * @start_column: of start_ns
 * @event: the event being put together, of @size bytes
 */
struct codec {
	struct layout layout;
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

struct codec *codec_make(const char *table)
{
	struct codec *codec = calloc(1, sizeof(*codec));

	if (!codec || !layout_read(&codec->layout, table)) {
		codec_free(codec);
		return NULL;
	}
	codec->start_column = layout_column(&codec->layout, "start_ns");
	codec_begin(codec);
	return codec;
}

void codec_free(struct codec *codec)
{
	if (!codec)
		return;
	layout_free(&codec->layout);
	free(codec->seq);
	free(codec->event);
	free(codec);
}

void codec_begin(struct codec *codec)
{
	unsigned int i, n;

	for (i = 0; i < codec->layout.nr_types; i++)
		for (n = 0; n < codec->layout.type[i]->nr; n++) {
			struct layout_field *field = &codec->layout.type[i]->field[n];

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

static inline uint8_t *codec_put_varint(uint8_t *to, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*to++ = (uint8_t)(number | 0x80);
	*to++ = (uint8_t)number;
	return to;
}

static bool codec_get_long_varint(struct codec_at *at, uint64_t *number)
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

/* Most are one byte. */
static inline bool codec_get_varint(struct codec_at *at, uint64_t *number)
{
	if (at->number == at->number_end || *at->number & 0x80)
		return codec_get_long_varint(at, number);
	*number = *at->number++;
	return true;
}

static inline struct codec_slot *codec_slot(struct codec *codec, uint32_t tgid)
{
	struct codec_slot *slot = &codec->slot[tgid % CODEC_SLOTS];

	if (slot->tgid != tgid || slot->block != codec->block)
		slot->have = 0;
	slot->tgid = tgid;
	slot->block = codec->block;
	return slot;
}

/* The start of a process, as far as it is known. */
static uint64_t codec_start_of(const struct codec *codec, uint32_t tgid, uint64_t otherwise)
{
	const struct codec_slot *slot = &codec->slot[tgid % CODEC_SLOTS];
	unsigned int column = codec->start_column;

	if (slot->tgid != tgid || slot->block != codec->block || column == LAYOUT_COLUMNS ||
	    !(slot->have >> column & 1))
		return otherwise;
	return slot->value[column];
}

/* Of a number without a role, as most are. */
static inline uint64_t codec_expect_plain(const struct layout_field *field,
					  const struct codec_slot *slot)
{
	return slot && slot->have & field->bit ? slot->value[field->column] : field->last;
}

static inline void codec_note_plain(struct layout_field *field, struct codec_slot *slot,
				    uint64_t number)
{
	field->last = number;
	if (slot) {
		slot->have |= field->bit;
		slot->value[field->column] = number;
	}
}

static inline uint64_t codec_expect_role(const struct codec *codec,
					 const struct layout_field *field,
					 const struct codec_now *now)
{
	switch (field->role) {
	case LAYOUT_TIME:
		return codec->time_ns;
	case LAYOUT_SEQ:
		return codec->seq[now->ring];
	case LAYOUT_TGID:
		return codec->tgid;
	default:
		break;
	}
	if (now->slot && now->slot->have & field->bit)
		return now->slot->value[field->column];
	switch (field->role) {
	case LAYOUT_START:
		return now->time_ns;
	case LAYOUT_PARENT_START:
		return codec_start_of(codec, now->ppid, field->last);
	case LAYOUT_LIKE_TGID:
		return now->tgid;
	default:
		return field->last;
	}
}

static inline void codec_note_role(struct codec *codec, struct layout_field *field,
				   struct codec_now *now, uint64_t number)
{
	switch (field->role) {
	case LAYOUT_TIME:
		codec->time_ns = now->time_ns = number;
		return;
	case LAYOUT_SEQ:
		codec->seq[now->ring] = number + 1;
		return;
	case LAYOUT_TGID:
		codec->tgid = now->tgid = (uint32_t)number;
		now->slot = codec_slot(codec, now->tgid);
		return;
	case LAYOUT_PPID:
		now->ppid = (uint32_t)number;
		break;
	default:
		break;
	}
	codec_note_plain(field, now->slot, number);
}

static inline uint64_t codec_expect(const struct codec *codec, const struct layout_field *field,
				    const struct codec_now *now)
{
	return field->role == LAYOUT_PLAIN ? codec_expect_plain(field, now->slot) :
					     codec_expect_role(codec, field, now);
}

/* Takes in a number, as it was written or read. */
static inline void codec_note(struct codec *codec, struct layout_field *field,
			      struct codec_now *now, uint64_t number)
{
	if (field->role == LAYOUT_PLAIN)
		codec_note_plain(field, now->slot, number);
	else
		codec_note_role(codec, field, now, number);
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

/* How much there is of an event. */
static size_t codec_end_of(const struct procmon_event *ev)
{
	size_t end = sizeof(ev->head) + ev->head.body_len;

	if (!ev->data || ev->head.len < sizeof(ev->head))
		return sizeof(ev->head);
	return end < ev->head.len ? end : ev->head.len;
}

static inline uint64_t codec_number_of(const struct procmon_event *ev, size_t end,
				       const struct layout_field *field)
{
	const char *from = field->offset < sizeof(ev->head) ? (const char *)&ev->head : ev->data;

	if (field->end > end)
		return codec_mask(field->unknown, field->size);
	return codec_load(from + field->offset, field->size);
}

/* What is there instead of what was expected: few bits for little, whichever sign it has. */
static inline uint64_t codec_difference(uint64_t number, uint64_t expected, unsigned int spare)
{
	int64_t by = (int64_t)((number - expected) << spare) >> spare;

	return (uint64_t)by << 1 ^ (by < 0 ? UINT64_MAX : 0);
}

static bool codec_get_number(struct codec *codec, struct codec_at *at, struct layout_field *field,
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
static bool codec_same_string(const struct layout_field *field, const struct procmon_str *str,
			      const char *text)
{
	return field->str.len == str->len && field->str.full_len == str->full_len &&
	       field->str.flags == str->flags && field->str.err == str->err &&
	       !field->text == !text && (!text || !memcmp(field->text, text, str->len));
}

/* The string of an event, all of which is known but where it is. */
static const char *codec_string_of(const struct procmon_event *ev, size_t end,
				   const struct layout_field *field, struct procmon_str *str)
{
	struct procmon_str there = { .flags = PROCMON_STR_ABSENT };
	const char *text = NULL;

	if (field->end <= end) {
		memcpy(&there, (const char *)ev->data + field->offset, sizeof(there));
		text = str_text(ev->data, ev->head.len, &there);
	}
	*str = (struct procmon_str){ .flags = there.flags, .err = there.err };
	if (text) {
		str->len = there.len;
		str->full_len = there.full_len;
	} else if (!str->err) {
		str->flags = PROCMON_STR_ABSENT;
	}
	return text;
}

static uint8_t *codec_put_string(uint8_t *to, uint8_t **text_to, struct layout_field *field,
				 const struct procmon_event *ev, size_t end)
{
	struct procmon_str str;
	const char *text = codec_string_of(ev, end, field, &str);

	if (codec_same_string(field, &str, text))
		return codec_put_varint(to, 0);
	field->str = str;
	field->text = text ? (const char *)*text_to : NULL;
	if (!text && !str.err) {
		to = codec_put_varint(to, 1);
	} else if (text && !str.flags && !str.err && str.full_len == str.len) {
		to = codec_put_varint(to, 2 + 2 * (uint64_t)str.len);
	} else {
		to = codec_put_varint(to, 3 + 2 * (uint64_t)str.len);
		to = codec_put_varint(to, (uint64_t)str.flags << 1 | !!text);
		to = codec_put_varint(to, str.err);
		to = codec_put_varint(to, str.full_len);
	}
	if (str.len)
		memcpy(*text_to, text, str.len);
	*text_to += str.len;
	return to;
}

/* Reads what is told of a string that is not the same as the last one. */
static bool codec_get_new_string(struct codec_at *at, struct layout_field *field, uint64_t code)
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

static bool codec_get_string(struct codec *codec, struct codec_at *at, struct layout_field *field,
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
	return LAYOUT_FIELDS * 3 * CODEC_VARINT + (ev->data ? ev->head.len : 0);
}

/* The type in the table that tells all of @ev; NULL: none. */
static struct layout_type *codec_type_of(const struct codec *codec, const struct procmon_event *ev,
					 unsigned int *index)
{
	unsigned int i;

	for (i = 0; i < codec->layout.nr_types; i++)
		if (codec->layout.type[i]->number == ev->head.type &&
		    sizeof(ev->head) + ev->head.body_len <= codec->layout.type[i]->end) {
			*index = i + 1;
			return codec->layout.type[i];
		}
	return NULL;
}

/* One that the table does not know: as it is. */
static void codec_put_raw(struct codec_at *at, const struct procmon_event *ev)
{
	uint32_t len = ev->data ? ev->head.len : sizeof(ev->head);

	at->number = codec_put_varint(at->number, 0);
	at->number = codec_put_varint(at->number, ev->ring);
	at->number = codec_put_varint(at->number, len);
	memcpy(at->text, &ev->head, sizeof(ev->head));
	if (len > sizeof(ev->head))
		memcpy(at->text + sizeof(ev->head), (const char *)ev->data + sizeof(ev->head),
		       len - sizeof(ev->head));
	at->text += len;
}

static void codec_put_fields(struct codec *codec, const struct layout_type *type,
			     struct codec_at *at, const struct procmon_event *ev)
{
	struct layout_field *field, *none = type->field + type->nr;
	struct codec_now now = { .ring = ev->ring };
	size_t end = codec_end_of(ev);
	uint8_t *to = at->number;
	uint64_t number, expected;

	for (field = type->field; field < none; field++) {
		if (!field->size) {
			to = codec_put_string(to, &at->text, field, ev, end);
			continue;
		}
		number = codec_number_of(ev, end, field);
		expected = codec_expect(codec, field, &now);
		codec_note(codec, field, &now, number);
		to = codec_put_varint(to, codec_difference(number, expected, field->spare));
	}
	at->number = to;
}

void codec_put(struct codec *codec, struct codec_at *at, const struct procmon_event *ev)
{
	struct {
		struct procmon_head head;
		uint64_t count;
	} lost = { .head = ev->head, .count = ev->count };
	struct procmon_event copy = *ev;
	struct layout_type *type;
	unsigned int index;

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
	at->number = codec_put_varint(at->number, index);
	at->number = codec_put_varint(at->number, ev->ring);
	codec_put_fields(codec, type, at, &copy);
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

static int codec_get_fields(struct codec *codec, struct layout_type *type, struct codec_at *at,
			    struct procmon_event *ev)
{
	struct codec_now now = { .ring = ev->ring };
	size_t len = type->end;
	unsigned int i;

	if (!codec_room(codec, 0, len) || !codec_has_ring(codec, ev->ring))
		return -ENOMEM;
	memset(codec->event, 0, len);
	for (i = 0; i < type->nr; i++) {
		struct layout_field *field = &type->field[i];

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
	    index > codec->layout.nr_types || ring >= CODEC_RINGS)
		return -EBADMSG;
	ev->ring = (uint32_t)ring;
	err = index ? codec_get_fields(codec, codec->layout.type[index - 1], at, ev) :
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
