/* SPDX-License-Identifier: MIT */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#define U64_MAX (~0ULL)

#endif
