/* SPDX-License-Identifier: MIT */
/* summary.h - what comes in a part of a recording: which filters can let any of it pass? */
#ifndef CMD_SUMMARY_H
#define CMD_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "out.h"
#include "question.h"

/* There is one that is being made; this begins it. */
void summary_begin(void);
void summary_note(const struct event *event);
/* Ends it, and appends it to @to. */
void summary_end(struct out *to);

/* SUMMARY_MUST: a pid is @of_interest. */
enum summary_answer { SUMMARY_NO, SUMMARY_MAYBE, SUMMARY_MUST, SUMMARY_DAMAGED };

/* Can an event of it be an answer, or is any @of_interest by its pid?  NULL: none is. */
enum summary_answer summary_asks(const void *bytes, size_t len, struct question *question,
				 bool (*of_interest)(void *data, uint32_t pid), void *data);

#endif
