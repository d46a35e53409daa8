// SPDX-License-Identifier: MIT
/* The processes that run already: of a made-up /proc, joined with rings that tell of some of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "system.h"
#include "tap.h"

#define START(tgid) ((tgid)*1000ull)
#define CGROUP 55
#define TASK(pid, parent, how)                                                                     \
	{                                                                                          \
		.size = sizeof(struct procmon_task), .tgid = (pid), .start_ns = START(pid),        \
		.parent_start_ns = START(parent), .cgroup_id = CGROUP, .ppid = (parent),           \
		.uid = 4242424242u, .ns_pid = (pid), .pid_ns = 4026531836u, .state = (how),        \
	}

static const struct procmon_task tasks[] = {
	TASK(10, 1, PROCMON_TASK_RUNS), /* the caller */
	TASK(1, 0, PROCMON_TASK_RUNS),	 TASK(2, 0, PROCMON_TASK_RUNS),
	TASK(11, 10, PROCMON_TASK_RUNS), TASK(12, 11, PROCMON_TASK_RUNS),
	TASK(20, 1, PROCMON_TASK_ENDED), TASK(21, 1, PROCMON_TASK_ENDED),
};

static struct rings rings;
static struct draft draft;
static struct command command;

static void put_process(unsigned int pid, const char *exe, const char *args, size_t len)
{
	char path[64];

#define FILE_OF(name) (snprintf(path, sizeof(path), "/proc/%u/" name, pid), path)
	system_put(FILE_OF("comm"), "comm-%u\n", pid);
	system_put(FILE_OF("stat"), "%u (odd ) name) S 1 2 900 0\n", pid);
	system_put(FILE_OF("status"), "Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n");
	system_put(FILE_OF("loginuid"), "1000");
	system_put(FILE_OF("sessionid"), "7");
	system_put_bytes(FILE_OF("cmdline"), args, len);
	system_link(FILE_OF("ns/user"), "user:[4026531837]");
	system_link(FILE_OF("ns/net"), "net:[4026531840]");
	system_link(FILE_OF("cwd"), "/tmp");
	if (exe)
		system_link(FILE_OF("exe"), exe);
}

static void begin(void)
{
	static const char args[] = "sh\0-c\0two words";

	system_begin();
	rings_in_file(&rings, 2, 64);
	fake_tasks(tasks, sizeof(tasks) / sizeof(tasks[0]));
	system_link("/proc/self", "10");
	system_put("/proc/meminfo", "no process\n");
	put_process(1, "/sbin/init", "init", 5);
	put_process(2, NULL, "", 0);
	put_process(10, "/bin/sh", args, sizeof(args));
	put_process(11, "/bin/sleep",
		    "sleep\0"
		    "9",
		    8);
	put_process(12, "/bin/cat", "cat", 4);
}

static void end(void)
{
	fake_tasks(NULL, 0);
	rings_free(&rings);
	system_end();
}

static void put(unsigned int type, uint32_t tgid, uint64_t time_ns)
{
	draft_start(&draft, type);
	draft_process(&draft, tgid, START(tgid));
	draft.head.ppid = 1;
	if (type <= PROCMON_EXIT) {
		draft_number(&draft, "parent_start_ns", START(1));
		draft_text(&draft, "comm", "told");
	}
	rings_put(&rings, tgid % 2, &draft, time_ns);
}

/* "snapshot 1, fork 11, ...": what the stream holds. */
static const char *stream(struct procmon *pm)
{
	static char text[512];
	struct procmon_event ev;
	const char *name;
	size_t len = 0;

	*text = '\0';
	while (procmon_next(pm, &ev, 0) == 1) {
		name = ev.head.type == PROCMON_SNAPSHOT ? "row" : procmon_type_name(ev.head.type);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %u", len ? ", " : "",
					name, ev.head.tgid);
	}
	return text;
}

static struct procmon *reader(void)
{
	struct procmon *pm;

	if (procmon_open(&pm, rings.path, 0))
		bail("%s", procmon_error(NULL));
	return pm;
}

static int snapshot(struct procmon *pm)
{
	char proc[128];

	snprintf(proc, sizeof(proc), "%s/proc", system_dir);
	return procmon_snapshot(pm, proc);
}

static bool joined(struct procmon *pm, const char *want)
{
	int r = snapshot(pm);
	const char *got = r ? procmon_error(pm) : stream(pm);
	bool good = !r && !strcmp(got, want);

	if (!good)
		diag("wanted '%s', got '%s'", want, got);
	procmon_close(pm);
	return good;
}

static void join(void)
{
	struct procmon *pm;

	begin();
	ok(joined(reader(), "row 1, row 2, row 10, row 11, row 12"), "rows_come_by_start");
	pm = reader();
	put(PROCMON_FORK, 11, FAKE_BOOT_NS - 1000);
	put(PROCMON_EXEC, 12, FAKE_BOOT_NS - 900);
	ok(joined(pm, "row 1, row 2, row 10, row 12, fork 11, exec 12"),
	   "who_was_forked_meanwhile_is_told_by_the_stream");
	put_process(20, NULL, "", 0);
	put_process(21, NULL, "", 0);
	pm = reader();
	put(PROCMON_EXIT, 21, FAKE_BOOT_NS - 800);
	ok(joined(pm, "row 1, row 2, row 10, row 11, row 12, row 21, exit 21"),
	   "a_zombie_has_a_row_when_its_end_comes");
	pm = reader();
	put(PROCMON_EXIT, 30, FAKE_BOOT_NS - 700);
	put(PROCMON_FORK, 31, FAKE_BOOT_NS - 690);
	put(PROCMON_EXIT, 31, FAKE_BOOT_NS - 680);
	ok(joined(pm, "row 1, row 2, row 10, row 11, row 12, row 30, exit 30, fork 31, exit 31"),
	   "who_ended_before_being_read_has_a_row_too");
	pm = reader();
	ok(!snapshot(pm), "a_second_snapshot_replaces_the_first");
	ok(!snapshot(pm), "as_often_as_wanted");
	put(PROCMON_FORK, 12, FAKE_BOOT_NS - 600);
	put(PROCMON_FORK, 40, FAKE_BOOT_NS - 590);
	ok(!strcmp(stream(pm), "row 1, row 2, row 10, row 11, row 12, fork 40"),
	   "a_fork_that_comes_late_is_not_told_twice");
	procmon_close(pm);
	end();
}

static void refused(void)
{
	struct procmon *pm;

	begin();
	pm = reader();
	system_remove("/proc/self");
	system_link("/proc/self", "3");
	ok(snapshot(pm) == -EXDEV && strstr(procmon_error(pm), "another pid namespace"),
	   "numbers_of_another_namespace_are_refused");
	fake_tasks(NULL, 0);
	ok(snapshot(pm) == -ENOTTY && strstr(procmon_error(pm), "older than this program"),
	   "an_older_module_is_told");
	fake_tasks(tasks, 2);
	fake_fail_ioctl(EIO);
	ok(snapshot(pm) == -EIO && strstr(procmon_error(pm), "does not answer"),
	   "so_is_one_that_does_not_answer");
	fake_fail_ioctl(0);
	system_remove("/proc");
	ok(snapshot(pm) == -ENOENT && strstr(procmon_error(pm), "/proc: No such file"),
	   "so_is_a_directory_that_is_not_there");
	procmon_close(pm);
	pm = rings_attach(&rings, 0);
	ok(procmon_snapshot(pm, NULL) == -EOPNOTSUPP, "a_dump_has_no_processes");
	procmon_close(pm);
	end();
}

static bool says(const char *text)
{
	bool good = strstr(command.out, text) != NULL;

	if (!good)
		diag("wanted '%s' in '%s', errors '%s'", text, command.out, command.err);
	return good;
}

static void commands(void)
{
	char device[128], root[128];

	begin();
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	COMMAND(&command, "ps", device, root, "-q");
	ok(command_said(&command, 0, "") && says("   10       1 42424242") && says("PID") &&
		   says(" /sbin/init\n") && says(" [comm-2]\n") &&
		   says(" /bin/sh -c 'two words'\n"),
	   "ps_has_a_line_for_each_process");
	command_free(&command);
	COMMAND(&command, "ps", device, root, "-q", "--pid=10", "-ojson");
	ok(says("{\"schema\":\"procmon/1\",\"event\":\"snapshot\",") &&
		   says("\"pid\":10,\"start_ns\":\"10000\"") && says("\"ppid\":1,") &&
		   says("\"loginuid\":1000,\"session\":7,\"sid\":900,") &&
		   says("\"euid\":2,\"gid\":5,\"egid\":6") && says("\"user_ns\":4026531837") &&
		   says("\"net_ns\":4026531840") && says("\"exe\":\"/bin/sh\"") &&
		   says("\"cwd\":\"/tmp\"") && says("\"args\":[\"sh\",\"-c\",\"two words\"]") &&
		   says("\"argc\":3") && !strstr(command.out, "\"cpu\"") &&
		   !strstr(command.out, "\"seq\""),
	   "json_has_what_is_known_and_no_more");
	command_free(&command);
	COMMAND(&command, "ps", device, root, "-q", "-Q",
		"exe = /bin/sh and cwd = /tmp and event = snapshot", "--no-headings");
	ok(says(" /bin/sh -c") && !strstr(command.out, "init"), "expressions_choose_among_them");
	command_free(&command);
	COMMAND(&command, "tree", device, root, "-q");
	ok(!strcmp(command.out, "1 11d13h  /sbin/init\n"
				"└─ 10 11d13h  /bin/sh -c 'two words'\n"
				"   └─ 11 11d13h  /bin/sleep 9\n"
				"      └─ 12 11d13h  /bin/cat\n"
				"2 11d13h  [comm-2]\n"),
	   "tree_is_drawn");
	command_free(&command);
	COMMAND(&command, "ps", device, root, "-q", "-otree");
	ok(says("\n      └─ 12 11d13h  /bin/cat\n"), "as_ps_does_on_request");
	command_free(&command);
	COMMAND(&command, device, root, "-q", "--for=1ms", "-otree", "--no-headings");
	ok(says("42 /sbin/init\n") && says("42   /bin/sh -c") && says("42       /bin/cat\n"),
	   "and_watch_indents");
	command_free(&command);
	COMMAND(&command, "tree", device, root, "-q", "--exe=/bin/cat", "--no-headings");
	ok(says("/sbin/init") && says("└─ 10 ") && says("   └─ 11 ") && says("      └─ 12 ") &&
		   !strstr(command.out, "comm-2"),
	   "with_a_filter_only_who_passes_and_who_is_above");
	command_free(&command);
	COMMAND(&command, device, root, "-q", "--for=1ms", "-ojson", "--output-fields=event,pid");
	ok(says("{\"event\":\"snapshot\",\"pid\":1}\n{\"event\":\"snapshot\",\"pid\":2}\n"),
	   "watch_begins_with_them");
	command_free(&command);
	COMMAND(&command, device, root, "-q", "--for=1ms", "--no-snapshot", "--no-headings");
	ok(!*command.out, "unless_they_are_not_wanted");
	command_free(&command);
	COMMAND(&command, device, root, "-q", "--for=1ms", "--event=exec,exit", "--no-headings");
	ok(!*command.out, "or_other_events_are");
	command_free(&command);
	system_remove("/proc/1");
	COMMAND(&command, "ps", device, root);
	ok(command_said(&command, 0, "hides the processes of others"), "what_is_hidden_is_noted");
	command_free(&command);
	system_remove("/proc/self");
	COMMAND(&command, "ps", device, root);
	ok(command_said(&command, 1, "another pid namespace"), "ps_fails_where_it_cannot_tell");
	command_free(&command);
	end();
}

int main(void)
{
	tap_theme("snapshot");
	join();
	refused();
	commands();
	return tap_done();
}
