# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: bound_kmod
# build: gcc
s/smp_mb(); \/\* A \*\//smp_wmb();/
