/* SPDX-License-Identifier: MIT */
/* reference.h - the keys there are, for the manual and for checking what was asked for */
#ifndef CMD_REFERENCE_H
#define CMD_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Every key: 0, 1, ...; NULL past the last one. */
const char *reference_key(size_t index, const char **doc);
/* Prints the field reference in the manual's language. */
void reference_fields(void);
bool reference_has_key(const char *key);

#endif
