/* SPDX-License-Identifier: MIT */
/* sum.h - the checksum of cursors and recordings */
#ifndef LIB_SUM_H
#define LIB_SUM_H

#include <stddef.h>
#include <stdint.h>

#define SUM_START 2166136261u

/* FNV-1a: finds damage, not malice. */
static inline uint32_t sum_add(uint32_t sum, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;

	while (len--)
		sum = (sum ^ *byte++) * 16777619u;
	return sum;
}

#endif
