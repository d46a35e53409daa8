// SPDX-License-Identifier: MIT
/* The names are those of FIPS 180-4, sections 4.1.2, 5 and 6.2. */
#include "sha256.h"

#include <string.h>

#define SHA256_BLOCK 64
#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))

static const uint32_t sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static void sha256_block(uint32_t hash[8], const uint8_t *block)
{
	uint32_t w[64], v[8], t1, t2;
	int t;

	for (t = 0; t < 16; t++, block += 4)
		w[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		       (uint32_t)block[2] << 8 | block[3];
	for (; t < 64; t++)
		w[t] = (ROTR(w[t - 2], 17) ^ ROTR(w[t - 2], 19) ^ w[t - 2] >> 10) + w[t - 7] +
		       (ROTR(w[t - 15], 7) ^ ROTR(w[t - 15], 18) ^ w[t - 15] >> 3) + w[t - 16];
	memcpy(v, hash, sizeof(v));
	for (t = 0; t < 64; t++) {
		t1 = v[7] + (ROTR(v[4], 6) ^ ROTR(v[4], 11) ^ ROTR(v[4], 25)) +
		     ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha256_k[t] + w[t];
		t2 = (ROTR(v[0], 2) ^ ROTR(v[0], 13) ^ ROTR(v[0], 22)) +
		     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (t = 0; t < 8; t++)
		hash[t] += v[t];
}

void sha256_begin(struct sha256 *sha256)
{
	*sha256 = (struct sha256){
		.hash = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
			  0x1f83d9ab, 0x5be0cd19 },
	};
}

void sha256_add(struct sha256 *sha256, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	size_t used = sha256->len % SHA256_BLOCK, n;

	sha256->len += len;
	while (len) {
		if (!used && len >= SHA256_BLOCK) {
			sha256_block(sha256->hash, from);
			from += SHA256_BLOCK;
			len -= SHA256_BLOCK;
			continue;
		}
		n = SHA256_BLOCK - used < len ? SHA256_BLOCK - used : len;
		memcpy(sha256->block + used, from, n);
		from += n;
		len -= n;
		used = (used + n) % SHA256_BLOCK;
		if (!used)
			sha256_block(sha256->hash, sha256->block);
	}
}

void sha256_end(struct sha256 *sha256, uint8_t digest[SHA256_LEN])
{
	uint8_t rest[SHA256_BLOCK + 8] = { 0x80 };
	uint64_t bits = sha256->len * 8;
	size_t zeros = (2 * SHA256_BLOCK - 9 - sha256->len % SHA256_BLOCK) % SHA256_BLOCK, i;

	for (i = 0; i < 8; i++)
		rest[1 + zeros + i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256_add(sha256, rest, 1 + zeros + 8);
	for (i = 0; i < SHA256_LEN; i++)
		digest[i] = (uint8_t)(sha256->hash[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256(const void *message, size_t len, uint8_t digest[SHA256_LEN])
{
	struct sha256 sha256;

	sha256_begin(&sha256);
	sha256_add(&sha256, message, len);
	sha256_end(&sha256, digest);
}
