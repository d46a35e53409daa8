// SPDX-License-Identifier: MIT
/* Rings in a memory dump, their pages scattered; and files that only look like one. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"
#include "rings.h"
#include "tap.h"

#define PAGE 4096u
#define NREC 256 /* 5 pages with the ring's head */
#define PAST                                                                                       \
	(FAKE_BOOT_NS + 3600 * 1000000000ull) /* a dump may come from a machine up for longer */
#define FIRST_FRAME 0x12345u
#define FRAMES 31u
#define TOLD 2u /* pages that a telling page tells of: a ring has several */

/* A file with the memory of a machine: headers, then FRAMES pages in two segments. */
struct file {
	Elf64_Ehdr elf;
	Elf64_Phdr segment[4];
	unsigned char pad[PAGE - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr)];
	unsigned char page[FRAMES][PAGE];
};

static struct rings rings;
static struct file *file;
static uint32_t used;
static char path[64];
static int fd;

/* The next free frame, in no order that a reader could guess. */
static uint32_t next_frame(void)
{
	return used++ * 7 % FRAMES;
}

static uint64_t put_page(const void *page)
{
	uint32_t frame = next_frame();

	memcpy(file->page[frame], page, PAGE);
	return FIRST_FRAME + frame;
}

static struct procmon_dump *put_told(uint64_t info, uint32_t index, uint32_t first,
				     const uint64_t *frame, uint32_t nr)
{
	uint32_t at = next_frame();
	struct procmon_dump *told = (struct procmon_dump *)file->page[at];

	*told = (struct procmon_dump){
		.magic = PROCMON_DUMP_MAGIC,
		.instance = rings.info->instance,
		.self = FIRST_FRAME + at,
		.info = info,
		.page_size = PAGE,
		.index = index,
		.first = first,
		.nr = nr,
	};
	memcpy(told + 1, frame, nr * sizeof(*frame));
	return told;
}

static void put_ring(uint64_t info, uint32_t index)
{
	const unsigned char *window = (const unsigned char *)rings.shared[index];
	uint32_t pages = (uint32_t)(rings.info->ring_len / PAGE), i;
	uint64_t frame[16];

	for (i = 0; i < pages; i++)
		frame[i] = put_page(window + i * PAGE);
	for (i = 0; i < pages; i += TOLD)
		put_told(info, index, i, frame + i, pages - i < TOLD ? pages - i : TOLD);
}

static void put_headers(void)
{
	uint32_t first = FRAMES / 2, i;

	memcpy(file->elf.e_ident, ELFMAG, SELFMAG);
	file->elf.e_ident[EI_CLASS] = ELFCLASS64;
	file->elf.e_type = ET_CORE;
	file->elf.e_phoff = offsetof(struct file, segment);
	file->elf.e_phentsize = sizeof(Elf64_Phdr);
	file->elf.e_phnum = 3;
	file->segment[0].p_type = PT_NOTE;
	for (i = 1; i < 3; i++) {
		file->segment[i].p_type = PT_LOAD;
		file->segment[i].p_paddr = (uint64_t)PAGE * (FIRST_FRAME + (i == 1 ? 0 : first));
		file->segment[i].p_offset =
			offsetof(struct file, page) + (i == 1 ? 0 : first * PAGE);
		file->segment[i].p_filesz = (i == 1 ? first : FRAMES - first) * PAGE;
	}
}

/* The dump of a machine with two rings and six events. */
static void begin(void)
{
	uint64_t info;
	uint32_t i;

	rings_in_file(&rings, 2, NREC);
	for (i = 0; i < 6; i++)
		rings_put_small(&rings, i % 2, PROCMON_FORK, i, PAST + i);
	fd = memfd_create("dump", 0);
	if (fd < 0 || ftruncate(fd, sizeof(*file)))
		bail("memfd");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = mmap(NULL, sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		bail("mmap");
	used = 0;
	put_headers();
	info = put_page(rings.map);
	put_ring(info, 0);
	put_ring(info, 1);
}

static void end(void)
{
	munmap(file, sizeof(*file));
	close(fd);
	rings_free(&rings);
}

/* The first telling page of ring @index. */
static struct procmon_dump *told_of(uint32_t index)
{
	uint32_t i;

	for (i = 0; i < FRAMES; i++) {
		struct procmon_dump *told = (struct procmon_dump *)file->page[i];

		if (!memcmp(told->magic, PROCMON_DUMP_MAGIC, 8) && told->index == index)
			return told;
	}
	bail("ring %u is not told of", index);
}

static struct procmon_info *info_page(void)
{
	return (struct procmon_info *)file->page[told_of(0)->info - FIRST_FRAME];
}

/* Opens it and reads all.  Return: what opening said; *@events: how many came, all in order. */
static int read_all(uint32_t *events, uint64_t *sum)
{
	struct procmon *pm;
	struct procmon_event ev;
	int r = procmon_open_dump(&pm, path);

	*events = 0;
	*sum = 0;
	if (r < 0)
		return r;
	while (*events < 1000 && procmon_next(pm, &ev, 0) == 1) {
		*sum = *sum * 10 + ev.head.tgid;
		++*events;
	}
	procmon_close(pm);
	return r;
}

static bool all_come(void)
{
	uint32_t events;
	uint64_t sum;
	int r = read_all(&events, &sum);

	if (!r && events == 6 && sum == 12345)
		return true;
	diag("%d: %u events, %llu; %s", r, events, (unsigned long long)sum, procmon_error(NULL));
	return false;
}

/* Opening fails with @err and says @text. */
static bool refused(int err, const char *text)
{
	uint32_t events;
	uint64_t sum;
	int r = read_all(&events, &sum);

	if (r == -err && strstr(procmon_error(NULL), text) && strstr(procmon_error(NULL), path))
		return true;
	diag("%d: %s", r, procmon_error(NULL));
	return false;
}

static void scattered_pages(void)
{
	begin();
	ok(all_come(), "events_of_scattered_rings_come_in_order");
	end();
}

/* The kernel's own pages come twice in /proc/vmcore. */
static void segments_that_overlap(void)
{
	begin();
	file->elf.e_phnum = 4;
	file->segment[3] = file->segment[1];
	ok(all_come(), "a_page_that_comes_twice_counts_once");
	end();
}

static void unfinished_events(void)
{
	struct procmon_ring_status rs;
	struct procmon_ring *ring;
	struct procmon *pm;

	begin();
	ring = (struct procmon_ring *)file->page[*(uint64_t *)(told_of(0) + 1) - FIRST_FRAME];
	ok(!memcmp(ring->magic, PROCMON_RING_MAGIC, 8), "the_first_page_of_a_ring_is_its_head");
	ring->resv += 2;
	ring->pending = 3;
	ok(all_come(), "nothing_waits_for_an_event_that_was_never_finished");
	ok(!procmon_open_dump(&pm, path) && procmon_ring(pm, 0, &rs) == 1 &&
		   rs.resv == rs.commit + 2 && rs.pending == 3,
	   "what_was_unfinished_is_told");
	procmon_close(pm);
	end();
}

static void copies_do_not_count(void)
{
	struct procmon_dump *copy;

	begin();
	copy = (struct procmon_dump *)file->page[next_frame()];
	memcpy(copy, told_of(1), PAGE);
	memset(copy + 1, 0x11, 64);
	ok(all_come(), "a_copy_of_a_telling_page_elsewhere_does_not_count");
	copy->instance++;
	copy->self = FIRST_FRAME + (uint32_t)(((unsigned char *)copy - file->page[0]) / PAGE);
	ok(all_come(), "nor_does_the_page_of_another_instance");
	end();
}

static void missing_pages(void)
{
	uint32_t events;
	uint64_t sum;

	begin();
	((uint64_t *)(told_of(1) + 1))[1] = FIRST_FRAME + FRAMES;
	ok(read_all(&events, &sum) == 1 && events == 3 && sum == 24,
	   "a_ring_with_a_page_outside_of_the_dump_is_left_out_and_counted");
	memset(told_of(0), 0, 8);
	ok(read_all(&events, &sum) == 2 && !events, "so_is_one_whose_telling_page_is_missing");
	end();
}

static void not_a_dump(void)
{
	begin();
	file->elf.e_type = ET_EXEC;
	ok(refused(ENOEXEC, "not a memory dump"), "an_executable_is_no_dump");
	memcpy(file, "KDUMP   ", 8);
	ok(refused(ENOEXEC, "makedumpfile -E"), "a_compressed_dump_is_told_apart");
	end();
	begin();
	file->elf.e_phnum = 0xfff0;
	ok(refused(ENOEXEC, "damaged"), "more_headers_than_the_file_holds_are_damage");
	file->elf.e_phnum = PN_XNUM;
	file->elf.e_shoff = ~0ull - 7;
	ok(refused(ENOEXEC, "damaged"), "so_is_a_count_that_lies_outside");
	file->elf.e_phnum = 3;
	file->elf.e_phoff = ~0ull - 7;
	ok(refused(ENOEXEC, "damaged"), "so_are_headers_that_lie_outside");
	end();
	begin();
	file->elf.e_phnum = PN_XNUM;
	file->elf.e_shoff = offsetof(struct file, pad);
	((Elf64_Shdr *)file->pad)->sh_info = 3;
	ok(all_come(), "the_count_of_very_many_headers_lies_elsewhere");
	if (ftruncate(fd, 10))
		bail("ftruncate");
	ok(refused(ENOEXEC, "not a memory dump"), "nor_is_a_file_of_ten_bytes_a_dump");
	end();
	strcpy(path, "/nowhere/vmcore");
	ok(refused(ENOENT, "No such file"), "no_file_no_dump");
}

static void nothing_of_ours(void)
{
	begin();
	memset(file->page, 0, sizeof(file->page));
	ok(refused(ENOENT, "no ring of procmon in it"), "a_dump_without_rings_says_so");
	end();
	begin();
	info_page()->abi_major++;
	ok(refused(EPROTO, "spoke ABI 2"), "another_abi_is_refused");
	end();
}

/* No lie may lead outside of the memory that there is; the sanitizers watch. */
static void lies(void)
{
	static const uint64_t value[] = { 0, 1, 3, 5, 1000, 4097, 1u << 31, ~0u, 1ull << 52, ~0ull };
	const uint32_t words = sizeof(struct procmon_dump) / sizeof(uint32_t);
	uint32_t i, j, events, more = 0;
	uint64_t sum;

	for (i = 2; i < words + 2; i++) {
		for (j = 0; j < sizeof(value) / sizeof(value[0]); j++) {
			begin();
			((uint32_t *)told_of(1))[i] = (uint32_t)value[j];
			if (i + 1 < words)
				((uint32_t *)told_of(1))[i + 1] = (uint32_t)(value[j] >> 32);
			read_all(&events, &sum);
			more += events > 6;
			end();
		}
	}
	ok(!more, "no_lie_of_a_telling_page_makes_events");
	for (i = 2; i < sizeof(struct procmon_info) / sizeof(uint64_t); i++) {
		for (j = 0; j < sizeof(value) / sizeof(value[0]); j++) {
			begin();
			((uint64_t *)info_page())[i] = value[j];
			read_all(&events, &sum);
			more += events > 6;
			end();
		}
	}
	ok(!more, "no_lie_of_the_info_page_makes_events");
}

static void cut_files(void)
{
	uint32_t events, more = 0, len;
	uint64_t sum;

	for (len = sizeof(*file); len > 512; len -= 512) {
		begin();
		if (ftruncate(fd, len))
			bail("ftruncate");
		read_all(&events, &sum);
		more += events > 6;
		end();
	}
	ok(!more, "a_file_cut_anywhere_is_read_as_far_as_it_goes");
}

int main(void)
{
	tap_theme("dump");
	scattered_pages();
	segments_that_overlap();
	unfinished_events();
	copies_do_not_count();
	missing_pages();
	not_a_dump();
	nothing_of_ours();
	lies();
	cut_files();
	return tap_done();
}
