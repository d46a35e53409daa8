/* SPDX-License-Identifier: MIT */
/* doctor.h - procmon doctor on a system whose files are the input */
#ifndef FUZZ_DOCTOR_H
#define FUZZ_DOCTOR_H

#include <stddef.h>
#include <stdio.h>

void doctor_fuzz(const unsigned char *data, size_t len);
void doctor_seed(FILE *file);

#endif
