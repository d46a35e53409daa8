# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: small
# build: clang
/seq = ring_word(&ring->shared->seq);/,/return;/s/if (ring_word(&ring->shared->resv) == ring->pos)/if (ring_word(\&ring->shared->resv) || !ring->pos)/
