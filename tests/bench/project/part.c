// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parts.h"

static int compare(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

int PART(const char *word)
{
	char *copy = strdup(word);
	int sum = (int)strlen(copy);

	qsort(copy, (size_t)sum, 1, compare);
	sum += copy[0];
	free(copy);
	return sum;
}
