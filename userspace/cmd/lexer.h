/* SPDX-License-Identifier: MIT */
/* lexer.h - an expression in words, strings and signs, and the place of what is wrong with it */
#ifndef CMD_LEXER_H
#define CMD_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

enum token {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_OPERATOR,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_BAD, /* told already */
};

/**
 * struct lexer - a text being read
 * @text, @len: its bytes, of any kind
 * @token: what comes next, from @at to @end
 * @failed: something is wrong with it, and @why has been told
 */
struct lexer {
	const char *text;
	size_t len;
	enum token token;
	size_t at, end;
	bool failed;
	struct out *why;
};

void lexer_next(struct lexer *lexer);
/* Is the token this word or operator? */
bool lexer_is(const struct lexer *lexer, const char *name);
/* Goes on past this word, if it is the token. */
bool lexer_takes(struct lexer *lexer, const char *word);
/* The bytes that a word or a string stands for, a NUL after them; NULL: no memory. */
char *lexer_value(const struct lexer *lexer, size_t *len);
/* Tells what is wrong with the token, the text and a caret; only the first time.  Return: false. */
__attribute__((format(printf, 2, 3))) bool lexer_fail(struct lexer *lexer, const char *format, ...);
/* The value of a hexadecimal digit, or -1. */
int lexer_hex(char c);

#endif
