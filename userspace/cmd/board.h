/* SPDX-License-Identifier: MIT */
/* board.h - what each program, container or user has done: rows of counts, never more than BOARD_MAX */
#ifndef CMD_BOARD_H
#define CMD_BOARD_H

#include "event.h"

#define BOARD_MAX 2048 /* rows; the one that was silent for the longest goes to the others then */
#define BOARD_NAME 4096 /* bytes of a name; those that differ only behind them share a row */
#define BOARD_BUCKETS 4096

/* What a row is. */
enum board_by {
	BOARD_EXE,
	BOARD_COMM,
	BOARD_CONTAINER,
	BOARD_UNIT,
	BOARD_USER,
	BOARD_BY,
};

/* What has a rate. */
enum board_kind { BOARD_EVENTS, BOARD_EXECS, BOARD_FORKS, BOARD_EXITS, BOARD_KINDS };

/**
 * struct board_counts - what has been counted
 * @total, @recent: of each kind, in all and in this interval
 * @rate: in a second of the last interval
 * @failed, @killed: processes that ended with a code other than 0, by a signal
 * @lives, @life_ns: processes whose end was seen and start is known, how long they lived together
 * @shortest_ns: the shortest of these lives
 * @last_ns: time of the last event
 */
struct board_counts {
	uint64_t total[BOARD_KINDS], recent[BOARD_KINDS];
	double rate[BOARD_KINDS];
	uint64_t failed, killed;
	uint64_t lives, life_ns, shortest_ns;
	uint64_t last_ns;
};

/**
 * struct board_row - a row
 * @key, @key_len: what tells it from others; NULL: of the others
 * @label, @label_len: what it is called, fit for a terminal
 * @named: that is its name, and no ID
 */
struct board_row {
	struct board_counts counts;
	char *key, *label;
	size_t key_len, label_len;
	uint64_t hash;
	bool named;
	struct board_row *next; /* in its bucket */
	struct board_row *newer, **link; /* by the last event: the next one, and what points here */
};

/**
 * struct board - the rows
 * @all: of all rows together
 * @others: of rows that have been given up: the sum of all rows stays exact
 * @given_up: how many these are
 */
struct board {
	enum board_by by;
	unsigned int count;
	struct board_counts all;
	struct board_row others;
	uint64_t given_up;
	struct board_row *bucket[BOARD_BUCKETS];
	struct board_row *oldest, **newest;
	struct out text; /* a key or a label being made */
};

/**
 * struct board_view - the rows as they were at a moment
 */
struct board_view {
	struct board_counts all;
	struct board_row row[BOARD_MAX + 1];
	unsigned int count;
	uint64_t taken_ns;
	enum board_by by;
	struct out text; /* the labels */
};

const char *board_name(enum board_by by);
/* Return: BOARD_BY when there is no such name. */
enum board_by board_by_name(const char *name);
void board_start(struct board *board, enum board_by by);
/* Counts an event; @recent: it belongs to this interval, not to the history. */
void board_count(struct board *board, const struct event *event, bool recent);
/* The interval has ended, @ns long: rates are those of it. */
void board_tick(struct board *board, uint64_t ns);
/* Copies all rows; that of the others, if there are any, is the last one. */
void board_look(const struct board *board, struct board_view *view);
/* Forgets everything; it can be used again. */
void board_clear(struct board *board);
void board_end(struct board *board);

#endif
