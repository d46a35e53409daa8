/* SPDX-License-Identifier: MIT */
/* needle.h - plain texts, one of which stands in whatever an expression can match: cheap to look for */
#ifndef CMD_NEEDLE_H
#define CMD_NEEDLE_H

#include <stdbool.h>
#include <stddef.h>

#define NEEDLE_LEN 64 /* bytes of one, at most, with a NUL */
#define NEEDLES 8

/**
 * struct needles - whatever matches holds one of them
 * @unknown: something may match that holds none
 */
struct needles {
	bool unknown;
	size_t count;
	char text[NEEDLES][NEEDLE_LEN];
};

/* Of a regular expression that can be compiled. */
void needles_of_regex(struct needles *needles, const char *regex);
/* One more may match: a pattern of fnmatch(3), a text itself. */
void needles_add_glob(struct needles *needles, const char *glob);
void needles_add_text(struct needles *needles, const char *text, size_t len);
/* Could it match there? */
bool needles_are_in(const struct needles *needles, const void *bytes, size_t len);

#endif
