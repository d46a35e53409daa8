/* SPDX-License-Identifier: MIT */
/* lib.h - the library's reader without its struct ring, which is not the kernel's */
#ifndef LIB_H
#define LIB_H

#include <stdbool.h>
#include <linux/types.h>
#include "uapi/procmon.h"

struct lib;

struct lib_place {
	__u64 pos, seq;
	bool any;
};

struct lib *lib_open(const struct procmon_ring *shared, const void *data, __u64 nrec,
		     __u32 max_event, __u64 pos, __u64 seq);
void lib_close(struct lib *lib);
void lib_to_newest(struct lib *lib);
void lib_to_oldest(struct lib *lib);
/* Return: the event, NULL when there is none. */
struct procmon_head *lib_next(struct lib *lib, __u64 *pos, __u64 *lost);
struct lib_place lib_place(const struct lib *lib);
__u64 lib_bound(const struct lib *lib, __u64 now_ns);

#endif
