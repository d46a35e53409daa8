/* SPDX-License-Identifier: MIT */
/* top.h - procmon top: what is counted, and the lines that tell it */
#ifndef CMD_TOP_H
#define CMD_TOP_H

#include "board.h"
#include "column.h"
#include "query.h"
#include "show.h"

#define TOP_TYPED 256 /* bytes of an expression that is typed, and its NUL */

/**
 * struct top - what is counted
 * @board: by everything that a row can be
 * @by: by which it is shown; without @every the only one that counts
 * @typed, @typed_text: a filter that was typed, NULL for none
 * @view: the rows as they were at the end of the last interval, in order
 * @frozen: that stays as it is
 * @start_ns: what happened before is history
 * @ticked_ns, @next_ns: when the last interval ended, and when this one will
 */
struct top {
	const struct options *options;
	struct show show;
	struct board board[BOARD_BY];
	enum board_by by;
	bool every;
	struct query *typed;
	char typed_text[TOP_TYPED];
	struct board_view view;
	struct column_way way;
	bool frozen;
	uint64_t start_ns, ticked_ns, next_ns;
};

/* Two lines, without a newline: what happens, and what the table is. */
void top_put_summary(const struct top *top, struct out *out);
void top_put_state(const struct top *top, struct out *out);
/* Copies the rows of now and puts them in order. */
void top_look(struct top *top);
/* Forgets all counts. */
void top_clear(struct top *top);

#endif
