# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: small
# build: asan
s/\*sane = ring_sane(ring, ring->event, avail);/*sane = ring_sane(ring, ring->event, avail) || avail;/
