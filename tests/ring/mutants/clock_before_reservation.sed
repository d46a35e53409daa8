# SPDX-License-Identifier: MIT
# file: kmod/ring.c
# scene: bound_kmod
# build: gcc
/WRITE_ONCE(shared->resv, end);/i event->time_ns = time_ns ? time_ns : ktime_get_boottime_ns();
/\/\* C \*\//d
