// SPDX-License-Identifier: MIT
/* Who is above a process, who was, and what other tools call it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "system.h"
#include "tap.h"

#define BOOT_ID "2899dae4-4fa4-4eef-95b6-6bc95325f61a"
#define START(tgid) (555580000000ull + (tgid)*10000000ull)
#define ID(text) "1234567890abcdef-" text

static struct rings rings;
static struct draft draft;
static uint64_t time_ns;

static void put(unsigned int type, uint32_t tgid, uint32_t ppid)
{
	draft_start(&draft, type);
	draft_process(&draft, tgid, START(tgid));
	draft.head.ppid = ppid;
	draft_number(&draft, "parent_start_ns", START(ppid));
	if (type != PROCMON_EXIT)
		draft_number(&draft, "pid_ns", 4026532263u);
	draft_number(&draft, "ns_pid", tgid + 28);
	draft_text(&draft, "comm", "name");
	if (type == PROCMON_EXEC && tgid != 3)
		draft_text(&draft, "exe", tgid == 1 ? "/sbin/init" : "/bin/sh");
	time_ns += 1000;
	rings_put(&rings, 0, &draft, time_ns);
}

static const struct {
	const char *name, *format, *fields, *text;
} shown[] = {
	{ "ancestors_are_those_of_forks_also_when_they_have_ended", "json",
	  "--output-fields=event,pid,ancestors",
	  "{\"event\":\"exit\",\"pid\":4,\"ancestors\":["
	  "{\"pid\":3,\"id\":\"" ID(
		  "3-555610000000") "\",\"comm\":\"name\"},"
				    "{\"pid\":2,\"id\":\"" ID(
					    "2-555600000000") "\",\"exe\":\"/bin/sh\"},"
							      "{\"pid\":1,\"id\":\"" ID(
								      "1-555590000000") "\",\"exe\":\"/sbin/init\"}]}\n" },
	{ "in_text_they_are_a_line", "verbose", "--output-fields=event,ancestors",
	  "  event            exit\n  ancestors        name /bin/sh /sbin/init\n" },
	{ "who_has_a_new_parent_says_so", "json", "--output-fields=pid,ppid,reparented_from",
	  "{\"pid\":4,\"reparented_from\":\"" ID("3-555610000000") "\",\"ppid\":1}\n" },
	{ "nobody_else_does", "json", "--output-fields=pid,ppid,reparented_from",
	  "{\"pid\":3,\"ppid\":2}\n" },
	{ "the_common_identifier_is_that_of_the_specification", "json", "--output-fields=pid,cpid",
	  "{\"pid\":4,\"cpid\":\"bcf3bfce-2d1a-8b1b-9c3b-65647c50f637\"}\n"
	  "{\"pid\":3,\"cpid\":\"a78f7907-167f-818f-9bd6-83fc60887a68\"}\n"
	  "{\"pid\":4,\"cpid\":\"bcf3bfce-2d1a-8b1b-9c3b-65647c50f637\"}\n" },
	{ "expressions_know_them", "json",
	  "-Qcpid = bcf3bfce-2d1a-8b1b-9c3b-65647c50f637 and ancestors = /sbin/init and "
	  "reparented_from and event = exit",
	  "\"pid\":4" },
	{ "and_who_has_none", "json",
	  "-Qnot (pid = 1 or cpid = x or ancestors = /sbin/init or reparented_from)", "" },
	{ "nor_has_a_thread_or_a_stranger", "json", "--output-fields=event,cpid,ancestors,thread",
	  "{\"event\":\"exit\",\"thread\":false}\n"
	  "{\"event\":\"fork\",\"ancestors\":[],\"thread\":true}\n" },
	{ "none_of_it_comes_unless_asked_for", "json", "-q", "\"comm\":\"name\"" },
};

int main(void)
{
	char device[128], root[128];
	struct command command;
	size_t i;

	tap_theme("who");
	system_begin();
	system_put("/proc/sys/kernel/random/boot_id", BOOT_ID "\n");
	rings_in_file(&rings, 1, 256);
	time_ns = FAKE_BOOT_NS - 1000000;
	put(PROCMON_EXEC, 1, 0);
	put(PROCMON_FORK, 2, 1);
	put(PROCMON_EXEC, 2, 1);
	put(PROCMON_FORK, 3, 2);
	put(PROCMON_EXEC, 3, 2);
	put(PROCMON_FORK, 4, 3);
	put(PROCMON_EXIT, 3, 2);
	put(PROCMON_EXIT, 4, 1);
	put(PROCMON_EXIT, 9, 1); /* of which nothing is known */
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 1, START(1));
	draft.head.flags = PROCMON_F_THREAD;
	draft_number(&draft, "ns_pid", 29);
	draft_number(&draft, "pid_ns", 1);
	rings_put(&rings, 0, &draft, time_ns + 1);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		COMMAND(&command, device, root, "-q", "--history", "--for=1ms", "-o",
			shown[i].format, shown[i].fields);
		if (!ok(command_said(&command, 0, "") && strstr(command.out, shown[i].text), "%s",
			shown[i].name))
			diag("%s%s", command.out, command.err);
		if (i == sizeof(shown) / sizeof(shown[0]) - 1)
			ok(!strstr(command.out, "ancestors") && !strstr(command.out, "cpid"),
			   "and_costs_nothing");
		command_free(&command);
	}
	rings_free(&rings);
	system_end();
	return tap_done();
}
