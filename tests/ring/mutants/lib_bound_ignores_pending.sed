# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: late_lib
# build: gcc
s/return !pending && commit/return (!pending || pending) \&\& commit/
