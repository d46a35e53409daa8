/* SPDX-License-Identifier: MIT */
/* address.h - is there an address of the kernel in these bytes? */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The upper half, without small negative numbers; all ones means "unknown", also in the upper half. */
bool address_is_kernel(uint64_t word);
/* Words of memory that could be one. */
unsigned long address_count(const void *memory, size_t len);
/* Numbers in a text, hexadecimal of 16 digits or decimal, that could be one. */
unsigned long address_count_text(const char *text);

#endif
