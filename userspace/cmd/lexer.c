// SPDX-License-Identifier: MIT
#include "lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* The text on a line, and a caret below the token. */
static void lexer_point(const struct lexer *lexer)
{
	struct out *out = lexer->why;
	size_t start, width;

	OUT_LITERAL(out, "\n  ");
	start = out->len;
	text_put(out, lexer->text, lexer->at);
	width = text_width(out->buf + start, out->len - start);
	text_put(out, lexer->text + lexer->at, lexer->len - lexer->at);
	OUT_LITERAL(out, "\n  ");
	while (width--)
		out_char(out, ' ');
	OUT_LITERAL(out, "^\n");
}

bool lexer_fail(struct lexer *lexer, const char *format, ...)
{
	char what[256];
	va_list args;

	if (lexer->failed)
		return false;
	lexer->failed = true;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	out_str(lexer->why, what);
	lexer_point(lexer);
	return false;
}

static bool lexer_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool lexer_is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static enum token lexer_string(struct lexer *lexer, char quote)
{
	for (; lexer->end < lexer->len && lexer->text[lexer->end] != quote; lexer->end++)
		if (lexer->text[lexer->end] == '\\')
			lexer->end++;
	if (lexer->end >= lexer->len) {
		lexer->end = lexer->len;
		lexer_fail(lexer, "a string without its closing %c", quote);
		return TOKEN_BAD;
	}
	lexer->end++;
	return TOKEN_STRING;
}

static enum token lexer_operator(struct lexer *lexer, char c)
{
	int next = lexer->end < lexer->len ? lexer->text[lexer->end] : '\0';

	if ((next == '=' && c != '~') || (next == '~' && c == '!'))
		lexer->end++;
	return TOKEN_OPERATOR;
}

static enum token lexer_word(struct lexer *lexer)
{
	for (; lexer->end < lexer->len; lexer->end++)
		if (lexer_is_blank(lexer->text[lexer->end]) ||
		    lexer_is_in(lexer->text[lexer->end], "'\"()=!<>~,"))
			break;
	return TOKEN_WORD;
}

static enum token lexer_token(struct lexer *lexer)
{
	char c;

	while (lexer->end < lexer->len && lexer_is_blank(lexer->text[lexer->end]))
		lexer->end++;
	lexer->at = lexer->end;
	if (lexer->at == lexer->len)
		return TOKEN_END;
	c = lexer->text[lexer->end++];
	switch (c) {
	case '(':
		return TOKEN_OPEN;
	case ')':
		return TOKEN_CLOSE;
	case ',':
		return TOKEN_COMMA;
	case '\'':
	case '"':
		return lexer_string(lexer, c);
	default:
		return lexer_is_in(c, "=!<>~") ? lexer_operator(lexer, c) : lexer_word(lexer);
	}
}

void lexer_next(struct lexer *lexer)
{
	lexer->token = lexer_token(lexer);
}

bool lexer_is(const struct lexer *lexer, const char *name)
{
	size_t len = lexer->end - lexer->at;

	return (lexer->token == TOKEN_WORD || lexer->token == TOKEN_OPERATOR) &&
	       len == strlen(name) && !memcmp(lexer->text + lexer->at, name, len);
}

bool lexer_takes(struct lexer *lexer, const char *word)
{
	if (!lexer_is(lexer, word))
		return false;
	lexer_next(lexer);
	return true;
}

int lexer_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* One escape, @at behind its backslash.  Any that is not known stays as it is: patterns have many. */
static size_t lexer_escape(const char *at, const char *end, char **to)
{
	static const char names[] = "ntr\\\"'", bytes[] = "\n\t\r\\\"'";
	const char *name = lexer_is_in(*at, names) ? strchr(names, *at) : NULL;

	if (name) {
		*(*to)++ = bytes[name - names];
		return 1;
	}
	if (*at == 'x' && end - at > 2 && lexer_hex(at[1]) >= 0 && lexer_hex(at[2]) >= 0) {
		*(*to)++ = (char)(lexer_hex(at[1]) * 16 + lexer_hex(at[2]));
		return 3;
	}
	*(*to)++ = '\\';
	return 0;
}

char *lexer_value(const struct lexer *lexer, size_t *len)
{
	bool quoted = lexer->token == TOKEN_STRING;
	const char *at = lexer->text + lexer->at + quoted;
	const char *end = lexer->text + lexer->end - quoted;
	char *value = malloc((size_t)(end - at) + 1), *to = value;

	while (value && at < end) {
		if (quoted && *at == '\\')
			at += 1 + lexer_escape(at + 1, end, &to);
		else
			*to++ = *at++;
	}
	if (value)
		*to = '\0';
	*len = (size_t)(to - value);
	return value;
}
