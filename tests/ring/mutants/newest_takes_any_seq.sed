# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: clang
s/if (READ_ONCE(ring->shared->resv) == commit)/if (READ_ONCE(ring->shared->resv) || !commit)/
