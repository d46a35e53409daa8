// SPDX-License-Identifier: MIT
/*
 * Keys that have a row stand where it says.  All others stand in one object under their own names, and
 * there, too, as json has them, the bytes of strings that are no UTF-8: schemas have no place for them.
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "nest.h"
#include "quote.h"
#include "reference.h"
#include "text.h"

#define MAP_KEYS 192
#define MAP_ROWS 96
#define MAP_PATH 96

/**
 * struct map_key - a key in the rest
 * @path: where it stands there
 * @raw: where its bytes do when they are no UTF-8
 * @mapped: a row tells it
 */
struct map_key {
	struct key key;
	char path[MAP_PATH], raw[MAP_PATH];
	bool mapped;
};

/* The schema that is in use: no command shows two of them. */
static struct map_use {
	const struct map *map;
	struct key row[MAP_ROWS];
	struct map_key rest[MAP_KEYS];
	size_t nr_rest;
} map_use;

/* Does a row tell all of it?  Milliseconds and the last part of a path do not. */
static bool map_has_row(const struct map *map, const char *name)
{
	size_t i;

	for (i = 0; i < map->nr_rows; i++)
		if ((map->rows[i].form == MAP_PLAIN || map->rows[i].form == MAP_STRING) &&
		    !strcmp(map->rows[i].key, name))
			return true;
	return false;
}

static void map_add_rest(const char *name)
{
	struct map_key *rest = &map_use.rest[map_use.nr_rest];

	if (map_use.nr_rest == MAP_KEYS || !key_find(&rest->key, name, strlen(name)))
		return;
	snprintf(rest->path, sizeof(rest->path), "%s.%s", map_use.map->rest, name);
	snprintf(rest->raw, sizeof(rest->raw), "%s.%s_raw", map_use.map->rest, name);
	rest->mapped = map_has_row(map_use.map, name);
	map_use.nr_rest++;
}

/* What is wrong with a string is told beside it. */
static void map_add_key(const char *name)
{
	static const char *const notes[] = { "full_len", "error" };
	char note[KEY_NAME_LEN];
	size_t i;

	if (!strcmp(name, "container") || !strcmp(name, "pod"))
		return; /* their keys come one by one */
	map_add_rest(name);
	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		snprintf(note, sizeof(note), "%s_%s", name, notes[i]);
		map_add_rest(note);
	}
}

static void map_begin(const struct map *map)
{
	const char *name, *doc;
	size_t i;

	map_use = (struct map_use){ .map = map };
	for (i = 0; i < map->nr_rows && i < MAP_ROWS; i++)
		if (map->rows[i].key)
			key_find(&map_use.row[i], map->rows[i].key, strlen(map->rows[i].key));
	for (i = 0; (name = reference_key(i, &doc)); i++)
		map_add_key(name);
}

bool map_wants(const struct options *options, const struct key *key)
{
	const char **field;

	if (!options->fields)
		return !key->asked;
	for (field = options->fields; *field; field++) {
		size_t len = strlen(*field);

		if (!strncmp(key->name, *field, len) && (!key->name[len] || key->name[len] == '.'))
			return true;
	}
	return false;
}

static uint32_t map_bit(const struct procmon_head *head)
{
	if (head->type == PROCMON_LOST)
		return MAP_LOST;
	if (head->type == PROCMON_SNAPSHOT)
		return OPTIONS_SNAPSHOT;
	if (head->flags & PROCMON_F_THREAD)
		return MAP_THREAD;
	return head->type < 30 ? 1u << head->type : 1u << 29;
}

/* Calls @put for each item of a list. */
static void map_items(struct out *out, const struct key_value *list, char between,
		      void (*put)(struct out *out, const char *bytes, size_t len))
{
	const char *at = list->text, *end = at + list->len;

	while (at < end) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		size_t len = (size_t)((nul ? nul : end) - at);

		if (at > list->text)
			out_char(out, between);
		put(out, at, len);
		at += len + 1;
	}
}

static void map_list(struct out *out, const struct key_value *list,
		     void (*put)(struct out *out, const char *bytes, size_t len))
{
	out_char(out, '[');
	map_items(out, list, ',', put);
	out_char(out, ']');
}

static void map_put_bytes(struct out *out, const char *bytes, size_t len)
{
	out_put(out, bytes, len);
}

static void map_line(struct out *out, const struct key_value *list)
{
	static struct out line = { .fd = -1 };

	line.len = 0;
	map_items(&line, list, ' ', map_put_bytes);
	quote_lossy(out, line.buf, line.len);
}

static void map_base(struct out *out, const struct key_value *value)
{
	size_t start = value->len;

	while (start && value->text[start - 1] != '/')
		start--;
	quote_lossy(out, value->text + start, value->len - start);
}

/* @put: how a string is told. */
static void map_plain(struct out *out, const struct key *key, const struct key_value *value,
		      void (*put)(struct out *out, const char *bytes, size_t len))
{
	switch (key->kind) {
	case KEY_LIST:
		map_list(out, value, put);
		break;
	case KEY_TEXT:
		put(out, value->text, value->len);
		break;
	case KEY_BOOL:
		out_str(out, value->number ? "true" : "false");
		break;
	case KEY_SIGNED:
		out_s64(out, (int64_t)value->number);
		break;
	default:
		if (key->id)
			out_char(out, '"');
		out_u64(out, value->number);
		if (key->id)
			out_char(out, '"');
	}
}

static void map_put(struct out *out, const struct map_row *row, const struct key *key,
		    const struct key_value *value)
{
	switch (row->form) {
	case MAP_CONST:
		out_str(out, row->text);
		break;
	case MAP_STRING:
		out_char(out, '"');
		out_u64(out, value->number);
		out_char(out, '"');
		break;
	case MAP_BASE:
		map_base(out, value);
		break;
	case MAP_LINE:
		map_line(out, value);
		break;
	case MAP_TIME:
		out_char(out, '"');
		clock_put(out, value->number, CLOCK_STYLE_UTC);
		out_char(out, '"');
		break;
	case MAP_MILLI:
		out_s64(out, clock_wall_ns(value->number) / (NSEC_PER_SEC / 1000));
		break;
	default:
		map_plain(out, key, value, quote_lossy);
	}
}

static void map_row(struct nest *nest, const struct key_event *on, uint32_t bit, size_t i)
{
	const struct map_row *row = &map_use.map->rows[i];
	const struct key *key = &map_use.row[i];
	struct key_value value = { 0 };

	if (!(bit & (row->events ? row->events : MAP_PROCESSES)))
		return;
	if (row->key && !row->needed && !map_wants(on->show->options, key))
		return;
	if (row->key && !key->get(key, on, &value))
		return;
	nest_key(nest, row->path);
	map_put(nest->out, row, key, &value);
}

static bool map_is_raw(const struct key *key, const struct key_value *value)
{
	return (key->kind == KEY_TEXT || key->kind == KEY_LIST) &&
	       !text_is_utf8(value->text, value->len);
}

static void map_rest(struct nest *nest, const struct key_event *on, const struct map_key *rest)
{
	struct key_value value = { 0 };
	bool raw;

	if (!map_wants(on->show->options, &rest->key) || !rest->key.get(&rest->key, on, &value))
		return;
	raw = map_is_raw(&rest->key, &value);
	if (rest->mapped && !raw)
		return;
	nest_key(nest,
		 raw && (rest->mapped || rest->key.kind == KEY_TEXT) ? rest->raw : rest->path);
	map_plain(nest->out, &rest->key, &value, quote_either);
}

void map_event(struct show *show, const struct map *map, const struct event *event)
{
	const struct key_event on = key_shown(show, event);
	uint32_t bit = map_bit(&event->ev->head);
	struct nest nest = { .out = &show->out };
	size_t i;

	if (map_use.map != map)
		map_begin(map);
	nest_begin(&nest);
	for (i = 0; i < map->nr_rows; i++)
		map_row(&nest, &on, bit, i);
	for (i = 0; i < map_use.nr_rest && bit != MAP_LOST; i++)
		map_rest(&nest, &on, &map_use.rest[i]);
	nest_end(&nest);
}
