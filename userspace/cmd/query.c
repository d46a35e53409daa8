// SPDX-License-Identifier: MIT
#include "query.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"

/* All expressions. */
struct query {
	struct query_node all;
	bool asks_for_events;
};

bool query_add(struct query **query, const char *text, size_t len, struct out *why)
{
	struct query_node **link, *node = calloc(1, sizeof(*node));

	if (node && !*query)
		*query = calloc(1, sizeof(**query));
	if (!node || !*query) {
		OUT_LITERAL(why, "out of memory\n");
		free(node);
		return false;
	}
	(*query)->all.kind = QUERY_ALL;
	for (link = &(*query)->all.first; *link; link = &(*link)->next)
		;
	*link = node;
	return grammar_parse(node, text, len, &(*query)->asks_for_events, why);
}

static int query_compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int query_compare(const struct query_node *node, const struct key_value *value,
			 const struct query_value *with)
{
	switch (node->key.kind) {
	case KEY_TEXT:
	case KEY_LIST:
		return query_compare_bytes(value->text, value->len, with->text, with->len);
	case KEY_BOOL:
		return !!value->number - (int)with->number;
	case KEY_SIGNED:
		return ((int64_t)value->number > (int64_t)with->number) -
		       ((int64_t)value->number < (int64_t)with->number);
	default:
		return (value->number > with->number) - (value->number < with->number);
	}
}

static bool query_equals_one(const struct query_node *node, const struct key_value *value)
{
	size_t i;

	for (i = 0; i < node->nr_values; i++)
		if (!query_compare(node, value, &node->values[i]))
			return true;
	return false;
}

static bool query_value_passes(const struct query_node *node, const struct key_value *value)
{
	switch (node->op) {
	case QUERY_EQUAL:
		return query_equals_one(node, value);
	case QUERY_LESS:
		return query_compare(node, value, node->values) < 0;
	case QUERY_AT_MOST:
		return query_compare(node, value, node->values) <= 0;
	case QUERY_MATCH:
		return pattern_matches(node->pattern, value->text, value->len);
	case QUERY_GLOB: /* an error hides nothing */
		return fnmatch(node->values->text, value->text, 0) != FNM_NOMATCH;
	default:
		return node->key.kind != KEY_BOOL || value->number;
	}
}

/* Does any of its items pass? */
static bool query_list_passes(const struct query_node *node, const struct key_value *list)
{
	const char *at = list->text, *end = at + list->len;
	struct key_value item;

	for (; at < end; at = item.text + item.len + 1) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));

		item.text = at;
		item.len = (size_t)((nul ? nul : end) - at);
		if (query_value_passes(node, &item))
			return true;
	}
	return false;
}

bool query_test_holds(const struct query_node *node, const struct key_event *on)
{
	struct key_value value = { 0 };
	bool passes;

	if (!node->key.get(&node->key, on, &value))
		return false;
	if (node->key.kind == KEY_LIST && node->op != QUERY_KNOWN)
		passes = query_list_passes(node, &value);
	else
		passes = query_value_passes(node, &value);
	return passes != node->inverted;
}

bool query_value_holds(const struct query_node *node, const struct key_value *value)
{
	return query_value_passes(node, value) != node->inverted;
}

static bool query_node_holds(const struct query_node *node, const struct key_event *on)
{
	bool all = node->kind == QUERY_ALL, holds = all;
	const struct query_node *part;

	if (node->kind == QUERY_TEST)
		return query_test_holds(node, on) != node->negated;
	for (part = node->first; part && holds == all; part = part->next)
		holds = query_node_holds(part, on);
	return holds != node->negated;
}

bool query_holds(const struct query *query, const struct key_event *on)
{
	return !query || query_node_holds(&query->all, on);
}

/* Of the opposite of something nothing is said. */
static void query_each_test_of(const struct query_node *node,
			       void (*take)(void *data, const struct query_node *test), void *data)
{
	const struct query_node *part;

	if (node->negated)
		return;
	if (node->kind == QUERY_TEST)
		take(data, node);
	for (part = node->first; part; part = part->next)
		query_each_test_of(part, take, data);
}

void query_each_test(const struct query *query,
		     void (*take)(void *data, const struct query_node *test), void *data)
{
	if (query)
		query_each_test_of(&query->all, take, data);
}

static bool query_node_can_hold(const struct query_node *node,
				bool (*can)(void *data, const struct query_node *test), void *data)
{
	bool all = node->kind == QUERY_ALL, holds = all;
	const struct query_node *part;

	if (node->negated)
		return true;
	if (node->kind == QUERY_TEST)
		return can(data, node);
	for (part = node->first; part && holds == all; part = part->next)
		holds = query_node_can_hold(part, can, data);
	return holds;
}

bool query_can_hold(const struct query *query,
		    bool (*can)(void *data, const struct query_node *test), void *data)
{
	return !query || query_node_can_hold(&query->all, can, data);
}

bool query_asks_for_events(const struct query *query)
{
	return query && query->asks_for_events;
}

void query_free(struct query *query)
{
	if (query)
		grammar_free(&query->all);
	free(query);
}
