// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "fields.h"

#include <stdio.h>
#include <string.h>

#include "body.h"
#include "event.h"
#include "names.h"

/* Fields whose key, form or place differs from their row in the table. */
static bool fields_is_special(const char *name)
{
	static const char *const special[] = {
		"len",
		"type",
		"body_len",
		"time_ns",
		"flags",
		"tgid",
		"start_ns",
		"cgroup_id",
		"parent_start_ns",
		"dev_major",
		"dev_minor",
		"ino",
		"args",
		"env",
		"script",
		"core",
		"signal",
		"uid",
		"target_cgroup_id",
		"member_start_ns",
	};
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (!strcmp(special[i], name))
			return true;
	return false;
}

#define FIELDS_TYPES 16 /* types that are known, snapshot in place of none, and any other */
#define FIELDS_MAX 64

#define FIELDS_TEXT 64 /* bytes of a key and a number in JSON, more than there can be */

/**
 * struct fields_row - a field that is told as its table has it
 * @field: the field
 * @end: where it ends, from the begin of the event; no row ends before the one before it, and the last
 *	one is none
 * @offset: where it is in the head or the body
 * @kind: what it is
 * @head: see there
 * @last: the number that came last: the next one is often the same
 * @text: in plain JSON: a key of @key_len bytes and that number, @len bytes, none when it is unknown
 */
struct fields_row {
	const struct procmon_field *field;
	uint32_t end, offset;
	enum { FIELDS_U32, FIELDS_U64, FIELDS_U16, FIELDS_S32, FIELDS_STRING } kind;
	bool head;
	uint8_t key_len, len;
	uint64_t last;
	char text[FIELDS_TEXT];
};

/**
 * struct fields_type - what is the same of all events of a type
 * @type: which
 * @row: its fields
 * @nr: of them
 * @begin: of plain JSON, of @len bytes, 0: not made yet
 */
struct fields_type {
	unsigned int type;
	struct fields_row row[FIELDS_MAX];
	unsigned int nr;
	uint8_t len;
	char begin[FIELDS_TEXT];
};

static unsigned int fields_row_kind(const struct procmon_field *field)
{
	if (field->kind == PROCMON_KIND_STRING)
		return FIELDS_STRING;
	if (field->kind == PROCMON_KIND_S64)
		return FIELDS_S32;
	return field->size == sizeof(uint64_t) ? FIELDS_U64 :
	       field->size == sizeof(uint32_t) ? FIELDS_U32 :
						 FIELDS_U16;
}

static void fields_make_row(struct fields_row *row, const struct procmon_field *field)
{
	size_t before = field->head ? 0 : sizeof(struct procmon_head);

	*row = (struct fields_row){
		.field = field,
		.end = (uint32_t)(before + field->offset + field->size),
		.offset = (uint32_t)field->offset,
		.kind = fields_row_kind(field),
		.head = field->head,
		.last = field->unknown,
	};
	row->key_len = (uint8_t)snprintf(row->text, sizeof(row->text), ",\"%s\":", field->name);
}

/* Once for each type: it is not to burden those who look. */
__attribute__((noinline)) static void fields_make_type(struct fields_type *made, unsigned int type)
{
	const struct procmon_field *field;
	char unknown[EVENT_NAME_LEN];
	unsigned int i;

	for (i = 0; (field = procmon_field(type, i)) && made->nr < FIELDS_MAX - 1; i++)
		if (!fields_is_special(field->name) &&
		    strlen(field->name) < FIELDS_TEXT - OUT_NUMBER - 8)
			fields_make_row(&made->row[made->nr++], field);
	made->row[made->nr].end = UINT32_MAX;
	made->type = type;
	made->len = (uint8_t)snprintf(made->begin, sizeof(made->begin),
				      "{\"schema\":\"" EVENT_SCHEMA "\",\"event\":\"%s\",\"time\":",
				      event_name(type, unknown));
}

/* Of a type without a name: the last one. */
static struct fields_type *fields_type(unsigned int type)
{
	static struct fields_type types[FIELDS_TYPES];
	unsigned int row;

	_Static_assert(PROCMON_CGROUP_ATTACH < FIELDS_TYPES - 1, "a row for each type");
	if (type < FIELDS_TYPES && types[type].len && types[type].type == type)
		return &types[type];
	row = type == PROCMON_SNAPSHOT ? 0 : procmon_type_name(type) ? type : FIELDS_TYPES - 1;
	if (!types[row].len)
		fields_make_type(&types[row], type);
	return &types[row];
}

void fields_put_notes(struct sink *sink, const char *name, const struct procmon_value *value)
{
	char key[64];
	const char *err;

	if (value->flags & PROCMON_STR_CUT) {
		snprintf(key, sizeof(key), "%s_full_len", name);
		sink_number(sink, key, value->full_len);
	}
	if (value->flags & PROCMON_STR_UNREADABLE) {
		err = names_errno(value->err);
		snprintf(key, sizeof(key), "%s_error", name);
		sink_text(sink, key, err ? err : "unknown");
	}
}

static void fields_put_string(struct sink *sink, const struct procmon_event *ev,
			      const struct fields_row *row)
{
	struct procmon_value value;
	const char *text;
	size_t len;
	char *to = NULL;

	text = body_text(ev, row->offset, &len);
	if (text && sink->plain) {
		to = memcpy(sink_room(sink, FIELDS_TEXT + len), row->text, FIELDS_TEXT);
		to = quote_copy(to + row->key_len, text, len);
	}
	if (to)
		sink->to = to;
	else if (text)
		sink_any_bytes(sink, row->field->name, text, len);
	if (body_text_flags(ev, row->offset) & (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE)) {
		procmon_get(ev, row->field, &value);
		fields_put_notes(sink, row->field->name, &value);
	}
}

/* Another number than the last one. */
static void fields_learn(struct fields_row *row, uint64_t number)
{
	char *to = row->text + row->key_len;

	row->last = number;
	row->len = 0;
	if (number == row->field->unknown)
		return;
	to = row->kind == FIELDS_S32 ? sink_plain_signed(to, (int64_t)number) :
				       out_number(to, number);
	row->len = (uint8_t)(to - row->text);
}

/* As procmon_get() has it. */
static uint64_t fields_number(const char *at, const struct fields_row *row)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	if (row->kind == FIELDS_U32) {
		memcpy(&u32, at, sizeof(u32));
		return u32;
	}
	if (row->kind == FIELDS_U64) {
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
	if (row->kind == FIELDS_U16) {
		memcpy(&u16, at, sizeof(u16));
		return u16;
	}
	memcpy(&u32, at, sizeof(u32));
	return (uint64_t)(int64_t)(int32_t)u32;
}

/* How much of an event there is. */
static size_t fields_len(const struct procmon_event *ev)
{
	size_t len = sizeof(ev->head) + ev->head.body_len;

	return !ev->data ? sizeof(ev->head) : len < ev->head.len ? len : ev->head.len;
}

static void fields_put_plain(struct sink *sink, const struct procmon_event *ev,
			     struct fields_type *type)
{
	const char *body = ev->data ? (const char *)ev->data + sizeof(ev->head) : NULL;
	const char *from[] = { body, (const char *)&ev->head };
	size_t len = fields_len(ev), room = type->nr * (size_t)FIELDS_TEXT;
	char *to = sink_room(sink, room);
	struct fields_row *row;
	uint64_t number;

	for (row = type->row; row->end <= len; row++) {
		if (row->kind == FIELDS_STRING) {
			sink->to = to;
			fields_put_string(sink, ev, row);
			to = sink_room(sink, room);
			continue;
		}
		number = fields_number(from[row->head] + row->offset, row);
		if (number != row->last)
			fields_learn(row, number);
		memcpy(to, row->text, FIELDS_TEXT);
		to += row->len;
	}
	sink->to = to;
}

static void fields_put_any(struct sink *sink, const struct procmon_event *ev,
			   const struct fields_type *type)
{
	size_t len = fields_len(ev);
	const struct fields_row *row;
	struct procmon_value value;

	for (row = type->row; row->end <= len; row++) {
		if (row->kind == FIELDS_STRING) {
			fields_put_string(sink, ev, row);
			continue;
		}
		procmon_get(ev, row->field, &value);
		if (value.known && row->kind == FIELDS_S32)
			sink_any_signed(sink, row->field->name, (int64_t)value.number);
		else if (value.known)
			sink_any_number(sink, row->field->name, value.number);
	}
}

void fields_put(struct sink *sink, const struct procmon_event *ev)
{
	struct fields_type *type = fields_type(ev->head.type);

	if (sink->plain)
		fields_put_plain(sink, ev, type);
	else
		fields_put_any(sink, ev, type);
}

void fields_begin(struct sink *sink, const struct procmon_event *ev)
{
	const struct fields_type *type = fields_type(ev->head.type);
	char unknown[EVENT_NAME_LEN], *to;

	if (sink->plain && ev->head.type == type->type) {
		to = memcpy(sink_room(sink, sizeof(type->begin) + FIELDS_TEXT) - 1, type->begin,
			    FIELDS_TEXT);
		sink->to = sink_put_time(to + type->len, ev->head.time_ns);
		sink->some = true;
		return;
	}
	if (sink->format != SINK_TEXT)
		sink_text(sink, "schema", EVENT_SCHEMA);
	sink_text(sink, "event", event_name(ev->head.type, unknown));
	sink_time(sink, "time", ev->head.time_ns);
}
