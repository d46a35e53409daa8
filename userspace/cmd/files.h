/* SPDX-License-Identifier: MIT */
/* files.h - the recordings of procmon show, one after the other */
#ifndef CMD_FILES_H
#define CMD_FILES_H

#include <stdbool.h>
#include <procmon.h>

#include "options.h"

/* Opens the first one, or the memory dump.  Return: as procmon_open_dump(); told by procmon_error(). */
int files_open(struct procmon **pm, const struct options *options);
/*
 * At the end of a file: notes what of it is left, and goes on with the next one; with --follow, with
 * what was appended, or with the file that has taken its place.  Return: there is more to read.
 */
bool files_next(struct procmon *pm, const struct options *options);
/* Is the last file to be waited for?  A dump is complete. */
bool files_wait(const struct procmon *pm, const struct options *options);

/* Bytes of all files, 0: nobody knows; bytes that have been read of them. */
uint64_t files_total(const struct options *options);
uint64_t files_done(const struct procmon *pm);

#endif
