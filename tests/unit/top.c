// SPDX-License-Identifier: MIT
/*
 * procmon top: the rows, their order, tables as text, and the screen on a pseudo-terminal.
 * "top play ARG..." is procmon top with these arguments, on rings that somebody writes to: for
 * tests/top/run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "board.h"
#include "clock.h"
#include "column.h"
#include "command.h"
#include "fake.h"
#include "options.h"
#include "rings.h"
#include "tap.h"
#include "text.h"

#define NREC 65536
#define NREC_MANY (1 << 19)
#define MANY 50000
#define PAST (FAKE_BOOT_NS - 10000000000ull)
#define MSEC 1000000ull
#define SHELL 1000u

int command_main(int argc, char **argv);

static struct rings rings;
static struct draft draft;
static struct command command;
static char device[128];
static struct board board;
static struct board_view view;

/* Boards. */

static void counted(unsigned int type, const char *comm, uint32_t uid, const struct where *where)
{
	struct procmon_event ev;
	struct event event = { .ev = &ev, .where = where };

	draft_start(&draft, type);
	draft_process(&draft, 7, PAST);
	draft.head.time_ns = PAST + 5 * MSEC;
	draft.head.uid = uid;
	if (comm)
		draft_text(&draft, "comm", comm);
	if (type == PROCMON_EXIT && uid < 128)
		draft_number(&draft, "exit_code", uid);
	else if (type == PROCMON_EXIT)
		draft_number(&draft, "signal", SIGKILL);
	ev = draft_event(&draft);
	board_count(&board, &event, true);
}

static bool row_is(unsigned int i, const char *label)
{
	const struct board_row *row = &view.row[i];

	if (i < view.count && row->label_len == strlen(label) &&
	    !memcmp(row->label, label, row->label_len))
		return true;
	diag("row %u of %u: wanted %s, got %.*s", i, view.count, label,
	     i < view.count ? (int)row->label_len : 0, row->label);
	return false;
}

static void look(const char *word, bool reverse)
{
	const struct column_way way = { .sort = (unsigned int)column_by_word(word),
					.reverse = reverse };

	board_look(&board, &view);
	column_sort(&view, &way);
}

static void counts(void)
{
	const struct board_counts *a;

	board_start(&board, BOARD_COMM);
	counted(PROCMON_FORK, "a", 0, NULL);
	counted(PROCMON_EXEC, "a", 0, NULL);
	counted(PROCMON_EXEC, "a", 0, NULL);
	counted(PROCMON_EXIT, "a", 0, NULL);
	counted(PROCMON_EXIT, "a", 3, NULL);
	counted(PROCMON_EXIT, "a", 200, NULL);
	counted(PROCMON_EXEC, "b", 0, NULL);
	board_tick(&board, 2000 * MSEC);
	look("execs", false);
	a = &view.row[0].counts;
	ok(view.count == 2 && row_is(0, "a") && a->total[BOARD_EXECS] == 2 &&
		   a->total[BOARD_FORKS] == 1 && a->total[BOARD_EXITS] == 3 &&
		   a->total[BOARD_EVENTS] == 6 && a->failed == 1 && a->killed == 1,
	   "each_kind_is_counted");
	ok(a->lives == 3 && a->shortest_ns == 5 * MSEC && a->life_ns == 15 * MSEC &&
		   a->last_ns == PAST + 5 * MSEC,
	   "lives_are_measured");
	ok(a->rate[BOARD_EXECS] == 1.0 && view.all.rate[BOARD_EXECS] == 1.5 &&
		   view.all.rate[BOARD_EVENTS] == 3.5,
	   "rates_are_those_of_the_interval");
	board_tick(&board, 1000 * MSEC);
	look("execs", true);
	ok(row_is(0, "b") && view.row[1].counts.rate[BOARD_EXECS] == 0 &&
		   view.row[1].counts.total[BOARD_EXECS] == 2,
	   "an_interval_without_events_has_no_rate");
	board_clear(&board);
	look("execs", false);
	ok(!view.count && !view.all.total[BOARD_EVENTS], "all_can_be_forgotten");
	board_end(&board);
}

static void threads(void)
{
	struct procmon_event ev;
	struct event event = { .ev = &ev };

	board_start(&board, BOARD_COMM);
	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, 7, PAST);
	draft.head.flags = PROCMON_F_THREAD;
	draft_number(&draft, "exit_code", 1);
	ev = draft_event(&draft);
	board_count(&board, &event, false);
	ok(board.all.total[BOARD_EVENTS] == 1 && !board.all.total[BOARD_EXITS] &&
		   !board.all.failed && !board.all.recent[BOARD_EVENTS],
	   "a_thread_is_an_event_and_no_process");
	board_end(&board);
}

static void bound(void)
{
	uint64_t execs = 0;
	char name[16];
	unsigned int i;
	bool kept = false;

	board_start(&board, BOARD_COMM);
	counted(PROCMON_EXEC, "kept", 0, NULL);
	for (i = 0; i < BOARD_MAX + 100; i++) {
		snprintf(name, sizeof(name), "x%u", i);
		counted(PROCMON_EXEC, name, 0, NULL);
		counted(PROCMON_EXIT, name, 1, NULL);
		if (i % 1000 == 0)
			counted(PROCMON_EXEC, "kept", 0, NULL);
	}
	look("name", false);
	for (i = 0; i < view.count; i++) {
		execs += view.row[i].counts.total[BOARD_EXECS];
		kept |= view.row[i].label_len == 4 && !memcmp(view.row[i].label, "kept", 4);
	}
	ok(view.count == BOARD_MAX + 1 && board.given_up == 101 && row_is(BOARD_MAX, "(others)"),
	   "rows_have_a_bound_and_the_others_come_last");
	ok(execs == view.all.total[BOARD_EXECS] && execs == BOARD_MAX + 104 &&
		   view.row[BOARD_MAX].counts.lives == 101 &&
		   view.row[BOARD_MAX].counts.failed == 101,
	   "what_the_others_did_is_not_lost");
	ok(kept, "who_was_silent_for_the_longest_is_given_up");
	look("name", true);
	ok(row_is(BOARD_MAX, "(others)"), "the_others_are_last_in_either_order");
	board_end(&board);
}

static void groups(void)
{
	static struct where where, names;

	board_start(&board, BOARD_USER);
	counted(PROCMON_EXEC, "a", 0, NULL);
	counted(PROCMON_EXEC, "a", 4242424242u, NULL);
	counted(PROCMON_EXEC, "a", PROCMON_UNKNOWN32, NULL);
	look("name", false);
	ok(view.count == 3 && row_is(0, "(unknown)") && row_is(1, "4242424242") &&
		   row_is(2, "root"),
	   "a_row_can_be_a_user");
	board_end(&board);
	board_start(&board, BOARD_UNIT);
	strcpy(where.place.unit, "cron.service");
	counted(PROCMON_EXEC, "a", 0, &where);
	strcpy(where.place.user_unit, "own\033.service");
	counted(PROCMON_EXEC, "a", 0, &where);
	counted(PROCMON_EXEC, "a", 0, NULL);
	look("name", false);
	ok(view.count == 3 && row_is(0, "(none)") && row_is(1, "cron.service") &&
		   row_is(2, "own\\x1b.service"),
	   "or_a_unit");
	board_end(&board);
	board_start(&board, BOARD_CONTAINER);
	strcpy(names.place.container_id, "0123456789abcdef");
	counted(PROCMON_EXEC, "a", 0, &names);
	counted(PROCMON_EXEC, "a", 0, NULL);
	look("name", false);
	ok(view.count == 2 && row_is(0, "(none)") && row_is(1, "0123456789ab"), "or_a_container");
	names.names.name = (char[]){ "web" };
	counted(PROCMON_EXEC, "a", 0, &names);
	look("name", false);
	ok(view.count == 2 && row_is(1, "web") && view.row[1].counts.total[BOARD_EXECS] == 2,
	   "which_is_told_by_its_name_once_that_is_known");
	board_end(&board);
}

static void names(void)
{
	static char name[2 * BOARD_NAME];
	struct proc proc = { .exe = name, .exe_len = BOARD_NAME + 10 };
	struct procmon_event ev;
	struct event event = { .ev = &ev, .proc = &proc };

	memset(name, 'x', sizeof(name));
	board_start(&board, BOARD_EXE);
	counted(PROCMON_EXEC, "n\tm", 0, NULL);
	counted(PROCMON_EXEC, NULL, 0, NULL);
	ev = draft_event(&draft);
	board_count(&board, &event, true);
	proc.exe_len += 10;
	board_count(&board, &event, true);
	proc.exe = NULL;
	strcpy(proc.comm, "inherited");
	board_count(&board, &event, true);
	look("name", false);
	ok(view.count == 4 && row_is(0, "(none)") && row_is(1, "[inherited]") &&
		   row_is(2, "[n\\x09m]") && view.row[3].label_len == BOARD_NAME &&
		   view.row[3].counts.total[BOARD_EXECS] == 2,
	   "names_are_bounded_and_printable");
	board_end(&board);
}

/* Columns. */

static void orders(void)
{
	static const char *const rows[] = { "a", "b", "c" };
	unsigned int i, bad = 0;
	const char *word;

	board_start(&board, BOARD_COMM);
	for (i = 0; i < 3; i++) {
		unsigned int n;

		for (n = 0; n <= i; n++) {
			counted(PROCMON_EXEC, rows[i], 0, NULL);
			counted(PROCMON_FORK, rows[i], 0, NULL);
			if (i)
				counted(PROCMON_EXIT, rows[i], n ? 9 : 200, NULL);
		}
	}
	board_tick(&board, 1000 * MSEC);
	for (i = 0; (word = column_word(i)); i++) {
		bool last = !strcmp(word, "last") || !strcmp(word, "shortest") ||
			    !strcmp(word, "mean") || !strcmp(word, "killed");

		look(word, false);
		if (last)
			continue;
		bad += !row_is(0, strcmp(word, "name") ? "c" : "a");
		look(word, true);
		bad += !row_is(2, strcmp(word, "name") ? "c" : "a");
	}
	ok(!bad && i == 9, "every_column_can_be_sorted_by");
	look("shortest", false);
	bad = !row_is(2, "a");
	look("shortest", true);
	ok(!bad && row_is(2, "a"), "what_is_unknown_comes_last_in_either_order");
	ok(column_by_word("nope") < 0 && !column_word(9), "there_are_no_other_columns");
	board_end(&board);
}

static bool fits(const char *word, unsigned int width, const char *heading)
{
	struct out out = { .fd = -1 };
	struct column_way way = { .sort = (unsigned int)column_by_word(word), .width = width };
	bool good;

	column_put_heading(&out, BOARD_EXE, &way);
	good = out.len == strlen(heading) && !memcmp(out.buf, heading, out.len);
	if (!good)
		diag("got '%.*s'", (int)out.len, out.buf);
	free(out.buf);
	return good;
}

static void widths(void)
{
	struct column_way way = { .width = 25 };
	struct out out = { .fd = -1 };

	ok(fits("rate", 0, "EXEC/S  EXECS  FORKS FAILED KILLED  SHORT   MEAN     LAST EXE") &&
		   fits("rate", 80,
			"EXEC/S  EXECS  FORKS FAILED KILLED  SHORT   MEAN     LAST EXE"),
	   "all_columns_fit_into_80");
	ok(fits("rate", 40, "EXEC/S  EXECS EXE") && fits("last", 40, "EXEC/S     LAST EXE") &&
		   fits("name", 26, "EXE") && fits("name", 2, "E…"),
	   "with_less_room_that_of_the_order_stays");
	board_start(&board, BOARD_COMM);
	counted(PROCMON_EXEC, "日本日本日本日本日", 0, NULL);
	board_tick(&board, 1000 * MSEC);
	look("rate", false);
	column_put_row(&out, &view.row[0], &way);
	ok(text_width(out.buf, out.len) <= 25 && !memcmp(out.buf, "   1.0 日", 10),
	   "wide_characters_are_cut_by_columns");
	free(out.buf);
	board_end(&board);
}

/* The command. */

static void put(unsigned int type, uint32_t pid, uint64_t start_ns, uint64_t time_ns,
		const char *exe, int status)
{
	draft_start(&draft, type);
	draft_process(&draft, pid, start_ns);
	draft.head.ppid = SHELL;
	draft.head.uid = 0;
	draft_text(&draft, "comm", exe ? strrchr(exe, '/') + 1 : "sh");
	if (type == PROCMON_EXEC)
		draft_text(&draft, "exe", exe);
	if (type == PROCMON_EXIT && status < 0)
		draft_number(&draft, "signal", (uint64_t)-status);
	else if (type == PROCMON_EXIT)
		draft_number(&draft, "exit_code", (uint64_t)status);
	rings_put(&rings, 0, &draft, time_ns);
}

/* A process that runs @exe, lives so long and ends so. */
static void put_life(uint32_t pid, uint64_t start_ns, uint64_t life_ms, const char *exe, int status)
{
	put(PROCMON_FORK, pid, start_ns, start_ns, NULL, 0);
	put(PROCMON_EXEC, pid, start_ns, start_ns + 1, exe, 0);
	put(PROCMON_EXIT, pid, start_ns, start_ns + life_ms * MSEC, exe, status);
}

static void put_all(void)
{
	uint32_t i;

	for (i = 0; i < 5; i++)
		put_life(2000 + i, PAST + i * 100 * MSEC, 10 + i, "/usr/bin/cc", i ? 0 : 1);
	put_life(2010, PAST + 1000 * MSEC, 900, "/usr/bin/make", 2);
	put_life(2011, PAST + 2000 * MSEC, 1, "/tmp/\033[2Jx", -SIGSEGV);
	put_life(2012, PAST + 3000 * MSEC, 2, "/opt/日本語/日本", 0);
	for (i = 0; i < 20; i++)
		put_life(3000 + i, PAST + 4000 * MSEC + i * 20 * MSEC, 10,
			 (char[]){ '/', 'b', 'i', 'n', '/', 'p', (char)('a' + i), '\0' }, 0);
}

static void begin(void)
{
	rings_in_file(&rings, 1, NREC);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	put_all();
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
}

#define BATCH "top", device, "--history", "--for=1ms"

static bool table_is(const char *wanted)
{
	const char *table = strchr(command.out, '\n');
	bool good = command.status == 0 && table && strstr(command.out, " 0 lost  0.0 execs/s") &&
		    !strcmp(table + 1, wanted);

	if (!good)
		diag("status %d, got\n%s%s", command.status, command.out, command.err);
	return good;
}

static void batch(void)
{
	begin();
	COMMAND(&command, BATCH, "--exe=/[uto]*", "--sort=execs");
	ok(table_is("4 rows by exe, execs; exe='/[uto]*'\n"
		    "EXEC/S  EXECS  FORKS FAILED KILLED  SHORT   MEAN     LAST EXE\n"
		    "   0.0      5      0      1      0 10.0ms 12.0ms 09:16:19 /usr/bin/cc\n"
		    "   0.0      1      0      0      0 2.00ms 2.00ms 09:16:22 /opt/日本語/日本\n"
		    "   0.0      1      0      0      1 1.00ms 1.00ms 09:16:21 /tmp/\\x1b[2Jx\n"
		    "   0.0      1      0      1      0  900ms  900ms 09:16:21 /usr/bin/make\n\n"),
	   "a_table_without_a_terminal_is_text");
	command_free(&command);
	COMMAND(&command, BATCH, "--by=user", "-Qevent = exit", "--tree=1000", "--event=exit,exec");
	ok(table_is("1 rows by user, rate; query='event = exit'; tree=1000; event=exec,exit\n"
		    "EXEC/S  EXECS  FORKS FAILED KILLED  SHORT   MEAN     LAST USER\n"
		    "   0.0      0      0      2      1 1.00ms 41.5ms 09:16:23 root\n\n"),
	   "a_row_is_what_was_asked_for_and_filters_are_told");
	command_free(&command);
	COMMAND(&command, "top", device, "-b", "-n2", "-d100ms", "--no-snapshot", "--utc");
	ok(command_said(&command, 0, "") && strstr(command.out, "\n\n") &&
		   strstr(strstr(command.out, "\n\n") + 2, "0 rows by exe, rate\n"),
	   "two_tables_are_two_tables");
	end();
}

static void losses(void)
{
	begin();
	rings.shared[0]->seq += 3;
	put_life(5000, PAST + 9000 * MSEC, 1, "/bin/x", 0);
	COMMAND(&command, BATCH, "--fail-on-loss");
	ok(command_said(&command, EXIT_LOSS, "") && strstr(command.out, "  3 lost  "),
	   "losses_are_told");
	command_free(&command);
	COMMAND(&command, BATCH, "--sort=mean", "--no-snapshot");
	ok(command_said(&command, 0, ""), "and_fail_only_if_asked_for");
	end();
}

static void device_fails(void)
{
	begin();
	fake_fail_ioctl_later(2, EIO);
	COMMAND(&command, "top", device, "--no-snapshot", "-d100ms");
	fake_fail_ioctl(0);
	ok(command_said(&command, 1, "procmon: "), "a_device_that_fails_is_told");
	end();
}

/* Stopped for a while, it finds what happened after its time was over. */
static void time_is_over(void)
{
	begin();
	command_start(&command, (const char *const[]){ "top", device, "--no-snapshot",
						       "--for=300ms", "--by=comm", NULL });
	usleep(100000);
	put_life(6000, clock_boot_ns(), 0, "/bin/before", 0);
	usleep(50000);
	kill(command.pid, SIGSTOP);
	usleep(300000);
	put_life(6001, clock_boot_ns(), 0, "/bin/after", 0);
	kill(command.pid, SIGCONT);
	command_end(&command);
	ok(command_said(&command, 0, "") && strstr(command.out, "before\n") &&
		   !strstr(command.out, "after"),
	   "what_happens_after_its_time_does_not_count");
	end();
}

static void many(void)
{
	uint32_t i;

	rings_in_file(&rings, 1, NREC_MANY);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	for (i = 0; i < MANY; i++)
		rings_put_small(&rings, 0, PROCMON_EXEC, i + 1, PAST + i);
	COMMAND(&command, BATCH, "--by=user");
	ok(command_said(&command, 0, "") && strstr(command.out, "   0.0  50000 "),
	   "as_many_as_there_are_are_counted");
	end();
}

static void refused(void)
{
	static const struct {
		const char *arg, *said;
	} mistakes[] = {
		{ "--sort=size", "--sort=size: must be rate, execs" },
		{ "--by=pid", "--by=pid: must be exe, comm" },
		{ "-d1ms", "--delay=1ms: must be at least 100ms" },
		{ "--delay=x", "--delay=x: not a time" },
		{ "-ojson", "--output=json: not an option of this command" },
	};
	const char *word;
	char arg[32];
	unsigned int i, bad = 0;

	begin();
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		COMMAND(&command, "top", device, mistakes[i].arg);
		bad += !command_said(&command, EXIT_USAGE, mistakes[i].said);
		command_free(&command);
	}
	ok(!bad, "mistakes_are_named");
	COMMAND(&command, "watch", device, "-b");
	ok(command_said(&command, EXIT_USAGE, "--batch: not an option"), "watch_has_no_batch");
	command_free(&command);
	for (i = 0; (word = column_word(i)); i++) {
		snprintf(arg, sizeof(arg), "--sort=%s", word);
		COMMAND(&command, BATCH, arg);
		bad += !command_said(&command, 0, "") || !strstr(command.out, word);
		command_free(&command);
	}
	for (i = 0; i < BOARD_BY; i++) {
		snprintf(arg, sizeof(arg), "--by=%s", board_name(i));
		COMMAND(&command, BATCH, arg);
		bad += !command_said(&command, 0, "");
		command_free(&command);
	}
	ok(!bad, "every_key_and_group_is_taken");
	rings_free(&rings);
}

static void reader_gone(void)
{
	int fds[2];

	begin();
	if (pipe(fds))
		bail("pipe");
	close(fds[0]);
	command_run_to(&command, (const char *const[]){ "top", device, "-d100ms", NULL }, fds[1]);
	close(fds[1]);
	ok(command_said(&command, 0, "") && !strstr(command.err, "writing"),
	   "a_reader_that_goes_ends_it_quietly");
	end();
}

/* The screen. */

static int terminal, terminal_peer;
static struct termios terminal_before;
static pid_t child;
static char seen[1 << 20];
static size_t seen_len;

static _Noreturn void terminal_child(const char *const *args)
{
	char *argv[32] = { "procmon" };
	int argc, i;

	for (argc = 1; args[argc - 1]; argc++)
		argv[argc] = (char *)args[argc - 1]; /* nothing writes there */
	setsid();
	ioctl(terminal_peer, TIOCSCTTY, 0);
	for (i = 0; i < 3; i++)
		dup2(terminal_peer, i);
	close(terminal);
	close(terminal_peer);
	exit(command_main(argc, argv));
}

static void terminal_start(const char *term, unsigned short lines, unsigned short columns,
			   const char *const *args)
{
	struct winsize size = { .ws_row = lines, .ws_col = columns };

	setenv("TERM", term, 1);
	seen_len = 0;
	if (openpty(&terminal, &terminal_peer, NULL, NULL, &size))
		bail("openpty");
	tcgetattr(terminal_peer, &terminal_before);
	fflush(NULL);
	child = fork();
	if (!child)
		terminal_child(args);
}

/* Reads until @text was seen, at most 10 s. */
static bool terminal_shows(const char *text)
{
	struct pollfd ready = { .fd = terminal, .events = POLLIN };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		ssize_t n = poll(&ready, 1, 10) > 0 ?
				    read(terminal, seen + seen_len, sizeof(seen) - seen_len) :
				    0;

		seen_len += n > 0 ? (size_t)n : 0;
		if (memmem(seen, seen_len, text, strlen(text)))
			return true;
	}
	diag("'%s' does not come: %.*s", text, (int)seen_len, seen);
	return false;
}

static void terminal_type(const char *keys)
{
	seen_len = 0;
	if (write(terminal, keys, strlen(keys)) < 0)
		diag("keys cannot be typed");
}

/* Reads on until it has ended.  Return: its status. */
static int terminal_end(void)
{
	struct pollfd ready = { .fd = terminal, .events = POLLIN };
	int status;

	while (!waitpid(child, &status, WNOHANG))
		if (poll(&ready, 1, 10) > 0 && read(terminal, seen, sizeof(seen)) < 0)
			usleep(1000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : COMMAND_SIGNAL + WTERMSIG(status);
}

static bool terminal_is_as_before(void)
{
	struct termios now;

	return !tcgetattr(terminal_peer, &now) && now.c_lflag == terminal_before.c_lflag &&
	       now.c_iflag == terminal_before.c_iflag && now.c_oflag == terminal_before.c_oflag;
}

static void terminal_close(void)
{
	close(terminal);
	close(terminal_peer);
}

#define SCREEN                                                                                     \
	(const char *const[])                                                                      \
	{                                                                                          \
		"top", device, "--history", "--no-snapshot", "-d100ms", NULL                       \
	}

static void keys(void)
{
	struct winsize small = { .ws_row = 1, .ws_col = 1 };
	char long_text[300] = "";

	begin();
	terminal_start("xterm-256color", 24, 80, SCREEN);
	ok(terminal_shows("/usr/bin/cc") && terminal_shows("by exe, rate"),
	   "a_terminal_has_a_screen");
	terminal_type("h");
	ok(terminal_shows("forget all counts"), "help_is_shown");
	terminal_type("x");
	ok(terminal_shows("/usr/bin/cc"), "and_goes_away");
	terminal_type(">s<");
	ok(terminal_shows("execs"), "another_column_can_be_chosen");
	terminal_type("r");
	ok(terminal_shows("reversed"), "and_turned_round");
	terminal_type("r\033OB\033[6~\033OA\033[5~\033OF\033OH\033OP%");
	terminal_type("g");
	ok(terminal_shows("COMM"), "groups_can_be_changed");
	terminal_type("gggg");
	ok(terminal_shows("/usr/bin/cc"), "and_come_round");
	terminal_type("p");
	ok(terminal_shows("FROZEN for"), "it_can_be_frozen");
	usleep(300000);
	terminal_type(" /exee = é日𝄞\177\010\033OA\r");
	ok(terminal_shows("did you mean exe?"), "a_filter_with_a_mistake_tells_it");
	terminal_type("\025pid > 0 and not \xe6\x97\xa5\177pid = 1\n");
	ok(terminal_shows("; pid > 0 and not pid = 1"), "and_can_be_mended");
	terminal_type("/");
	ok(terminal_shows("/pid > 0"), "the_last_filter_can_be_changed");
	memset(long_text, 'x', sizeof(long_text) - 1);
	terminal_type(long_text);
	terminal_type("\t\033");
	usleep(200000);
	terminal_type("/\025\rc");
	usleep(200000);
	ioctl(terminal, TIOCSWINSZ, &small);
	usleep(300000);
	terminal_type("/pid = x\r");
	usleep(300000);
	ok(!waitpid(child, NULL, WNOHANG), "one_column_is_enough");
	terminal_type("\033");
	usleep(200000);
	terminal_type("q");
	ok(terminal_end() == 0 && terminal_is_as_before(),
	   "it_ends_and_leaves_the_terminal_as_it_was");
	terminal_close();
	rings_free(&rings);
}

static void ends_of_terminals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	unsigned int i;

	begin();
	for (i = 0; i < 3; i++) {
		terminal_start("xterm", 24, 80, SCREEN);
		terminal_shows("/usr/bin/cc");
		kill(child, signals[i]);
		ok(terminal_end() == 0 && terminal_is_as_before(),
		   "sig%s_ends_it_and_the_terminal_is_as_it_was", sigabbrev_np(signals[i]));
		terminal_close();
	}
	signal(SIGHUP, SIG_IGN);
	terminal_start("xterm", 24, 80, (const char *const[]){ "top", device, "--history", NULL });
	signal(SIGHUP, SIG_DFL);
	terminal_shows("/usr/bin/cc");
	terminal_close();
	waitpid(child, &(int){ 0 }, 0);
	ok(1, "a_terminal_that_goes_ends_it");
	rings_free(&rings);
}

static void plain_terminals(void)
{
	static const char *const terms[] = { "dumb", "no-such-terminal" };
	unsigned int i;

	begin();
	for (i = 0; i < 2; i++) {
		terminal_start(terms[i], 24, 40, SCREEN);
		ok(terminal_shows("cannot have a screen") &&
			   terminal_shows("EXEC/S  EXECS EXE\r\n"),
		   "on_%s_it_is_text_that_fits", terms[i]);
		kill(child, SIGTERM);
		terminal_end();
		terminal_close();
	}
	terminal_start("xterm", 24, 80,
		       (const char *const[]){ "top", device, "--history", "-n1", "-d100ms",
					      "--color=never", NULL });
	ok(terminal_end() == 0, "a_screen_can_end_after_n_tables");
	terminal_close();
	rings_free(&rings);
}

/* Somebody starts /usr/bin/live all the time. */
static _Noreturn void play_on(pid_t parent)
{
	uint32_t pid = 10000;

	while (getppid() == parent) {
		put_life(pid++, clock_boot_ns(), 0, "/usr/bin/live", 0);
		usleep(20000);
	}
	_exit(0);
}

static int play(int argc, char **argv)
{
	static char *args[32] = { "procmon", "top", device, "--history", "--no-snapshot" };
	pid_t parent = getpid();
	int i;

	begin();
	for (i = 0; i < argc && i < 26; i++)
		args[5 + i] = argv[i];
	if (!fork())
		play_on(parent);
	return command_main(5 + i, args);
}

int main(int argc, char **argv)
{
	clock_boot_ns();
	if (argc > 1 && !strcmp(argv[1], "play"))
		return play(argc - 2, argv + 2);
	tap_theme("top");
	text_init();
	counts();
	threads();
	bound();
	groups();
	names();
	orders();
	widths();
	batch();
	losses();
	device_fails();
	time_is_over();
	many();
	refused();
	reader_gone();
	keys();
	ends_of_terminals();
	plain_terminals();
	return tap_done();
}
