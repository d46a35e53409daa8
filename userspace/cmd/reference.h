/* SPDX-License-Identifier: MIT */
/* reference.h - the keys there are, for the manual and for checking what was asked for */
#ifndef CMD_REFERENCE_H
#define CMD_REFERENCE_H

#include <stdbool.h>

/* Prints the field reference in the manual's language. */
void reference_fields(void);
bool reference_has_key(const char *key);

#endif
