/* SPDX-License-Identifier: MIT */
/*
 * look.h - included before the sources: whenever the library looks at a ring, the ring may change; and
 * libFuzzer, which learns from each comparison of strings, learns only from those that are near.
 */
#ifndef FUZZ_LOOK_H
#define FUZZ_LOOK_H

#define _GNU_SOURCE
#include <string.h>

void fuzz_look(void);
#define __atomic_load_n(at, order) (fuzz_look(), __atomic_load_n(at, order))

static inline int look_strcmp(const char *a, const char *b)
{
	return *a == *b ? strcmp(a, b) : (unsigned char)*a - (unsigned char)*b;
}
#define strcmp look_strcmp

#endif
