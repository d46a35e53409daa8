/* SPDX-License-Identifier: MIT */
/*
 * What the headers of Linux 7 use and sparse 0.6.4 does not know; sparse includes this first.
 * Goes away when the builder's sparse has learnt it (0.6.5 has).
 */
#define __typeof_unqual__ __typeof__
/* MODULE_INFO() wants it of a string constant, as a constant */
#define __builtin_strlen(s) (sizeof(s) - 1)
