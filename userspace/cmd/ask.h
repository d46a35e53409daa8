/* SPDX-License-Identifier: MIT */
/* ask.h - what a unit of a history has to answer, read where it can be */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include "history.h"
#include "pending.h"
#include "question.h"

/*
 * Gives each event of it to @take that can be an answer, or can be about a process that is @pending (NULL:
 * none is), and others.  Return: as history_read().
 */
int ask_unit(struct history *history, size_t unit, struct question *question,
	     struct pending *pending, struct show *show, watch_take *take);

#endif
