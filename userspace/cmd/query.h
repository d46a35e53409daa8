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

/*
 * Adds an expression, which must hold too; the first one makes *@query.  Return: false: @why tells
 * what is wrong, then the expression, then a caret below the place; *@query is only to be freed.
 */
bool query_add(struct query **query, const char *text, size_t len, struct out *why);
/* Does every expression hold for this event?  NULL: there are none. */
bool query_holds(const struct query *query, const struct key_event *on);
/* Does any of them ask for the key `event`? */
bool query_asks_for_events(const struct query *query);
void query_free(struct query *query);

#endif
