# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: least
# build: tsan
s/WRITE_ONCE(ring->data\[(start + i) & mask\], from\[i\]);/ring->data[(start + i) \& mask] = from[i];/
