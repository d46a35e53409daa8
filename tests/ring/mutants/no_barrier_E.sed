# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: wake
# build: gcc
s/smp_mb(); \/\* E \*\//barrier();/
