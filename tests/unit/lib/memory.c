// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"
#include "tap.h"

#define MEMORY_NREC 256 /* 5 pages with the ring's head */
#define MEMORY_PAST                                                                                \
	(FAKE_BOOT_NS + 3600 * 1000000000ull) /* a dump may come from a machine up for longer */
#define MEMORY_TOLD 2u /* pages that a telling page tells of: a ring has several */

struct memory *memory;
int memory_fd;
char memory_path[64];

static struct rings rings;
static uint32_t used;

/* The next free frame, in no order that a reader could guess. */
static uint32_t memory_next_frame(void)
{
	return used++ * 7 % MEMORY_FRAMES;
}

static uint64_t memory_put_page(const void *page)
{
	uint32_t frame = memory_next_frame();

	memcpy(memory->page[frame], page, MEMORY_PAGE);
	return MEMORY_FIRST_FRAME + frame;
}

static void memory_put_told(uint64_t info, uint32_t index, uint32_t first, const uint64_t *frame,
			    uint32_t nr)
{
	uint32_t at = memory_next_frame();
	struct procmon_dump *told = (struct procmon_dump *)memory->page[at];

	*told = (struct procmon_dump){
		.magic = PROCMON_DUMP_MAGIC,
		.instance = rings.info->instance,
		.self = MEMORY_FIRST_FRAME + at,
		.info = info,
		.page_size = MEMORY_PAGE,
		.index = index,
		.first = first,
		.nr = nr,
	};
	memcpy(told + 1, frame, nr * sizeof(*frame));
}

static void memory_put_ring(uint64_t info, uint32_t index)
{
	const unsigned char *window = (const unsigned char *)rings.shared[index];
	uint32_t pages = (uint32_t)(rings.info->ring_len / MEMORY_PAGE), i;
	uint64_t frame[16];

	for (i = 0; i < pages; i++)
		frame[i] = memory_put_page(window + i * MEMORY_PAGE);
	for (i = 0; i < pages; i += MEMORY_TOLD)
		memory_put_told(info, index, i, frame + i,
				pages - i < MEMORY_TOLD ? pages - i : MEMORY_TOLD);
}

static void memory_put_headers(void)
{
	uint32_t first = MEMORY_FRAMES / 2, i;

	memcpy(memory->elf.e_ident, ELFMAG, SELFMAG);
	memory->elf.e_ident[EI_CLASS] = ELFCLASS64;
	memory->elf.e_type = ET_CORE;
	memory->elf.e_phoff = offsetof(struct memory, segment);
	memory->elf.e_phentsize = sizeof(Elf64_Phdr);
	memory->elf.e_phnum = 3;
	memory->segment[0].p_type = PT_NOTE;
	for (i = 1; i < 3; i++) {
		memory->segment[i].p_type = PT_LOAD;
		memory->segment[i].p_paddr =
			(uint64_t)MEMORY_PAGE * (MEMORY_FIRST_FRAME + (i == 1 ? 0 : first));
		memory->segment[i].p_offset =
			offsetof(struct memory, page) + (i == 1 ? 0 : first * MEMORY_PAGE);
		memory->segment[i].p_filesz =
			(i == 1 ? first : MEMORY_FRAMES - first) * MEMORY_PAGE;
	}
}

void memory_begin(void)
{
	uint64_t info;
	uint32_t i;

	rings_in_file(&rings, 2, MEMORY_NREC);
	for (i = 0; i < MEMORY_EVENTS; i++)
		rings_put_small(&rings, i % 2, PROCMON_FORK, i, MEMORY_PAST + i);
	memory_fd = memfd_create("dump", 0);
	if (memory_fd < 0 || ftruncate(memory_fd, sizeof(*memory)))
		bail("memfd");
	snprintf(memory_path, sizeof(memory_path), "/proc/self/fd/%d", memory_fd);
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	if (memory == MAP_FAILED)
		bail("mmap");
	used = 0;
	memory_put_headers();
	info = memory_put_page(rings.map);
	memory_put_ring(info, 0);
	memory_put_ring(info, 1);
}

void memory_end(void)
{
	munmap(memory, sizeof(*memory));
	close(memory_fd);
	rings_free(&rings);
}

struct procmon_dump *memory_told_of(uint32_t index)
{
	uint32_t i;

	for (i = 0; i < MEMORY_FRAMES; i++) {
		struct procmon_dump *told = (struct procmon_dump *)memory->page[i];

		if (!memcmp(told->magic, PROCMON_DUMP_MAGIC, 8) && told->index == index)
			return told;
	}
	bail("ring %u is not told of", index);
}

struct procmon_info *memory_info(void)
{
	return (struct procmon_info *)memory->page[memory_told_of(0)->info - MEMORY_FIRST_FRAME];
}

unsigned char *memory_free_page(uint64_t *frame)
{
	uint32_t at = memory_next_frame();

	*frame = MEMORY_FIRST_FRAME + at;
	return memory->page[at];
}
