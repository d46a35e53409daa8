# SPDX-License-Identifier: MIT
# file: userspace/lib/ring.c
# scene: small
# build: gcc
s/ring->gap += ring->event->seq - ring->seq;/ring->gap += ring->event->seq > ring->seq;/
