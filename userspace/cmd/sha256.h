/* SPDX-License-Identifier: MIT */
/* sha256.h - SHA-256 of a short message (FIPS 180-4) */
#ifndef CMD_SHA256_H
#define CMD_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

void sha256(const void *message, size_t len, uint8_t digest[SHA256_LEN]);

#endif
