# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: bound_lib
# build: gcc
s/return !pending && commit == ring_word(&ring->shared->resv) ?/return !pending \&\& commit + 1 ?/
