/* SPDX-License-Identifier: MIT */
/* stream.h - what a kernel module has recorded, over and over, in rings of the size that it has them */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "rings.h"

#define STREAM_RING_RECORDS 65536 /* 4 MiB, as by default */

/* Reads the recording at @path, of which @events will be put into rings, over and over if it has less. */
void stream_load(const char *path, uint64_t events);
/*
 * Puts as many of them into the rings as have room there, after those of the last call, which the reader
 * has taken.  Return: false: there are no more.
 */
bool stream_fill(void);
/* A reader of the rings, from their first event on. */
struct procmon *stream_attach(void);
/* All that was put there, cgroups' names included. */
uint64_t stream_put(void);

#endif
