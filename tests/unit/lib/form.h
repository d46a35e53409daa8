/* SPDX-License-Identifier: MIT */
/* form.h - has what the command prints the form that it promises, whatever the bytes of strangers? */
#ifndef UNIT_FORM_H
#define UNIT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

/*
 * Text holds nothing but printable characters and the ends of its lines, that of audit only ASCII; JSON is
 * JSON, no key comes twice in an object, and no character in it does anything to a terminal.
 */
bool form_is_good(enum options_format format, const char *bytes, size_t len);
/* The objects in JSON, -1 when it is none. */
int form_json(const char *bytes, size_t len);

#endif
