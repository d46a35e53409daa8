# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: small
# build: gcc
s/\*lost += event->seq - view->seq;/*lost += event->seq > view->seq;/
