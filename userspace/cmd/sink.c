// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "sink.h"

#include <string.h>

#include "clock.h"
#include "text.h"

#define SINK_KEY_WIDTH 16 /* of the keys in text */
#define SINK_KEY_MORE 8 /* bytes around a key in JSON, a NUL that is written over included */

/* What follows writes to @sink->out itself. */
static void sink_pause(struct sink *sink)
{
	if (sink->plain)
		sink->out->len = (size_t)(sink->to - sink->out->buf);
}

static void sink_resume(struct sink *sink)
{
	if (!sink->plain)
		return;
	sink->to = sink->out->buf + sink->out->len;
	sink->end = sink->out->buf + sink->out->cap;
}

void sink_make_room(struct sink *sink, size_t more)
{
	sink_pause(sink);
	out_room(sink->out, more);
	sink_resume(sink);
}

/* Is it @key, with @inside before it? */
static bool sink_is_key(const char *field, const char *inside, const char *key)
{
	size_t len = inside ? strlen(inside) : 0;

	if (!inside)
		return !strcmp(field, key);
	return !strncmp(field, inside, len) &&
	       (!field[len] || (field[len] == '.' && !strcmp(field + len + 1, key)));
}

bool sink_wants(const struct sink *sink, const char *key)
{
	const char **field;

	if (!sink->fields)
		return true;
	for (field = sink->fields; *field; field++)
		if (sink_is_key(*field, sink->inside, key))
			return true;
	return false;
}

/* Is @key wanted, or one within it? */
static bool sink_wants_object(const struct sink *sink, const char *key)
{
	const char **field;
	size_t len = strlen(key);

	if (!sink->fields)
		return true;
	for (field = sink->fields; *field; field++)
		if (!strncmp(*field, key, len) && (!(*field)[len] || (*field)[len] == '.'))
			return true;
	return false;
}

void sink_any_begin(struct sink *sink)
{
	if (sink->format != SINK_TEXT)
		out_char(sink->out, '{');
}

void sink_any_end(struct sink *sink)
{
	if (sink->format == SINK_JSON_PRETTY && sink->some)
		out_char(sink->out, '\n');
	if (sink->format != SINK_TEXT)
		out_char(sink->out, '}');
	out_char(sink->out, '\n');
}

/* In columns. */
static void sink_text_key(struct sink *sink, const char *key)
{
	struct out *out = sink->out;
	size_t len = strlen(key);

	OUT_LITERAL(out, "  ");
	if (sink->inside) {
		out_str(out, sink->inside);
		out_char(out, '.');
		len += strlen(sink->inside) + 1;
	}
	out_str(out, key);
	for (; len < SINK_KEY_WIDTH; len++)
		out_char(out, ' ');
	out_char(out, ' ');
}

/* `,"key":`, with room made once: there is a key before every value. */
static void sink_put_key(struct sink *sink, const char *key, const char *suffix)
{
	struct out *out = sink->out;
	size_t len = strlen(key), suffix_len = *suffix ? strlen(suffix) : 0;
	char *start = out_room(out, len + suffix_len + SINK_KEY_MORE), *to = start;

	if (sink->some)
		*to++ = ',';
	if (sink->format == SINK_JSON_PRETTY)
		to = stpcpy(to, sink->inside ? "\n\t\t" : "\n\t");
	*to++ = '"';
	to = mempcpy(to, key, len);
	if (suffix_len)
		to = mempcpy(to, suffix, suffix_len);
	*to++ = '"';
	*to++ = ':';
	if (sink->format == SINK_JSON_PRETTY)
		*to++ = ' ';
	out->len += (size_t)(to - start);
}

/* Writes the key.  Return: its value is wanted. */
static bool sink_key(struct sink *sink, const char *key, const char *suffix)
{
	if (sink->fields && !sink_wants(sink, key))
		return false;
	if (sink->format == SINK_TEXT)
		sink_text_key(sink, key);
	else
		sink_put_key(sink, key, suffix);
	sink->some = true;
	return true;
}

static void sink_done(struct sink *sink)
{
	if (sink->format == SINK_TEXT)
		out_char(sink->out, '\n');
}

void sink_any_number(struct sink *sink, const char *key, uint64_t number)
{
	if (!sink_key(sink, key, ""))
		return;
	out_u64(sink->out, number);
	sink_done(sink);
}

void sink_any_signed(struct sink *sink, const char *key, int64_t number)
{
	if (!sink_key(sink, key, ""))
		return;
	out_s64(sink->out, number);
	sink_done(sink);
}

void sink_micros(struct sink *sink, const char *key, uint64_t ns)
{
	sink_pause(sink);
	if (!sink_key(sink, key, ""))
		return; /* then it is not plain */
	out_u64(sink->out, ns / 1000);
	out_char(sink->out, '.');
	out_padded(sink->out, ns % 1000, 3);
	sink_done(sink);
	sink_resume(sink);
}

void sink_any_bool(struct sink *sink, const char *key, bool value)
{
	if (!sink_key(sink, key, ""))
		return;
	out_str(sink->out, value ? "true" : "false");
	sink_done(sink);
}

static void sink_quote(struct sink *sink)
{
	if (sink->format != SINK_TEXT)
		out_char(sink->out, '"');
}

void sink_any_text(struct sink *sink, const char *key, const char *text)
{
	if (!sink_key(sink, key, ""))
		return;
	sink_quote(sink);
	out_str(sink->out, text);
	sink_quote(sink);
	sink_done(sink);
}

void sink_any_id(struct sink *sink, const char *key, uint64_t number)
{
	if (!sink_key(sink, key, ""))
		return;
	sink_quote(sink);
	out_u64(sink->out, number);
	sink_quote(sink);
	sink_done(sink);
}

char *sink_put_time(char *to, uint64_t boot_ns)
{
	*to++ = '"';
	to = clock_put_utc(to, boot_ns);
	*to++ = '"';
	return to;
}

void sink_any_time(struct sink *sink, const char *key, uint64_t boot_ns)
{
	if (!sink_key(sink, key, ""))
		return;
	sink_quote(sink);
	clock_put(sink->out, boot_ns, CLOCK_STYLE_UTC);
	sink_quote(sink);
	sink_done(sink);
}

void sink_any_bytes(struct sink *sink, const char *key, const char *bytes, size_t len)
{
	bool raw = sink->format != SINK_TEXT && !text_is_utf8(bytes, len);

	sink_pause(sink);
	if (!sink_key(sink, key, raw ? "_raw" : ""))
		return; /* then it is not plain */
	if (sink->format == SINK_TEXT)
		text_put(sink->out, bytes, len);
	else if (raw)
		quote_bytes(sink->out, bytes, len);
	else
		quote_string(sink->out, bytes, len);
	sink_done(sink);
	sink_resume(sink);
}

bool sink_any_list(struct sink *sink, const char *key)
{
	if (!sink_key(sink, key, ""))
		return false;
	sink->items = 0;
	if (sink->format != SINK_TEXT)
		out_char(sink->out, '[');
	return true;
}

void sink_any_item(struct sink *sink, const char *bytes, size_t len)
{
	sink_pause(sink);
	if (sink->items++)
		out_char(sink->out, sink->format == SINK_TEXT ? ' ' : ',');
	if (sink->format == SINK_TEXT)
		text_put_word(sink->out, bytes, len);
	else
		quote_either(sink->out, bytes, len);
	sink_resume(sink);
}

void sink_any_list_end(struct sink *sink)
{
	if (sink->format != SINK_TEXT)
		out_char(sink->out, ']');
	sink_done(sink);
}

bool sink_object(struct sink *sink, const char *key)
{
	if (!sink_wants_object(sink, key))
		return false;
	sink_pause(sink);
	if (sink->format != SINK_TEXT) {
		sink_put_key(sink, key, "");
		out_char(sink->out, '{');
		sink->some = false;
	}
	sink_resume(sink);
	sink->inside = key;
	return true;
}

void sink_object_end(struct sink *sink)
{
	sink->inside = NULL;
	if (sink->format == SINK_TEXT)
		return;
	sink_pause(sink);
	if (sink->format == SINK_JSON_PRETTY && sink->some)
		OUT_LITERAL(sink->out, "\n\t");
	out_char(sink->out, '}');
	sink->some = true;
	sink_resume(sink);
}

void sink_item_object(struct sink *sink, const char *list)
{
	sink_pause(sink);
	if (sink->items++)
		out_char(sink->out, ',');
	out_char(sink->out, '{');
	sink->inside = list;
	sink->some = false;
	sink_resume(sink);
}

void sink_item_object_end(struct sink *sink)
{
	sink_pause(sink);
	if (sink->format == SINK_JSON_PRETTY)
		OUT_LITERAL(sink->out, "\n\t");
	out_char(sink->out, '}');
	sink->inside = NULL;
	sink->some = true;
	sink_resume(sink);
}
