// SPDX-License-Identifier: GPL-2.0
/*
 * The window of a ring is virtually contiguous only.  So that its pages are found without the
 * kernel's page tables and symbols, their numbers are written into pages that a search finds.
 */
#include "log.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "dump.h"
#include "lane.h"

#define DUMP_FRAMES ((PAGE_SIZE - sizeof(struct procmon_dump)) / sizeof(u64))

/**
 * dump_nr_pages - pages that tell of a ring
 * @nr_ring_pages: pages of the ring's window
 *
 * Return: their number.
 */
unsigned long dump_nr_pages(unsigned long nr_ring_pages)
{
	return DIV_ROUND_UP(nr_ring_pages, DUMP_FRAMES);
}

/**
 * dump_tell - write down where a ring lies
 * @dump_pages: dump_nr_pages() pages to write to
 * @index: of the ring
 * @pages: the pages of its window
 * @nr: how many
 */
void dump_tell(struct page **dump_pages, unsigned int index, struct page **pages, unsigned long nr)
{
	unsigned long first, i;

	for (first = 0; first < nr; first += DUMP_FRAMES) {
		struct page *page = dump_pages[first / DUMP_FRAMES];
		struct procmon_dump *dump = page_address(page);
		u64 *frame = (u64 *)(dump + 1);

		*dump = (struct procmon_dump){
			.magic = PROCMON_DUMP_MAGIC,
			.instance = lane_info->instance,
			.self = page_to_pfn(page),
			.info = page_to_pfn(virt_to_page(lane_info)),
			.page_size = PAGE_SIZE,
			.index = index,
			.first = first,
			.nr = min(nr - first, DUMP_FRAMES),
		};
		for (i = 0; i < dump->nr; i++)
			frame[i] = page_to_pfn(pages[first + i]);
	}
}

/**
 * dump_forget - before the ring is freed: nobody shall find it any more
 * @dump_pages: the pages that tell of it
 * @nr_dump_pages: how many
 */
void dump_forget(struct page **dump_pages, unsigned long nr_dump_pages)
{
	while (nr_dump_pages--)
		memset(page_address(dump_pages[nr_dump_pages]), 0, sizeof(struct procmon_dump));
}
