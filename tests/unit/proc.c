// SPDX-License-Identifier: MIT
/* What the stream has told of the processes that live. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "proc.h"
#include "tap.h"

static struct draft draft;

static struct proc *take_fork(uint32_t tgid, uint64_t start_ns, uint32_t ppid,
			      uint64_t parent_start_ns)
{
	struct procmon_event ev;

	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, tgid, start_ns);
	draft.head.ppid = ppid;
	draft_number(&draft, "parent_start_ns", parent_start_ns);
	draft_number(&draft, "fork_pid", ppid);
	draft_text(&draft, "comm", "forked");
	ev = draft_event(&draft);
	return proc_note(&ev);
}

static struct proc *take_exec(uint32_t tgid, uint64_t start_ns, const char *exe)
{
	struct procmon_event ev;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, tgid, start_ns);
	draft_text(&draft, "comm", "ran");
	if (exe)
		draft_text(&draft, "exe", exe);
	draft_string(&draft, "args", "a\0b", 4);
	ev = draft_event(&draft);
	return proc_note(&ev);
}

/* Return: what was known of it, as shown with the event; it is forgotten after that. */
static struct proc *take_exit(uint32_t tgid, uint64_t start_ns, uint32_t flags)
{
	static struct proc copy;
	static char exe[64];
	struct procmon_event ev;
	struct proc *proc;

	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, tgid, start_ns);
	draft.head.flags = flags;
	ev = draft_event(&draft);
	proc = proc_note(&ev);
	if (proc) {
		copy = *proc;
		snprintf(exe, sizeof(exe), "%s", proc->exe ? proc->exe : "");
		copy.exe = exe;
	}
	proc_forget(&ev);
	return proc ? &copy : NULL;
}

static bool runs(const struct proc *proc, const char *exe)
{
	return proc && proc->exe && !strcmp(proc->exe, exe) && proc->exe_len == strlen(exe);
}

static void life(void)
{
	struct proc *proc;

	ok(!take_exit(10, 1, 0), "a_process_never_heard_of_is_unknown");
	proc = take_fork(10, 1, 1, 1);
	ok(proc && !proc->exe && !strcmp(proc->comm, "forked"),
	   "a_child_of_an_unknown_parent_has_only_a_name");
	proc = take_exec(10, 1, "/bin/a");
	ok(runs(proc, "/bin/a") && proc->args_len == 4 && !memcmp(proc->args, "a\0b", 4) &&
		   !strcmp(proc->comm, "ran"),
	   "an_exec_tells_what_it_runs");
	ok(runs(take_fork(11, 2, 10, 1), "/bin/a"), "a_child_inherits_that");
	ok(runs(take_exec(11, 2, "/bin/b"), "/bin/b"), "until_its_own_exec");
	ok(runs(take_fork(12, 3, 10, 1), "/bin/a"), "which_its_parent_does_not_inherit");
	ok(!take_exec(12, 3, NULL)->exe, "an_exec_without_a_path_leaves_none");
	ok(take_exit(11, 2, 0) != NULL, "the_exit_still_knows_it");
	ok(!take_exit(11, 2, 0), "after_the_exit_it_is_forgotten");
	ok(take_exit(10, 1, PROCMON_F_THREAD) && take_exit(10, 1, 0),
	   "the_exit_of_a_thread_does_not_end_the_process");
	ok(!take_fork(13, 4, 11, 2)->exe, "a_dead_parent_hands_down_nothing");
	proc_free_all();
	ok(!take_exit(12, 3, 0), "in_the_end_all_are_forgotten");
}

static void threads(void)
{
	struct procmon_event ev;

	take_exec(20, 1, "/bin/a");
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 20, 1);
	draft.head.tid = 21;
	draft.head.flags = PROCMON_F_THREAD;
	draft_text(&draft, "comm", "worker");
	ev = draft_event(&draft);
	ok(runs(proc_note(&ev), "/bin/a") && !strcmp(proc_note(&ev)->comm, "ran"),
	   "a_thread_changes_nothing_of_its_process");
	ok(!take_exit(21, 1, 0), "a_thread_is_no_process");
	proc_free_all();
}

/* pids come back; the start tells them apart. */
static void pids_come_back(void)
{
	take_exec(30, 1, "/bin/old");
	ok(!take_fork(30, 2, 1, 1)->exe, "another_process_of_the_same_pid_is_another_one");
	take_exec(30, 2, "/bin/new");
	ok(runs(take_exit(30, 1, 0), "/bin/old"), "each_keeps_its_own");
	ok(runs(take_fork(31, 3, 30, 2), "/bin/new"), "a_child_inherits_of_the_right_one");
	proc_free_all();
}

/* clone(CLONE_PARENT): the caller runs something else than the real parent. */
static void clone_parent(void)
{
	struct procmon_event ev;

	take_exec(40, 1, "/bin/parent");
	take_fork(41, 2, 40, 1);
	take_exec(41, 2, "/bin/caller");
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 42, 3);
	draft.head.ppid = 40;
	draft_number(&draft, "parent_start_ns", 1);
	draft_number(&draft, "fork_pid", 41);
	ev = draft_event(&draft);
	ok(runs(proc_note(&ev), "/bin/caller"), "a_child_runs_what_the_caller_of_fork_runs");
	proc_free_all();
}

static void odd_names(void)
{
	struct procmon_event ev;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 50, 1);
	draft_string(&draft, "exe", "/a\0b", 4);
	draft_text(&draft, "comm", "a name longer than the sixteen bytes of a task");
	ev = draft_event(&draft);
	struct proc *proc = proc_note(&ev);

	ok(proc && !strcmp(proc->comm, "a name longer t"), "a_long_name_is_cut");
	ok(proc && proc->exe_len == 4 && !memcmp(proc->exe, "/a\0b", 5), "a_path_may_hold_a_nul");
	ev = (struct procmon_event){ .head.type = PROCMON_LOST,
				     .head.tgid = 50,
				     .head.start_ns = 1 };
	ok(!proc_note(&ev), "a_gap_is_no_process");
	proc_free_all();
}

static bool above(const struct proc *proc, uint32_t tgid)
{
	const struct proc *parent = proc ? proc_parent(proc) : NULL;

	return tgid ? parent && parent->tgid == tgid : !parent;
}

static void ancestors(void)
{
	struct proc *child;
	uint32_t i;

	take_exec(1, 1, "/sbin/init");
	take_fork(60, 2, 1, 1);
	take_fork(61, 3, 60, 2);
	child = take_fork(62, 4, 61, 3);
	ok(above(child, 61) && above(proc_parent(child), 60) && child->forked,
	   "a_child_knows_who_is_above_it");
	take_exit(61, 3, 0);
	take_exit(60, 2, 0);
	ok(above(child, 61) && above(proc_parent(child), 60) &&
		   runs(proc_parent(child), "/sbin/init"),
	   "also_when_those_have_ended");
	ok(!take_fork(63, 5, 99, 99)->exe && above(take_fork(63, 5, 99, 99), 0),
	   "an_unknown_one_has_nobody_above");
	take_exit(62, 4, 0);
	ok(!take_exit(61, 3, 0) && !take_exit(60, 2, 0),
	   "with_the_last_descendant_they_are_forgotten");
	child = take_exec(64, 6, "/bin/a");
	ok(!child->forked, "who_was_not_seen_being_forked_may_have_another_parent_now");
	take_fork(65, 7, 65, 7);
	take_exit(65, 7, 0);
	ok(!take_exit(65, 7, 0), "its_own_parent_is_forgotten_too");
	for (i = 0; i < 300; i++) { /* pids that come back */
		take_fork(100, 1000 + i, i ? 100 : 1, i ? 999 + i : 1);
		if (i)
			take_exit(100, 999 + i, 0);
	}
	child = take_fork(101, 2000, 100, 1299);
	for (i = 0; i < 299 && child; i++)
		child = (struct proc *)proc_parent(child);
	ok(child && child->tgid == 100 && child->start_ns == 1001,
	   "each_of_a_pid_is_another_process");
	proc_free_all();
}

static void a_long_life(void)
{
	uint32_t i;

	take_exec(1, 1, "/sbin/init");
	for (i = 0; i < 2 * PROC_MAX; i++) {
		take_fork(100 + i % 1000, 10 + i, 1, 1);
		take_exit(100 + i % 1000, 10 + i, 0);
	}
	ok(runs(take_fork(2, 5, 1, 1), "/sbin/init"),
	   "a_process_is_remembered_however_many_came_and_went");
	proc_free_all();
}

/* Each forks the next one and ends: all are above the last one. */
static void a_long_line(void)
{
	uint32_t i;

	take_exec(1, 1, "/sbin/init");
	take_fork(100, 10, 1, 1);
	for (i = 1; i < 2 * PROC_MAX; i++) {
		take_fork(100 + i, 10 + i, 99 + i, 9 + i);
		take_exit(99 + i, 9 + i, 0);
	}
	ok(runs(take_fork(2, 5, 1, 1), "/sbin/init"),
	   "of_too_many_those_that_ended_are_forgotten_first");
	proc_free_all();
}

static void too_many(void)
{
	uint32_t i;

	for (i = 0; i < PROC_MAX; i++)
		take_exec(1 + i, 1, "/x");
	ok(runs(take_exit(1, 1, 0), "/x"), "so_many_are_remembered_as_there_is_room_for");
	for (i = 0; i < 11; i++)
		take_exec(PROC_MAX + 1 + i, 1, "/y");
	ok(!take_exit(11, 1, 0) && runs(take_exit(12, 1, 0), "/x") &&
		   runs(take_exit(PROC_MAX, 1, 0), "/x") &&
		   runs(take_exit(PROC_MAX + 11, 1, 0), "/y"),
	   "beyond_that_the_oldest_is_forgotten");
	proc_free_all();
}

/* A stream that lies. */
static void parent_of_itself(void)
{
	take_exec(50, 1, "/bin/self");
	ok(runs(take_fork(50, 1, 50, 1), "/bin/self"), "a_process_may_claim_to_be_its_own_parent");
	proc_free_all();
}

static void at_random(void)
{
	enum { PIDS = 300 };
	uint64_t start[PIDS] = { 0 };
	unsigned int round, bad = 0;
	char exe[32];

	srand(8);
	for (round = 1; round < 200000; round++) {
		uint32_t pid = (uint32_t)rand() % PIDS;

		snprintf(exe, sizeof(exe), "/%u-%llu", pid, (unsigned long long)start[pid]);
		if (!start[pid]) {
			start[pid] = round;
			snprintf(exe, sizeof(exe), "/%u-%u", pid, round);
			bad += !runs(take_exec(1000 + pid, round, exe), exe);
		} else {
			bad += !runs(take_exit(1000 + pid, start[pid], 0), exe);
			start[pid] = 0;
		}
	}
	ok(!bad, "200000_random_starts_and_ends_are_kept_apart");
	proc_free_all();
}

/* The manual tells this many (MEMORY). */
static void memory(void)
{
	const char *exe = "/usr/lib/some/where/a/program-of-some-length";
	struct proc *proc;
	size_t bytes;

	proc_free_all(); /* what others had */
	take_fork(10, 1, 1, 1);
	proc = take_exec(10, 1, exe);
	bytes = malloc_usable_size(proc) + malloc_usable_size(proc->room);
	diag("%zu bytes, of which %zu are its path and arguments", bytes,
	     proc->exe_len + proc->args_len);
	ok(bytes <= 200 + proc->exe_len + proc->args_len,
	   "a_process_takes_200_bytes_and_its_texts");
	take_exit(10, 1, 0);
}

int main(void)
{
	tap_theme("proc");
	life();
	threads();
	pids_come_back();
	clone_parent();
	odd_names();
	ancestors();
	a_long_life();
	a_long_line();
	too_many();
	parent_of_itself();
	memory();
	at_random();
	return tap_done();
}
