// SPDX-License-Identifier: MIT
/* procmon sql: answers are right, however they are found; nothing can be changed or injected. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "day.h"
#include "film.h"
#include "form.h"
#include "history.h"
#include "hostile.h"
#include "tap.h"

static char directory[64], path[128];
static struct command command, wanted;

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

static void ask(struct command *to, const char *format, const char *sql)
{
	COMMAND(to, "sql", "--no-headings", "-o", format, sql, directory);
}

static bool says(const char *format, const char *sql, const char *text)
{
	bool good;

	ask(&command, format, sql);
	good = command_said(&command, 0, "") && !strcmp(command.out, text);
	if (!good)
		diag("%s\n%s\nwanted\n%s\n%s", sql, command.out, text, command.err);
	command_free(&command);
	return good;
}

static void answers(void)
{
	film_begin(in_directory("all"));
	film_snapshot(10, 1, -1000, "/bin/shell");
	film_container(7, "web");
	film_user(33);
	film_process(20, 10, 1000, 500, "/bin/first", "first 'x", 3);
	film_fork(21, 10, 2000);
	film_exec(21, 2010, "/bin/second", "second");
	film_exec(21, 2020, "/bin/third", "third");
	film_exit(21, 3000, 0, SIGTERM);
	film_process(22, 10, 4000, 500, "=2+3", "\"a,b\"", 0);
	film_lose(5, 5000);
	film_end();
	ok(says("json",
		"SELECT pid, exe, args, exit_code, signal_name, \"container.name\" AS c, core "
		"FROM processes ORDER BY pid",
		"{\"pid\":10,\"exe\":\"/bin/shell\",\"args\":\"[\\\"/bin/shell\\\"]\"}\n"
		"{\"pid\":20,\"exe\":\"/bin/first\",\"args\":\"[\\\"first\\\",\\\"'x\\\"]\","
		"\"exit_code\":3,\"c\":\"web\"}\n"
		"{\"pid\":21,\"exe\":\"/bin/third\",\"args\":\"[\\\"third\\\"]\","
		"\"signal_name\":\"TERM\",\"c\":\"web\",\"core\":0}\n"
		"{\"pid\":22,\"exe\":\"=2+3\",\"args\":\"[\\\"\\\\\\\"a,b\\\\\\\"\\\"]\","
		"\"exit_code\":0,\"c\":\"web\"}\n"),
	   "a_row_for_each_process");
	ok(says("short", "SELECT event, pid, exe FROM events WHERE pid = 21",
		"fork  21  \nexec  21  /bin/second\nexec  21  /bin/third\nexit  21  /bin/third\n"),
	   "a_row_for_each_event");
	ok(says("csv", "SELECT pid, exe, NULL, 1.5 FROM execs WHERE pid > 20",
		"21,\"/bin/second\",,1.5\r\n21,\"/bin/third\",,1.5\r\n22,\"\"\"=2+3\"\"\",,1.5\r\n"),
	   "csv_begins_no_formula");
	COMMAND(&command, "sql", "-ocsv", "SELECT pid, exe AS \"=a\" FROM execs LIMIT 1",
		directory);
	ok(command_said(&command, 0, "") &&
		   !strcmp(command.out, "\"pid\",\"\"\"=a\"\"\"\r\n20,\"/bin/first\"\r\n"),
	   "csv_has_a_heading");
	command_free(&command);
	ok(says("json", "SELECT 9e999 AS a, start_ns AS b FROM events WHERE event = 'snapshot'",
		"{\"a\":null,\"b\":999999000000}\n"),
	   "numbers_are_numbers");
	ok(says("short", "SELECT count(*), max(rowid) FROM events WHERE exe = '*'", "0  \n") &&
		   says("short", "SELECT count(*) FROM events WHERE comm = 'none'", "0\n"),
	   "what_is_not_there_is_not_found");
	ok(says("json", "SELECT event, count, pid, exe FROM events WHERE event = 'lost'",
		"{\"event\":\"lost\",\"count\":5}\n"),
	   "lost_events_are_rows_too");
	ok(says("short",
		"SELECT (SELECT count(*) FROM forks), (SELECT count(*) FROM exits), "
		"(SELECT count(*) FROM cgroups)",
		"3  3  0\n"),
	   "there_are_views");
	ok(says("short",
		"SELECT a.exe, b.exe FROM execs a JOIN execs b ON a.id = b.id AND a.time < b.time",
		"/bin/second  /bin/third\n"),
	   "a_table_can_be_joined_with_itself");
	COMMAND(&command, "sql", "SELECT pid, exe AS \"a\tb\" FROM execs", directory);
	ok(command_said(&command, 0, "") &&
		   !strcmp(command.out, "pid  a\\x09b\n20   /bin/first\n21   /bin/second\n"
					"21   /bin/third\n22   =2+3\n"),
	   "columns_have_names");
	command_free(&command);
}

/* The same condition, told so that only SQLite can look at it. */
static void conditions(void)
{
	static const char *const pairs[][2] = {
		{ "pid = 1017", "+pid = 1017" },
		{ "ppid = 103", "+ppid = 103" },
		{ "uid = 4711", "+uid = 4711" },
		{ "uid = '4711'", "+uid = '4711'" },
		{ "exe = '" DAY_RARE "'", "+exe = '" DAY_RARE "'" },
		{ "exe GLOB '/usr/bin/program-1?'", "+exe GLOB '/usr/bin/program-1?'" },
		{ "exe GLOB '*[^0-8]'", "+exe GLOB '*[^0-8]'" },
		{ "exit_code = 2", "+exit_code = 2" },
		{ "event = 'exit'", "+event = 'exit'" },
		{ "event = 'nothing'", "+event = 'nothing'" },
		{ "time > '2026-11-13T03:30' AND time <= '2026-11-13T04'",
		  "+time > '2026-11-13T03:30' AND +time <= '2026-11-13T04'" },
		{ "time < '2026-11-13'", "+time < '2026-11-13'" },
		{ "time < '2026-11-13 12:00:00'", "+time < '2026-11-13 12:00:00'" },
		{ "time > '2026-11-31'", "+time > '2026-11-31'" },
		{ "time > 'x' OR pid = -1", "+time > 'x' OR +pid = -1" },
		{ "pid = 1017 AND uid = 100 AND pid = 1018", "+pid = 1017 AND +uid = 100 AND 0" },
	};
	static const char *const tables[] = { "events", "processes" };
	char sql[2][512];
	size_t i, table;
	int side;

	empty_directory();
	day_write(directory, 6000, 4);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		bool good = true;

		for (table = 0; table < 2; table++) {
			for (side = 0; side < 2; side++)
				snprintf(sql[side], sizeof(sql[side]),
					 "SELECT count(*), sum(pid), min(time), max(time) FROM %s "
					 "WHERE %s",
					 tables[table], pairs[i][side]);
			ask(&wanted, "short", sql[1]);
			good = good && command_said(&wanted, 0, "") &&
			       says("short", sql[0], wanted.out);
			command_free(&wanted);
		}
		ok(good, "condition_%zu_leaves_out_what_it_must", i);
	}
}

/* Names of strangers in statements and out of them. */
static void hostile(void)
{
	char sql[4096], text[64];
	unsigned int i, count;
	const char *name;
	bool good = true;

	empty_directory();
	film_begin(in_directory("all"));
	for (i = 0; (name = hostile_name(i)); i++)
		film_process(100 + i, 1, i * 10, 5, name, name, 0);
	count = i;
	film_end();
	for (i = 0; good && (name = hostile_name(i)); i++) {
		char hex[1024];
		size_t at, len = strlen(name);

		for (at = 0; at < len; at++)
			snprintf(hex + 2 * at, 3, "%02x", (unsigned char)name[at]);
		snprintf(sql, sizeof(sql),
			 "SELECT pid FROM execs WHERE CAST(exe AS BLOB) = x'%s' AND pid = %u", hex,
			 100 + i);
		snprintf(text, sizeof(text), "%u\n", 100 + i);
		good = says("short", sql, text);
		snprintf(sql, sizeof(sql),
			 "SELECT pid FROM execs WHERE exe = CASE typeof(exe) WHEN 'text' THEN "
			 "CAST(x'%s' AS TEXT) ELSE x'%s' END AND pid = %u",
			 hex, hex, 100 + i);
		good = good && says("short", sql, text);
	}
	ok(good && i == count, "every_name_is_found_as_it_was_given");
	ask(&command, "json", "SELECT exe, args, comm FROM execs");
	ok(form_is_good(FORMAT_JSON, command.out, command.out_len) &&
		   form_json(command.out, command.out_len) == (int)count,
	   "json_stays_json");
	command_free(&command);
	ask(&command, "short", "SELECT exe, args FROM execs");
	ok(form_is_good(FORMAT_SHORT, command.out, command.out_len),
	   "tables_do_nothing_to_a_terminal");
	command_free(&command);
}

static bool refuses(const char *sql, int status, const char *why)
{
	bool good;

	ask(&command, "short", sql);
	good = command_said(&command, status, why) && !command.out_len;
	if (!good)
		diag("%s: %d %s", sql, command.status, command.err);
	command_free(&command);
	return good;
}

static void full(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	command_run_to(&command,
		       (const char *const[]){ "sql", "SELECT * FROM events", directory, NULL }, fd);
	ok(command_said(&command, 1, "writing failed"), "a_full_disk_is_told");
	command_free(&command);
	close(fd);
}

static void refusals(void)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "ATTACH '%s/new' AS x", directory);
	ok(refuses(sql, 2, "not authorized") && access(in_directory("new"), F_OK),
	   "no_file_is_attached");
	ok(refuses("SELECT load_extension('x')", 2, "not authorized"), "no_extension_is_loaded");
	ok(refuses("PRAGMA journal_mode", 2, "not authorized") &&
		   refuses("DELETE FROM events", 2, "may not be modified") &&
		   refuses("DROP VIEW execs", 2, "not authorized") &&
		   refuses("CREATE TABLE t(x)", 2, "not authorized") &&
		   refuses("BEGIN", 2, "not authorized") && refuses("VACUUM", 2, ""),
	   "nothing_is_changed");
	ok(refuses("SELECT 1; SELECT 2", 2, "one statement") && refuses("", 2, "one statement"),
	   "one_statement_is_taken");
	ok(refuses("SELECT nosuch FROM events", 2, "no such column: nosuch"), "mistakes_are_told");
	ok(refuses("SELECT length(zeroblob(2147483640))", 1, "too big"),
	   "there_is_an_end_of_memory");
	COMMAND(&command, "sql", "-ojson-pretty", "SELECT 1", directory);
	ok(command_said(&command, 2, "short, json or csv"), "three_formats_are_known");
	command_free(&command);
	COMMAND(&command, "sql");
	ok(command_said(&command, 2, "no statement"), "a_statement_is_wanted");
	command_free(&command);
}

/* A question without an end ends when somebody says so, wherever it is.  Return: it did, and soon. */
static bool ends_by(int sig, const char *statement)
{
	const struct timespec wait = { .tv_nsec = 300000000 };
	struct timespec from, to;
	bool good;

	command_start(&command, (const char *const[]){ "sql", "-q", statement, directory, NULL });
	nanosleep(&wait, NULL);
	clock_gettime(CLOCK_MONOTONIC, &from);
	good = !waitpid(command.pid, NULL, WNOHANG); /* it would go on */
	kill(command.pid, sig);
	command_end(&command);
	clock_gettime(CLOCK_MONOTONIC, &to);
	good = good && command.status == 0 && to.tv_sec - from.tv_sec < 5;
	if (!good)
		diag("%s: %d %s after %ld s", statement, command.status, command.err,
		     (long)(to.tv_sec - from.tv_sec));
	command_free(&command);
	return good;
}

static void endless(void)
{
	empty_directory();
	day_write(directory, 3000, 1);
	ok(ends_by(SIGINT, "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) "
			   "SELECT max(x) FROM a"),
	   "it_can_be_interrupted");
	ok(ends_by(SIGTERM, "SELECT count(*) FROM events a, events b, events c"),
	   "also_while_it_reads");
	ok(ends_by(SIGTERM, "SELECT a.pid FROM events a, events b, events c "
			    "ORDER BY a.exe, b.args, c.time"),
	   "also_while_it_sorts");
	ok(ends_by(SIGINT, "SELECT a.pid FROM events a, events b WHERE a.args GLOB "
			   "'*a*a*a*a*a*a*a*b' OR b.args LIKE '%x%y%z%w%q'"),
	   "also_while_it_compares");
}

static void damaged(void)
{
	FILE *file;

	empty_directory();
	day_write(directory, 300, 1);
	file = fopen(in_directory("all"), "r+");
	fseek(file, 3000, SEEK_SET);
	fputc('x', file);
	fputc('y', file);
	fclose(file);
	ask(&command, "short", "SELECT count(*) > 0 FROM events");
	ok(command_said(&command, 1, "damaged") && !strcmp(command.out, "1\n"),
	   "damage_of_a_recording_is_told");
	command_free(&command);
	COMMAND(&command, "sql", "-q", "SELECT 1", in_directory("none"));
	ok(command_said(&command, 1, "none: No such file"), "a_directory_that_is_not_there");
	command_free(&command);
}

int main(void)
{
	tap_theme("sql");
	history_unit_events = 300;
	history_part_events = 60;
	history_part_share = 1;
	snprintf(directory, sizeof(directory), "/tmp/procmon-sql-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	answers();
	conditions();
	hostile();
	full();
	refusals();
	endless();
	damaged();
	empty_directory();
	rmdir(directory);
	return tap_done();
}
