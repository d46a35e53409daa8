/* SPDX-License-Identifier: MIT */
/* window.h - functions at addresses of their own (Makefile), which the plugins for QEMU look for */
#ifndef WINDOW_H
#define WINDOW_H

#define WINDOW(name) __attribute__((section(".window_" #name), noinline))

static WINDOW(begin) void window_begin(void)
{
	__asm__ volatile("");
}

static WINDOW(end) void window_end(void)
{
	__asm__ volatile("");
}

#endif
