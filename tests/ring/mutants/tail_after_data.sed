# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
/WRITE_ONCE(shared->tail, ring->tail);/d
/\/\* B \*\//a WRITE_ONCE(shared->tail, ring->tail);
