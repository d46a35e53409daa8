/* SPDX-License-Identifier: MIT */
/* rotate.h - files of a recording that have been filled: FILE.000001 is the oldest one */
#ifndef CMD_ROTATE_H
#define CMD_ROTATE_H

#include <stdint.h>

/*
 * Renames @path to the next free number after it: PATH.000001, PATH.000002, ...  Keeps the newest @keep
 * of them (0: all), and removes the oldest ones while all have more than @max_size bytes (0: no limit).
 * Return: 0; -1: an error, told.
 */
int rotate_file(const char *path, unsigned int keep, uint64_t max_size);

/* The newest one of those files, to be freed; NULL: there is none. */
char *rotate_newest(const char *path);

#endif
