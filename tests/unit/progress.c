// SPDX-License-Identifier: MIT
/* How far long work has come: on a terminal that can take it back, and never beside other output. */
#define _GNU_SOURCE
#include "progress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "film.h"
#include "tap.h"
#include "text.h"

int command_main(int argc, char **argv); /* main() of userspace/cmd/main.c */

#define MIB (1024ull * 1024)
#define SECOND 1000000000ull

static int terminal, old_err;
static char said[65536];

/* From now on standard error is a terminal of so many columns. */
static void begin(unsigned short columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	int slave;

	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		bail("no terminal");
	slave = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size))
		bail("no terminal");
	old_err = dup(STDERR_FILENO);
	dup2(slave, STDERR_FILENO);
	close(slave);
}

/* What was written to it: all that comes before a mark of ours. */
static const char *end(void)
{
	size_t len = 0;

	if (write(STDERR_FILENO, "~", 1) != 1)
		bail("the terminal has gone");
	while (!len || said[len - 1] != '~') {
		ssize_t n = read(terminal, said + len, sizeof(said) - 1 - len);

		if (n <= 0)
			bail("the terminal says nothing");
		len += (size_t)n;
	}
	said[len - 1] = '\0';
	dup2(old_err, STDERR_FILENO);
	close(old_err);
	close(terminal);
	return said;
}

static bool is(const char *text)
{
	const char *got = end();

	if (strcmp(got, text))
		diag("'%s', not '%s'", got, text);
	return !strcmp(got, text);
}

static bool has(const char *text)
{
	if (!strstr(said, text))
		diag("no '%s' in '%s'", text, said);
	return strstr(said, text);
}

static void lines(void)
{
	fake_hold();
	begin(80);
	progress_begin(1000 * MIB, -1);
	progress_at(100 * MIB);
	fake_pass(SECOND);
	progress_at(400 * MIB);
	progress_at(410 * MIB);
	fake_pass(SECOND);
	progress_at(1200 * MIB);
	progress_end();
	progress_at(1200 * MIB);
	ok(is("\r[############                  ] 40 %, 400 MiB/s, 1 s left\033[K"
	      "\r[##############################] 100 %, 600 MiB/s, 0 s left\033[K\r\033[K"),
	   "a_line_tells_how_far_it_is_and_goes");
	begin(80);
	progress_begin(1000000 * MIB, -1);
	fake_pass(100 * SECOND);
	progress_at(1000 * MIB);
	end();
	ok(has("] 0 %, 10 MiB/s, 1d03h left"), "it_may_take_long");
	begin(20);
	progress_begin(1000, -1);
	fake_pass(SECOND);
	progress_at(400);
	progress_clear();
	progress_clear();
	fake_pass(SECOND);
	progress_at(500);
	progress_end();
	ok(is("\r40 %\033[K\r\033[K\r50 %\033[K\r\033[K"), "a_narrow_terminal_has_the_part_alone");
	begin(80);
	progress_begin(0, -1);
	fake_pass(SECOND);
	progress_at(400 * MIB);
	progress_end();
	ok(is("\r400 MiB, 400 MiB/s\033[K\r\033[K"), "of_a_pipe_nobody_knows_how_much_is_left");
}

/* Begins work whose output goes to @out, and is long at it. */
static void work(int out)
{
	progress_begin(1000, out);
	fake_pass(SECOND);
	progress_at(400);
	progress_end();
}

static void silence(void)
{
	int fd[2], slave, null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	begin(80);
	progress_begin(1000, -1);
	progress_at(400);
	progress_end();
	ok(is(""), "what_takes_no_time_has_no_line");
	if (null < 0 || pipe(fd))
		bail("pipe");
	begin(80);
	work(fd[1]);
	ok(is(""), "beside_a_pipe_there_is_none");
	begin(80);
	work(STDERR_FILENO);
	ok(is(""), "nor_beside_output_to_the_terminal");
	begin(80);
	setenv("TERM", "dumb", 1);
	work(-1);
	setenv("TERM", "xterm", 1);
	ok(is(""), "nor_where_it_could_not_be_taken_back");
	begin(80);
	slave = dup(STDERR_FILENO);
	dup2(fd[1], STDERR_FILENO);
	work(-1);
	dup2(slave, STDERR_FILENO);
	close(slave);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	ok(is("") && read(fd[0], said, sizeof(said)) < 0, "nor_without_a_terminal");
	begin(80);
	work(null);
	end();
	ok(has("40 %"), "beside_a_file_there_is_one");
	close(null);
	close(fd[0]);
	close(fd[1]);
}

/* The command itself, with standard output to a file and standard error to the terminal. */
static const char *run(const char *const *args)
{
	pid_t child;
	int status;

	begin(80);
	fflush(NULL);
	child = fork();
	if (child < 0)
		bail("fork");
	if (!child) { /* another program: time has not begun there */
		if (freopen("/dev/null", "w", stdout))
			execv("/proc/self/exe", (char **)args);
		_exit(99);
	}
	if (waitpid(child, &status, 0) < 0 || status)
		diag("status %d", status);
	return end();
}

#define RUN(...) run((const char *const[]){ "progress", "procmon", __VA_ARGS__, NULL })

static void commands(void)
{
	char path[] = "/tmp/procmon-progress-XXXXXX", picture[80];
	int fd = mkstemp(path);

	if (fd < 0)
		bail("mkstemp");
	close(fd);
	snprintf(picture, sizeof(picture), "%s.svg", path);
	film_begin(path);
	film_build(10000);
	film_end();
	setenv("FAKE_SPEED", "1000", 1);
	RUN("show", path);
	ok(has("%, ") && has(" left\033[K") && has("\r\033[K"), "show_tells_how_far_it_is");
	RUN("plot", picture, path);
	ok(has("%, ") && !strcmp(said + strlen(said) - 4, "\r\033[K"), "so_does_plot");
	RUN("export", "-q", "--folded", path);
	ok(!*said, "quiet_is_quiet");
	if (truncate(path, 100000))
		bail("truncate");
	RUN("export", "--folded", path);
	ok(has("\r\033[Kprocmon: ") && has("no whole block"), "a_note_has_a_line_of_its_own");
	unsetenv("FAKE_SPEED");
	unlink(path);
	unlink(picture);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return command_main(argc - 1, argv + 1);
	tap_theme("progress");
	text_init();
	unsetenv("COLUMNS");
	setenv("TERM", "xterm", 1);
	lines();
	silence();
	commands();
	return tap_done();
}
