# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: bound_kmod
# build: gcc
s/return !pending && commit == READ_ONCE(shared->resv) ? now_ns : last_ns;/return !pending \&\& commit + 1 ? now_ns : last_ns;/
