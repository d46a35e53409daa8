/* SPDX-License-Identifier: MIT */
/* grow.h - a buffer that grows */
#ifndef LIB_GROW_H
#define LIB_GROW_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Makes @buf of @size bytes at least @want large.  Return: 0; -ENOMEM: it stays as it was. */
static inline int grow(uint8_t **buf, size_t *size, size_t want)
{
	uint8_t *more;

	if (*size >= want)
		return 0;
	more = realloc(*buf, want);
	if (!more)
		return -ENOMEM;
	*buf = more;
	*size = want;
	return 0;
}

#endif
