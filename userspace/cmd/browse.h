/* SPDX-License-Identifier: MIT */
/* browse.h - the screen of top, and what its keys do */
#ifndef CMD_BROWSE_H
#define CMD_BROWSE_H

#include "top.h"

/**
 * struct browse - the screen
 * @first: the row on top
 * @frozen_ns: since when the table is frozen
 * @help: the keys are shown, not the table
 * @typing: an expression is being typed: @text
 * @why: what is wrong with it
 * @line: a line being made
 */
struct browse {
	struct top *top;
	unsigned int first;
	uint64_t frozen_ns;
	bool help, typing;
	char text[TOP_TYPED];
	size_t len;
	struct out why, line;
};

void browse_start(struct browse *browse, struct top *top);
/* Does what the keys say and shows it.  Return: false: it shall end. */
bool browse_update(struct browse *browse);
void browse_end(struct browse *browse);

#endif
