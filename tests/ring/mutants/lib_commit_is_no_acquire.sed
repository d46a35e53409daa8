# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: publish_lib
# build: tsan
s/commit, __ATOMIC_ACQUIRE);/commit, __ATOMIC_RELAXED);/
