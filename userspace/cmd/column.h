/* SPDX-License-Identifier: MIT */
/* column.h - the columns of a board: one table makes headings, values, widths and orders */
#ifndef CMD_COLUMN_H
#define CMD_COLUMN_H

#include "board.h"

#define COLUMN_NAME 20 /* columns that the name has before others are left out */

/**
 * struct column_way - how a board is shown
 * @sort: the column it is ordered by; it is never left out
 * @reverse: the other way round
 * @width: columns to fit lines into, 0: do not cut
 * @utc: times in UTC
 */
struct column_way {
	unsigned int sort;
	bool reverse;
	unsigned int width;
	bool utc;
};

/* The word of a column for --sort, NULL past the last one. */
const char *column_word(unsigned int column);
/* Return: < 0 when there is no such word. */
int column_by_word(const char *word);
/* The next column, or with @step -1 the one before; round and round. */
unsigned int column_beside(unsigned int column, int step);
void column_sort(struct board_view *view, const struct column_way *way);
/* A line of headings; a line of a row.  Without a newline. */
void column_put_heading(struct out *out, enum board_by by, const struct column_way *way);
void column_put_row(struct out *out, const struct board_row *row, const struct column_way *way);

#endif
