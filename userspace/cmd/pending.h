/* SPDX-License-Identifier: MIT */
/* pending.h - processes that are asked for and have not ended, each with what is told of it so far */
#ifndef CMD_PENDING_H
#define CMD_PENDING_H

#include "show.h"

#define PENDING_BUCKETS 4096

struct pending_process;

/**
 * struct pending - a set of them, at first all zero
 */
struct pending {
	struct pending_process *bucket[PENDING_BUCKETS], *oldest, *newest;
	size_t count;
};

/* Is an event about a process, not a thread of it or a cgroup?  Others say nothing of when it ended. */
bool pending_is_about_one(const struct procmon_head *head);
bool pending_has(const struct pending *pending, const struct procmon_head *head);
/* Has it any with this pid?  @data: the set. */
bool pending_has_pid(void *data, uint32_t pid);
/* It is told so, until something else is told of it. */
void pending_keep(struct pending *pending, const struct procmon_head *head, const char *bytes,
		  size_t len);
void pending_drop(struct pending *pending, const struct procmon_head *head);
/* Takes the one out that has been there longest, and appends what is told of it to @to.  Return: there was one. */
bool pending_take(struct pending *pending, struct out *to);
void pending_free(struct pending *pending);

#endif
