/* SPDX-License-Identifier: MIT */
/* compiler.h - marked accesses as relaxed atomics, which is what ThreadSanitizer understands */
#ifndef SHIM_COMPILER_H
#define SHIM_COMPILER_H

#include "../pause.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" ::: "memory")
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "+r"(var))

#define READ_ONCE(x) (shim_pause(), __atomic_load_n(&(x), __ATOMIC_RELAXED))
#define WRITE_ONCE(x, value) (shim_pause(), __atomic_store_n(&(x), (value), __ATOMIC_RELAXED))

#endif
