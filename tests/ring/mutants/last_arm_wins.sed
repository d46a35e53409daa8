# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: wake
# build: gcc
s/while (ring_after(old, pos)) {/while (old != pos) {/
