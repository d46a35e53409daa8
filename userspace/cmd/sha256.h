/* SPDX-License-Identifier: MIT */
/* sha256.h - SHA-256 (FIPS 180-4) */
#ifndef CMD_SHA256_H
#define CMD_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

/**
 * struct sha256 - a message whose parts come one after the other
 * @hash: of the blocks that are full
 * @block: the one that is not
 * @len: bytes so far
 */
struct sha256 {
	uint32_t hash[8];
	uint8_t block[64];
	uint64_t len;
};

void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *bytes, size_t len);
void sha256_end(struct sha256 *sha256, uint8_t digest[SHA256_LEN]);
/* Of a message that is there as a whole. */
void sha256(const void *message, size_t len, uint8_t digest[SHA256_LEN]);

#endif
