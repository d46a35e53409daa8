/* SPDX-License-Identifier: MIT */
/* proc.h - what the stream has told of the processes that live now */
#ifndef CMD_PROC_H
#define CMD_PROC_H

#include <stdbool.h>
#include <procmon.h>

#define PROC_MAX                                                                                   \
	65536 /* processes remembered; beyond it the oldest is forgotten, of those that ended first */

/*
 * A process takes 200 bytes at most, its path and its arguments, and up to 256 that those of another
 * needed (tests/unit/proc.c).  One that has ended
 * is kept while a descendant lives, and the memory of one that is forgotten goes to the next: there is
 * no allocation for each event.
 */

/**
 * struct proc - a process: named by tgid and start_ns
 * @exe, @args: of its last exec, inherited at fork; NULL when unknown
 * @exe_len, @args_len: bytes of each, without the NUL that stands after them
 * @room: where they stand, @room_size bytes
 * @comm: its name
 * @ppid, @parent_start_ns: who was its parent when it was forked, or when it was first told of
 * @forked: that was at its fork
 * @uid, @cgroup_id: at its last event
 * @recorded: something of it is in the recording that is being made
 * @ns_pid, @pid_ns: its number in its innermost pid namespace, and which one that is; 0: unknown
 * @children: processes here whose parent it is
 * @ended: it has
 */
struct proc {
	uint32_t tgid;
	uint64_t start_ns;
	char *exe, *args;
	size_t exe_len, args_len;
	char *room;
	size_t room_size;
	char comm[16];
	uint32_t ppid;
	uint64_t parent_start_ns;
	uint32_t ns_pid, pid_ns;
	uint64_t cgroup_id;
	uint32_t uid;
	bool forked, ended, recorded;
	unsigned int children;
	struct proc *next; /* in its bucket */
	struct proc *newer,
		**link; /* in its list, by arrival: the next one, and what points here */
};

/* Takes in an event.  Return: its process, NULL when nothing is known; valid until proc_forget(). */
struct proc *proc_note(const struct procmon_event *ev);
/* Its parent, NULL when nothing is known of that. */
const struct proc *proc_parent(const struct proc *proc);
/* After the event has been shown: a process that has ended is forgotten. */
void proc_forget(const struct procmon_event *ev);
void proc_free_all(void);
/* The process of this event is in the recording from now on. */
void proc_record(const struct procmon_event *ev);
bool proc_is_known(uint32_t tgid, uint64_t start_ns);
/* Calls @visit for each that lives, in the order in which they were heard of. */
void proc_each_living(void (*visit)(void *data, const struct proc *proc), void *data);
/* Calls @visit for each that is remembered, in no order. */
void proc_each(void (*visit)(void *data, const struct proc *proc), void *data);
/* Remembers one as @from tells; its parent has come before, if that is known. */
void proc_restore(const struct proc *from);

#endif
