/* SPDX-License-Identifier: MIT */
/* day.h - recordings of a busy day, as many events as are wanted, always the same ones */
#ifndef UNIT_DAY_H
#define UNIT_DAY_H

#include <stdint.h>

#define DAY_RARE "/usr/sbin/rare" /* a program that ran DAY_RARE_RUNS times, all over the day */
#define DAY_RARE_RUNS 5u
#define DAY_RARE_UID 4711u /* and whose user did nothing else */

/*
 * Writes about @events of them into DIRECTORY/all.000001, ... and DIRECTORY/all: @files of them in all.
 * One block a second of the day.
 */
void day_write(const char *directory, uint32_t events, unsigned int files);

#endif
