// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "fields.h"

#include <stdio.h>
#include <string.h>

#include "body.h"
#include "event.h"
#include "names.h"
#include "str.h"

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

#define FIELDS_TEXT 48 /* bytes of a key and a number in JSON, more than there can be */
#define FIELDS_BEGIN 64 /* the same of what an event begins with, up to its time */

/**
 * struct fields_row - a field that is told as its table has it
 * @at: where the eight bytes begin that end with it, from the begin of the event: what ends before is special
 * @end: where it ends; no row ends before the one before it
 * @mask: those of the eight bytes that are its own, none of a string
 * @last: the eight bytes of the number that came last, without the others: the next one is often the same.
 *	No bytes are those of a string
 * @text: in plain JSON: a key of @key_len bytes and that number, @len bytes, none when it is unknown
 * @field: the field
 */
struct fields_row {
	uint32_t at, end;
	uint64_t mask, last;
	char text[FIELDS_TEXT];
	uint8_t len, key_len;
	const struct procmon_field *field;
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
	char begin[FIELDS_BEGIN];
};

static struct fields_type fields_types[FIELDS_TYPES];

#define FIELDS_N(type, name, unknown, doc)                                                         \
	_Static_assert(sizeof(",\"" #name "\":-") - 1 + OUT_NUMBER <= FIELDS_TEXT,                 \
		       "key and number fit");
#define FIELDS_S(name, doc)                                                                        \
	_Static_assert(sizeof(",\"" #name "\":") <= FIELDS_TEXT, "the key fits");
PROCMON_HEAD_FIELDS(FIELDS_N, FIELDS_S)
PROCMON_FORK_FIELDS(FIELDS_N, FIELDS_S)
PROCMON_EXEC_FIELDS(FIELDS_N, FIELDS_S)
PROCMON_EXIT_FIELDS(FIELDS_N, FIELDS_S)
PROCMON_CGROUP_FIELDS(FIELDS_N, FIELDS_S)
PROCMON_NAMED_FIELDS(FIELDS_N, FIELDS_S)

static bool fields_is_string(const struct fields_row *row)
{
	return !row->mask;
}

/* Another number than the last one, as procmon_get() has it. */
SINK_INLINE void fields_learn(struct fields_row *row, uint64_t word)
{
	uint64_t number = word;
	char *to = row->text + row->key_len;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		number >>= 8 * (sizeof(word) - row->field->size);
	if (row->field->kind == PROCMON_KIND_S64)
		number = (uint64_t)(int64_t)(int32_t)number;
	if (number != row->field->unknown)
		to = row->field->kind == PROCMON_KIND_S64 ? sink_plain_signed(to, (int64_t)number) :
							    out_number(to, number);
	else
		to = row->text;
	row->len = (uint8_t)(to - row->text);
	row->last = word;
}

static void fields_make_row(struct fields_row *row, const struct procmon_field *field)
{
	size_t end = (field->head ? 0 : sizeof(struct procmon_head)) + field->offset + field->size;
	bool string = field->kind == PROCMON_KIND_STRING;

	*row = (struct fields_row){
		.field = field,
		.at = (uint32_t)(end - sizeof(row->mask)),
		.end = (uint32_t)end,
		.last = string,
	};
	if (!string)
		memset((char *)(&row->mask + 1) - field->size, 0xff, field->size);
	row->key_len = (uint8_t)snprintf(row->text, sizeof(row->text), ",\"%s\":", field->name);
	if (!string)
		fields_learn(row, 0);
}

/* Once for each type: it is not to burden those who look. */
__attribute__((noinline)) static void fields_make_type(struct fields_type *made, unsigned int type)
{
	const struct procmon_field *field;
	char unknown[EVENT_NAME_LEN];
	unsigned int i;

	for (i = 0; (field = procmon_field(type, i)) && made->nr < FIELDS_MAX; i++)
		if (!fields_is_special(field->name))
			fields_make_row(&made->row[made->nr++], field);
	made->type = type;
	made->len = (uint8_t)snprintf(made->begin, sizeof(made->begin),
				      "{\"schema\":\"" EVENT_SCHEMA "\",\"event\":\"%s\",\"time\":",
				      event_name(type, unknown));
}

/* Of a type without a name: the last one. */
__attribute__((noinline)) static struct fields_type *fields_find_type(unsigned int type)
{
	unsigned int row = type == PROCMON_SNAPSHOT ? 0 :
			   procmon_type_name(type)  ? type :
						      FIELDS_TYPES - 1;

	_Static_assert(PROCMON_CGROUP_ATTACH < FIELDS_TYPES - 1, "a row for each type");
	if (!fields_types[row].len)
		fields_make_type(&fields_types[row], type);
	return &fields_types[row];
}

static inline struct fields_type *fields_type(unsigned int type)
{
	struct fields_type *made = &fields_types[type % FIELDS_TYPES];

	return made->type == type && made->len ? made : fields_find_type(type);
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

static void fields_put_any_string(struct sink *sink, const struct procmon_event *ev,
				  const struct fields_row *row)
{
	struct procmon_value value;

	procmon_get(ev, row->field, &value);
	if (value.known)
		sink_bytes(sink, row->field->name, value.str, value.len);
	fields_put_notes(sink, row->field->name, &value);
}

/* In plain JSON.  Return: where it ends, with @room for what comes after it. */
static char *fields_put_string(struct sink *sink, const struct procmon_event *ev,
			       const struct fields_row *row, size_t room)
{
	const char *text;
	struct procmon_str str;
	char *to;

	memcpy(&str, (const char *)ev->data + row->end - sizeof(str), sizeof(str));
	text = str_text(ev->data, ev->head.len, &str);
	if (text && !(str.flags & (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE))) {
		to = sink_room(sink, room + str.len);
		memcpy(to, row->text, FIELDS_TEXT);
		to = quote_copy(to + row->key_len, text, str.len);
		if (to)
			return to;
	}
	fields_put_any_string(sink, ev, row);
	return sink_room(sink, room);
}

/* How much of an event there is. */
static size_t fields_len(const struct procmon_event *ev)
{
	size_t len = sizeof(ev->head) + ev->head.body_len;

	return !ev->data ? sizeof(ev->head) : len < ev->head.len ? len : ev->head.len;
}

static const struct fields_row *fields_end(const struct fields_type *type,
					   const struct procmon_event *ev)
{
	const struct fields_row *end = type->row + type->nr;
	size_t len = fields_len(ev);

	while (end > type->row && end[-1].end > len)
		end--;
	return end;
}

static void fields_put_plain(struct sink *sink, const struct procmon_event *ev,
			     struct fields_type *type)
{
	size_t room = type->nr * (size_t)FIELDS_TEXT;
	const struct fields_row *end = fields_end(type, ev);
	const char *data = ev->data;
	char *to = sink_room(sink, room);
	struct fields_row *row;
	uint64_t word;

	for (row = type->row; row < end; row++) {
		memcpy(&word, data + row->at, sizeof(word));
		word &= row->mask;
		if (word != row->last) {
			if (fields_is_string(row)) {
				sink->to = to;
				to = fields_put_string(sink, ev, row, room);
				continue;
			}
			fields_learn(row, word);
		}
		memcpy(to, row->text, FIELDS_TEXT);
		to += row->len;
	}
	sink->to = to;
}

static void fields_put_any(struct sink *sink, const struct procmon_event *ev,
			   const struct fields_type *type)
{
	const struct fields_row *row, *end = fields_end(type, ev);
	struct procmon_value value;

	for (row = type->row; row < end; row++) {
		if (fields_is_string(row)) {
			fields_put_any_string(sink, ev, row);
			continue;
		}
		procmon_get(ev, row->field, &value);
		if (value.known && row->field->kind == PROCMON_KIND_S64)
			sink_signed(sink, row->field->name, (int64_t)value.number);
		else if (value.known)
			sink_number(sink, row->field->name, value.number);
	}
}

void fields_put(struct sink *sink, const struct procmon_event *ev)
{
	struct fields_type *type = fields_type(ev->head.type);

	if (sink->plain && ev->data)
		fields_put_plain(sink, ev, type);
	else
		fields_put_any(sink, ev, type);
}

void fields_begin(struct sink *sink, const struct procmon_event *ev)
{
	const struct fields_type *type = fields_type(ev->head.type);
	char unknown[EVENT_NAME_LEN], *to;

	if (sink->plain && ev->head.type == type->type) {
		to = memcpy(sink_room(sink, sizeof(type->begin) + FIELDS_BEGIN) - 1, type->begin,
			    FIELDS_BEGIN);
		sink->to = sink_put_time(to + type->len, ev->head.time_ns);
		sink->some = true;
		return;
	}
	if (sink->format != SINK_TEXT)
		sink_text(sink, "schema", EVENT_SCHEMA);
	sink_text(sink, "event", event_name(ev->head.type, unknown));
	sink_time(sink, "time", ev->head.time_ns);
}
