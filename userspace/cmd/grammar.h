/* SPDX-License-Identifier: MIT */
/* grammar.h - expressions as trees of tests */
#ifndef CMD_GRAMMAR_H
#define CMD_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"
#include "out.h"
#include "pattern.h"

enum query_op { QUERY_KNOWN, QUERY_EQUAL, QUERY_LESS, QUERY_AT_MOST, QUERY_MATCH, QUERY_GLOB };

struct query_value {
	uint64_t number;
	char *text;
	size_t len;
};

/**
 * struct query_node - a part of an expression
 * @kind: one of its parts must hold, or all of them; or a test
 * @negated: it holds when it does not
 * @first, @next: its parts, the next part of what it belongs to
 * @key, @op, @values, @nr_values, @pattern: a test
 * @inverted: the opposite of @op, where the key is known
 */
struct query_node {
	enum { QUERY_ANY, QUERY_ALL, QUERY_TEST } kind;
	bool negated;
	struct query_node *first, *next;
	struct key key;
	enum query_op op;
	bool inverted;
	struct query_value *values;
	size_t nr_values;
	struct pattern *pattern;
};

/*
 * Reads an expression into @node, which is empty.  Return: false: @why tells what is wrong.
 * @asks_for_events is set when the expression names the key `event`.
 */
bool grammar_parse(struct query_node *node, const char *text, size_t len, bool *asks_for_events,
		   struct out *why);
/* Frees what @node consists of. */
void grammar_free(struct query_node *node);

#endif
