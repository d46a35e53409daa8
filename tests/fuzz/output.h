/* SPDX-License-Identifier: MIT */
/* output.h - what the command prints, taken from it and looked at */
#ifndef FUZZ_OUTPUT_H
#define FUZZ_OUTPUT_H

#include <stddef.h>

#include "options.h"

/* Has what was printed since the last call the form that it promises?  Ends the program if not. */
void output_check(enum options_format format);
/* The same, and it must be one line (or one object). */
void output_check_one(enum options_format format);
void output_check_bytes(enum options_format format, const char *bytes, size_t len);

#endif
