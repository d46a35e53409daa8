# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: small
# build: gcc
s/return ring_after(seq, expected) ? seq - expected : 0;/return ring_after(seq, expected);/
