# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: wrap
# build: gcc
s/return (s64)(a - b) > 0;/return a > b;/
