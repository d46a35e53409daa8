/* SPDX-License-Identifier: MIT */
/* memory.h - the memory of a machine with two rings, their pages scattered, as a dump of it */
#ifndef UNIT_MEMORY_H
#define UNIT_MEMORY_H

#include <elf.h>

#include "rings.h"

#define MEMORY_PAGE 4096u
#define MEMORY_FIRST_FRAME 0x12345u
#define MEMORY_FRAMES 31u
#define MEMORY_EVENTS 6u /* forks of the processes 0 to 5, by turns in ring 0 and ring 1 */

/* The dump: headers, then MEMORY_FRAMES pages in two segments. */
struct memory {
	Elf64_Ehdr elf;
	Elf64_Phdr segment[4];
	unsigned char pad[MEMORY_PAGE - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr)];
	unsigned char page[MEMORY_FRAMES][MEMORY_PAGE];
};

extern struct memory *memory;
extern int memory_fd;
extern char memory_path[64];

void memory_begin(void);
void memory_end(void);
/* The first page that tells of ring @index. */
struct procmon_dump *memory_told_of(uint32_t index);
struct procmon_info *memory_info(void);
/* A page that holds nothing, and where it lies. */
unsigned char *memory_free_page(uint64_t *frame);

#endif
