/* SPDX-License-Identifier: MIT */
/* picture.h - the file that a picture goes to */
#ifndef CMD_PICTURE_H
#define CMD_PICTURE_H

#include "out.h"

/*
 * Makes sure, before there is anything to draw, that the file can be written: "-" is standard output, and
 * a file that holds something else than a picture is refused.  Return: 0; -1: an error, told.
 */
int picture_open(struct out *out, const char *path);
/* What the file held is gone: now it is written.  Return: 0; -1: an error, told. */
int picture_begin(struct out *out, const char *path);
/* Return: 0; -1: an error, told; a reader that has gone is none. */
int picture_end(struct out *out, const char *path);

#endif
