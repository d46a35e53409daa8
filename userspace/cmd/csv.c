// SPDX-License-Identifier: MIT
/*
 * A cell of text is the text itself where that is harmless.  Else it is what JSON would tell, a string in
 * quotes or a list of bytes: what no program may show or run, and what could be taken for the other.
 * Neither begins as a formula does, in any program that shows tables.
 */
#include "csv.h"

#include <string.h>

#include "key.h"
#include "quote.h"
#include "text.h"

#define CSV_COLUMNS 256

static struct key csv_columns[CSV_COLUMNS];
static size_t csv_count;
static struct out csv_cell = { .fd = -1 };

static const char *const csv_default[] = {
	"time",	     "event",	    "pid",   "ppid",	    "uid",
	"user",	     "comm",	    "exe",   "args",	    "cwd",
	"exit_code", "signal_name", "flags", "duration_ns", "container.name",
	"id",	     "parent_id",   "count", NULL,
};

static void csv_end_line(struct out *out)
{
	OUT_LITERAL(out, "\r\n");
}

void csv_heading(struct show *show)
{
	const struct options *options = show->options;
	const char *const *name = options->fields ? (const char *const *)options->fields :
						    csv_default;
	struct out *out = &show->out;

	for (csv_count = 0; *name && csv_count < CSV_COLUMNS; name++) {
		key_find(&csv_columns[csv_count], *name, strlen(*name));
		if (options->headings) {
			if (csv_count)
				out_char(out, ',');
			out_str(out, *name);
		}
		csv_count++;
	}
	if (options->headings)
		csv_end_line(out);
}

/* Would a table begin to compute, or a reader take it for JSON? */
static bool csv_begins_badly(const char *text, size_t len)
{
	static const char *const signs[] = { "=",  "+", "-",	  "@",	    " ",      "[",
					     "\"", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20" };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (len >= strlen(signs[i]) && !memcmp(text, signs[i], strlen(signs[i])))
			return true;
	return false;
}

static bool csv_is_harmless(const char *text, size_t len)
{
	size_t i, n;
	uint32_t c;

	if (csv_begins_badly(text, len))
		return false;
	for (i = 0; i < len; i += n) {
		n = text_utf8(text + i, len - i, &c);
		if (!n || (!quote_is_plain(c) && c != '"' && c != '\\'))
			return false;
	}
	return true;
}

static void csv_list(struct out *out, const struct key_value *list)
{
	const char *at = list->text, *end = at + list->len;

	out_char(out, '[');
	while (at < end) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		size_t len = (size_t)((nul ? nul : end) - at);

		if (at > list->text)
			out_char(out, ',');
		quote_either(out, at, len);
		at += len + 1;
	}
	out_char(out, ']');
}

/* Within quotes, each quote twice: what is between is for the reader. */
static void csv_put_cell(struct out *out, const char *bytes, size_t len)
{
	const char *quote;

	out_char(out, '"');
	while ((quote = memchr(bytes, '"', len))) {
		size_t n = (size_t)(quote + 1 - bytes);

		out_put(out, bytes, n);
		out_char(out, '"');
		bytes += n;
		len -= n;
	}
	out_put(out, bytes, len);
	out_char(out, '"');
}

void csv_put_text(struct out *out, const char *bytes, size_t len)
{
	if (csv_is_harmless(bytes, len)) {
		csv_put_cell(out, bytes, len);
		return;
	}
	csv_cell.len = 0;
	quote_either(&csv_cell, bytes, len);
	csv_put_cell(out, csv_cell.buf, csv_cell.len);
}

static void csv_put(struct out *out, const struct key *key, const struct key_value *value)
{
	csv_cell.len = 0;
	switch (key->kind) {
	case KEY_LIST:
		csv_list(&csv_cell, value);
		csv_put_cell(out, csv_cell.buf, csv_cell.len);
		break;
	case KEY_TEXT:
		csv_put_text(out, value->text, value->len);
		break;
	case KEY_BOOL:
		out_str(out, value->number ? "true" : "false");
		break;
	case KEY_SIGNED:
		out_s64(out, (int64_t)value->number);
		break;
	default:
		out_u64(out, value->number);
	}
}

void csv_event(struct show *show, const struct event *event)
{
	const struct key_event on = key_shown(show, event);
	bool lost = event->ev->head.type == PROCMON_LOST;
	struct out *out = &show->out;
	size_t i;

	for (i = 0; i < csv_count; i++) {
		const struct key *key = &csv_columns[i];
		struct key_value value = { 0 };

		if (i)
			out_char(out, ',');
		if ((!lost || key_is_of_gap(key)) && key->get(key, &on, &value))
			csv_put(out, key, &value);
	}
	csv_end_line(out);
}
