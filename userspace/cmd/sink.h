/* SPDX-License-Identifier: MIT */
/* sink.h - where the keys and values of an event go: JSON, indented JSON, or text */
#ifndef CMD_SINK_H
#define CMD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "out.h"
#include "quote.h"

/**
 * struct sink - one event after the other, as keys and values
 * @format: how
 * @out: where to
 * @fields: only these keys, NULL-terminated; NULL for all
 * @some: a key of this object has been written
 * @plain: JSON with all keys, which is to be fast: it goes to @to
 * @to, @end: of an event that has begun and is @plain: where its next byte goes, the end of the room there
 * @inside: the key of the object that is open within it, or NULL
 * @items: items of the open list
 */
struct sink {
	enum { SINK_JSON, SINK_JSON_PRETTY, SINK_TEXT } format;
	struct out *out;
	const char **fields;
	bool some, plain;
	char *to, *end;
	const char *inside;
	unsigned int items;
};

bool sink_wants(const struct sink *sink, const char *key);
/* Microseconds, with the nanoseconds behind a point. */
void sink_micros(struct sink *sink, const char *key, uint64_t ns);
/* An object within: begin, its keys and values, end.  In text its keys are "KEY.key". */
bool sink_object(struct sink *sink, const char *key);
void sink_object_end(struct sink *sink);
/* An object in a list, in JSON. */
void sink_item_object(struct sink *sink, const char *list);
void sink_item_object_end(struct sink *sink);

/* What follows, in any format, is in sink.c; in plain JSON here, where the compiler knows most keys. */
void sink_any_number(struct sink *sink, const char *key, uint64_t number);
void sink_any_signed(struct sink *sink, const char *key, int64_t number);
void sink_any_bool(struct sink *sink, const char *key, bool value);
void sink_any_text(struct sink *sink, const char *key, const char *text);
void sink_any_id(struct sink *sink, const char *key, uint64_t number);
void sink_any_bytes(struct sink *sink, const char *key, const char *bytes, size_t len);
bool sink_any_list(struct sink *sink, const char *key);
void sink_any_list_end(struct sink *sink);
void sink_any_item(struct sink *sink, const char *bytes, size_t len);
void sink_any_time(struct sink *sink, const char *key, uint64_t boot_ns);
void sink_make_room(struct sink *sink, size_t more);
void sink_any_begin(struct sink *sink);
void sink_any_end(struct sink *sink);
char *sink_put_time(char *to, uint64_t boot_ns);

#define SINK_VALUE 64 /* room for what is around a key, and a value that is no string */
/* All of these, however large: what the compiler then knows is what makes them fast. */
#define SINK_INLINE static inline __attribute__((always_inline))

/* Room for a value of @more bytes, and those around it. */
SINK_INLINE char *sink_room(struct sink *sink, size_t more)
{
	if ((size_t)(sink->end - sink->to) < more + SINK_VALUE)
		sink_make_room(sink, more + SINK_VALUE);
	return sink->to;
}

SINK_INLINE void sink_begin(struct sink *sink)
{
	struct out *out = sink->out;

	sink->some = false;
	sink->plain = sink->format == SINK_JSON && !sink->fields;
	if (!sink->plain) {
		sink_any_begin(sink);
		return;
	}
	sink->to = out_room(out, SINK_VALUE);
	sink->end = out->buf + out->cap;
	*sink->to++ = '{';
}

SINK_INLINE void sink_end(struct sink *sink)
{
	if (!sink->plain) {
		sink_any_end(sink);
		return;
	}
	memcpy(sink_room(sink, 0), "}\n", 2);
	sink->plain = false;
	sink->out->len = (size_t)(sink->to + 2 - sink->out->buf);
}

SINK_INLINE char *sink_plain_key(struct sink *sink, const char *key, size_t more)
{
	size_t len = strlen(key);
	char *to = sink_room(sink, len + more);

	*to = ',';
	to += sink->some;
	sink->some = true;
	*to++ = '"';
	memcpy(to, key, len);
	memcpy(to + len, "\":", 2);
	return to + len + 2;
}

SINK_INLINE void sink_number(struct sink *sink, const char *key, uint64_t number)
{
	if (sink->plain)
		sink->to = out_number(sink_plain_key(sink, key, 0), number);
	else
		sink_any_number(sink, key, number);
}

SINK_INLINE char *sink_plain_signed(char *to, int64_t number)
{
	*to = '-';
	return out_number(to + (number < 0), number < 0 ? -(uint64_t)number : (uint64_t)number);
}

SINK_INLINE void sink_signed(struct sink *sink, const char *key, int64_t number)
{
	if (sink->plain)
		sink->to = sink_plain_signed(sink_plain_key(sink, key, 0), number);
	else
		sink_any_signed(sink, key, number);
}

SINK_INLINE void sink_bool(struct sink *sink, const char *key, bool value)
{
	char *to;

	if (!sink->plain) {
		sink_any_bool(sink, key, value);
		return;
	}
	to = sink_plain_key(sink, key, 0);
	memcpy(to, value ? "true" : "false", 5);
	sink->to = to + 5 - value;
}

/* Text of ours: plain ASCII. */
SINK_INLINE void sink_text(struct sink *sink, const char *key, const char *text)
{
	size_t len;
	char *to;

	if (!sink->plain) {
		sink_any_text(sink, key, text);
		return;
	}
	len = strlen(text);
	to = sink_plain_key(sink, key, len);
	*to++ = '"';
	memcpy(to, text, len);
	to[len] = '"';
	sink->to = to + len + 1;
}

/* A number that may be too large for a JSON reader's numbers: as a string. */
SINK_INLINE void sink_id(struct sink *sink, const char *key, uint64_t number)
{
	char *to;

	if (!sink->plain) {
		sink_any_id(sink, key, number);
		return;
	}
	to = sink_plain_key(sink, key, 0);
	*to++ = '"';
	to = out_number(to, number);
	*to = '"';
	sink->to = to + 1;
}

/* A time, in RFC 3339. */
SINK_INLINE void sink_time(struct sink *sink, const char *key, uint64_t boot_ns)
{
	if (sink->plain)
		sink->to = sink_put_time(sink_plain_key(sink, key, 0), boot_ns);
	else
		sink_any_time(sink, key, boot_ns);
}

/* Bytes of strangers.  In JSON KEY_raw and a list of numbers when they are no UTF-8. */
SINK_INLINE void sink_bytes(struct sink *sink, const char *key, const char *bytes, size_t len)
{
	bool some = sink->some;
	char *to = NULL;

	if (sink->plain)
		to = quote_copy(sink_plain_key(sink, key, len), bytes, len);
	if (to) {
		sink->to = to;
		return;
	}
	sink->some = some;
	sink_any_bytes(sink, key, bytes, len);
}

/* A list: begin, items, end. */
SINK_INLINE bool sink_list(struct sink *sink, const char *key)
{
	char *to;

	if (!sink->plain)
		return sink_any_list(sink, key);
	to = sink_plain_key(sink, key, 0);
	*to = '[';
	sink->to = to + 1;
	sink->items = 0;
	return true;
}

SINK_INLINE void sink_list_end(struct sink *sink)
{
	if (!sink->plain) {
		sink_any_list_end(sink);
		return;
	}
	*sink_room(sink, 0) = ']';
	sink->to++;
}

SINK_INLINE void sink_item(struct sink *sink, const char *bytes, size_t len)
{
	char *to = NULL;

	if (sink->plain) {
		to = sink_room(sink, len);
		*to = ',';
		to = quote_copy(to + (sink->items > 0), bytes, len);
	}
	if (!to) {
		sink_any_item(sink, bytes, len);
		return;
	}
	sink->items++;
	sink->to = to;
}

#endif
