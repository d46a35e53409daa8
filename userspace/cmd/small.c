// SPDX-License-Identifier: MIT
#include "small.h"

#include <malloc.h>
#include <sys/prctl.h>

#define SMALL_LARGE (128 * 1024)

void small_keep(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, SMALL_LARGE);
#endif
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* a kernel without huge pages may refuse */
}
