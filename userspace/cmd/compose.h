/* SPDX-License-Identifier: MIT */
/* compose.h - an event that is made here, for a recording */
#ifndef CMD_COMPOSE_H
#define CMD_COMPOSE_H

#include <procmon.h>

/* Begins one with this head, whose type says what @body is. */
void compose_start(const struct procmon_head *head, const void *body, size_t len);
/* A string, at this offset in the body; NULL: it is unknown. */
void compose_text(size_t field, const char *text, size_t len);
/* What was begun last; valid until the next one is. */
struct procmon_event compose_event(void);

#endif
