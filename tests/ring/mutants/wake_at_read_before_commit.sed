# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: wake
# build: gcc
/\/\* D \*\//i const u64 wake_at = READ_ONCE(ring->wake_at);
s/READ_ONCE(ring->wake_at))))/wake_at)))/
