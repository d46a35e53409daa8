// SPDX-License-Identifier: MIT
/*
 * procmon log: whatever is asked, with the index it is answered as without one; and what cannot be an answer
 * is not read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "day.h"
#include "film.h"
#include "history.h"
#include "out.h"
#include "tap.h"

#define EVENTS "--event=fork,exec,exit,snapshot"
#define ROUNDS 60
#define ARGS 32
#define CROWD 7 /* at a time */
#define FIVE "pid = 1 or pid = 2 or pid = 3 or pid = 4 or pid = 5 or "

static char directory[64], path[128];
static struct command command, wanted;
static glob_t files;
static struct out asked = { .fd = -1 };

static uint32_t some(uint32_t end)
{
	static uint32_t state = 7;

	state = state * 1664525u + 1013904223u;
	return (state >> 8) % end;
}

static const char *in_directory(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void empty_directory(void)
{
	glob_t all;
	size_t i;

	if (!glob(in_directory("*"), 0, NULL, &all))
		for (i = 0; i < all.gl_pathc; i++)
			unlink(all.gl_pathv[i]);
	globfree(&all);
}

/* Enough processes for a part of their own, of which some begin before it and some end after it. */
static void put_crowd(int64_t us)
{
	char exe[64], args[128];
	unsigned int i;

	for (i = 0; i < 25 + CROWD; i++) {
		int64_t now = us + 100 * i;

		snprintf(exe, sizeof(exe), "/usr/bin/program-%u", i);
		snprintf(args, sizeof(args), "program-%u --input=/srv/data/%u/%u", i, i % 7, 4 * i);
		if (i < 25) {
			film_fork(100 + i, i % 5 ? 10 : 99 + i, now);
			film_exec(100 + i, now + 10, exe, args);
		}
		if (i >= CROWD)
			film_exit(100 + i - CROWD, now + 20, i % 4, 0);
		film_block();
	}
}

/* A day, and after it a few processes that are like no other. */
static void write_day(void)
{
	const int64_t us = 90000 * 1000000ll;

	day_write(directory, 6000, 3);
	film_begin(in_directory("all.000009"));
	film_user(1000);
	film_snapshot(10, 1, us, "/bin/sh");
	film_container(7, "web");
	film_stay(7);
	film_process(20, 10, us + 10, 500, "/opt/Caf\xc3\xa9 bar/x", "it's a.b|c (d) [e]", 3);
	film_fork(21, 10, us + 2000);
	film_exec(21, us + 2010, "/bin/crash", "crash \\d+ $HOME ^top");
	film_exit(21, us + 3000, 0, 11);
	put_crowd(us + 4000);
	film_fork(22, 10, us + 100000);
	film_exec(22, us + 100010, "/bin/bash", "bash");
	put_crowd(us + 101000);
	film_fork(23, 22, us + 200000);
	film_exec(23, us + 200010, "/bin/crash", "crash again");
	film_exec(23, us + 200020, "/bin/other", "other");
	put_crowd(us + 201000);
	film_exit(23, us + 300000, 9, 0);
	film_exit(22, us + 300010, 0, 0);
	film_end();
	glob(in_directory("all*"), 0, NULL, &files);
}

/* A piece of what has been recorded. */
static void put_piece(struct out *to)
{
	static const char *const texts[] = {
		"/usr/bin/program-%u",
		"program-%u",
		"--input=/srv/data/%u/",
		"--verbose",
		"/usr/sbin/daemon-%u",
		"rare --once",
		DAY_RARE,
		"/bin/crash",
		"Caf\xc3\xa9 bar",
		"%u",
		"nothing",
	};
	char text[64];
	uint32_t from, len;

	snprintf(text, sizeof(text), texts[some(sizeof(texts) / sizeof(texts[0]))],
		 some(some(2) ? 40 : 400));
	from = some((uint32_t)strlen(text));
	len = 1 + some((uint32_t)strlen(text) - from);
	out_put(to, text + from, len);
}

/* A regular expression, which may match something. */
static void put_pattern(struct out *to, unsigned int depth)
{
	static const char *const atoms[] = { ".",	".*",  "[0-9]+", "[Pp]",   "[^a-z]", "\\.",
					     "\\(d\\)", "\\|", "b?",	 "-{0,1}", "\\[e",   "\\$" };
	unsigned int n = 1 + some(3);

	if (!some(6))
		out_char(to, '^');
	while (n--)
		switch (some(depth ? 5 : 3)) {
		case 0:
			out_str(to, atoms[some(sizeof(atoms) / sizeof(atoms[0]))]);
			break;
		case 4:
			out_char(to, '(');
			put_pattern(to, depth - 1);
			out_str(to, some(3) ? ")" : ")?");
			break;
		default:
			put_piece(to);
		}
	if (!some(6))
		out_char(to, '$');
	if (depth && !some(3)) {
		out_char(to, '|');
		put_pattern(to, depth - 1);
	}
}

static void put_quoted(struct out *to, void (*put)(struct out *to, unsigned int depth),
		       unsigned int depth)
{
	struct out text = { .fd = -1 };
	size_t i;

	put(&text, depth);
	out_char(to, '"');
	for (i = 0; i < text.len; i++) {
		if (strchr("\"\\", text.buf[i]))
			out_char(to, '\\');
		out_char(to, text.buf[i]);
	}
	out_char(to, '"');
	free(text.buf);
}

static void put_whole(struct out *to, unsigned int depth)
{
	static const char *const texts[] = {
		"/usr/bin/program-%u", "program-%u", "--verbose", "/usr/sbin/daemon-%u", DAY_RARE,
		"service-%u",	       "/bin/crash", "root",
	};

	(void)depth;
	out_printf(to, texts[some(sizeof(texts) / sizeof(texts[0]))], some(40));
}

static void put_glob(struct out *to, unsigned int depth)
{
	put_piece(to);
	out_str(to, some(2) ? "*" : "?");
	if (depth)
		put_piece(to);
	if (!some(3))
		out_str(to, "[0-9]*");
}

static void put_test_of_text(struct out *to)
{
	static const char *const keys[] = {
		"exe",	"args",		  "comm", "filename",	  "cwd",       "user",
		"unit", "container.name", "pod",  "container.id", "container", "cgroup",
	};
	const char *key = keys[some(some(2) ? 2 : sizeof(keys) / sizeof(keys[0]))];

	out_str(to, key);
	switch (some(7)) {
	case 0:
		out_str(to, some(3) ? "" : " ");
		break;
	case 1:
		out_str(to, some(2) ? " = " : " != ");
		put_quoted(to, put_whole, 0);
		break;
	case 2:
		out_str(to, " glob ");
		put_quoted(to, put_glob, some(2));
		break;
	case 3:
		out_str(to, " in (");
		put_quoted(to, put_whole, 0);
		out_str(to, ", ");
		put_quoted(to, put_whole, 0);
		out_char(to, ')');
		break;
	default:
		out_str(to, some(4) ? " ~ " : " !~ ");
		put_quoted(to, put_pattern, 2);
	}
}

static void put_test_of_number(struct out *to)
{
	static const struct {
		const char *key;
		uint32_t from, end;
	} keys[] = { { "pid", 100, 4000 },  { "ppid", 100, 140 },  { "uid", 0, 9 },
		     { "uid", 4711, 4712 }, { "exit_code", 0, 4 }, { "exit_code", 99, 100 },
		     { "signal", 0, 12 } };
	static const char *const signs[] = { "=", "!=", "<", "<=", ">", ">=", "=" };
	size_t i = some(sizeof(keys) / sizeof(keys[0]));

	out_printf(to, "%s %s %u", keys[i].key, signs[some(7)],
		   keys[i].from + some(keys[i].end - keys[i].from));
}

static void put_test(struct out *to)
{
	static const char *const signs[] = { "=", "!=", "<", "<=", ">", ">=" };

	switch (some(5)) {
	case 0:
		out_printf(to, "time %s '2026-11-%uT%02u:%02u'", signs[some(6)], 12 + some(2),
			   some(24), some(60));
		break;
	case 1:
		put_test_of_number(to);
		break;
	default:
		put_test_of_text(to);
	}
}

static void put_query(struct out *to, unsigned int depth)
{
	unsigned int n = 1 + (depth ? some(3) : 0);
	const char *word = some(3) ? " and " : " or ";

	while (n--) {
		if (!some(6))
			out_str(to, "not ");
		if (depth && !some(3)) {
			out_char(to, '(');
			put_query(to, depth - 1);
			out_char(to, ')');
		} else {
			put_test(to);
		}
		if (n)
			out_str(to, word);
	}
}

/* With the index it is said what without it is said. */
static bool is_answered_as_without(bool events)
{
	const char *args[ARGS] = { "log", "-q", "-ojson",
				   "--output-fields=event,boot_ns,pid,exe,args,ancestors" };
	size_t n = 4, i;
	bool good;

	args[n++] = asked.buf;
	if (events)
		args[n++] = EVENTS;
	args[n] = directory;
	args[n + 1] = NULL;
	command_run(&command, args);
	for (i = 0; i < files.gl_pathc; i++)
		args[n++] = files.gl_pathv[i];
	args[n] = NULL;
	if (events)
		args[0] = "show";
	command_run(&wanted, args);
	good = command.status == wanted.status && command.out_len == wanted.out_len &&
	       !memcmp(command.out, wanted.out, wanted.out_len);
	if (!good)
		diag("%s: %d and %d, %zu and %zu bytes\n%s", asked.buf, command.status,
		     wanted.status, command.out_len, wanted.out_len, command.err);
	return good;
}

static void at_random(const char *option, void (*put)(struct out *to, unsigned int depth),
		      const char *name)
{
	unsigned int i, good = 0, told = 0, refused = 0;

	for (i = 0; i < ROUNDS; i++) {
		asked.len = 0;
		out_str(&asked, option);
		put(&asked, 2);
		out_char(&asked, '\0');
		good += is_answered_as_without(i % 2);
		told += wanted.out_len != 0;
		refused += wanted.status == 2;
		command_free(&command);
		command_free(&wanted);
	}
	diag("%u of %u told something, %u were refused", told, i, refused);
	ok(good == i && told > i / 4 && refused < i / 8, "%s", name);
}

/* A byte of the first file is another one, which nobody can see by its size or time. */
static void damage_unseen(void)
{
	int fd = open(files.gl_pathv[1], O_RDWR | O_CLOEXEC);
	struct timespec times[2];
	struct stat st;

	fstat(fd, &st);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (pwrite(fd, "\xff\xff\xff", 3, st.st_size / 2) != 3 || futimens(fd, times))
		bail("%s", files.gl_pathv[1]);
	close(fd);
}

/* What is not read is known nevertheless where it must be. */
static void is_known(void)
{
	COMMAND(&command, "log", "-ojson", EVENTS, "--output-fields=pid,ancestors", "-gcrash",
		directory);
	ok(command_said(&command, 0, "") &&
		   strstr(command.out, "{\"pid\":23,\"ancestors\":[{\"pid\":22,"),
	   "ancestors_are_known_whose_beginning_is_not_read");
	command_free(&command);
	COMMAND(&command, "log", "-ojson", "--output-fields=pid,exit_code", "-gcrash", directory);
	ok(command_said(&command, 0, "") &&
		   !strcmp(command.out, "{\"pid\":21}\n{\"pid\":23,\"exit_code\":9}\n"),
	   "an_end_is_found_after_another_program_ran");
	diag("%s", command.out);
	command_free(&command);
}

static bool reads_all(const char *option)
{
	bool told;

	COMMAND(&command, "log", EVENTS, option, directory);
	told = strstr(command.err, "damaged");
	command_free(&command);
	return told;
}

static void leaves_out(void)
{
	static const char *const questions[] = {
		"--grep=crash",
		"--grep=crash|no such|bar/x$",
		"--grep=(crash|Caf.. bar).*",
		"-Qexe = /bin/crash",
		"-Qexe glob '/bin/cra*' and not cwd = /",
		"-Qargs ~ 'HOME|no such' or args = crash",
		"-Qsignal = 11",
		"-Qexit_code = 99 and container.name = web",
		"-Quser = nobody or uid = 1000",
		"-Qtime > '2026-11-13T20'",
		"-Qcontainer = web or (pid = 20 and ppid in (10, 11))",
		"-Qcomm ~ crash and exe !~ x",
		"-Qargs = '--input=/srv/data/no such'",
	};
	static const char *const anything[] = {
		"-Qnot exe = /bin/crash",
		"-Qnot (exe = /bin/crash or args = crash)",
		"-Qargs != crash",
		"-Qargs !~ crash",
		"-Qargs",
		"-Qfilename < b",
		"-Qexe = /bin/crash or duration_ns > 1",
		"-Qexe = /bin/crash or time < '2026-11-13'",
		"--grep=program|",
		"--grep=zq", /* is not there, but there are bytes that cannot be looked at */
		"-Q" FIVE FIVE FIVE FIVE FIVE "pid = 6",
	};
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		asked.len = 0;
		out_put(&asked, questions[i], strlen(questions[i]) + 1);
		good = is_answered_as_without(true) && good;
		command_free(&command);
		command_free(&wanted);
	}
	ok(good, "what_is_rare_is_found");
	damage_unseen();
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		ok(!reads_all(questions[i]), "question_%zu_leaves_out_what_is_no_answer", i) ||
			(diag("%s", questions[i]), 0);
	for (i = 0; i < sizeof(anything) / sizeof(anything[0]); i++)
		ok(reads_all(anything[i]), "anything_%zu_may_be_an_answer", i) ||
			(diag("%s", anything[i]), 0);
}

/* An index may not become large. */
static void without_parts(void)
{
	history_part_share = UINT64_MAX / FILM_PIDS;
	empty_directory();
	globfree(&files);
	write_day();
	asked.len = 0;
	out_put(&asked, "-gcrash", sizeof("-gcrash"));
	ok(is_answered_as_without(true) && command.out_len,
	   "where_what_is_known_takes_too_much_more_is_read");
	command_free(&command);
	command_free(&wanted);
}

int main(void)
{
	tap_theme("question");
	history_unit_events = 300;
	history_part_events = 60;
	history_part_share = 1;
	snprintf(directory, sizeof(directory), "/tmp/procmon-question-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	write_day();
	at_random("-g", put_pattern, "patterns_find_what_they_find_without_an_index");
	at_random("-Q", put_query, "so_do_expressions");
	is_known();
	leaves_out();
	without_parts();
	globfree(&files);
	free(asked.buf);
	empty_directory();
	rmdir(directory);
	return tap_done();
}
