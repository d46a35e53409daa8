// SPDX-License-Identifier: MIT
/* hold FILE: maps the device, closes it, writes FILE and keeps nothing but the mapping. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open("/dev/procmon", O_RDONLY);
	void *map = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	if (argc != 2 || map == MAP_FAILED) {
		perror("hold");
		return 1;
	}
	close(open(argv[1], O_CREAT | O_WRONLY, 0600));
	for (;;)
		pause();
}
