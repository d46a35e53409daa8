# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
/\/\* D \*\//d
/\/\* C \*\//i smp_store_release(&shared->commit, end);
