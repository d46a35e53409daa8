/* SPDX-License-Identifier: MIT */
/* quote.h - bytes of strangers as values in JSON */
#ifndef CMD_QUOTE_H
#define CMD_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

/* Is this character the same in a JSON string?  Those that nobody sees are not. */
bool quote_is_plain(uint32_t codepoint);
/*
 * A JSON string of plain ASCII, as most strings are, at @to, where @len + 2 bytes are.  Return: where it ends; NULL:
 * it is no such string.
 */
char *quote_copy(char *to, const char *bytes, size_t len);
/* A JSON string, of valid UTF-8. */
void quote_string(struct out *out, const char *bytes, size_t len);
/* A list of byte numbers. */
void quote_bytes(struct out *out, const char *bytes, size_t len);
/* A string when it is UTF-8, else a list of byte numbers. */
void quote_either(struct out *out, const char *bytes, size_t len);
/* A string in any case: of what is not UTF-8 each byte as \xHH, each backslash twice. */
void quote_lossy(struct out *out, const char *bytes, size_t len);

#endif
