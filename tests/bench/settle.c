// SPDX-License-Identifier: MIT
/*
 * settle SECONDS FILE...: returns when none of the files has grown for that long, without starting
 * anything that a tool would tell of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_SECONDS 3600

static long long sizes(char *const *paths)
{
	long long sum = 0;
	struct stat st;

	for (; *paths; paths++)
		if (!stat(*paths, &st))
			sum += st.st_size;
	return sum;
}

int main(int argc, char **argv)
{
	int still = 0, seconds;
	long long before = -1;

	if (argc < 3) {
		fprintf(stderr, "usage: settle SECONDS FILE...\n");
		return 2;
	}
	for (seconds = 0; still < atoi(argv[1]) && seconds < LIMIT_SECONDS; seconds++) {
		long long now = sizes(argv + 2);

		still = now == before ? still + 1 : 0;
		before = now;
		sleep(1);
	}
	return 0;
}
