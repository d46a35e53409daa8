// SPDX-License-Identifier: MIT
/* rename A B: renames there and back until killed, as an ordinary user. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3 || setgid(65534) || setuid(65534))
		return 2;
	for (;;) {
		rename(argv[1], argv[2]);
		rename(argv[2], argv[1]);
	}
}
