# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: asan
s/WRITE_ONCE(ring->data\[(start + i) & mask\]/WRITE_ONCE(ring->data[start + (i | (mask - mask))]/
