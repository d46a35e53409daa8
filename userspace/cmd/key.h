/* SPDX-License-Identifier: MIT */
/* key.h - what a key of JSON means for an event, looked up by name once and asked for often */
#ifndef CMD_KEY_H
#define CMD_KEY_H

#include <procmon.h>

#include "show.h"

#define KEY_NAME_LEN 64
#define KEY_WORDS 65 /* as many as there are signals */
#define KEY_TYPES 32 /* event types that --event could tell apart */

enum key_kind { KEY_NUMBER, KEY_SIGNED, KEY_BOOL, KEY_TEXT, KEY_LIST };

/**
 * struct key_event - an event, and all that it is shown with
 * @show: the stream it belongs to
 * @proc: what is known of its process, or NULL
 * @where: what is known of its cgroup, or NULL
 * @shown: to show it; else to choose by it, which sees more
 */
struct key_event {
	const struct show *show;
	const struct procmon_event *ev;
	const struct proc *proc;
	const struct where *where;
	bool shown;
};

/* To show an event. */
static inline struct key_event key_shown(const struct show *show, const struct event *event)
{
	return (struct key_event){ show, event->ev, event->proc, event->where, .shown = true };
}

/**
 * struct key_value - of a key of an event, valid until the next one is asked for
 * @number: numbers (KEY_SIGNED as its two's complement), KEY_BOOL
 * @text, @len: text, with a NUL after it; of a list the items, each ended by a NUL, the last one
 *	perhaps not
 */
struct key_value {
	uint64_t number;
	const char *text;
	size_t len;
};

/**
 * struct key - a key
 * @kind: of its values
 * @get: its value for an event; false: the event has no such key
 * @word: the words it can have, by numbers below KEY_WORDS, some of which have none; NULL: any
 * @field: the field of that name, for each event type that has one
 * @id: a number that may be too large for a JSON reader's numbers: told as a string
 * @asked: told only when it is asked for
 */
struct key {
	char name[KEY_NAME_LEN];
	enum key_kind kind;
	bool (*get)(const struct key *key, const struct key_event *on, struct key_value *value);
	const char *(*word)(unsigned int number);
	const struct procmon_field *field[KEY_TYPES];
	bool id, asked;
};

/* Return: false: no event can have such a key. */
bool key_find(struct key *key, const char *name, size_t len);
/* Is it one of those that are known of what was lost?  All else would be that of no process. */
bool key_is_of_gap(const struct key *key);
/* The key that may have been meant, or NULL. */
const char *key_nearest(const char *name, size_t len);

#endif
