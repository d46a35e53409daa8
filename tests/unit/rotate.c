// SPDX-License-Identifier: MIT
/* procmon record --rotate: a new file begins with who runs, and whenever it ends nothing is missed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "tape.h"

static char copy[160];

static void rotates(void)
{
	unsigned int n;
	uint32_t i;
	bool third;

	tape_begin(1, 1 << 20);
	for (i = 0; i < 200000; i++)
		rings_put_small(&tape.rings, 0, PROCMON_FORK, i * 2654435761u % 1000003,
				TAPE_PAST + i * 1000);
	COMMAND(&tape.command, "record", tape.device, "-q", "--history", "--for=10ms",
		"--rotate=100k", "--keep=2", tape.file);
	ok(command_said(&tape.command, 0, ""), "files_are_rotated");
	command_free(&tape.command);
	for (n = 0, i = 1; i < 1000; i++) {
		snprintf(copy, sizeof(copy), "%s.%06u", tape.file, i);
		n += !access(copy, F_OK);
		third = !access(copy, F_OK);
		if (third)
			unlink(copy);
	}
	ok(n == 2, "so_many_are_kept");
	unlink(tape.file);
	COMMAND(&tape.command, "record", tape.device, "--history", "--for=10ms", "--max-size=100k",
		tape.file);
	ok(command_said(&tape.command, 0, "has its 102400 bytes"), "it_ends_at_a_size");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "-q", "-ojson", "--output-fields=pid", tape.file);
	ok(command_said(&tape.command, 0, "") && tape.command.out_len > 10000,
	   "all_of_that_can_be_shown");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "--keep=2", tape.file);
	ok(command_said(&tape.command, 2, "--keep: only together with --rotate"),
	   "keep_needs_rotate");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "--rotate=1M", "-");
	ok(command_said(&tape.command, 2, "--rotate: standard output has no name"),
	   "rotate_needs_a_name");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "--rotate=1x", tape.file);
	ok(command_said(&tape.command, 2, "--rotate=1x: not a size"), "a_bad_size_is_named");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "-f", "-r", tape.file);
	ok(command_said(&tape.command, 2, "--follow: not together"), "what_is_followed_has_no_end");
	command_free(&tape.command);
	unlink(tape.file);
	COMMAND(&tape.command, "record", "--device=/nowhere", tape.file);
	ok(command_said(&tape.command, 1, "/nowhere") && access(tape.file, F_OK),
	   "without_the_device_no_file_is_left");
	tape_end();
}

static void put_program(unsigned int type, uint32_t tgid, uint32_t ppid, uint64_t ns)
{
	static struct draft draft;

	draft_start(&draft, type);
	draft_process(&draft, tgid, 1000 + tgid);
	draft.head.ppid = ppid;
	draft.head.uid = 7;
	draft_number(&draft, "parent_start_ns", 1000 + ppid);
	draft_text(&draft, "comm", "daemon");
	draft_number(&draft, "ns_pid", tgid - 90);
	if (type != PROCMON_EXIT)
		draft_number(&draft, "pid_ns", 4026531999u);
	if (type == PROCMON_FORK)
		draft_number(&draft, "fork_pid", ppid);
	if (type == PROCMON_EXEC) {
		draft_text(&draft, "exe", "/usr/sbin/daemon");
		draft_string(&draft, "args", "daemon\0-f", 10);
	}
	rings_put(&tape.rings, 0, &draft, TAPE_PAST + ns);
}

/* Process 100, which goes on, and @count others that come and go. */
static void put_daemon(uint64_t ns, uint32_t count)
{
	uint32_t i;

	if (!ns) {
		put_program(PROCMON_FORK, 100, 1, 1);
		put_program(PROCMON_EXEC, 100, 1, 2);
	}
	for (i = 0; i < count; i++) {
		uint32_t tgid = 1000 + i * 2654435761u % 1000003;

		put_program(PROCMON_FORK, tgid, 100, ns + 10 + 2 * i);
		put_program(PROCMON_EXIT, tgid, 100, ns + 11 + 2 * i);
	}
}

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* @what is shown so many times of process 100 in a file, and the one after it, if any. */
static bool daemon_is_told(const char *first, const char *second, const char *what,
			   unsigned int times)
{
	bool good;

	COMMAND(&tape.command, "show", "-q", "-ojson", "--pid=100", first, second);
	good = command_said(&tape.command, 0, "") && count_of(tape.command.out, what) == times;
	if (!good)
		diag("%s: %s", what, tape.command.out);
	command_free(&tape.command);
	return good;
}

static void forget_files(void)
{
	char path[160];
	unsigned int i;

	for (i = 1; i < 10; i++) {
		snprintf(path, sizeof(path), "%s.%06u", tape.file, i);
		unlink(path);
	}
	unlink(tape.file);
}

static void record_in_parts(void)
{
	COMMAND(&tape.command, "record", tape.device, "-q", "--history", "--for=10ms",
		"--rotate=100k", tape.file);
	if (tape.command.status)
		diag("record: %d %s", tape.command.status, tape.command.err);
	command_free(&tape.command);
}

static void who_runs_is_told_again(void)
{
	static const char again[] = "\"event\":\"snapshot\"";
	char first[160], *bytes;
	size_t len;

	tape_begin(1, 1 << 18);
	snprintf(first, sizeof(first), "%s.000001", tape.file);
	put_daemon(0, 40000);
	put_program(PROCMON_EXIT, 100, 1, 1000000);
	record_in_parts();
	ok(daemon_is_told(tape.file, NULL, again, 1) &&
		   daemon_is_told(tape.file, NULL, "\"again\"", 1) &&
		   daemon_is_told(tape.file, NULL, "\"uid\":7,", 2),
	   "a_new_file_begins_with_who_runs");
	ok(daemon_is_told(tape.file, NULL,
			  "\"exe\":\"/usr/sbin/daemon\",\"args\":[\"daemon\",\"-f\"]", 2),
	   "its_program_is_known_at_its_end");
	ok(daemon_is_told(tape.file, NULL, "\"ns_pid\":10,\"pid_ns\":4026531999", 1),
	   "so_is_its_number_in_its_container");
	ok(daemon_is_told(first, tape.file, again, 0), "with_the_file_before_it_is_told_once");
	forget_files();
	rings_free(&tape.rings);
	tape_begin(1, 1 << 18);
	put_daemon(0, 1000);
	record_in_parts();
	put_daemon(100000, 40000);
	record_in_parts();
	ok(!access(first, F_OK) && daemon_is_told(tape.file, NULL, again, 1),
	   "a_recorder_that_goes_on_knows_it_from_its_file");
	bytes = tape_bytes(tape.file, &len);
	bytes[len / 2] ^= 1;
	tape_put_bytes(tape.file, bytes, len);
	free(bytes);
	COMMAND(&tape.command, "record", tape.device, "--for=10ms", "--rotate=100k", tape.file);
	ok(command_said(&tape.command, 0, "damaged: "), "one_that_is_damaged_is_gone_on_with");
	command_free(&tape.command);
	forget_files();
	rings_free(&tape.rings);
	tape_begin(1, 1 << 18);
	put_program(PROCMON_FORK, 102, 1, 0);
	put_daemon(0, 40000);
	COMMAND(&tape.command, "record", tape.device, "-q", "--history", "--for=10ms",
		"--rotate=100k", "-Qpid != 102", tape.file);
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "-q", "-ojson", "--event=snapshot", tape.file);
	ok(command_said(&tape.command, 0, "") && count_of(tape.command.out, "\"pid\":100,") == 1 &&
		   !count_of(tape.command.out, "\"pid\":102,"),
	   "whom_the_filters_left_out_is_left_out_again");
	command_free(&tape.command);
	forget_files();
	tape_end();
}

/* Killed right after it has begun a new file: nothing is lost, and nothing comes twice. */
static void killed_while_it_rotates(void)
{
	size_t len, at;
	char *bytes;
	int bad = 0;

	tape_begin_in_two_runs(1);
	bytes = tape_bytes(tape.file, &len);
	snprintf(copy, sizeof(copy), "%s.000001", tape.file);
	tape_put(20, 30);
	for (at = 0; at < 3; at++) {
		static const size_t left[] = { SIZE_MAX, 0, 40 }; /* bytes of the new file */

		tape_put_bytes(copy, bytes, len);
		unlink(tape.file);
		if (left[at] != SIZE_MAX)
			tape_put_bytes(tape.file, bytes, left[at]);
		tape_record();
		bad += tape.command.status != 0;
		command_free(&tape.command);
		COMMAND(&tape.command, "show", TAPE_PIDS, tape.file, copy);
		bad += tape.command.status || tape_pids(tape.command.out, 0) != 30;
		command_free(&tape.command);
	}
	ok(!bad, "killed_while_it_begins_a_new_file_it_goes_on_after_the_one_before");
	free(bytes);
	unlink(copy);
	tape_end();
}
int main(void)
{
	tap_theme("rotate");
	snprintf(tape.directory, sizeof(tape.directory), "/tmp/procmon-rotate-XXXXXX");
	if (!mkdtemp(tape.directory))
		bail("mkdtemp: %s", strerror(errno));
	snprintf(tape.file, sizeof(tape.file), "%s/file [*", tape.directory);
	killed_while_it_rotates();
	who_runs_is_told_again();
	rotates();
	rmdir(tape.directory);
	return tap_done();
}
