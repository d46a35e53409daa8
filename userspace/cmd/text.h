/* SPDX-License-Identifier: MIT */
/* text.h - bytes of strangers on a terminal */
#ifndef CMD_TEXT_H
#define CMD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

/* Bytes of the valid UTF-8 character at @s, at most @len; 0 when there is none. */
size_t text_utf8(const char *s, size_t len, uint32_t *codepoint);
bool text_is_utf8(const char *s, size_t len);
/* C1 controls, marks that turn the direction of writing, and others that nobody sees; not ASCII. */
bool text_is_hidden(uint32_t codepoint);
/* Columns @len bytes of printable text take. */
size_t text_width(const char *s, size_t len);
/* Whatever is not printable as \xHH (a backslash as \\); nothing in it can move the cursor. */
void text_put(struct out *out, const char *s, size_t len);
/* As text_put(), within quotes where a shell would need them. */
void text_put_word(struct out *out, const char *s, size_t len);
/* Cuts what @out has had since @start to @width columns, with an ellipsis. */
void text_fit(struct out *out, size_t start, size_t width);
/* Chooses UTF-8 or ASCII output by the locale. */
void text_init(void);
bool text_unicode(void);

#endif
