/* SPDX-License-Identifier: MIT */
/* context.h - what is known at a place in a stream from before it: processes, and names of cgroups */
#ifndef CMD_CONTEXT_H
#define CMD_CONTEXT_H

#include <stdbool.h>
#include <procmon.h>

#include "out.h"

/* After each event of the stream. */
void context_note(const struct procmon_event *ev);
/**
 * struct context - what has been saved
 * @base: by context_save(), without bytes: nothing is known
 * @more: by context_save_more() after that, NULL: nothing
 */
struct context {
	const void *base;
	size_t base_len;
	const void *more;
	size_t more_len;
};

/* Appends what is known now to @to. */
void context_save(struct out *to);
/* The same in fewer bytes, which are of use only together with those of the last context_save(). */
void context_save_more(struct out *to);
/* Forgets all, then takes in what has been saved.  Return: false: damaged. */
bool context_load(struct procmon *pm, const struct context *context);
/* The bytes of that, not packed, until the next call.  Return: false: damaged. */
bool context_bytes(const struct context *context, const void **bytes, size_t *len);
void context_free(void);

#endif
