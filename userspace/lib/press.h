/* SPDX-License-Identifier: MIT */
/* press.h - the compression of recordings: zstd, where the library was there at build time */
#ifndef LIB_PRESS_H
#define LIB_PRESS_H

#include <stdbool.h>
#include <stddef.h>

#define PRESS_NONE 0 /* how a block is stored */
#define PRESS_ZSTD 1

struct press;

/* Return: NULL without memory. */
struct press *press_make(void);
void press_free(struct press *press);
/* Room that @len bytes may take. */
size_t press_bound(size_t len);
/* What is packed or unpacked next is like these bytes, which stay until then: it takes less room. */
void press_like(struct press *press, const void *bytes, size_t len);
/* Stores @len bytes in @to, which has room for press_bound().  Return: bytes; @how says how. */
size_t press_pack(struct press *press, void *to, const void *from, size_t len, int *how);
/* Takes them out again.  Return: 0; -EOPNOTSUPP: this program lacks zstd; -EBADMSG: damaged. */
int press_unpack(struct press *press, void *to, size_t full_len, const void *from, size_t len,
		 int how);

#endif
