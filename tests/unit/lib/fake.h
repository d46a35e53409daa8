/* SPDX-License-Identifier: MIT */
/*
 * fake.h - what the kernel does, done by the test: the linker sends ioctl, mmap, fork and
 * clock_gettime here (ld --wrap).  A regular file with the layout of rings.h answers like the device.
 */
#ifndef UNIT_FAKE_H
#define UNIT_FAKE_H

#include <procmon/abi.h>
#include <stdint.h>

#define FAKE_BOOT_NS 1000000000000000ull /* CLOCK_BOOTTIME at the start of the program */
#define FAKE_WALL_NS 1795511789500000000ull /* the wall clock then: 2026-11-24T09:16:29.5Z */

/* $FAKE_SPEED: boot time passes so many times faster, in a program that others start too. */

/* Lets boot time pass without waiting for it. */
void fake_pass(uint64_t ns);
/* From now on no other boot time passes: a machine may be slow. */
void fake_hold(void);
/* Somebody sets the wall clock: from now on it is @ahead_ns ahead of what it would be. */
void fake_set_wall(uint64_t ahead_ns);
/* ioctl() fails with @err from now on, 0: it does not. */
void fake_fail_ioctl(int err);
/* The same after @calls that succeed. */
void fake_fail_ioctl_later(unsigned int calls, int err);
/* The same for mapping a ring. */
void fake_fail_ring_mmap(int err);
/* The same for mapping the info page. */
void fake_fail_info_mmap(int err);
/* The processes that PROCMON_IOC_TASK knows, the first one the caller; 0: it is no call. */
void fake_tasks(const struct procmon_task *tasks, unsigned int count);
/* fork() fails with @err, after @calls of it that succeed. */
void fake_fail_fork_later(unsigned int calls, int err);
/* @sig comes right before fork(), after @calls of it at which nothing happens. */
void fake_raise_at_fork(unsigned int calls, int sig);

#endif
