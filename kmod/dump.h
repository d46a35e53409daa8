/* SPDX-License-Identifier: GPL-2.0 */
/* dump.h - pages that tell where a ring lies, for who reads a memory dump after a crash */
#ifndef _PROCMON_DUMP_H
#define _PROCMON_DUMP_H

struct page;

unsigned long dump_nr_pages(unsigned long nr_ring_pages);
void dump_tell(struct page **dump_pages, unsigned int index, struct page **pages, unsigned long nr);
void dump_forget(struct page **dump_pages, unsigned long nr_dump_pages);

#endif
