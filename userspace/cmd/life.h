/* SPDX-License-Identifier: MIT */
/* life.h - processes from fork to exit, each below the one that forked it */
#ifndef CMD_LIFE_H
#define CMD_LIFE_H

#include <stdbool.h>
#include <stdint.h>
#include <procmon.h>

#include "where.h"

#define LIFE_MAX (1 << 20) /* processes, and execs, that are kept; later ones are counted */
/* Bytes of texts; after that programs are told without arguments, after twice as many not at all. */
#define LIFE_TEXT_MAX ((size_t)128 << 20)

/* How a process ended. */
enum life_end { LIFE_RUNS, LIFE_GOOD, LIFE_FAILED, LIFE_KILLED, LIFE_ENDS };

/**
 * struct life_exec - an exec
 * @time_ns: when
 * @what: the program, as it is told in text
 * @next: the next one of the same process, -1: none
 */
struct life_exec {
	int64_t time_ns;
	const char *what;
	int next;
};

/**
 * struct life - a process
 * @start_ns, @end_ns: CLOCK_REALTIME as it was when the machine's boot was first told of; while it runs
 *	@end_ns is when it was last told of, or when all ended
 * @parent, @first, @last, @next: the one above, those below, the next one beside it; -1: none
 * @older: the one before it in its bucket, -1: none
 * @depth: levels above it
 * @drawn: the one at whose depth it is drawn, itself up to a limit
 * @exe: path of its program, NULL: unknown; it and the texts below are kept (words.h)
 * @what: its program and arguments as they are told in text, NULL: it has only been forked
 * @status: how it ended, as told in text, NULL while it runs
 * @where: its container, as told in text, NULL: none
 * @execs: the first exec, -1: none; @exec: the last
 * @end: how it ended
 * @fell: nobody knows how or when: the machine was restarted
 * @before: it ran before the first event
 * @wanted: the filters let something of it pass
 */
struct life {
	uint32_t tgid;
	int64_t start_ns, end_ns;
	int parent, first, last, next;
	int older;
	int depth, drawn;
	const char *exe, *what, *status, *where;
	int execs, exec;
	enum life_end end;
	bool fell, before, wanted;
};

/* All of them, parents before their children; there is one set. */
extern struct life *lives;
extern int life_count;
extern struct life_exec *life_execs;
/* Processes that there was no room for; events that were lost. */
extern uint64_t life_left_out, life_lost;

/* Only what ends at @since_ns or later is asked for: what is not may be forgotten. */
void life_begin(int64_t since_ns);
/* Return: its index, -1: there is no room. */
int life_add(uint32_t tgid, int64_t start_ns, int parent);
/* The one of @tgid that runs, -1: none.  Newest first: pids come back. */
int life_find(uint32_t tgid);
/* What it ran: its path or, where that is unknown, its name; NULL: nothing is known. */
const char *life_program(const struct life *life);
/* Do both run the same, or were both only forked from the same? */
bool life_is_alike(const struct life *a, const struct life *b);
/* CLOCK_REALTIME of a boot time, as all times here. */
int64_t life_ns(uint64_t boot_ns);
/*
 * Takes in an event.  @strangers: also of those that were forked by none that is known.
 * Return: whom it is about, -1: none of those.
 */
int life_note(const struct procmon_event *ev, bool strangers);
void life_place(int index, const struct where *where);
/* Those that run do so until @end_ns; what is not wanted, and above none that is, goes. */
void life_end_all(int64_t end_ns);
void life_free(void);

#endif
