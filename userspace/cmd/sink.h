/* SPDX-License-Identifier: MIT */
/* sink.h - where the keys and values of an event go: JSON, indented JSON, or text */
#ifndef CMD_SINK_H
#define CMD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

/**
 * struct sink - one event after the other, as keys and values
 * @format: how
 * @out: where to
 * @fields: only these keys, NULL-terminated; NULL for all
 * @some: a key of this object has been written
 * @inside: the key of the object that is open within it, or NULL
 * @items: items of the open list
 */
struct sink {
	enum { SINK_JSON, SINK_JSON_PRETTY, SINK_TEXT } format;
	struct out *out;
	const char **fields;
	bool some;
	const char *inside;
	unsigned int items;
};

void sink_begin(struct sink *sink);
void sink_end(struct sink *sink);
bool sink_wants(const struct sink *sink, const char *key);
void sink_number(struct sink *sink, const char *key, uint64_t number);
void sink_signed(struct sink *sink, const char *key, int64_t number);
void sink_bool(struct sink *sink, const char *key, bool value);
/* Microseconds, with the nanoseconds behind a point. */
void sink_micros(struct sink *sink, const char *key, uint64_t ns);
/* Text of ours: plain ASCII. */
void sink_text(struct sink *sink, const char *key, const char *text);
/* A number that may be too large for a JSON reader's numbers: as a string. */
void sink_id(struct sink *sink, const char *key, uint64_t number);
/* Bytes of strangers.  In JSON KEY_raw and a list of numbers when they are no UTF-8. */
void sink_bytes(struct sink *sink, const char *key, const char *bytes, size_t len);
/* A list: begin, items, end. */
bool sink_list(struct sink *sink, const char *key);
void sink_item(struct sink *sink, const char *bytes, size_t len);
void sink_list_end(struct sink *sink);
/* An object within: begin, its keys and values, end.  In text its keys are "KEY.key". */
bool sink_object(struct sink *sink, const char *key);
void sink_object_end(struct sink *sink);
/* An object in a list, in JSON. */
void sink_item_object(struct sink *sink, const char *list);
void sink_item_object_end(struct sink *sink);
/* A time, in RFC 3339. */
void sink_time(struct sink *sink, const char *key, uint64_t boot_ns);

#endif
