/* SPDX-License-Identifier: MIT */
/* query.h - expressions that an event must fulfil: exe ~ "^/tmp/" and uid != 0 */
#ifndef CMD_QUERY_H
#define CMD_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"
#include "out.h"

#define QUERY_MAX 65536 /* bytes of an expression */
#define QUERY_DEPTH 64 /* parentheses within parentheses */

struct query;
struct query_node;

/*
 * Adds an expression, which must hold too; the first one makes *@query.  Return: false: @why tells
 * what is wrong, then the expression, then a caret below the place; *@query is only to be freed.
 */
bool query_add(struct query **query, const char *text, size_t len, struct out *why);
/* Does every expression hold for this event?  NULL: there are none. */
bool query_holds(const struct query *query, const struct key_event *on);
/* Calls @take for each test, but for those in what is negated. */
void query_each_test(const struct query *query,
		     void (*take)(void *data, const struct query_node *test), void *data);
/* Can every expression hold for some event, if each of those tests @can for one? */
bool query_can_hold(const struct query *query,
		    bool (*can)(void *data, const struct query_node *test), void *data);
/* Parts of it: does this test hold for an event, or for the value of its key, which it has? */
bool query_test_holds(const struct query_node *test, const struct key_event *on);
bool query_value_holds(const struct query_node *test, const struct key_value *value);
/* Does any of them ask for the key `event`? */
bool query_asks_for_events(const struct query *query);
void query_free(struct query *query);

#endif
