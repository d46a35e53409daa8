/* SPDX-License-Identifier: MIT */
/* block.h - the parts of a recording: a table, then events, each part with its checksums */
#ifndef LIB_BLOCK_H
#define LIB_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_MAGIC "PMBLOCK\n"
#define BLOCK_VERSION 1 /* of the format; another one cannot be read */
#define BLOCK_MAX ((size_t)64 << 20) /* bytes of a block, at most */

#define BLOCK_TABLE 1 /* block_head.kind */
#define BLOCK_EVENTS 2

/**
 * struct block_head - before each block; numbers are little-endian
 * @magic: BLOCK_MAGIC
 * @len: bytes of this struct
 * @kind: BLOCK_*
 * @how: PRESS_*
 * @stored_len: bytes that follow
 * @full_len: bytes that those are, unpacked: numbers, text, a cursor
 * @number_len: of them, numbers (struct codec_at)
 * @text_len: of them, text; what is left is the cursor of a reader that goes on after this block
 * @events: how many
 * @table_sum: checksum of the table that they are told by
 * @first_ns: CLOCK_BOOTTIME of the first event
 * @last_ns: of the last one
 * @wall_ns: CLOCK_REALTIME minus CLOCK_BOOTTIME
 * @sum: checksum of what follows
 * @head_sum: checksum of this struct up to here
 */
struct block_head {
	uint8_t magic[8];
	uint16_t len;
	uint8_t kind;
	uint8_t how;
	uint32_t stored_len;
	uint32_t full_len;
	uint32_t number_len;
	uint32_t text_len;
	uint32_t events;
	uint32_t table_sum;
	uint32_t reserved;
	uint64_t first_ns;
	uint64_t last_ns;
	int64_t wall_ns;
	uint32_t sum;
	uint32_t head_sum;
};

/* Fills in magic, length and checksum, in the byte order of the file. */
void block_seal(struct block_head *head);
/* Takes a head as it is in the file.  Return: it is one, and its numbers can be. */
bool block_unseal(struct block_head *head, const void *from);

#endif
