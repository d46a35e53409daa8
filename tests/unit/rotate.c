// SPDX-License-Identifier: MIT
/* procmon record --rotate: a new file begins with who runs, and whenever it ends nothing is missed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "tap.h"

#define PAST (FAKE_BOOT_NS - 1000000000ull)
#define PIDS "-ojson", "--output-fields=pid"

static struct rings rings;
static char device[128], directory[64], file[128], copy[160];
static struct command command;

static void begin_at(unsigned int nr, uint64_t nrec)
{
	rings_in_file(&rings, nr, nrec);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	unlink(file);
}

static void put(uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		rings_put_small(&rings, from % rings.nr, PROCMON_FORK, from, PAST + from);
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
	unlink(file);
}

static void record(void)
{
	COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", file);
	if (command.status)
		diag("record: %d %s", command.status, command.err);
}

static char *bytes_of(const char *path, size_t *len)
{
	FILE *from = fopen(path, "r");
	char *bytes = malloc(1 << 20);

	*len = from ? fread(bytes, 1, 1 << 20, from) : 0;
	if (from)
		fclose(from);
	return bytes;
}

static void put_file(const char *path, const void *bytes, size_t len)
{
	FILE *to = fopen(path, "w");

	if (!to || fwrite(bytes, 1, len, to) != len || fclose(to))
		bail("%s", path);
}

/* Its lines are @from, @from + 1, ... without a gap; returns the number after the last one, -1. */
static int pids_from(const char *text, unsigned int from)
{
	while (*text) {
		char line[64];
		size_t len = (size_t)snprintf(line, sizeof(line), "{\"pid\":%u}\n", from);

		if (strncmp(text, line, len)) {
			diag("wanted %s, got %.60s", line, text);
			return -1;
		}
		text += len;
		from++;
	}
	return (int)from;
}

static void rotates(void)
{
	unsigned int n;
	uint32_t i;
	bool third;

	begin_at(1, 1 << 20);
	for (i = 0; i < 200000; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i * 2654435761u % 1000003,
				PAST + i * 1000);
	COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", "--rotate=100k",
		"--keep=2", file);
	ok(command_said(&command, 0, ""), "files_are_rotated");
	command_free(&command);
	for (n = 0, i = 1; i < 1000; i++) {
		snprintf(copy, sizeof(copy), "%s.%06u", file, i);
		n += !access(copy, F_OK);
		third = !access(copy, F_OK);
		if (third)
			unlink(copy);
	}
	ok(n == 2, "so_many_are_kept");
	unlink(file);
	COMMAND(&command, "record", device, "--history", "--for=10ms", "--max-size=100k", file);
	ok(command_said(&command, 0, "has its 102400 bytes"), "it_ends_at_a_size");
	command_free(&command);
	COMMAND(&command, "show", "-q", "-ojson", "--output-fields=pid", file);
	ok(command_said(&command, 0, "") && command.out_len > 10000, "all_of_that_can_be_shown");
	command_free(&command);
	COMMAND(&command, "record", device, "--keep=2", file);
	ok(command_said(&command, 2, "--keep: only together with --rotate"), "keep_needs_rotate");
	command_free(&command);
	COMMAND(&command, "record", device, "--rotate=1M", "-");
	ok(command_said(&command, 2, "--rotate: standard output has no name"),
	   "rotate_needs_a_name");
	command_free(&command);
	COMMAND(&command, "record", device, "--rotate=1x", file);
	ok(command_said(&command, 2, "--rotate=1x: not a size"), "a_bad_size_is_named");
	command_free(&command);
	COMMAND(&command, "show", "-f", "-r", file);
	ok(command_said(&command, 2, "--follow: not together"), "what_is_followed_has_no_end");
	command_free(&command);
	unlink(file);
	COMMAND(&command, "record", "--device=/nowhere", file);
	ok(command_said(&command, 1, "/nowhere") && access(file, F_OK),
	   "without_the_device_no_file_is_left");
	end();
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
	rings_put(&rings, 0, &draft, PAST + ns);
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

	COMMAND(&command, "show", "-q", "-ojson", "--pid=100", first, second);
	good = command_said(&command, 0, "") && count_of(command.out, what) == times;
	if (!good)
		diag("%s: %s", what, command.out);
	command_free(&command);
	return good;
}

static void forget_files(void)
{
	char path[160];
	unsigned int i;

	for (i = 1; i < 10; i++) {
		snprintf(path, sizeof(path), "%s.%06u", file, i);
		unlink(path);
	}
	unlink(file);
}

static void record_in_parts(void)
{
	COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", "--rotate=100k", file);
	if (command.status)
		diag("record: %d %s", command.status, command.err);
	command_free(&command);
}

static void who_runs_is_told_again(void)
{
	static const char again[] = "\"event\":\"snapshot\"";
	char first[160], *bytes;
	size_t len;

	begin_at(1, 1 << 18);
	snprintf(first, sizeof(first), "%s.000001", file);
	put_daemon(0, 40000);
	put_program(PROCMON_EXIT, 100, 1, 1000000);
	record_in_parts();
	ok(daemon_is_told(file, NULL, again, 1) && daemon_is_told(file, NULL, "\"again\"", 1) &&
		   daemon_is_told(file, NULL, "\"uid\":7,", 2),
	   "a_new_file_begins_with_who_runs");
	ok(daemon_is_told(file, NULL, "\"exe\":\"/usr/sbin/daemon\",\"args\":[\"daemon\",\"-f\"]",
			  2),
	   "its_program_is_known_at_its_end");
	ok(daemon_is_told(file, NULL, "\"ns_pid\":10,\"pid_ns\":4026531999", 1),
	   "so_is_its_number_in_its_container");
	ok(daemon_is_told(first, file, again, 0), "with_the_file_before_it_is_told_once");
	forget_files();
	rings_free(&rings);
	begin_at(1, 1 << 18);
	put_daemon(0, 1000);
	record_in_parts();
	put_daemon(100000, 40000);
	record_in_parts();
	ok(!access(first, F_OK) && daemon_is_told(file, NULL, again, 1),
	   "a_recorder_that_goes_on_knows_it_from_its_file");
	bytes = bytes_of(file, &len);
	bytes[len / 2] ^= 1;
	put_file(file, bytes, len);
	free(bytes);
	COMMAND(&command, "record", device, "--for=10ms", "--rotate=100k", file);
	ok(command_said(&command, 0, "damaged: "), "one_that_is_damaged_is_gone_on_with");
	command_free(&command);
	forget_files();
	rings_free(&rings);
	begin_at(1, 1 << 18);
	put_program(PROCMON_FORK, 102, 1, 0);
	put_daemon(0, 40000);
	COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", "--rotate=100k",
		"-Qpid != 102", file);
	command_free(&command);
	COMMAND(&command, "show", "-q", "-ojson", "--event=snapshot", file);
	ok(command_said(&command, 0, "") && count_of(command.out, "\"pid\":100,") == 1 &&
		   !count_of(command.out, "\"pid\":102,"),
	   "whom_the_filters_left_out_is_left_out_again");
	command_free(&command);
	forget_files();
	end();
}

/* Killed right after it has begun a new file: nothing is lost, and nothing comes twice. */
static void killed_while_it_rotates(void)
{
	size_t len, at;
	char *bytes;
	int bad = 0;

	begin_at(1, 256);
	put(0, 10);
	record();
	command_free(&command);
	put(10, 20);
	record();
	command_free(&command);
	bytes = bytes_of(file, &len);
	snprintf(copy, sizeof(copy), "%s.000001", file);
	put(20, 30);
	for (at = 0; at < 3; at++) {
		static const size_t left[] = { SIZE_MAX, 0, 40 }; /* bytes of the new file */

		put_file(copy, bytes, len);
		unlink(file);
		if (left[at] != SIZE_MAX)
			put_file(file, bytes, left[at]);
		record();
		bad += command.status != 0;
		command_free(&command);
		COMMAND(&command, "show", PIDS, file, copy);
		bad += command.status || pids_from(command.out, 0) != 30;
		command_free(&command);
	}
	ok(!bad, "killed_while_it_begins_a_new_file_it_goes_on_after_the_one_before");
	free(bytes);
	unlink(copy);
	end();
}
int main(void)
{
	tap_theme("rotate");
	snprintf(directory, sizeof(directory), "/tmp/procmon-rotate-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp: %s", strerror(errno));
	snprintf(file, sizeof(file), "%s/file [*", directory);
	killed_while_it_rotates();
	who_runs_is_told_again();
	rotates();
	rmdir(directory);
	return tap_done();
}
