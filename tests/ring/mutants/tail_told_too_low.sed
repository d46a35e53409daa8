# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
s/WRITE_ONCE(shared->tail, ring->tail);/WRITE_ONCE(shared->tail, ring->tail - 1);/
