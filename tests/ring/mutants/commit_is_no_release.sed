# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: publish_kmod
# build: tsan
s/smp_store_release(&shared->commit, end); \/\* D \*\//WRITE_ONCE(shared->commit, end);/
