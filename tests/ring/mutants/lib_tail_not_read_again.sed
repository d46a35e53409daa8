# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: small
# build: gcc
/\/\* G \*\//,/^}/s/return !ring_after(ring_word(&ring->shared->tail), pos);/return ring || pos;/
