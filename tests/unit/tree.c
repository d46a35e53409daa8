// SPDX-License-Identifier: MIT
/* procmon run: the command that is run is this program, which writes the events it would cause. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "form.h"
#include "hostile.h"
#include "rings.h"
#include "tap.h"
#include "text.h"

#define NREC 1024
#define NREC_HOSTILE 8192
#define NREC_MANY (1 << 19)
#define MANY 50000
#define MANY_CPU_S 2
#define BEGIN (FAKE_BOOT_NS - 10000000000ull)
#define MSEC 1000000ull
#define RINGS_FD "UNIT_RINGS_FD" /* in the environment of the command */
#define CHILD 4000001u /* no pid of Linux: 2^22 is the end */

static struct rings rings;
static struct draft draft;
static struct command command;
static char device[128], self[4096];

static void put_fork(uint32_t pid, uint32_t caller, uint64_t ms, uint32_t flags)
{
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, pid, BEGIN + ms * MSEC);
	draft.head.flags = flags;
	draft.head.ppid = caller;
	draft_number(&draft, "fork_pid", caller);
	draft_text(&draft, "comm", "forked");
	rings_put(&rings, 0, &draft, BEGIN + ms * MSEC);
}

static void put_exec(uint32_t pid, uint64_t ms, const char *exe, const char *args, size_t len)
{
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, pid, BEGIN);
	draft_text(&draft, "exe", exe);
	draft_string(&draft, "args", args, len);
	rings_put(&rings, 0, &draft, BEGIN + ms * MSEC);
}

static void put_exit(uint32_t pid, uint64_t ms, uint64_t code, uint64_t signal, uint32_t flags)
{
	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, pid, BEGIN);
	draft.head.flags = flags;
	if (signal) {
		draft_number(&draft, "signal", signal);
		draft_number(&draft, "core", 1);
	} else {
		draft_number(&draft, "exit_code", code);
	}
	rings_put(&rings, 0, &draft, BEGIN + ms * MSEC);
}

/* make runs cc, which forks and crashes; a daemon stays; strangers come and go. */
static int act_family(uint32_t me)
{
	put_fork(77, 76, 0, 0);
	put_fork(me, (uint32_t)getppid(), 0, 0);
	put_exec(me, 1, "/usr/bin/make", "make\0all", 9);
	put_fork(me, me, 2, PROCMON_F_THREAD);
	put_fork(CHILD, me, 100, 0);
	put_exec(CHILD, 101, "/usr/bin/cc", "cc\0-c\0a b.c", 12);
	put_fork(CHILD + 1, CHILD, 110, 0);
	put_exit(CHILD + 1, 111, 0, 0, PROCMON_F_THREAD);
	put_exit(CHILD + 1, 120, 0, SIGSEGV, 0);
	put_exit(77, 130, 0, 0, 0);
	put_exit(CHILD, 200, 1, 0, 0);
	put_fork(CHILD + 2, me, 300, 0);
	put_exit(me, 1000, 3, 0, 0);
	return 3;
}

/* A pid that comes back is another process. */
static int act_pid_again(uint32_t me)
{
	put_fork(me, (uint32_t)getppid(), 0, 0);
	put_fork(CHILD, me, 1, 0);
	put_exit(CHILD, 2, 0, 0, 0);
	put_exec(CHILD, 3, "/stranger", "stranger", 9);
	put_fork(CHILD + 1, CHILD, 4, 0);
	put_fork(CHILD, me, 5, 0);
	put_exit(CHILD, 6, 7, 0, 0);
	put_exit(me, 10, 0, 0, 0);
	return 0;
}

/* A chain of @depth, then children of the last one, @MANY in all. */
static int act_many(uint32_t me, uint32_t depth)
{
	uint32_t i;

	put_fork(me, (uint32_t)getppid(), 0, 0);
	for (i = 0; i < MANY; i++)
		put_fork(CHILD + i, !i ? me : CHILD + (i < depth ? i : depth) - 1, 1, 0);
	for (i = 0; i < MANY; i++)
		put_exit(CHILD + i, 2, 0, 0, 0);
	put_exit(me, 10, 0, 0, 0);
	return 0;
}

static int act_wide(uint32_t me)
{
	return act_many(me, 1);
}

static int act_deep(uint32_t me)
{
	return act_many(me, MANY);
}

static int act_lost(uint32_t me)
{
	rings.shared[0]->seq += 3;
	return act_pid_again(me);
}

/* A child of each hostile name. */
static int act_hostile(uint32_t me)
{
	const char *name;
	uint32_t i;

	put_fork(me, (uint32_t)getppid(), 0, 0);
	for (i = 0; (name = hostile_name(i)); i++) {
		put_fork(CHILD + i, me, 1, 0);
		put_exec(CHILD + i, 2, name, name, strlen(name) + 1);
		put_exit(CHILD + i, 3, 0, 0, 0);
	}
	put_exit(me, 10, 0, 0, 0);
	return 0;
}

static const struct {
	const char *name;
	int (*act)(uint32_t me);
} acts[] = {
	{ "family", act_family }, { "pid_again", act_pid_again }, { "wide", act_wide },
	{ "deep", act_deep },	  { "lost", act_lost },		  { "hostile", act_hostile },
};

static int act(const char *name)
{
	size_t i;

	rings_of_fd(&rings, atoi(getenv(RINGS_FD)));
	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].name, name))
			return acts[i].act((uint32_t)getpid());
	return 99;
}

static void begin_with(uint64_t nrec)
{
	char fd[16];

	rings_in_file(&rings, 1, nrec);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(fd, sizeof(fd), "%d", rings.fd);
	setenv(RINGS_FD, fd, 1);
}

static void begin(void)
{
	begin_with(NREC);
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
}

/* The pid of the command: the first of the tree, or of the JSON. */
static unsigned int pid_of(const char *text)
{
	return (unsigned int)strtoul(text + strcspn(text, "123456789"), NULL, 10);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	while ((text = strstr(text, part))) {
		text++;
		n++;
	}
	return n;
}

static void family(void)
{
	char tree[512];

	begin();
	COMMAND(&command, "run", device, "--", self, "family");
	snprintf(tree, sizeof(tree),
		 "\n%u 3 1.00s  /usr/bin/make all\n"
		 "├─ 4000001 1 100ms  /usr/bin/cc -c 'a b.c'\n"
		 "│  └─ 4000002 SIGSEGV (core dumped) 10.0ms  (fork)\n"
		 "└─ 4000003 running  (fork)\n"
		 "1 still running\n",
		 pid_of(command.err));
	ok(command.status == 3, "the_status_of_the_command_is_passed_on");
	if (!ok(!strcmp(command.err, tree), "the_tree_has_all_descendants"))
		diag("%s", command.err);
	ok(count(command.out, "\n") == 12 && !strstr(command.out, " 77 "),
	   "only_their_events_are_shown");
	end();
	begin();
	COMMAND(&command, "run", device, "-q", "--event=exec", "-ojson", "--output-fields=exe",
		"--", self, "family");
	ok(command.status == 3 && !*command.err &&
		   !strcmp(command.out, "{\"exe\":\"/usr/bin/make\"}\n{\"exe\":\"/usr/bin/cc\"}\n"),
	   "quiet_shows_no_tree_and_filters_work");
	end();
	begin();
	COMMAND(&command, "run", device, "-ojson", "--", self, "family");
	ok(command.status == 3 && !*command.err, "json_shows_no_tree");
	end();
}

static void picture(void)
{
	char path[] = "/tmp/procmon-tree-XXXXXX", option[80], shell[256];
	int fd = mkstemp(path);

	if (fd < 0)
		bail("mkstemp");
	close(fd);
	snprintf(option, sizeof(option), "--plot=%s", path);
	snprintf(shell, sizeof(shell), "python3 '%s/check_svg.py' %s 4 4 >/dev/null", UNIT_DIR,
		 path);
	begin();
	COMMAND(&command, "run", device, option, "--", self, "family");
	ok(command.status == 3 && !system(shell) && strstr(command.err, "1 still running"),
	   "it_can_be_drawn_as_well");
	end();
	begin();
	COMMAND(&command, "run", device, "--plot=/nonexistent/x", "--", self, "family");
	ok(command_said(&command, 1, "/nonexistent/x: No such file") && !*command.out,
	   "nothing_is_run_for_a_picture_that_cannot_be");
	end();
	begin();
	COMMAND(&command, "run", device, "-q", "--plot=/dev/full", "--", self, "family");
	ok(command_said(&command, 1, "/dev/full: No space left"),
	   "a_picture_that_cannot_be_written_is_told");
	end();
	unlink(path);
}

static void ascii(void)
{
	begin();
	setenv("LC_ALL", "C", 1);
	COMMAND(&command, "run", device, "--", self, "family");
	setenv("LC_ALL", "C.UTF-8", 1);
	ok(strstr(command.err, "\n|- 4000001 1") && strstr(command.err, "\n|  `- 4000002") &&
		   strstr(command.err, "\n`- 4000003"),
	   "without_utf8_the_tree_is_ascii");
	end();
}

static void pids_that_come_back(void)
{
	begin();
	COMMAND(&command, "run", device, "--", self, "pid_again");
	ok(command.status == 0 && count(command.err, "4000001 ") == 2 &&
		   strstr(command.err, "4000001 7 1.00ms") && !strstr(command.err, "4000002"),
	   "a_pid_that_comes_back_is_another_process");
	ok(!strstr(command.out, "stranger"), "and_in_between_it_is_a_stranger");
	end();
}

/* Within seconds: nothing may grow with the square of the number of processes. */
static void many(const char *name, const char *last)
{
	struct rlimit old, limit;

	getrlimit(RLIMIT_CPU, &old);
	limit = (struct rlimit){ MANY_CPU_S, old.rlim_max };
	begin_with(NREC_MANY);
	setrlimit(RLIMIT_CPU, &limit); /* of each process: a slow one gets SIGXCPU */
	COMMAND(&command, "run", device, "--event=exec", "--merge=never", "--", self, name);
	setrlimit(RLIMIT_CPU, &old);
	ok(command.status == 0 && count(command.err, "\n") == MANY + 2 && strstr(command.err, last),
	   "a_%s_tree_of_%d_is_shown_in_seconds", name, MANY);
	end();
}

static void hostile(void)
{
	unsigned int names = 0;

	while (hostile_name(names))
		names++;
	begin_with(NREC_HOSTILE);
	COMMAND(&command, "run", device, "--", self, "hostile");
	ok(command.status == 0 && count(command.err, "\n") == names + 2 &&
		   form_is_good(FORMAT_SHORT, command.err, strlen(command.err)),
	   "hostile_names_are_a_line_each_and_printable");
	end();
}

static void losses(void)
{
	begin();
	COMMAND(&command, "run", device, "--", self, "lost");
	ok(command.status == 0 && strstr(command.out, "LOST  3 events"), "a_loss_is_shown");
	end();
	begin();
	COMMAND(&command, "run", device, "--fail-on-loss", "--", self, "lost");
	ok(command.status == 3, "and_fails_if_asked_for");
	end();
}

/* No event of these comes: the end is waited for, in vain. */
static void statuses(void)
{
	begin();
	setenv("FAKE_SPEED", "1000", 1);
	COMMAND(&command, "run", device, "--", "/nonexistent/x");
	ok(command_said(&command, 127, "/nonexistent/x: No such file"), "not_found_is_127");
	ok(strstr(command.err, "the end of '/nonexistent/x' was not recorded"),
	   "an_end_that_was_not_recorded_is_noted");
	command_free(&command);
	COMMAND(&command, "run", device, "--", "/etc/passwd");
	ok(command_said(&command, 126, "/etc/passwd: Permission denied"), "not_executable_is_126");
	command_free(&command);
	COMMAND(&command, "run", "-q", device, "--", "sh", "-c", "kill -9 $$");
	ok(command_said(&command, 137, ""), "killed_is_128_and_the_signal");
	command_free(&command);
	COMMAND(&command, "run", "-q", device, "--", "sh", "-c", "exit 42");
	ok(command_said(&command, 42, ""), "any_other_status_is_passed_on");
	unsetenv("FAKE_SPEED");
	end();
}

static void no_process(void)
{
	begin();
	fake_fail_fork_later(1, EAGAIN);
	COMMAND(&command, "run", "-q", device, "--", "true");
	fake_fail_fork_later(0, 0);
	ok(command_said(&command, 1, "cannot start 'true': Resource temporarily unavailable"),
	   "a_command_that_cannot_be_started_is_told");
	end();
}

static void signal_is_passed_on(void)
{
	static const char script[] =
		"trap 'echo got it; exit 5' TERM; echo up; while :; do sleep 0.01; done";
	static const char *const args[] = { "run", "-q", "--no-headings", device, "--",
					    "sh",  "-c", script,	  NULL };

	begin();
	setenv("FAKE_SPEED", "1000", 1);
	command_start(&command, args);
	while (lseek(command.fd[0], 0, SEEK_END) < 3)
		usleep(1000);
	kill(command.pid, SIGTERM);
	command_end(&command);
	ok(command.status == 5 && !strcmp(command.out, "up\ngot it\n"),
	   "a_signal_is_passed_on_to_the_command");
	command_free(&command);
	fake_raise_at_fork(1, SIGTERM);
	COMMAND(&command, "run", "-q", "--no-headings", device, "--", "sleep", "1000");
	fake_raise_at_fork(0, 0);
	ok(command_said(&command, 128 + SIGTERM, "") && !*command.out,
	   "a_signal_that_comes_before_the_command_runs_is_not_lost");
	unsetenv("FAKE_SPEED");
	end();
}

int main(int argc, char **argv)
{
	ssize_t len;

	if (argc == 2)
		return act(argv[1]);
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len > 0 ? len : 0] = '\0';
	tap_theme("tree");
	text_init();
	family();
	picture();
	ascii();
	pids_that_come_back();
	many("wide", "\n   └─ 4050000 0 ");
	many("deep", "  └─ 4050000 0 ");
	hostile();
	losses();
	statuses();
	no_process();
	signal_is_passed_on();
	return tap_done();
}
