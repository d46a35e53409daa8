/* SPDX-License-Identifier: MIT */
/* follow.h - what the stream tells of a process */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <procmon.h>
#include <stdbool.h>
#include <sys/types.h>

#define FOLLOW_LIMIT_MS 120000 /* guests are slow, and the machine under them busy */
#define FOLLOW_EXECS 8

/* A copy of an event, which stays. */
struct copy {
	struct procmon_event ev;
	bool there;
};

/**
 * struct told - all that was told of one process
 * @fork, @exec, @exit: its events; @execs of them
 * @forks, @exits: how many came; more than one is wrong
 * @in_order: fork before exec before exit, and times never went back
 */
struct told {
	struct copy fork, exec[FOLLOW_EXECS], exit;
	int forks, execs, exits;
	bool in_order;
};

/* Opens the device or ends the test; from now, or PROCMON_HISTORY. */
struct procmon *follow_open(unsigned int flags);
/* The next event within the limit, or ends the test. */
void follow_next(struct procmon *pm, struct procmon_event *ev);
/* The next of the events that are there, also those held back; false: that was all. */
bool follow_rest(struct procmon *pm, struct procmon_event *ev);
/* Collects the events of @pid until its process has ended.  A loss ends the test. */
struct told *follow_told(struct procmon *pm, pid_t pid);
/* Waits for an exec of this executable by anyone. */
struct copy follow_exec_of(struct procmon *pm, const char *exe);
void follow_copy(struct copy *copy, const struct procmon_event *ev);
void told_free(struct told *told);

/* Runs @child(@arg) in a new process, which must exec or _exit; returns its pid. */
pid_t follow_spawn(void (*child)(void *arg), void *arg);
/* Waits for the process; returns its wait status. */
int follow_wait(pid_t pid);
/* Writes a module parameter. */
bool follow_param(const char *name, const char *value);
/* Does this kernel tell exec events by a worker? */
bool follow_is_late(const struct procmon_event *ev);

#endif
