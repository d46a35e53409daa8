/* SPDX-License-Identifier: MIT */
/* lane.h - the rows of a picture: which processes (life.h) share one */
#ifndef CMD_LANE_H
#define CMD_LANE_H

#include "life.h"

/**
 * struct lane - a row
 * @parent: the one that its processes were forked in, -1: none
 * @depth: levels above it
 * @first: the first process in it, the only one where @count is 1
 * @count: processes; @ended: those of each end
 * @programs: different ones that are told together, 0: all run the same
 * @wanted: the filters let something of it pass
 * @total_ns, @shortest_ns, @longest_ns: how long its processes ran
 * @start_ns, @end_ns: when the first one began, when the last one ended
 */
struct lane {
	int parent, depth;
	int first;
	unsigned int count, ended[LIFE_ENDS];
	unsigned int programs;
	bool wanted;
	int64_t total_ns, shortest_ns, longest_ns;
	int64_t start_ns, end_ns;
};

/**
 * struct lanes - all rows, each after its parent and its elder siblings' descendants
 * @of: of each process its row
 */
struct lanes {
	struct lane *lane;
	int count;
	int *of;
};

/*
 * Puts all processes into at most @most rows (2 or more).  Where they are too many siblings that ran the
 * same program share one; those that ran by far the longest still have their own, as many as there is
 * room for.  If that is not enough, what took the least time is told together below its parent.
 */
void lanes_make(struct lanes *lanes, int most);
void lanes_free(struct lanes *lanes);

#endif
