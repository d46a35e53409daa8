// SPDX-License-Identifier: MIT
#include "need.h"

#include <stdio.h>
#include <stdlib.h>

void *need(void *memory)
{
	if (memory)
		return memory;
	fputs("procmon: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

void *need_array(size_t count, size_t size)
{
	return need(calloc(count + 1, size));
}
