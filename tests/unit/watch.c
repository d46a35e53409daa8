// SPDX-License-Identifier: MIT
/* procmon watch, from end to end: the command reads rings in a file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "story.h"
#include "tap.h"

#define NREC 256
#define PAST (FAKE_BOOT_NS - 1000000000ull)
#define COUNT 20

static struct rings rings;
static char device[128], directory[64], cursor_file[128];
static struct command command;

static void put(uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		rings_put_small(&rings, from % 2, PROCMON_FORK, from, PAST + from);
}

static void begin(void)
{
	rings_in_file(&rings, 2, NREC);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	put(0, COUNT);
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
}

static unsigned int lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* The pids are @from, @from + 1, ... up to @to. */
static bool pids_are(const char *text, unsigned int from, unsigned int to)
{
	for (; from < to; from++) {
		char line[64];
		size_t len = (size_t)snprintf(line, sizeof(line), "{\"pid\":%u}\n", from);

		if (strncmp(text, line, len)) {
			diag("wanted %s, got %.60s", line, text);
			return false;
		}
		text += len;
	}
	return !*text;
}

#define JSON "-ojson", "--output-fields=pid"

static void ends(void)
{
	begin();
	COMMAND(&command, device, "--history", JSON, "--for=10ms");
	ok(command_said(&command, 0, "") && pids_are(command.out, 0, COUNT), "it_ends_in_time");
	command_free(&command);
	COMMAND(&command, device, "--history", JSON, "-n", "7");
	ok(command_said(&command, 0, "") && pids_are(command.out, 0, 7), "it_ends_after_n_events");
	command_free(&command);
	COMMAND(&command, device, JSON, "--for=10ms");
	ok(command_said(&command, 0, "") && !*command.out, "without_history_it_begins_from_now");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1");
	ok(lines(command.out) == 2 && !strncmp(command.out, "TIME", 4), "columns_have_a_heading");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "--no-headings");
	ok(lines(command.out) == 1, "unless_it_is_unwanted");
	end();
}

/* A line is out when its event has happened, not when a buffer is full. */
static void follows(void)
{
	struct stat st;
	int i;

	begin();
	command_start(&command,
		      (const char *const[]){ device, JSON, "--cursor-file", cursor_file, NULL });
	while (access(cursor_file, F_OK)) /* it has begun */
		usleep(1000);
	put(COUNT, COUNT + 1);
	for (i = 0; i < 1000 && (fstat(command.fd[0], &st) || !st.st_size); i++)
		usleep(10000);
	ok(st.st_size > 0, "an_event_is_shown_as_it_happens");
	kill(command.pid, SIGTERM);
	command_end(&command);
	ok(command_said(&command, 0, "") && pids_are(command.out, COUNT, COUNT + 1),
	   "it_ends_well_when_it_is_asked_to");
	unlink(cursor_file);
	end();
}

static void signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	for (i = 0; i < 3; i++) {
		begin();
		command_start(&command,
			      (const char *const[]){ device, "--cursor-file", cursor_file, NULL });
		while (access(cursor_file, F_OK))
			usleep(1000);
		unlink(cursor_file);
		kill(command.pid, numbers[i]);
		command_end(&command);
		ok(command_said(&command, 0, "") && !access(cursor_file, F_OK),
		   "sig%s_ends_it_and_the_cursor_is_kept", sigabbrev_np(numbers[i]));
		unlink(cursor_file);
		end();
	}
}

static void cursors(void)
{
	begin();
	COMMAND(&command, device, "--history", JSON, "-n5", "--cursor-file", cursor_file);
	ok(pids_are(command.out, 0, 5) && !access(cursor_file, F_OK), "a_cursor_file_is_made");
	command_free(&command);
	COMMAND(&command, device, JSON, "-n5", "--cursor-file", cursor_file);
	ok(pids_are(command.out, 5, 10), "the_next_run_goes_on_there");
	command_free(&command);
	COMMAND(&command, device, JSON, "--for=10ms", "--cursor-file", cursor_file);
	ok(pids_are(command.out, 10, COUNT), "and_the_next_one_too");
	command_free(&command);
	put(COUNT, COUNT + 3);
	COMMAND(&command, device, JSON, "--for=10ms", "--cursor-file", cursor_file);
	ok(pids_are(command.out, COUNT, COUNT + 3), "what_came_between_is_not_lost");
	end();
	unlink(cursor_file);
}

/* Each event can tell its own cursor. */
static void cursors_of_events(void)
{
	static const char key[] = "\"cursor\":\"";
	char after[128];
	const char *last = NULL, *at;

	begin();
	COMMAND(&command, device, "--history", "-ojson", "-n7");
	ok(!strstr(command.out, key), "no_event_tells_its_cursor_unasked");
	command_free(&command);
	COMMAND(&command, device, "--history", "-ojson", "--output-fields=event,cursor", "-n7");
	for (at = command.out; (at = strstr(at, key)); last = at)
		at += strlen(key);
	ok(lines(command.out) == 7 && last, "each_event_tells_it_when_asked");
	snprintf(after, sizeof(after), "--after-cursor=%.*s", (int)strcspn(last, "\""), last);
	command_free(&command);
	COMMAND(&command, device, JSON, after, "--for=10ms");
	ok(pids_are(command.out, 7, COUNT), "the_stream_goes_on_right_after_that_event");
	end();
}

static void bad_cursors(void)
{
	FILE *file;

	begin();
	COMMAND(&command, device, "--after-cursor=nonsense", "-n1");
	ok(command_said(&command, 1, "'nonsense' is not a cursor"), "a_bad_cursor_is_named");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "--cursor-file", cursor_file);
	command_free(&command);
	rings.info->instance++;
	COMMAND(&command, device, JSON, "--for=1ms", "--cursor-file", cursor_file);
	ok(command_said(&command, 0, "earlier load"), "a_cursor_of_an_earlier_load_is_noted");
	command_free(&command);
	truncate(cursor_file, 0) ? bail("truncate") : (void)0;
	COMMAND(&command, device, "-n1", "--cursor-file", cursor_file);
	ok(command_said(&command, 1, "holds no cursor"), "an_empty_cursor_file_is_named");
	command_free(&command);
	file = fopen(cursor_file, "w");
	fputs("p1-x\n", file);
	fclose(file);
	COMMAND(&command, device, "-n1", "--cursor-file", cursor_file);
	ok(command_said(&command, 1, "'p1-x' is not a cursor"), "a_damaged_cursor_file_is_refused");
	command_free(&command);
	COMMAND(&command, device, "-n1", "--cursor-file", directory);
	ok(command_said(&command, 1, directory), "a_cursor_file_that_cannot_be_read_is_named");
	command_free(&command);
	COMMAND(&command, device, "-n1", "--cursor-file=/dev/null/x");
	ok(command_said(&command, 1, "/dev/null/x: Not a directory"),
	   "so_is_one_that_cannot_be_opened");
	command_free(&command);
	COMMAND(&command, device, "--for=10ms", "--cursor-file=/proc/nope/cursor");
	ok(command_said(&command, 1, "/proc/nope/cursor: the cursor cannot be written") &&
		   lines(command.err) == 1,
	   "a_cursor_file_that_cannot_be_written_is_named_once");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "--cursor-file=/proc/nope/cursor");
	ok(command_said(&command, 1, "the cursor cannot be written") && lines(command.err) == 1,
	   "also_at_the_end");
	end();
	unlink(cursor_file);
}

/* What could not be written has not been told: the next run has to tell it. */
static void reader_gone(const char *name, uint32_t events)
{
	const char *const args[] = { device,	      "-ojson",	   "--for=10ms",
				     "--cursor-file", cursor_file, NULL };
	int fd[2];

	begin();
	put(COUNT, events);
	COMMAND(&command, device, "--history", JSON, "-n5", "--cursor-file", cursor_file);
	command_free(&command);
	if (pipe(fd))
		bail("pipe");
	close(fd[0]);
	command_run_to(&command, args, fd[1]);
	close(fd[1]);
	ok(command_said(&command, 0, "") && !*command.err,
	   "a_reader_that_has_gone_ends_it_quietly_%s", name);
	command_free(&command);
	COMMAND(&command, device, JSON, "--for=10ms", "--cursor-file", cursor_file);
	ok(pids_are(command.out, 5, events), "what_it_did_not_get_comes_the_next_time_%s", name);
	end();
	unlink(cursor_file);
}

static void full_disk(void)
{
	int fd = open("/dev/full", O_WRONLY);

	begin();
	command_run_to(&command, (const char *const[]){ device, "--history", "-n5", NULL }, fd);
	close(fd);
	ok(command_said(&command, 1, "writing failed: No space left"), "a_full_disk_is_told");
	command_free(&command);
	put(COUNT, NREC);
	fd = open("/dev/full", O_WRONLY);
	command_run_to(&command,
		       (const char *const[]){ device, "--history", "-overbose", "-n1000", NULL },
		       fd);
	close(fd);
	ok(command_said(&command, 1, "writing failed: No space left"),
	   "also_when_more_than_a_buffer_was_to_be_written");
	end();
}

static void loss(void)
{
	begin();
	COMMAND(&command, device, "--history", "-n5", "--cursor-file", cursor_file);
	command_free(&command);
	put(COUNT, COUNT + NREC + 100);
	COMMAND(&command, device, "-n5", "-ojson", "--fail-on-loss", "--cursor-file", cursor_file);
	ok(command_said(&command, 3, "") && strstr(command.out, "\"event\":\"lost\""),
	   "loss_is_told_and_fails_if_asked_for");
	command_free(&command);
	COMMAND(&command, device, "-n5", "-ojson", "--fail-on-loss", "--cursor-file", cursor_file);
	ok(command_said(&command, 0, "") && !strstr(command.out, "lost"), "no_loss_is_no_failure");
	end();
	unlink(cursor_file);
}

static void switched_off(void)
{
	begin();
	rings.info->events = 1u << PROCMON_EXEC;
	COMMAND(&command, device, "--for=1ms");
	ok(command_said(&command, 0, "does not record fork") &&
		   command_said(&command, 0, "does not record exit"),
	   "events_that_are_switched_off_are_noted");
	command_free(&command);
	COMMAND(&command, device, "--for=1ms", "-q");
	ok(!*command.err, "unless_quiet");
	command_free(&command);
	COMMAND(&command, device, "--for=1ms", "--event=exec", "--no-snapshot");
	ok(!*command.err, "or_unwanted");
	end();
}

/* The module fails in the middle: each command says so. */
static void failing_module(void)
{
	static const char *const names[] = { "watch", "run", "status" };
	size_t i;

	begin();
	for (i = 0; i < 3; i++) {
		fake_fail_ioctl_later(1, EIO);
		COMMAND(&command, names[i], device, i == 1 ? "true" : "-ojson");
		ok(command_said(&command, 1, "the module does not answer: Input/output error"),
		   "%s_tells_that_the_module_does_not_answer", names[i]);
		command_free(&command);
	}
	fake_fail_ioctl_later(2, EIO);
	COMMAND(&command, "run", device, "--", "true");
	ok(command_said(&command, 1, "waiting failed: Input/output error"),
	   "run_tells_that_waiting_failed");
	command_free(&command);
	fake_fail_ioctl_later(1 + 2, EIO);
	COMMAND(&command, device, "--for=1s");
	ok(command_said(&command, 1, "waiting failed: Input/output error"),
	   "watch_tells_that_waiting_failed");
	fake_fail_ioctl(0);
	end();
}

static struct winsize size = { .ws_row = 24, .ws_col = 60 };

/* What the command prints on a terminal. */
static char *on_a_terminal(const char *const *args)
{
	static char text[65536];
	size_t len = 0;
	int fd, slave;
	ssize_t n;

	if (openpty(&fd, &slave, NULL, NULL, &size))
		bail("openpty");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	command_run_to(&command, args, slave);
	while (len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(slave);
	close(fd);
	return text;
}

static size_t longest(char *text)
{
	size_t max = 0;
	char *line;

	for (line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
		max = strlen(line) > max ? strlen(line) : max;
	return max;
}

static void terminals(void)
{
	const char *const args[] = { device, "--history", "--for=1ms", NULL };
	char *text;

	story_in_file(&rings);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	setenv("TERM", "xterm", 1);
	text = on_a_terminal(args);
	ok(strstr(text, "\033[1m") && strstr(text, "\033[0m"), "a_terminal_gets_colours");
	command_free(&command);
	setenv("NO_COLOR", "1", 1);
	text = on_a_terminal(args);
	ok(*text && !strchr(text, '\033'), "no_color_is_obeyed");
	/* an ellipsis is three bytes in one column */
	ok(strstr(text, "…") && longest(text) <= 62, "lines_are_cut_to_the_terminal");
	command_free(&command);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	ok(!strchr(on_a_terminal(args), '\033'), "a_dumb_terminal_gets_no_colours");
	command_free(&command);
	setenv("COLUMNS", "40", 1);
	text = on_a_terminal(args);
	ok(longest(text) <= 42, "columns_is_obeyed");
	unsetenv("COLUMNS");
	size.ws_col = 0;
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	command_free(&command);
	text = on_a_terminal(args);
	ok(longest(text) > 62 && longest(text) <= 82, "a_terminal_of_no_width_has_80_columns");
	unsetenv("NO_COLOR");
	end();
}

int main(void)
{
	tap_theme("watch");
	snprintf(directory, sizeof(directory), "/tmp/procmon-unit-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	snprintf(cursor_file, sizeof(cursor_file), "%s/cursor", directory);
	ends();
	follows();
	signals();
	cursors();
	cursors_of_events();
	bad_cursors();
	reader_gone("after_a_few_events", COUNT);
	reader_gone("after_more_than_a_buffer", NREC); /* of some 300 bytes each */
	full_disk();
	loss();
	switched_off();
	failing_module();
	terminals();
	rmdir(directory);
	return tap_done();
}
