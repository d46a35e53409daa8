// SPDX-License-Identifier: MIT
#include <stdio.h>
#include "parts.h"

#define ADD(part) sum += part("a word")

int main(void)
{
	int sum = 0;

	PARTS(ADD)
	printf("%d\n", sum);
	return 0;
}
