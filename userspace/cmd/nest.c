// SPDX-License-Identifier: MIT
#include "nest.h"

#include <string.h>

static bool nest_is_list(const char *name, size_t len)
{
	return len > 2 && !memcmp(name + len - 2, "[]", 2);
}

void nest_begin(struct nest *nest)
{
	nest->depth = 0;
	nest->some[0] = false;
	out_char(nest->out, '{');
}

static void nest_close(struct nest *nest)
{
	nest->depth--;
	out_char(nest->out, '}');
	if (nest_is_list(nest->open[nest->depth], nest->len[nest->depth]))
		out_char(nest->out, ']');
}

static void nest_name(struct nest *nest, const char *name, size_t len)
{
	if (nest->some[nest->depth])
		out_char(nest->out, ',');
	nest->some[nest->depth] = true;
	out_char(nest->out, '"');
	out_put(nest->out, name, len);
	OUT_LITERAL(nest->out, "\":");
}

static void nest_open(struct nest *nest, const char *name, size_t len)
{
	bool list = nest_is_list(name, len);

	nest_name(nest, name, list ? len - 2 : len);
	if (list)
		out_char(nest->out, '[');
	out_char(nest->out, '{');
	nest->open[nest->depth] = name;
	nest->len[nest->depth++] = len;
	nest->some[nest->depth] = false;
}

void nest_key(struct nest *nest, const char *path)
{
	unsigned int level = 0;
	const char *dot;

	/* what is open and stays so */
	while ((dot = strchr(path, '.')) && level < nest->depth &&
	       nest->len[level] == (size_t)(dot - path) &&
	       !memcmp(nest->open[level], path, nest->len[level])) {
		path = dot + 1;
		level++;
	}
	while (nest->depth > level)
		nest_close(nest);
	for (; (dot = strchr(path, '.')) && nest->depth < NEST_DEPTH; path = dot + 1)
		nest_open(nest, path, (size_t)(dot - path));
	nest_name(nest, path, strlen(path));
}

void nest_end(struct nest *nest)
{
	while (nest->depth)
		nest_close(nest);
	OUT_LITERAL(nest->out, "}\n");
}
