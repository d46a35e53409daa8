# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
/^static void ring_store/,/^}/s/i < RING_WORDS;/i < RING_WORDS - 1;/
