# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
/smp_rmb(); \/\* G \*\//,/^}/s/return !ring_lapped(ring, pos);/return true;/
