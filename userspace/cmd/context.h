/* SPDX-License-Identifier: MIT */
/* context.h - what is known at a place in a stream from before it: processes, and names of cgroups */
#ifndef CMD_CONTEXT_H
#define CMD_CONTEXT_H

#include <stdbool.h>
#include <procmon.h>

#include "out.h"

/* After each event of the stream. */
void context_note(const struct procmon_event *ev);
/* Appends what is known now to @to. */
void context_save(struct out *to);
/* What context_save() has put there, unpacked, until the next one is.  Return: false: it is damaged. */
bool context_bytes(const void *packed, size_t packed_len, const void **bytes, size_t *len);
/* Forgets all, then takes in what context_save() has told, @len 0: nothing.  Return: false: damaged. */
bool context_load(struct procmon *pm, const void *bytes, size_t len);
void context_free(void);

#endif
