# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: asan
s/u64 \*to = ring_at(ring, pos);/u64 *to = ring_at(ring, ring->head) + (pos - ring->head) * RING_WORDS;/
