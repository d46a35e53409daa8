# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
s/need \* RING_WORDS); \/\* B \*\//need * RING_WORDS - 1);/
