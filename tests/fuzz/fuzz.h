/* SPDX-License-Identifier: MIT */
/* fuzz.h - what reads bytes of strangers, and what the targets share */
#ifndef FUZZ_H
#define FUZZ_H

#include <procmon.h>

#include "options.h"
#include "rings.h"

#define FUZZ_NREC 64 /* records of the rings in memory */
#define FUZZ_RINGS 2

/**
 * struct target - something that reads bytes of strangers
 * @name: $FUZZ_TARGET
 * @begin: called once, may be NULL
 * @fuzz: reads an input
 * @seed: writes inputs that make sense, by fuzz_seed()
 */
struct target {
	const char *name;
	void (*begin)(void);
	void (*fuzz)(const unsigned char *data, size_t len);
	void (*seed)(void);
};

extern const struct target target_ring, target_live, target_info, target_dump, target_cursor,
	target_cursor_file, target_text, target_options, target_query, target_doctor,
	target_recording, target_index;

/* Keeps an input in the directory of seeds. */
void fuzz_seed(const char *name, const void *bytes, size_t len);
/* A file of this name in the directory that we may write to. */
const char *fuzz_path(const char *name);
/* Called at each look that the library takes at a ring. */
void fuzz_look(void);
extern void (*fuzz_looks)(void);
/* Runs what may end the program by exit(): then it returns false. */
bool fuzz_ends(void (*call)(void *data), void *data);

/* Takes up to @len bytes off the input; what is not there is zero. */
void fuzz_take(const unsigned char **data, size_t *left, void *to, size_t len);

/* A number that is always the same for an input, and evenly spread over them. */
extern unsigned int fuzz_turn;
/* events.c: everything that a stream holds, in one format or another, or what status makes of it too. */
void events_show(struct procmon *pm);
/* The same with these options alone. */
void events_show_as(struct procmon *pm, const struct options *options);

/* ring.c: two rings in memory, a few events in them, and the bytes of all that. */
extern struct rings fuzz_rings;
void fuzz_rings_begin(void);
void fuzz_rings_fill(const unsigned char **data, size_t *left);
void fuzz_rings_put_story(void);
size_t fuzz_rings_bytes(unsigned char *to);
#define FUZZ_RINGS_BYTES (FUZZ_RINGS * (sizeof(struct procmon_ring) + FUZZ_NREC * PROCMON_REC))

#endif
