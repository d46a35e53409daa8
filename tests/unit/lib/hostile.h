/* SPDX-License-Identifier: MIT */
/* hostile.h - names that somebody gives to programs so that they do harm where they are printed */
#ifndef UNIT_HOSTILE_H
#define UNIT_HOSTILE_H

#include <stddef.h>

/* Name @i, NUL-terminated, valid until the next call; NULL past the last one. */
const char *hostile_name(unsigned int i);

#endif
