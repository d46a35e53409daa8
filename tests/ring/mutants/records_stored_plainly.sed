# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: least
# build: tsan
s/WRITE_ONCE(to\[i\], from\[i\]);/to[i] = from[i];/
