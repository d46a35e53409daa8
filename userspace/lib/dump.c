// SPDX-License-Identifier: MIT
/*
 * The rings in a dump of a machine's memory.  Its pages are searched for those that the module
 * left there to be found (struct procmon_dump); they tell in which other pages the rings lie.
 *
 * A dump is as untrustworthy as any file: every number is checked before it is used.  It may even
 * change meanwhile: what is checked is a copy.
 */
#include "reader.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DUMP_PAGE_MIN 4096u
#define DUMP_PAGE_MAX 65536u

/**
 * struct dump - a file with physical memory
 * @map: the whole file
 * @len: its bytes
 * @segment: where which memory lies in it, @segments of them; a copy
 * @page_size: bytes in a page of that machine, once known
 */
struct dump {
	const char *map;
	uint64_t len;
	Elf64_Phdr *segment;
	uint64_t segments;
	uint64_t page_size;
};

/* Bytes of a segment that are in the file, which may have been cut.  None, if words lie askew. */
static uint64_t dump_segment_len(const struct dump *dump, const Elf64_Phdr *segment)
{
	uint64_t left;

	if (segment->p_type != PT_LOAD || segment->p_offset >= dump->len ||
	    (segment->p_offset - segment->p_paddr) % sizeof(uint64_t))
		return 0;
	left = dump->len - segment->p_offset;
	return segment->p_filesz < left ? segment->p_filesz : left;
}

/* The first segment that has all of a page of physical memory; NULL when it is not in the dump. */
static const Elf64_Phdr *dump_segment_of(const struct dump *dump, uint64_t frame, uint64_t size)
{
	uint64_t address = frame * size;
	uint64_t i;

	for (i = 0; frame <= UINT64_MAX / size && i < dump->segments; i++) {
		const Elf64_Phdr *segment = &dump->segment[i];
		uint64_t len = dump_segment_len(dump, segment);

		if (address >= segment->p_paddr && len >= size &&
		    address - segment->p_paddr <= len - size)
			return segment;
	}
	return NULL;
}

/* A page of physical memory; NULL when it is not in the dump. */
static const void *dump_page(const struct dump *dump, uint64_t frame, uint64_t size)
{
	const Elf64_Phdr *segment = dump_segment_of(dump, frame, size);

	return segment ? dump->map + segment->p_offset + (frame * size - segment->p_paddr) : NULL;
}

static int dump_map(struct procmon *pm, struct dump *dump, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return reader_fail(pm, errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || st.st_size < (off_t)sizeof(Elf64_Ehdr)) {
		close(fd);
		return reader_fail(pm, ENOEXEC, "%s: not a memory dump", path);
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return reader_fail(pm, errno, "%s: %s", path, strerror(errno));
	dump->map = map;
	dump->len = (uint64_t)st.st_size;
	return 0;
}

static int dump_read_headers(struct procmon *pm, struct dump *dump, const char *path)
{
	Elf64_Ehdr elf;
	uint64_t n;

	if (!memcmp(dump->map, "KDUMP   ", 8) || !memcmp(dump->map, "makedumpfile", 12))
		return reader_fail(pm, ENOEXEC,
				   "%s: a compressed dump: only ELF can be read; have it made by "
				   "makedumpfile -E",
				   path);
	memcpy(&elf, dump->map, sizeof(elf));
	if (memcmp(elf.e_ident, ELFMAG, SELFMAG) || elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_type != ET_CORE || elf.e_phentsize != sizeof(Elf64_Phdr))
		return reader_fail(pm, ENOEXEC, "%s: not a memory dump (ELF core of 64 bits)",
				   path);
	n = elf.e_phnum;
	if (n == PN_XNUM && elf.e_shoff <= dump->len - sizeof(Elf64_Shdr) &&
	    !(elf.e_shoff % sizeof(uint64_t)))
		n = ((const Elf64_Shdr *)(const void *)(dump->map + elf.e_shoff))->sh_info;
	if (elf.e_phoff > dump->len || elf.e_phoff % sizeof(uint64_t) ||
	    n > (dump->len - elf.e_phoff) / sizeof(Elf64_Phdr))
		return reader_fail(pm, ENOEXEC, "%s: damaged: its headers end outside of it", path);
	dump->segment = calloc(n + 1, sizeof(*dump->segment));
	if (!dump->segment)
		return reader_fail(pm, ENOMEM, "out of memory");
	memcpy(dump->segment, dump->map + elf.e_phoff, n * sizeof(*dump->segment));
	dump->segments = n;
	return 0;
}

/* Takes the info page over from the first page that tells of a ring. */
static int dump_take_info(struct procmon *pm, struct dump *dump, const struct procmon_dump *told,
			  const char *path)
{
	const void *page = dump_page(dump, told->info, told->page_size);
	struct procmon_info info, *copy;

	if (!page)
		return 0; /* not ours: search on */
	memcpy(&info, page, sizeof(info));
	if (memcmp(info.magic, PROCMON_MAGIC, sizeof(info.magic)) ||
	    info.instance != told->instance)
		return 0;
	if (info.abi_major != PROCMON_ABI_MAJOR || info.incompat)
		return reader_fail(pm, EPROTO,
				   "%s: its module spoke ABI %u, this program %u: use the procmon "
				   "of that machine",
				   path, info.abi_major, PROCMON_ABI_MAJOR);
	if (info.size < sizeof(info)) /* an older one */
		memset((char *)&info + info.size, 0, sizeof(info) - info.size);
	info.size = sizeof(info);
	if (!reader_sizes_fit(&info) || info.ring_len % told->page_size ||
	    info.ring_len > dump->len)
		return 0;
	copy = calloc(1, sizeof(*copy));
	if (!copy)
		return reader_fail(pm, ENOMEM, "out of memory");
	*copy = info;
	pm->info = copy;
	dump->page_size = told->page_size;
	pm->nr = copy->nr_rings;
	pm->ring = calloc(pm->nr, sizeof(*pm->ring));
	return pm->ring ? 0 : reader_fail(pm, ENOMEM, "out of memory");
}

static bool dump_tells_sense(const struct procmon *pm, const struct dump *dump,
			     const struct procmon_dump *told)
{
	uint64_t pages;

	if (told->instance != pm->info->instance || told->page_size != dump->page_size ||
	    told->index >= pm->nr ||
	    told->nr > (told->page_size - sizeof(*told)) / sizeof(uint64_t))
		return false;
	pages = pm->info->ring_len / told->page_size;
	return told->first <= pages && told->nr <= pages - told->first;
}

/* Copies the pages of a ring that one page tells of; those that are missing stay untold. */
static int dump_take_pages(struct procmon *pm, const struct dump *dump,
			   const struct procmon_dump *told, const uint64_t *frame)
{
	struct ring *ring = &pm->ring[told->index];
	uint32_t i;

	if (!ring->map) {
		void *map = mmap(NULL, pm->info->ring_len, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED)
			return reader_fail(pm, ENOMEM, "out of memory");
		ring->map = map;
		ring->map_len = pm->info->ring_len;
	}
	for (i = 0; i < told->nr; i++) {
		uint64_t at = ((uint64_t)told->first + i) * dump->page_size;
		const void *page = dump_page(dump, frame[i], dump->page_size);

		if (!page)
			continue;
		memcpy((char *)ring->map + at, page, dump->page_size);
		ring->pos++; /* until the ring is read: pages that are there */
	}
	return 0;
}

/*
 * Does a page that the module left begin here?  One that lies in two segments counts once.  Its head
 * is copied to @told.  Return: what follows its head, NULL.
 */
static const uint64_t *dump_told(const struct dump *dump, const Elf64_Phdr *segment, uint64_t at,
				 struct procmon_dump *told)
{
	const char *page = dump->map + segment->p_offset + at;

	if (memcmp(page, PROCMON_DUMP_MAGIC, sizeof(told->magic)))
		return NULL;
	memcpy(told, page, sizeof(*told));
	if (told->page_size < DUMP_PAGE_MIN || told->page_size > DUMP_PAGE_MAX ||
	    told->page_size & (told->page_size - 1) ||
	    dump_segment_of(dump, told->self, told->page_size) != segment ||
	    told->self * told->page_size != segment->p_paddr + at)
		return NULL;
	return (const void *)(page + sizeof(*told));
}

static int dump_search(struct procmon *pm, struct dump *dump, const char *path)
{
	uint64_t i, at;
	int err = 0;

	for (i = 0; i < dump->segments && !err; i++) {
		const Elf64_Phdr *segment = &dump->segment[i];
		uint64_t len = dump_segment_len(dump, segment);

		if (segment->p_paddr % DUMP_PAGE_MIN)
			continue;
		for (at = 0; at + DUMP_PAGE_MIN <= len && !err; at += DUMP_PAGE_MIN) {
			struct procmon_dump told;
			const uint64_t *frame = dump_told(dump, segment, at, &told);

			if (frame && !pm->info)
				err = dump_take_info(pm, dump, &told, path);
			if (!err && frame && pm->info && dump_tells_sense(pm, dump, &told))
				err = dump_take_pages(pm, dump, &told, frame);
		}
	}
	return err;
}

/* Makes the rings that are whole readable.  Return: how many are not. */
static int dump_finish(struct procmon *pm, const struct dump *dump)
{
	uint32_t i;
	int left_out = 0;

	for (i = 0; i < pm->nr; i++) {
		struct ring *ring = &pm->ring[i];

		if (!ring->map)
			continue;
		ring->shared = ring->map;
		ring->data = (const void *)((const char *)ring->map + pm->info->data_off);
		if (ring->pos * dump->page_size == pm->info->ring_len &&
		    !memcmp(ring->shared->magic, PROCMON_RING_MAGIC, sizeof(ring->shared->magic)))
			continue;
		ring->shared = NULL;
		left_out++;
	}
	return left_out;
}

static int dump_read(struct procmon *pm, struct dump *dump, const char *path)
{
	int err = dump_read_headers(pm, dump, path);
	int left_out;

	if (!err)
		err = dump_search(pm, dump, path);
	if (!err && !pm->info)
		err = reader_fail(pm, ENOENT,
				  "%s: no ring of procmon in it: its module was not loaded, or the "
				  "dump lacks the kernel's pages",
				  path);
	if (err)
		return err;
	left_out = dump_finish(pm, dump);
	err = reader_attach(pm, PROCMON_HISTORY);
	return err ? err : left_out;
}

int procmon_open_dump(struct procmon **pmp, const char *path)
{
	struct procmon *pm = reader_make(path);
	struct dump dump = { 0 };
	int err;

	*pmp = NULL;
	if (!pm)
		return -ENOMEM;
	pm->complete = true;
	err = dump_map(pm, &dump, path);
	if (dump.map) {
		err = dump_read(pm, &dump, path);
		munmap((void *)dump.map, dump.len);
		free(dump.segment);
	}
	if (err < 0)
		return reader_fail_open(pm, err);
	*pmp = pm;
	return err;
}
