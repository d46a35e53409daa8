/* SPDX-License-Identifier: MIT */
/* tape.h - rings, and what procmon record makes of them */
#ifndef UNIT_TAPE_H
#define UNIT_TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "fake.h"
#include "rings.h"

#define TAPE_PAST (FAKE_BOOT_NS - 1000000000ull) /* before it all began */
#define TAPE_PIDS "-ojson", "--output-fields=pid"

/**
 * struct tape - the one that there is
 * @device: option that names the rings
 * @directory: for files, made by the test
 * @file: the recording, in it
 * @command: what was run last
 */
struct tape {
	struct rings rings;
	char device[128], directory[64], file[128];
	struct command command;
};

extern struct tape tape;

/* New rings, no recording. */
void tape_begin(unsigned int nr, uint64_t nrec);
/* Forks with the PIDs from @from up to before @to, in turn into the rings. */
void tape_put(uint32_t from, uint32_t to);
/* Records all that there is. */
void tape_record(void);
/* tape_begin(), ten events in the file, and after another start of the recorder ten more. */
void tape_begin_in_two_runs(unsigned int nr);
void tape_end(void);
/* What is in a file, up to 1 MiB; to be freed. */
char *tape_bytes(const char *path, size_t *len);
void tape_put_bytes(const char *path, const void *bytes, size_t len);
/* The lines of TAPE_PIDS are @from, @from + 1, ... without a gap; returns the number after the last one, -1. */
int tape_pids(const char *text, unsigned int from);

#endif
