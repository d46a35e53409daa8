// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "grammar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "query.h"
#include "text.h"

#define GRAMMAR_PATTERNS 16000 /* characters of all patterns of an expression */
#define GRAMMAR_SHOWN 32 /* bytes of what is no key */

/**
 * struct grammar - an expression being read
 * @asks_for_events: set when it names the key `event`
 * @depth: open parentheses
 * @room: what its patterns may still take
 */
struct grammar {
	bool *asks_for_events;
	struct lexer lexer;
	unsigned int depth;
	size_t room;
};

#define KIND(kind) (1u << KEY_##kind)
#define EVERY (KIND(NUMBER) | KIND(SIGNED) | KIND(BOOL) | KIND(TEXT) | KIND(LIST))
#define ORDERED (KIND(NUMBER) | KIND(SIGNED) | KIND(TEXT))
#define TEXTS (KIND(TEXT) | KIND(LIST))

static const struct grammar_operator {
	const char *name;
	enum query_op op;
	bool inverted;
	bool list; /* of values, in parentheses */
	unsigned int kinds;
} grammar_operators[] = {
	{ "=", QUERY_EQUAL, false, false, EVERY },
	{ "==", QUERY_EQUAL, false, false, EVERY },
	{ "!=", QUERY_EQUAL, true, false, EVERY },
	{ "<", QUERY_LESS, false, false, ORDERED },
	{ "<=", QUERY_AT_MOST, false, false, ORDERED },
	{ ">", QUERY_AT_MOST, true, false, ORDERED },
	{ ">=", QUERY_LESS, true, false, ORDERED },
	{ "~", QUERY_MATCH, false, false, TEXTS },
	{ "!~", QUERY_MATCH, true, false, TEXTS },
	{ "in", QUERY_EQUAL, false, true, EVERY },
	{ "glob", QUERY_GLOB, false, false, TEXTS },
};

#define OPERATORS (sizeof(grammar_operators) / sizeof(grammar_operators[0]))

static const struct grammar_unit {
	const char *suffix; /* of the key */
	const char *name;
	uint64_t factor;
} grammar_units[] = {
	{ "_ns", "ns", 1 },	    { "_ns", "us", 1000 },	 { "_ns", "ms", 1000000 },
	{ "_ns", "s", 1000000000 }, { "_ns", "m", 60000000000 }, { "_ns", "h", 3600000000000 },
	{ "_kib", "KiB", 1 },	    { "_kib", "MiB", 1024 },	 { "_kib", "GiB", 1048576 },
};

#define UNITS (sizeof(grammar_units) / sizeof(grammar_units[0]))

static bool grammar_ends_here(const struct grammar *grammar)
{
	return grammar->lexer.token == TOKEN_END || grammar->lexer.token == TOKEN_CLOSE ||
	       lexer_is(&grammar->lexer, "and") || lexer_is(&grammar->lexer, "or");
}

static bool grammar_key_ends_in(const struct key *key, const char *suffix)
{
	size_t len = strlen(key->name), suffix_len = strlen(suffix);

	return len > suffix_len && !strcmp(key->name + len - suffix_len, suffix);
}

/* What a number with this behind it is multiplied by, 0 when it is no unit of that key. */
static uint64_t grammar_factor(const struct key *key, const char *unit)
{
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (grammar_key_ends_in(key, grammar_units[i].suffix) &&
		    !strcmp(grammar_units[i].name, unit))
			return grammar_units[i].factor;
	return !*unit;
}

/* "12", "0x1f", "5ms".  A leading zero is none of C's octal numbers, and nobody's decimal one. */
static bool grammar_number(const struct key *key, const char *text, uint64_t *number)
{
	bool minus = key->kind == KEY_SIGNED && *text == '-';
	uint64_t most = key->kind == KEY_SIGNED ? (uint64_t)INT64_MAX + minus : UINT64_MAX;
	int base = 10;
	char *unit;

	text += minus;
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
		return false;
	}
	if (lexer_hex(*text) < 0 || lexer_hex(*text) >= base)
		return false;
	errno = 0;
	*number = strtoull(text, &unit, base);
	if (errno || __builtin_mul_overflow(*number, grammar_factor(key, unit), number) ||
	    *number > most)
		return false;
	*number = minus ? -*number : *number;
	return grammar_factor(key, unit);
}

static bool grammar_truth(const char *text, uint64_t *number)
{
	*number = !strcmp(text, "true");
	return *number || !strcmp(text, "false");
}

/* Tells which numbers the key takes. */
static bool grammar_fail_number(struct grammar *grammar, const struct key *key)
{
	char units[64] = "";
	size_t i, len = 0;

	for (i = 0; i < UNITS; i++)
		if (grammar_key_ends_in(key, grammar_units[i].suffix))
			len += (size_t)snprintf(units + len, sizeof(units) - len, "%s%s",
						len ? ", " : ", or in ", grammar_units[i].name);
	return lexer_fail(&grammar->lexer, "%s is a number: expected one of 64 bits, 12 or 0x1f%s",
			  key->name, units);
}

/* Could the key ever have this value?  What has no name is told by a number. */
static bool grammar_word_exists(const struct key *key, const char *text)
{
	const char *word;
	unsigned int i;

	for (i = 0; i < KEY_WORDS; i++) {
		word = key->word(i);
		if (word && !strcmp(word, text))
			return true;
	}
	return text[strcspn(text, "0123456789")];
}

static bool grammar_fail_word(struct grammar *grammar, const struct key *key)
{
	char words[200] = "";
	unsigned int i;
	size_t len = 0;

	for (i = 0; i < KEY_WORDS && len < sizeof(words); i++)
		if (key->word(i))
			len += (size_t)snprintf(words + len, sizeof(words) - len, " %s",
						key->word(i));
	return lexer_fail(&grammar->lexer, "%s is never that: expected one of%s", key->name, words);
}

static bool grammar_take_pattern(struct grammar *grammar, struct query_node *node)
{
	char why[128];

	if (strlen(node->values->text) != node->values->len)
		return lexer_fail(&grammar->lexer, "a pattern cannot hold a NUL byte");
	if (node->op == QUERY_GLOB)
		return true;
	node->pattern = pattern_make(node->values->text, &grammar->room, why, sizeof(why));
	if (!node->pattern)
		return lexer_fail(&grammar->lexer, "bad regular expression: %s", why);
	return true;
}

static bool grammar_take_value(struct grammar *grammar, struct query_node *node)
{
	struct query_value *values, *value;
	const char *text;
	bool whole;

	if (grammar->lexer.token != TOKEN_WORD && grammar->lexer.token != TOKEN_STRING)
		return lexer_fail(&grammar->lexer, "expected a value");
	values = reallocarray(node->values, node->nr_values + 1, sizeof(*values));
	if (!values)
		return lexer_fail(&grammar->lexer, "out of memory");
	node->values = values;
	value = &values[node->nr_values++];
	*value = (struct query_value){ 0 };
	value->text = lexer_value(&grammar->lexer, &value->len);
	if (!value->text)
		return lexer_fail(&grammar->lexer, "out of memory");
	text = value->text;
	whole = strlen(text) == value->len;
	if (node->key.kind == KEY_BOOL && !(whole && grammar_truth(text, &value->number)))
		return lexer_fail(&grammar->lexer, "expected true or false");
	if ((1u << node->key.kind & (KIND(NUMBER) | KIND(SIGNED))) &&
	    !(whole && grammar_number(&node->key, text, &value->number)))
		return grammar_fail_number(grammar, &node->key);
	if (node->key.word && node->op == QUERY_EQUAL && !grammar_word_exists(&node->key, text))
		return grammar_fail_word(grammar, &node->key);
	if (node->op >= QUERY_MATCH && !grammar_take_pattern(grammar, node))
		return false;
	lexer_next(&grammar->lexer);
	return true;
}

static bool grammar_take_list(struct grammar *grammar, struct query_node *node)
{
	if (grammar->lexer.token != TOKEN_OPEN)
		return lexer_fail(&grammar->lexer, "expected ( and a list of values");
	do {
		lexer_next(&grammar->lexer);
		if (!grammar_take_value(grammar, node))
			return false;
	} while (grammar->lexer.token == TOKEN_COMMA);
	if (grammar->lexer.token != TOKEN_CLOSE)
		return lexer_fail(&grammar->lexer, "expected , or )");
	lexer_next(&grammar->lexer);
	return true;
}

/* Which operators go with a key of this kind? */
static bool grammar_fail_operator(struct grammar *grammar, const struct key *key)
{
	static const char *const kinds[] = {
		[KEY_NUMBER] = "a number",	[KEY_SIGNED] = "a number",
		[KEY_BOOL] = "true or false",	[KEY_TEXT] = "text",
		[KEY_LIST] = "a list of texts",
	};
	char names[64] = "";
	size_t i, len = 0;

	for (i = 0; i < OPERATORS; i++)
		if (grammar_operators[i].kinds & 1u << key->kind)
			len += (size_t)snprintf(names + len, sizeof(names) - len, " %s",
						grammar_operators[i].name);
	return lexer_fail(&grammar->lexer, "%s is %s: expected%s, or and, or, or the end",
			  key->name, kinds[key->kind], names);
}

static const struct grammar_operator *grammar_find_operator(const struct grammar *grammar,
							    const struct key *key)
{
	size_t i;

	for (i = 0; i < OPERATORS; i++)
		if (lexer_is(&grammar->lexer, grammar_operators[i].name))
			return grammar_operators[i].kinds & 1u << key->kind ?
				       &grammar_operators[i] :
				       NULL;
	return NULL;
}

static bool grammar_fail_key(struct grammar *grammar)
{
	const char *name = grammar->lexer.text + grammar->lexer.at;
	size_t len = grammar->lexer.end - grammar->lexer.at;
	const char *nearest = key_nearest(name, len);
	struct out out = { .fd = -1 };

	text_put(&out, name, len < GRAMMAR_SHOWN ? len : GRAMMAR_SHOWN);
	out_str(&out, len > GRAMMAR_SHOWN ? "..." : "");
	out_char(&out, '\0');
	lexer_fail(&grammar->lexer, "no key '%s'%s%s%s", out.buf, nearest ? "; did you mean " : "",
		   nearest ? nearest : "", nearest ? "?" : "");
	free(out.buf);
	return false;
}

static bool grammar_parse_test(struct grammar *grammar, struct query_node *node)
{
	const struct grammar_operator *sign;

	node->kind = QUERY_TEST;
	if (grammar->lexer.token != TOKEN_WORD || lexer_is(&grammar->lexer, "and") ||
	    lexer_is(&grammar->lexer, "or"))
		return lexer_fail(&grammar->lexer, "expected a key, not, or (");
	if (!key_find(&node->key, grammar->lexer.text + grammar->lexer.at,
		      grammar->lexer.end - grammar->lexer.at))
		return grammar_fail_key(grammar);
	*grammar->asks_for_events |= !strcmp(node->key.name, "event");
	lexer_next(&grammar->lexer);
	if (grammar_ends_here(grammar))
		return true;
	sign = grammar_find_operator(grammar, &node->key);
	if (!sign)
		return grammar_fail_operator(grammar, &node->key);
	node->op = sign->op;
	node->inverted = sign->inverted;
	lexer_next(&grammar->lexer);
	return sign->list ? grammar_take_list(grammar, node) : grammar_take_value(grammar, node);
}

static bool grammar_parse_any(struct grammar *grammar, struct query_node *node);

static bool grammar_parse_one(struct grammar *grammar, struct query_node *node)
{
	while (lexer_takes(&grammar->lexer, "not"))
		node->negated = !node->negated;
	if (grammar->lexer.token != TOKEN_OPEN)
		return grammar_parse_test(grammar, node);
	if (grammar->depth == QUERY_DEPTH)
		return lexer_fail(&grammar->lexer, "more than %d parentheses within each other",
				  QUERY_DEPTH);
	grammar->depth++;
	lexer_next(&grammar->lexer);
	if (!grammar_parse_any(grammar, node))
		return false;
	if (grammar->lexer.token != TOKEN_CLOSE)
		return lexer_fail(&grammar->lexer, "expected and, or, or )");
	grammar->depth--;
	lexer_next(&grammar->lexer);
	return true;
}

static struct query_node *grammar_new_part(struct grammar *grammar, struct query_node ***link)
{
	struct query_node *part = calloc(1, sizeof(*part));

	if (!part) {
		lexer_fail(&grammar->lexer, "out of memory");
		return NULL;
	}
	**link = part;
	*link = &part->next;
	return part;
}

static bool grammar_parse_all(struct grammar *grammar, struct query_node *node)
{
	struct query_node **link = &node->first, *part;

	node->kind = QUERY_ALL;
	do {
		part = grammar_new_part(grammar, &link);
		if (!part || !grammar_parse_one(grammar, part))
			return false;
	} while (lexer_takes(&grammar->lexer, "and"));
	return true;
}

static bool grammar_parse_any(struct grammar *grammar, struct query_node *node)
{
	struct query_node **link = &node->first, *part;

	node->kind = QUERY_ANY;
	do {
		part = grammar_new_part(grammar, &link);
		if (!part || !grammar_parse_all(grammar, part))
			return false;
	} while (lexer_takes(&grammar->lexer, "or"));
	return true;
}

bool grammar_parse(struct query_node *node, const char *text, size_t len, bool *asks_for_events,
		   struct out *why)
{
	struct grammar grammar = {
		.asks_for_events = asks_for_events,
		.lexer = { .text = text, .len = len, .why = why },
		.room = GRAMMAR_PATTERNS,
	};
	struct lexer *lexer = &grammar.lexer;

	if (len > QUERY_MAX) {
		lexer->len = 0;
		return lexer_fail(lexer, "an expression of more than %d bytes", QUERY_MAX);
	}
	lexer_next(lexer);
	if (!grammar_parse_any(&grammar, node))
		return false;
	if (lexer->token == TOKEN_CLOSE)
		return lexer_fail(lexer, "a ) without its (");
	if (lexer->token != TOKEN_END)
		return lexer_fail(lexer, "expected and, or, or the end");
	return true;
}

void grammar_free(struct query_node *node)
{
	struct query_node *part, *next;
	size_t i;

	for (part = node->first; part; part = next) {
		next = part->next;
		grammar_free(part);
		free(part);
	}
	for (i = 0; i < node->nr_values; i++)
		free(node->values[i].text);
	free(node->values);
	pattern_free(node->pattern);
}
