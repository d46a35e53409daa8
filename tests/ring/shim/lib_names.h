/* SPDX-License-Identifier: MIT */
/* lib_names.h - included before userspace/lib/ring.[ch]: names that kmod/ring.c has too */
#ifndef SHIM_LIB_NAMES_H
#define SHIM_LIB_NAMES_H

#define ring_bound lib_ring_bound

#endif
