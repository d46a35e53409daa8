// SPDX-License-Identifier: MIT
#include "address.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_HEX 16 /* digits of one */
#define ADDRESS_DECIMAL 20

bool address_is_kernel(uint64_t word)
{
	if (word < 0xffff000000000000ull || word == UINT64_MAX)
		return false;
	return word >> 32 != UINT32_MAX || (uint32_t)word >= 0x80000000u;
}

unsigned long address_count(const void *memory, size_t len)
{
	const uint64_t *word = memory;
	unsigned long n = 0;
	size_t i;

	for (i = 0; i < len / sizeof(*word); i++)
		n += address_is_kernel(word[i]);
	return n;
}

static bool address_is_number(const char *text, size_t len, int base)
{
	char digits[ADDRESS_DECIMAL + 1];
	uint64_t number;

	memcpy(digits, text, len);
	digits[len] = '\0';
	number = strtoull(digits, NULL, base);
	/* in a text nothing else looks like the last 2 GiB but numbers below zero */
	return address_is_kernel(number) && (int64_t)number < -65536;
}

unsigned long address_count_text(const char *text)
{
	unsigned long n = 0;
	size_t len;

	while (*text) {
		if (!strncmp(text, "0x", 2))
			text += 2;
		len = strspn(text, "0123456789abcdef");
		n += len == ADDRESS_HEX && address_is_number(text, len, 16);
		n += len == ADDRESS_DECIMAL && strspn(text, "0123456789") >= len &&
		     address_is_number(text, len, 10);
		text += len ? len : 1;
	}
	return n;
}
