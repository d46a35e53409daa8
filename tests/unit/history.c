// SPDX-License-Identifier: MIT
/*
 * procmon log: what the index leaves out is not missed, whatever happens to it.  With $HISTORY_EVENTS and
 * $HISTORY_DIRECTORY it only writes a day of so many events there, to measure with.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "day.h"
#include "film.h"
#include "hostile.h"
#include "history.h"
#include "tap.h"

#define ARGS 128
#define EVENTS "--event=fork,exec,exit,snapshot"
#define NOBODY 65534

int __lsan_is_turned_off(void);

/* It cannot look at a process that has changed its user. */
int __lsan_is_turned_off(void)
{
	return geteuid() != getuid();
}

static char directory[64], path[128], other[160];
static struct command command, wanted;
static glob_t files;

static const char *in_directory(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void find_files(void)
{
	globfree(&files);
	glob(in_directory("all*"), 0, NULL, &files);
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

/* What show says of the files, with these options. */
static void show_files(const char *const *options)
{
	const char *args[ARGS] = { "show", "-q", "-ojson" };
	size_t n = 3, i;

	find_files();
	while (*options)
		args[n++] = *options++;
	for (i = 0; i < files.gl_pathc; i++)
		args[n++] = files.gl_pathv[i];
	args[n] = NULL;
	command_run(&wanted, args);
}

static void log_arguments(const char *args[ARGS], const char *const *options)
{
	size_t n = 0;

	args[n++] = "log";
	args[n++] = "-ojson";
	while (*options)
		args[n++] = *options++;
	args[n++] = directory;
	args[n] = NULL;
}

static bool outputs_agree(void)
{
	bool good = command.status == wanted.status && command.out_len == wanted.out_len &&
		    !memcmp(command.out, wanted.out, wanted.out_len);
	size_t i = 0;

	while (!good && command.out[i] && command.out[i] == wanted.out[i])
		i++;
	if (!good)
		diag("%d and %d, %zu and %zu bytes, at %zu:\n%.200s\nwanted\n%.200s\n%s",
		     command.status, wanted.status, command.out_len, wanted.out_len, i,
		     command.out + i, wanted.out + i, command.err);
	return good;
}

static void forget(void)
{
	command_free(&command);
	command_free(&wanted);
}

/* log says what show says. */
static bool agrees_with(const char *const *options)
{
	const char *args[ARGS];
	bool good;

	show_files(options);
	log_arguments(args, options);
	command_run(&command, args);
	good = outputs_agree();
	forget();
	return good;
}

#define AGREES(...) agrees_with((const char *const[]){ __VA_ARGS__, NULL })

/* Answers to these need what other units tell. */
static bool answers_are_right(void)
{
	return AGREES(EVENTS, "--exe=" DAY_RARE, "--since=2026-11-12") &&
	       AGREES(EVENTS, "--exit-code=3", "--uid=200") && AGREES(EVENTS, "--pid=1017");
}

static void one_day(void)
{
	static const char *const questions[][4] = {
		{ EVENTS },
		{ EVENTS, "--exe=" DAY_RARE },
		{ EVENTS, "--exe=/usr/bin/program-1*" },
		{ EVENTS, "--pid=1017" },
		{ EVENTS, "--ppid=103", "--output-fields=pid,exe,ancestors,args" },
		{ EVENTS, "--uid=4711" },
		{ EVENTS, "--user=root", "--exit-code=2" },
		{ EVENTS, "--container=service-7", "--exit-code=!=0" },
		{ EVENTS, "--container=service-7*", "--comm=x" },
		{ EVENTS, "--parent=/usr/sbin/daemon-3" },
		{ EVENTS, "--cgroup=/system.slice", "--uid=4711" },
		{ EVENTS, "--unit=docker-*", "--exit-code=>3" },
		{ EVENTS, "-g", "/17/[0-9]*5$" },
		{ EVENTS, "-g", "rare" },
		{ EVENTS, "-g", "^--once$" },
		{ EVENTS, "-g", "sbin/daemon-1[0-9]" },
		{ EVENTS, "-g", "(rare|nothing)" },
		{ EVENTS, "-g", "data/3/[0-9]*77$", "--uid=300" },
		{ EVENTS, "-g", "no such program" },
		{ EVENTS, "-Qexit_code = 99 or pid = 1017" },
		{ EVENTS, "-r", "-n3" },
		{ EVENTS, "-n100" },
		{ EVENTS, "--since=2026-11-13 00:00", "--until=2026-11-13 01:00" },
		{ EVENTS, "--tree=105", "--exit-code=!=0" },
	};
	size_t i;

	day_write(directory, 15000, 5);
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		ok(agrees_with(questions[i]), "answer_%zu_is_that_of_a_reader_of_all", i);
	ok(!access(in_directory(INDEX_NAME), F_OK), "an_index_has_been_made");
	COMMAND(&command, "show", EVENTS, "--exit-code=!=0", "-ojson", in_directory("all"));
	COMMAND(&wanted, "show", EVENTS, "-Qexit_code != 0 or signal > 0", "-ojson", path);
	ok(outputs_agree(), "exit_code_is_the_key_of_that_name");
	forget();
}

/* Index row by row as a recorder would have it read. */
static void growing(void)
{
	unsigned int i, file = 0;
	bool good = true;
	char to[160];

	empty_directory();
	film_begin(in_directory("all"));
	film_snapshot(10, 1, -1000, "/usr/sbin/old");
	for (i = 0; i < 600; i++) {
		film_user(i % 3);
		film_fork(100 + i, 10, i * 1000);
		film_exec(100 + i, i * 1000 + 1, i % 50 ? "/bin/often" : DAY_RARE, "x y");
		if (i >= 30) /* ends in another part than it began */
			film_exit(100 + i - 30, i * 1000 + 2, i % 7, 0);
		if (i % 40 == 39) {
			film_block();
			good = good && answers_are_right() && AGREES(EVENTS);
		}
		if (i % 150 == 149) {
			snprintf(to, sizeof(to), "%s/all.%06u", directory, ++file);
			rename(in_directory("all"), to);
			film_next(in_directory("all"));
		}
	}
	film_block();
	ok(good, "it_grows_with_the_recordings");
	good = answers_are_right();
	unlink(in_directory("all.000001"));
	ok(good && AGREES("--event=exec") && AGREES("--event=exec", "--exe=" DAY_RARE),
	   "files_that_are_removed_are_forgotten");
	film_end();
}

/* The same file, but after its last cursor with other programs. */
static void overwrite(const char *exe)
{
	char shell[512];

	film_begin(in_directory("part"));
	film_process(20, 1, 0, 1000, "/bin/a", "a", 0);
	film_block();
	film_process(21, 1, 2000, 1000, exe, "b", 0);
	film_part();
	film_process(22, 1, 4000, 1000, "/bin/c", "c", 0);
	film_end();
	snprintf(shell, sizeof(shell), "cd '%s' && cat part >all && rm part", directory);
	if (system(shell))
		bail("%s", shell);
}

/* A recorder that is killed leaves whole blocks, and goes on after the last cursor. */
static void overwritten(void)
{
	struct stat st;

	empty_directory();
	film_begin(in_directory("all"));
	film_process(20, 1, 0, 1000, "/bin/a", "a", 0);
	film_block();
	stat(in_directory("all"), &st);
	film_process(21, 1, 2000, 1000, "/bin/b", "b", 0);
	film_end();
	ok(AGREES(EVENTS), "a_block_without_a_cursor_is_shown");
	if (truncate(in_directory("all"), st.st_size))
		bail("truncate");
	ok(AGREES(EVENTS), "a_block_that_went_is_not");
	history_unit_events = 1;
	overwrite("/bin/old");
	ok(AGREES(EVENTS, "--exe=/bin/old"), "a_part_without_a_cursor_is_found");
	overwrite("/bin/new");
	ok(AGREES(EVENTS, "--exe=/bin/new"), "and_what_has_taken_its_place");
	history_unit_events = 500;
}

static void interrupted(void)
{
	const char *args[ARGS];
	unsigned int i, killed = 0;
	bool good = true;

	empty_directory();
	day_write(directory, 15000, 5);
	log_arguments(args, (const char *const[]){ EVENTS, NULL });
	for (i = 0; i < 40; i++) {
		if (i % 8 == 0)
			unlink(in_directory(INDEX_NAME)); /* its log stays, and is of no use */
		command_start(&command, args);
		usleep(i * 2500);
		kill(command.pid, SIGKILL);
		command_end(&command);
		killed += command.status == COMMAND_SIGNAL + SIGKILL;
		command_free(&command);
		if (i % 8 == 7)
			good = good && answers_are_right();
	}
	ok(killed > 5 && good, "killed_at_any_moment_it_answers_right_the_next_time");
	diag("killed %u times", killed);
}

static void both_at_once(void)
{
	const char *args[ARGS];
	struct command second;
	bool good;

	empty_directory();
	day_write(directory, 15000, 5);
	log_arguments(args, (const char *const[]){ EVENTS, "--exe=" DAY_RARE, NULL });
	show_files((const char *const[]){ EVENTS, "--exe=" DAY_RARE, NULL });
	command_start(&command, args);
	command_start(&second, args);
	command_end(&command);
	command_end(&second);
	good = outputs_agree();
	command_free(&command);
	command = second;
	ok(good && outputs_agree(), "of_two_at_once_both_answer_right");
	forget();
}

static void flip(const char *name, unsigned int count)
{
	int fd = open(in_directory(name), O_RDWR | O_CLOEXEC);
	off_t size = lseek(fd, 0, SEEK_END);
	unsigned char byte;

	while (count--) {
		off_t at = random() % size;

		if (pread(fd, &byte, 1, at) != 1)
			bail("pread");
		byte ^= (unsigned char)(1 << random() % 8);
		if (pwrite(fd, &byte, 1, at) != 1)
			bail("pwrite");
	}
	close(fd);
}

static void copy_file(const char *from, const char *to)
{
	char shell[512];

	snprintf(shell, sizeof(shell), "cp -p '%s/%s' '%s/%s'", directory, from, directory, to);
	if (system(shell))
		bail("%s", shell);
}

static void damaged(void)
{
	const char *args[ARGS];
	unsigned int i, told = 0;
	bool good = true;

	empty_directory();
	day_write(directory, 3000, 3);
	log_arguments(args, (const char *const[]){ EVENTS, "--exe=" DAY_RARE, NULL });
	show_files((const char *const[]){ EVENTS, "--exe=" DAY_RARE, NULL });
	command_run(&command, args);
	command_free(&command);
	copy_file(INDEX_NAME, "good");
	srandom(1);
	for (i = 0; i < 200 && good; i++) {
		copy_file("good", INDEX_NAME);
		flip(INDEX_NAME, 1 + i / 20);
		command_run(&command, args);
		good = outputs_agree();
		told += strstr(command.err, "made anew") != NULL;
		command_free(&command);
	}
	ok(good, "damage_of_the_index_changes_no_answer");
	ok(told > 20, "and_is_told_where_it_is_seen");
	diag("told %u times of 200", told);
	for (i = 0; i < 3; i++) {
		copy_file("good", INDEX_NAME);
		if (truncate(in_directory(INDEX_NAME), (off_t[]){ 0, 1000, 8192 }[i]))
			bail("truncate");
		command_run(&command, args);
		good = good && outputs_agree();
		command_free(&command);
	}
	ok(good, "one_that_is_cut_neither");
	forget();
}

/* Somebody writes an index of his own. */
static void hostile(void)
{
	static const char *const schemas[] = {
		"CREATE TABLE unit3(x)",
		"CREATE TABLE unit2(id INTEGER PRIMARY KEY, ino)", /* an earlier version */
		"CREATE TABLE t(x); CREATE VIEW unit3 AS SELECT * FROM t",
		"CREATE TRIGGER bad AFTER DELETE ON unit3 BEGIN DELETE FROM unit3; END",
		"UPDATE unit3 SET context = zeroblob(100)",
		"UPDATE unit3 SET parts = zeroblob(100)",
		"UPDATE unit3 SET summary = x'ffffffffffffffffff01'",
		"UPDATE unit3 SET offset = offset + 1",
		"UPDATE unit3 SET first_ns = 0, last_ns = 0",
		"DELETE FROM unit3 WHERE id % 2",
	};
	sqlite3 *db;
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		if (i < 3)
			unlink(in_directory(INDEX_NAME));
		else
			good = good && answers_are_right();
		if (sqlite3_open(in_directory(INDEX_NAME), &db) ||
		    sqlite3_exec(db, schemas[i], NULL, NULL, NULL))
			bail("%s: %s", schemas[i], sqlite3_errmsg(db));
		sqlite3_close(db);
		good = good && answers_are_right();
		if (!good)
			diag("%s", schemas[i]);
	}
	ok(good, "an_index_of_somebody_else_changes_no_answer");
}

/* As somebody who may only read. */
static void read_only(void)
{
	bool good;

	chmod(directory, 0755);
	find_files();
	for (size_t i = 0; i < files.gl_pathc; i++)
		chmod(files.gl_pathv[i], 0644);
	unlink(in_directory(INDEX_NAME));
	if (geteuid() || seteuid(NOBODY)) {
		skip("without_an_index_who_may_only_read_is_answered", "not root");
		return;
	}
	COMMAND(&command, "log", directory, "--exe=" DAY_RARE);
	good = command_said(&command, 0, "without an index") && strstr(command.out, "99 after");
	command_free(&command);
	good = good && answers_are_right();
	if (seteuid(0))
		bail("seteuid");
	ok(good && access(in_directory(INDEX_NAME), F_OK),
	   "without_an_index_who_may_only_read_is_answered");
	good = answers_are_right();
	film_begin(in_directory("all.1"));
	film_process(30, 1, 90000 * 1000000ll, 100, DAY_RARE, "rare", 1);
	film_end();
	chmod(in_directory("all.1"), 0644);
	if (seteuid(NOBODY))
		bail("seteuid");
	good = good && answers_are_right();
	COMMAND(&command, "log", directory, "--exe=" DAY_RARE);
	good = good && command_said(&command, 0, "from a copy in memory");
	command_free(&command);
	if (seteuid(0))
		bail("seteuid");
	ok(good, "with_one_it_is_read_and_what_came_since");
}

/* What strangers have written is not read as root. */
static void owned(void)
{
	struct stat st;

	if (geteuid() || chown(directory, NOBODY, NOBODY)) {
		skip("the_index_is_of_the_owner_of_the_directory", "not root");
		return;
	}
	find_files();
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (chown(files.gl_pathv[i], NOBODY, NOBODY))
			bail("chown");
	unlink(in_directory(INDEX_NAME));
	COMMAND(&command, "log", directory);
	ok(command_said(&command, 0, "") && !stat(in_directory(INDEX_NAME), &st) &&
		   st.st_uid == NOBODY,
	   "the_index_is_of_the_owner_of_the_directory");
	command_free(&command);
	if (chown(directory, 0, 0))
		bail("chown");
	unlink(in_directory(INDEX_NAME));
	snprintf(other, sizeof(other), "%s-elsewhere", directory);
	close(open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	if (symlink(other, in_directory(INDEX_NAME)))
		bail("symlink");
	ok(answers_are_right() && !stat(other, &st) && !st.st_size,
	   "a_link_in_its_place_is_not_followed");
	unlink(other);
	unlink(in_directory(INDEX_NAME));
}

static void damaged_recording(void)
{
	empty_directory();
	day_write(directory, 3000, 3);
	flip("all.000002", 3);
	ok(AGREES(EVENTS, "--exit-code=2") && AGREES(EVENTS, "--exit-code=2"),
	   "what_of_a_recording_is_damaged_is_told_each_time");
	empty_directory();
	film_begin(in_directory("all"));
	film_process(20, 1, 0, 1000, "/bin/a", "a", 0);
	film_lose(7, 2000);
	film_end();
	ok(AGREES(EVENTS, "--exe=/none"), "lost_events_are_always_told");
	COMMAND(&command, "log", "--no-headings", "--exe=/none", directory);
	ok(command_said(&command, 0, "") && strstr(command.out, "LOST  7 events"),
	   "also_between_processes");
	command_free(&command);
}

/* What is told of an event may come from long before it. */
static void remembered(void)
{
	unsigned int i;
	bool good;

	empty_directory();
	history_unit_events = 50;
	history_part_events = 20;
	film_begin(in_directory("all"));
	film_snapshot(10, 1, -1000, "/bin/shell");
	film_container(7, "kept");
	film_fork(20, 10, 0);
	film_exec(20, 10, "/bin/first", "first --of all");
	film_fork(21, 20, 20);
	film_exec(21, 30, "/bin/child", "child");
	film_exit(20, 40, 1, 0); /* it is an ancestor of one that lives */
	film_stay(0);
	for (i = 0; i < 1000; i++) {
		film_process(100 + i % 200, 10, 1000 + i * 10, 5, "/bin/often", "often", 0);
		if (i % 10 == 9)
			film_block();
	}
	film_exec(21, 20000, "/bin/second", "second");
	for (; i < 2000; i++)
		film_process(100 + i % 200, 10, 30000 + i * 10, 5, "/bin/often", "often", 0);
	film_stay(7);
	film_exit(21, 60000, 77, 0);
	film_end();
	good = AGREES(EVENTS, "--exit-code=77",
		      "--output-fields=exe,args,container,ancestors,reparented_from,cpid");
	ok(good && AGREES(EVENTS, "--container=kept") && AGREES(EVENTS, "--parent=/bin/first"),
	   "what_is_known_of_a_process_is_known_where_it_ends");
	COMMAND(&command, "log", "--no-headings", "--utc", "--exe=/bin/child", directory);
	ok(command_said(&command, 0, "") &&
		   strstr(command.out, "exit       21         root     77 after 59.9ms  "
				       "/bin/second (in kept)\n") &&
		   strlen(command.out) < 150,
	   "the_end_is_found_of_what_ran_before");
	diag("%s", command.out);
	command_free(&command);
	unlink(in_directory(INDEX_NAME));
	ok(AGREES(EVENTS, "--redact=second|kept") && AGREES(EVENTS, "--exe=/bin/second") &&
		   AGREES(EVENTS, "--exit-code=77"),
	   "what_must_not_be_told_is_in_the_index_nevertheless");
	history_unit_events = 500;
	history_part_events = 100;
}

static bool prints(const char *text)
{
	bool good = command_said(&command, 0, "") && !strcmp(command.out, text);

	if (!good)
		diag("%d %s\n%s\nwanted\n%s", command.status, command.err, command.out, text);
	command_free(&command);
	return good;
}

static void processes(void)
{
	unsigned int i;
	const char *name;

	empty_directory();
	film_begin(in_directory("all"));
	film_snapshot(10, 1, -1000, "/bin/shell");
	film_fork(20, 10, 0);
	film_exec(20, 10, "/bin/first", "first");
	film_exec(20, 20, "/bin/second", "second 'x y'");
	film_process(21, 20, 1000, 500, "/bin/quick", "quick", 3);
	film_exec(20, 2000, "/bin/third", "third --now");
	film_fork(22, 20, 3000);
	film_block();
	film_exit(20, 4000, 0, SIGTERM);
	film_end();
	COMMAND(&command, "log", "--utc", directory);
	ok(prints("TIME                    EVENT     PID    PPID USER     WHAT\n"
		  "2026-11-12 19:46:29.501 exit       21         root     3 after 500us  /bin/quick\n"
		  "2026-11-12 19:46:29.504 exit       20         root     SIGTERM after 4.00ms"
		  "  /bin/third --now\n"
		  "2026-11-12 19:46:29.500 snap       10       1 root     /bin/shell\n"
		  "2026-11-12 19:46:29.503 fork       22      20 root     /bin/third\n"),
	   "each_process_is_told_once");
	COMMAND(&command, "log", "--no-headings", "--exe=/bin/first", directory);
	ok(prints("2026-11-12 19:46:29.504 exit       20         root     SIGTERM after 4.00ms"
		  "  /bin/third --now\n"),
	   "by_any_program_that_it_ran");
	COMMAND(&command, "log", "--no-headings", "-r", "-n2", "-oshort", directory);
	ok(prints("2026-11-12 19:46:29.503 fork       22      20 root     /bin/third\n"
		  "2026-11-12 19:46:29.500 snap       10       1 root     /bin/shell\n"),
	   "the_newest_first");
	COMMAND(&command, "log", "-n3", "-ojson", "--output-fields=event,pid", directory);
	ok(prints("{\"event\":\"exit\",\"pid\":21}\n{\"event\":\"exit\",\"pid\":20}\n"
		  "{\"event\":\"snapshot\",\"pid\":10}\n"),
	   "as_many_as_are_asked_for");
	COMMAND(&command, "log", "--no-headings", "--until=2026-11-12 19:46:29", directory);
	ok(prints(""), "none_that_came_later");
	COMMAND(&command, "log", "-q", "--no-headings", "--pid=21", in_directory("all"));
	ok(prints("2026-11-12 19:46:29.501 exit       21         root     3 after 500us  /bin/quick\n"),
	   "files_are_read_by_their_names_too");
	film_begin(in_directory("all"));
	for (i = 0; (name = hostile_name(i)); i++)
		film_process(100 + i, 1, i * 10, 5, name, "x", 0);
	film_end();
	ok(AGREES(EVENTS) && AGREES(EVENTS, "--exe=*\xff*") && AGREES(EVENTS, "--exe=*'*"),
	   "whatever_programs_are_called");
}

static void errors(void)
{
	bool good;
	int fd;

	empty_directory();
	COMMAND(&command, "log", directory);
	ok(command_said(&command, 1, "no recording with events is there"), "an_empty_directory");
	command_free(&command);
	fd = open(in_directory("other"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (write(fd, "PMBLOCK\nand no more", 19) != 19)
		bail("write");
	close(fd);
	COMMAND(&command, "log", directory);
	ok(command_said(&command, 1, "no recording with events is there"), "one_of_other_files");
	command_free(&command);
	unlink(in_directory("other"));
	film_begin(in_directory("all.000002"));
	film_process(20, 1, 9000, 10, "/bin/late", "late", 0);
	film_end();
	good = AGREES(EVENTS, "--comm=none") && AGREES(EVENTS);
	film_begin(in_directory("all.000001"));
	film_process(20, 1, 0, 10, "/bin/early", "early", 0);
	film_end();
	COMMAND(&command, "log", directory);
	good = good && command_said(&command, 0, "does not fit the recordings");
	command_free(&command);
	ok(good && AGREES(EVENTS), "an_older_file_that_comes_later");
	COMMAND(&command, "log", in_directory("none"));
	ok(command_said(&command, 1, "none: No such file"), "one_that_is_not_there");
	command_free(&command);
	COMMAND(&command, "log", in_directory("none"), directory);
	ok(command_said(&command, 1, "none: No such file"), "a_file_that_is_not_there");
	command_free(&command);
	COMMAND(&command, "log", "--exit-code=x", directory);
	ok(command_said(&command, 2, "not a number"), "a_status_that_is_no_number");
	command_free(&command);
	COMMAND(&command, "log", "-g", "(", directory);
	ok(command_said(&command, 2, "--grep=("), "a_pattern_that_is_none");
	command_free(&command);
}

int main(void)
{
	const char *events = getenv("HISTORY_EVENTS");

	if (events) {
		day_write(getenv("HISTORY_DIRECTORY"), (uint32_t)atoi(events), 10);
		return 0;
	}
	tap_theme("history");
	history_unit_events = 500;
	history_part_events = 100;
	history_part_share = 1;
	snprintf(directory, sizeof(directory), "/tmp/procmon-history-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	one_day();
	growing();
	overwritten();
	interrupted();
	both_at_once();
	damaged();
	hostile();
	read_only();
	owned();
	damaged_recording();
	remembered();
	processes();
	errors();
	empty_directory();
	rmdir(directory);
	return tap_done();
}
