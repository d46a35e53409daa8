// SPDX-License-Identifier: MIT
/* The programs in examples/, as somebody runs them: on rings in a file, the Python one on events in a row. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draft.h"
#include "fake.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define PAST (FAKE_BOOT_NS - 1000000000ull)
#define TEXT 65536
#define PATIENCE_MS 20000

typedef int program(int argc, char **argv);
program print_execs_main, follow_main; /* main() of each, by the Makefile */
int __real_epoll_ctl(int epoll, int op, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int op, int fd, struct epoll_event *event);

static struct rings rings;
static struct draft draft;
static char directory[] = "/tmp/procmon-examples-XXXXXX", cursor[64], stream[64];
static char text[TEXT];
static int out;

/* The file that plays the device cannot be waited for: a clock that ticks is there instead of it. */
int __wrap_epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	struct itimerspec often = { { 0, 1000000 }, { 0, 1000000 } };
	int clock;

	if (!__real_epoll_ctl(epoll, op, fd, event))
		return 0;
	if (errno != EPERM)
		return -1;
	clock = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	timerfd_settime(clock, 0, &often, NULL);
	return __real_epoll_ctl(epoll, op, clock, event);
}

static pid_t start(program *main, char *first, char *second)
{
	char *argv[] = { "example", first, second, NULL };
	pid_t pid;

	out = memfd_create("out", MFD_CLOEXEC);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (pid)
		return pid;
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	exit(main(1 + (first != NULL) + (second != NULL), argv));
}

static const char *printed(void)
{
	ssize_t len = pread(out, text, TEXT - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	return text;
}

/* Waits until it has printed @wanted, and nothing else. */
static bool prints(const char *wanted)
{
	int ms;

	for (ms = 0; ms < PATIENCE_MS && strcmp(printed(), wanted); ms++)
		usleep(1000);
	if (strcmp(text, wanted))
		diag("wanted '%s', got '%s'", wanted, text);
	return !strcmp(text, wanted);
}

/* Return: its exit status; the signal that ended it, negative. */
static int end(pid_t pid, int sig)
{
	int status;

	if (sig)
		kill(pid, sig);
	waitpid(pid, &status, 0);
	close(out);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void make_exec(uint32_t pid, const char *exe, const char *args, size_t len)
{
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, pid, PAST);
	draft.head.cpu = 0;
	if (exe)
		draft_text(&draft, "exe", exe);
	if (args)
		draft_string(&draft, "args", args, len);
}

static void put_exec(uint32_t pid, const char *exe)
{
	make_exec(pid, exe, NULL, 0);
	rings_put(&rings, 0, &draft, PAST + pid);
}

static void execs_are_printed(void)
{
	pid_t pid;

	rings_in_file(&rings, 1, NREC);
	put_exec(1, "/usr/bin/one");
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST + 2);
	put_exec(3, "/tmp/\033[2Jx\\\n4 /usr/bin/forged");
	put_exec(5, NULL);
	pid = start(print_execs_main, rings.path, NULL);
	ok(prints("1 /usr/bin/one\n3 /tmp/\\x1b[2Jx\\x5c\\x0a4 /usr/bin/forged\n"
		  "5 (the path could not be had)\n"),
	   "execs_that_are_in_the_rings_are_printed_and_harmless");
	put_exec(6, "/usr/bin/later");
	ok(prints("1 /usr/bin/one\n3 /tmp/\\x1b[2Jx\\x5c\\x0a4 /usr/bin/forged\n"
		  "5 (the path could not be had)\n6 /usr/bin/later\n"),
	   "so_are_those_that_come_and_at_once");
	ok(end(pid, SIGTERM) == -SIGTERM, "it_ends_when_it_is_told_to");
	pid = start(print_execs_main, "/nonexistent/procmon", NULL);
	ok(prints("examples: /nonexistent/procmon: the module is not loaded: sudo modprobe procmon "
		  "(procmon doctor tells what is missing)\n"),
	   "without_the_module_it_says_so");
	ok(end(pid, 0) == EXIT_FAILURE, "and_fails");
	rings_free(&rings);
}

static void put_forks(uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		rings_put_small(&rings, 0, PROCMON_FORK, from, PAST + from);
}

static void it_goes_on_where_it_was(void)
{
	pid_t pid;

	rings_in_file(&rings, 1, NREC);
	put_forks(1, 3);
	pid = start(follow_main, cursor, rings.path);
	while (access(cursor, F_OK))
		usleep(1000);
	put_forks(3, 5);
	ok(prints("fork 3\nfork 4\n"), "a_loop_tells_what_happens_from_its_start_on");
	ok(end(pid, SIGTERM) == EXIT_SUCCESS, "it_ends_well_when_it_is_told_to");
	put_forks(5, 7);
	pid = start(follow_main, cursor, rings.path);
	ok(prints("fork 5\nfork 6\n"), "started_again_it_loses_nothing_and_repeats_nothing");
	ok(end(pid, SIGINT) == EXIT_SUCCESS, "the_keyboard_ends_it_as_well");
	put_forks(7, 7 + 2 * NREC);
	pid = start(follow_main, cursor, rings.path);
	while (!strstr(printed(), "fork 134\n"))
		usleep(1000);
	ok(!strncmp(text, "lost ", 5) && strtoul(text + 5, NULL, 10) >= NREC,
	   "what_was_overwritten_meanwhile_is_counted");
	ok(end(pid, SIGTERM) == EXIT_SUCCESS, "and_it_goes_on");
	if (truncate(cursor, 10))
		bail("truncate");
	pid = start(follow_main, cursor, rings.path);
	while (!strchr(printed(), '\n'))
		usleep(1000);
	ok(strstr(text, "not a cursor"), "a_damaged_cursor_is_told");
	end(pid, SIGTERM);
	pid = start(follow_main, NULL, NULL);
	ok(prints("examples: usage: follow CURSOR-FILE [DEVICE]\n"), "it_says_how_it_is_used");
	ok(end(pid, 0) == 2, "and_that_is_a_mistake");
	pid = start(follow_main, "/nonexistent/cursor", rings.path);
	ok(end(pid, 0) == EXIT_FAILURE, "a_cursor_that_cannot_be_kept_is_an_error");
	rings_free(&rings);
}

/* Appends the event to the stream, as read() would give it. */
static void give(FILE *file, uint64_t seq)
{
	draft.head.seq = seq;
	fwrite(draft.bytes, 1, draft.head.len, file);
}

static void python_reads_the_device(void)
{
	static const char hostile[] = "x\0\033[2J\0caf\xe9\0two words";
	FILE *file = fopen(stream, "w");
	char shell[256];
	size_t len;

	make_exec(1, "/usr/bin/one", "one\0-l", 7);
	give(file, 10);
	draft_start(&draft, PROCMON_FORK);
	draft.head.cpu = 0;
	give(file, 11);
	make_exec(2, "/tmp/\033]0;x\a", hostile, sizeof(hostile));
	give(file, 12);
	make_exec(3, NULL, NULL, 0);
	draft_str(&draft, "exe")->flags = PROCMON_STR_ABSENT;
	draft_str(&draft, "args")->flags = PROCMON_STR_ABSENT;
	give(file, 15);
	make_exec(4, "/bin/cut", "cut\0aaaa", 9);
	draft_str(&draft, "args")->flags = PROCMON_STR_CUT;
	draft.head.flags = PROCMON_F_LATE;
	give(file, 3);
	fclose(file);
	snprintf(shell, sizeof(shell), "python3 %s/../../examples/read-device.py %s", UNIT_DIR,
		 stream);
	file = popen(shell, "r");
	len = fread(text, 1, TEXT - 1, file);
	text[len] = '\0';
	ok(!pclose(file), "python_reads_to_the_end");
	if (!ok(!strcmp(text, "1 '/usr/bin/one' 'one' '-l'\n"
			      "2 '/tmp/\\x1b]0;x\\x07' 'x' '\\x1b[2J' 'caf\\udce9' 'two words'\n"
			      "2 events were overwritten before they were read\n"
			      "3 (unknown)\n"
			      "4 '/bin/cut' 'cut' 'aaaa' ...\n"),
		"python_finds_path_and_arguments_by_the_layout_of_the_abi"))
		diag("%s", text);
}

int main(void)
{
	tap_theme("examples");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	snprintf(cursor, sizeof(cursor), "%s/cursor", directory);
	snprintf(stream, sizeof(stream), "%s/stream", directory);
	execs_are_printed();
	it_goes_on_where_it_was();
	python_reads_the_device();
	unlink(cursor);
	unlink(stream);
	rmdir(directory);
	return tap_done();
}
