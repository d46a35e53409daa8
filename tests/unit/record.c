// SPDX-License-Identifier: MIT
/* procmon record and procmon show, from end to end: what is shown of a file is what the rings held. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "codec.h"
#include "story.h"
#include "sum.h"
#include "table.h"
#include "system.h"
#include "tap.h"
#include "tape.h"
#include "writer.h"

static char copy[160];
static struct command wanted;

static void end(void)
{
	command_free(&wanted);
	tape_end();
}

static bool same(const char *format)
{
	bool good;

	COMMAND(&wanted, tape.device, "-q", "--history", "--for=10ms", "-o", format);
	COMMAND(&tape.command, "show", "-q", "-o", format, tape.file);
	good = command_said(&tape.command, 0, "") && wanted.out_len == tape.command.out_len &&
	       !memcmp(wanted.out, tape.command.out, wanted.out_len) && *wanted.out;
	if (!good)
		diag("%s: %zu and %zu bytes, %d %s", format, wanted.out_len, tape.command.out_len,
		     tape.command.status, tape.command.err);
	command_free(&tape.command);
	command_free(&wanted);
	return good;
}

/* Everything that an event can be comes out of the file as it comes out of the rings. */
static void formats(void)
{
	static const char *const format[] = { "json", "json-pretty", "verbose", "short", "tree",
					      "ecs",  "ocsf",	     "csv",	"audit" };
	size_t i;

	unlink(tape.file);
	story_in_file(&tape.rings);
	snprintf(tape.device, sizeof(tape.device), "--device=%s", tape.rings.path);
	tape_record();
	ok(command_said(&tape.command, 0, ""), "a_recording_is_made");
	command_free(&tape.command);
	for (i = 0; i < sizeof(format) / sizeof(format[0]); i++)
		ok(same(format[i]), "in_%s_it_tells_what_the_rings_told", format[i]);
	COMMAND(&wanted, tape.device, "-q", "--history", "--for=10ms", "-Q", "uid = 0");
	COMMAND(&tape.command, "show", "-Q", "uid = 0", tape.file);
	ok(!strcmp(tape.command.out, wanted.out), "filters_are_the_same");
	end();
}

/* Cut anywhere: whole blocks are shown, and it is told what is not. */
static void cut(void)
{
	size_t len, at;
	char *bytes;
	int last = 0, n, bad = 0, quiet = 0, grown = 0;

	tape_begin_in_two_runs(2);
	bytes = tape_bytes(tape.file, &len);
	for (at = 1; at < len; at += at < 200 || at + 200 > len ? 1 : 7) {
		tape_put_bytes(tape.file, bytes, at);
		COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
		n = tape.command.status ? -1 : tape_pids(tape.command.out, 0);
		bad += n < last && !(tape.command.status == 1 && at < sizeof(struct block_head));
		grown += n > last;
		quiet += n >= 0 && n < 20 && n != 10 &&
			 !strstr(tape.command.err, "are no whole block");
		last = n > last ? n : last;
		command_free(&tape.command);
	}
	ok(!bad && grown == 1 && last == 10, "a_file_that_is_cut_tells_all_its_whole_blocks");
	ok(quiet == 1, "and_what_is_left"); /* nothing is, right after the table */
	free(bytes);
	end();
}

/* Cut anywhere: the next recording goes on without a loss and without telling anything twice. */
static void resumes(void)
{
	size_t len, at;
	char *bytes;
	int bad = 0;

	tape_begin_in_two_runs(2);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
	ok(command_said(&tape.command, 0, "") && tape_pids(tape.command.out, 0) == 20,
	   "the_next_run_goes_on_in_the_file");
	command_free(&tape.command);
	bytes = tape_bytes(tape.file, &len);
	tape_put(20, 30);
	for (at = 8; at < len; at += 13) {
		tape_put_bytes(tape.file, bytes, at);
		tape_record();
		bad += tape.command.status != 0;
		command_free(&tape.command);
		COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
		bad += tape.command.status || tape_pids(tape.command.out, 0) != 30;
		command_free(&tape.command);
	}
	ok(!bad, "also_in_one_that_was_cut_anywhere");
	tape_put_bytes(tape.file, bytes, len);
	free(bytes);
	tape.rings.info->instance++;
	COMMAND(&tape.command, "record", tape.device, "--for=10ms", tape.file);
	ok(command_said(&tape.command, 0,
			"earlier load of the module: what came between is unknown; "
			"going on with the oldest event there is"),
	   "another_load_of_the_module_is_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
	ok(command_said(&tape.command, 0, "") &&
		   strstr(tape.command.out, "{\"pid\":19}\n{\"pid\":0}\n") &&
		   strstr(tape.command.out, "{\"pid\":29}\n"),
	   "and_recorded_from_its_beginning");
	end();
}

/* One byte is wrong: that is told, with its place, and what follows is shown. */
static void damage(void)
{
	unsigned int silent = 0, wrong = 0, rest = 0, n = 0;
	size_t len, at;
	char *bytes;

	tape_begin_in_two_runs(1);
	bytes = tape_bytes(tape.file, &len);
	for (at = 0; at < len; at += 5, n++) {
		bytes[at] ^= 0x10;
		tape_put_bytes(copy, bytes, len);
		bytes[at] ^= 0x10;
		COMMAND(&tape.command, "show", TAPE_PIDS, copy);
		silent += tape.command.status != 1 || !strstr(tape.command.err, "damaged: ");
		wrong += *tape.command.out &&
			 tape_pids(tape.command.out, strstr(tape.command.out, ":0}") ? 0 : 10) < 0;
		rest += strstr(tape.command.out, "{\"pid\":19}") ||
			strstr(tape.command.out, "{\"pid\":9}");
		command_free(&tape.command);
	}
	ok(!silent, "a_byte_that_is_wrong_is_told");
	ok(!wrong && rest == n, "and_the_rest_is_shown");
	free(bytes);
	unlink(copy);
	end();
}

static void files(void)
{
	int i;

	tape_begin(1, 1024);
	for (i = 0; i < 3; i++) {
		tape_put((uint32_t)i * 10, (uint32_t)i * 10 + 10);
		tape_record();
		command_free(&tape.command);
		snprintf(copy, sizeof(copy), "%s.%d", tape.file, 3 - i);
		rename(tape.file, copy) ? bail("rename") : (void)0;
		/* the next one begins where this one ended */
		rings_begin_at(&tape.rings, 0, 0, 0);
	}
	COMMAND(&tape.command, "show", TAPE_PIDS, copy);
	ok(tape_pids(tape.command.out, 20) == 30, "each_file_is_one");
	command_free(&tape.command);
	{
		char a[160], b[160], c[160];

		snprintf(a, sizeof(a), "%s.1", tape.file);
		snprintf(b, sizeof(b), "%s.2", tape.file);
		snprintf(c, sizeof(c), "%s.3", tape.file);
		COMMAND(&tape.command, "show", TAPE_PIDS, a, b, c);
		ok(command_said(&tape.command, 0, "") && tape_pids(tape.command.out, 0) == 30,
		   "several_come_in_the_order_of_time");
		command_free(&tape.command);
		COMMAND(&tape.command, "show", TAPE_PIDS, a, "/nowhere", c);
		ok(command_said(&tape.command, 1, "/nowhere: No such file"),
		   "one_that_is_missing_is_told");
		command_free(&tape.command);
		COMMAND(&tape.command, "show", TAPE_PIDS, "-r", "-n3", a, b);
		ok(!strcmp(tape.command.out, "{\"pid\":29}\n{\"pid\":28}\n{\"pid\":27}\n"),
		   "the_newest_come_first_when_asked");
		command_free(&tape.command);
		COMMAND(&tape.command, "show", TAPE_PIDS, "-n3", b);
		ok(tape_pids(tape.command.out, 10) == 13, "or_the_first_ones_only");
		unlink(a);
		unlink(b);
		unlink(c);
	}
	end();
}

static void in_time(void)
{
	tape_begin(1, 256);
	tape_put(0, 10);
	tape_record();
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, "--since=-100ms", tape.file);
	ok(!*tape.command.out, "since_a_moment_ago_nothing_of_an_older_one");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, "--since=yesterday", "--until=-100ms", tape.file);
	ok(tape_pids(tape.command.out, 0) == 10, "since_yesterday_all_of_it");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, "--since=1999-12-31",
		"--until=2199-01-01 10:00:00", tape.file);
	ok(tape_pids(tape.command.out, 0) == 10, "all_of_it_within_two_dates");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, "--since=1999-12-31T10:00:00", "--until=now",
		tape.file);
	ok(tape_pids(tape.command.out, 0) == 10, "up_to_now");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "--since=someday", tape.file);
	ok(command_said(&tape.command, 2, "--since=someday: not a time"), "a_bad_time_is_named");
	end();
}

/* show -f shows what is appended, and the file that takes its place. */
static void follows(void)
{
	static const char *args[] = { "show", "-f", TAPE_PIDS, tape.file, NULL };
	int i;

	tape_begin(1, 256);
	tape_put(0, 10);
	tape_record();
	command_free(&tape.command);
	command_start(&wanted, args);
	usleep(100000);
	tape_put(10, 20);
	tape_record();
	command_free(&tape.command);
	usleep(500000);
	snprintf(copy, sizeof(copy), "%s.old", tape.file);
	rename(tape.file, copy) ? bail("rename") : (void)0;
	rings_begin_at(&tape.rings, 0, 0, 0);
	tape_put(20, 30);
	tape_record();
	for (i = 0; i < 20; i++)
		usleep(50000);
	kill(wanted.pid, SIGTERM);
	command_end(&wanted);
	ok(command_said(&wanted, 0, "") && tape_pids(wanted.out, 0) == 30,
	   "a_file_is_followed_and_the_one_that_takes_its_place");
	unlink(copy);
	end();
}

static void names(void)
{
	static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	static struct draft draft;
	char root[128], text[256];

	system_begin();
	tape_begin(2, 64);
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 4711);
	draft_number(&draft, "hierarchy", 0);
	snprintf(text, sizeof(text), "/system.slice/docker-%s.scope", id);
	draft_text(&draft, "target_cgroup", text);
	rings_put(&tape.rings, 0, &draft, TAPE_PAST);
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 100, 50);
	draft.head.cgroup_id = 4711;
	draft_text(&draft, "exe", "/bin/true");
	rings_put(&tape.rings, 1, &draft, TAPE_PAST + 1);
	snprintf(text, sizeof(text), "/var/lib/docker/containers/%s/config.v2.json", id);
	system_put(text, "{\"Name\":\"/web\",\"Config\":{\"Image\":\"nginx:1\"}}");
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	COMMAND(&tape.command, "record", tape.device, root, "-q", "--history", "--for=10ms",
		tape.file);
	command_free(&tape.command);
	system_remove(text);
	COMMAND(&tape.command, "show", "-ojson", "--output-fields=container", "--event=exec",
		tape.file);
	snprintf(text, sizeof(text),
		 "{\"container\":{\"id\":\"%s\",\"runtime\":\"docker\",\"name\":\"web\","
		 "\"image\":\"nginx:1\"}}\n",
		 id);
	ok(command_said(&tape.command, 0, "") && !strcmp(tape.command.out, text),
	   "a_container_that_is_gone_is_named") ||
		(diag("%s%s", tape.command.out, tape.command.err), 0);
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, "--container=web", tape.file);
	ok(!strcmp(tape.command.out, "{\"pid\":100}\n"), "and_found_by_its_name");
	end();
	tape_begin(1, 64);
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 4712);
	draft_number(&draft, "hierarchy", 0);
	draft_text(&draft, "target_cgroup", "/box");
	rings_put(&tape.rings, 0, &draft, TAPE_PAST);
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 101, 50);
	draft.head.cgroup_id = 4712;
	rings_put(&tape.rings, 0, &draft, TAPE_PAST + 1);
	system_put("/run/runc/box/state.json", "{}");
	COMMAND(&tape.command, "record", tape.device, root, "-q", "--history", "--for=10ms",
		tape.file);
	command_free(&tape.command);
	system_remove("/run/runc/box");
	COMMAND(&tape.command, "show", "-ojson", "--output-fields=container", "--event=fork",
		tape.file);
	ok(!strcmp(tape.command.out,
		   "{\"container\":{\"id\":\"box\",\"runtime\":\"runc\",\"name\":\"box\"}}\n"),
	   "also_one_that_only_its_runtime_knew");
	end();
	system_end();
}

/* What the recorder's program did not know is kept as it came. */
static void unknown(void)
{
	static uint8_t number[4096], text[4096];
	struct codec_at to = { .number = number, .text = text };
	struct codec_at from = { .number = number, .text = text };
	char *table = table_of_fields();
	struct codec *codec = codec_make(table);
	struct procmon_event ev, back;
	static struct draft draft;

	draft_start(&draft, 100);
	draft_process(&draft, 7, 50);
	memcpy(draft.bytes + draft.head.len, "something", 10);
	draft.head.len += 10;
	ev = draft_event_exact(&draft);
	ev.ring = 3;
	codec_put(codec, &to, &ev);
	from.number_end = to.number;
	from.text_end = to.text;
	ok(!codec_get(codec, &from, &back) && back.ring == 3 && back.head.type == 100 &&
		   back.head.len == ev.head.len && !memcmp(back.data, ev.data, ev.head.len),
	   "an_event_of_an_unknown_type_is_kept");
	ok(codec_get(codec, &from, &back) == -EBADMSG, "and_then_there_is_no_more");
	draft_event_free(&ev);
	codec_free(codec);
	free(table);
}

/* An older module's event ends before ours does: what it has not told is unknown. */
static void shorter(void)
{
	static uint8_t number[4096], text[4096];
	struct codec_at to = { .number = number, .text = text };
	struct codec_at from = { .number = number, .text = text };
	char *table = table_of_fields();
	struct codec *codec = codec_make(table);
	const struct procmon_exit exit = { .parent_start_ns = 9, .utime_ns = 8 };
	struct procmon_event ev, back;
	static struct draft draft;

	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, 7, 50);
	draft.head.body_len = offsetof(struct procmon_exit, stime_ns);
	draft.head.len = sizeof(draft.head) + draft.head.body_len;
	memcpy(draft.bytes + sizeof(draft.head), &exit, draft.head.body_len);
	ev = draft_event_exact(&draft);
	codec_put(codec, &to, &ev);
	draft_event_free(&ev);
	ev.data = NULL;
	codec_put(codec, &to, &ev);
	from.number_end = to.number;
	from.text_end = to.text;
	codec_begin(codec);
	ok(!codec_get(codec, &from, &back) && back.head.tgid == 7 &&
		   procmon_number(&back, "parent_start_ns") == 9 &&
		   procmon_number(&back, "utime_ns") == 8 &&
		   procmon_number(&back, "stime_ns") == UINT64_MAX &&
		   procmon_number(&back, "exit_code") == UINT64_MAX &&
		   !procmon_string(&back, "comm", NULL),
	   "what_an_older_module_does_not_tell_is_unknown");
	ok(!codec_get(codec, &from, &back) && back.head.tgid == 7 &&
		   procmon_number(&back, "utime_ns") == UINT64_MAX,
	   "so_is_all_of_an_event_that_is_only_a_head");
	codec_free(codec);
	free(table);
}

/* An event that is larger than a block is a block. */
static void large(void)
{
	enum { SIZE = 1 << 20 };
	struct procmon_info info = { .abi_major = PROCMON_ABI_MAJOR, .instance = 1 };
	struct writer *writer = writer_make(&info);
	int fd = open(tape.file, O_RDWR | O_CREAT | O_TRUNC, 0600), n;
	struct procmon_event small, ev = { 0 };
	static struct draft draft;
	struct procmon_head *head;
	struct procmon *pm;
	size_t len = 0;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, 50);
	small = draft_event(&draft);
	head = calloc(1, SIZE + DRAFT_MAX);
	memcpy(head, &draft.head, draft.head.len);
	((struct procmon_exec *)(head + 1))->args =
		(struct procmon_str){ .off = head->len, .len = SIZE, .full_len = SIZE };
	memset((char *)head + head->len, 'x', SIZE);
	head->len += SIZE + 1;
	ev.head = *head;
	ev.data = head;
	ok(!writer_start(writer, fd, 0) && !writer_put(writer, &small) &&
		   !writer_put(writer, &ev) && !writer_put(writer, &small) &&
		   !writer_end_block(writer, NULL),
	   "an_event_may_be_larger_than_a_block");
	procmon_open_recording(&pm, tape.file) ? bail("open") : (void)0;
	for (n = 0; procmon_next(pm, &ev, 0) == 1; n++)
		if (n == 1)
			procmon_string(&ev, "args", &len);
	ok(n == 3 && len == SIZE, "and_comes_back");
	procmon_close(pm);
	writer_free(writer);
	free(head);
	close(fd);
	unlink(tape.file);
}

/* The clock of a machine that runs is the one of now; a recording has no cursors. */
static void handles(void)
{
	struct procmon *pm;

	tape_begin(1, 64);
	tape_put(0, 1);
	procmon_open(&pm, tape.rings.path, 0) ? bail("open") : (void)0;
	ok(procmon_wall_offset(pm) / 1000000000 ==
		   (int64_t)(FAKE_WALL_NS - FAKE_BOOT_NS) / 1000000000,
	   "the_clock_of_a_device_is_the_one_of_now");
	procmon_close(pm);
	tape_record();
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "--after-cursor=p1-1-0.0-1", tape.file);
	ok(command_said(&tape.command, 1, "a recording is read from its beginning"),
	   "it_has_no_cursors");
	end();
}

/* A block of our own, to see what is said of it. */
static size_t block(char *to, unsigned int kind, const char *bytes, uint32_t len)
{
	struct block_head head = { .kind = (uint8_t)kind, .stored_len = len, .full_len = len };

	head.sum = sum_add(SUM_START, bytes, len);
	block_seal(&head);
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), bytes, len);
	return sizeof(head) + len;
}

static void refuses(void)
{
	static const char future[] = "procmon-recording 2\nabi 1.0\n\ntype 1 fork\n";
	static const char bad[] = "procmon-recording 1\nabi 1.0\n\ntype 1 fork\nu64 x 99999 0\n";
	char bytes[1024];
	size_t len;
	int fd;

	tape_begin(1, 256);
	tape_put(0, 10);
	len = block(bytes, BLOCK_TABLE, future, sizeof(future) - 1);
	tape_put_bytes(tape.file, bytes, len);
	COMMAND(&tape.command, "show", tape.file);
	ok(command_said(&tape.command, 1, "a recording of format 2 and ABI 1"),
	   "a_newer_format_is_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "--for=1ms", tape.file);
	ok(command_said(&tape.command, 1, "a recording of format 2 and ABI 1"),
	   "and_not_written_to");
	command_free(&tape.command);
	len = block(bytes, BLOCK_TABLE, bad, sizeof(bad) - 1);
	tape_put_bytes(tape.file, bytes, len);
	COMMAND(&tape.command, "show", tape.file);
	ok(command_said(&tape.command, 1, "no recording, and no memory dump"),
	   "a_bad_table_is_none");
	command_free(&tape.command);
	tape_put_bytes(tape.file, "", 0);
	COMMAND(&tape.command, "show", tape.file);
	ok(command_said(&tape.command, 1, "is empty"), "an_empty_file_is_told");
	command_free(&tape.command);
	tape_put_bytes(tape.file, "my only copy\n", 13);
	COMMAND(&tape.command, "record", tape.device, "--for=1ms", tape.file);
	ok(command_said(&tape.command, 1, "no recording"), "another_file_is_not_written_to");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", tape.file);
	ok(command_said(&tape.command, 1, "no recording, and no memory dump"), "nor_shown");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "/nowhere");
	ok(command_said(&tape.command, 1, "/nowhere: No such file"), "a_missing_file_is_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "/nowhere/x");
	ok(command_said(&tape.command, 1, "/nowhere/x: No such file"),
	   "also_one_that_cannot_be_made");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device);
	ok(command_said(&tape.command, 2, "no file to record into"), "a_file_must_be_named");
	command_free(&tape.command);
	unlink(tape.file);
	tape_record();
	command_free(&tape.command);
	fd = open(tape.file, O_RDONLY);
	flock(fd, LOCK_EX) ? bail("flock") : (void)0;
	COMMAND(&tape.command, "record", tape.device, "--for=1ms", tape.file);
	ok(command_said(&tape.command, 1, "another procmon records into it"),
	   "one_recorder_a_file");
	close(fd);
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "--history", "--for=1ms", "/dev/full");
	ok(command_said(&tape.command, 1, "/dev/full: No space left on device"),
	   "a_full_disk_is_told");
	end();
}

/* An event waits no longer than a second for its block, and what is left out moves the cursor. */
static void waits(void)
{
	tape_begin(2, 256);
	command_start(&tape.command,
		      (const char *const[]){ "record", tape.device, "--for=12s", "--no-snapshot",
					     "--pid=1", tape.file, NULL });
	while (access(tape.file, F_OK))
		usleep(1000);
	usleep(200000);
	tape_put(1, 2);
	tape_put(2, 4);
	usleep(1500000);
	COMMAND(&wanted, "show", TAPE_PIDS, tape.file);
	ok(command_said(&wanted, 0, "") && tape_pids(wanted.out, 1) == 2,
	   "after_a_second_an_event_is_in_the_file");
	command_end(&tape.command);
	ok(command_said(&tape.command, 0, "1 events recorded, 0 lost"),
	   "it_tells_how_many_there_were");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, "-q", "--for=10ms", tape.file);
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
	ok(tape_pids(tape.command.out, 1) == 2, "what_was_left_out_does_not_come_the_next_time");
	end();
}

/* What the rings no longer held is told where it is missing. */
static void loses(void)
{
	tape_begin(1, 64);
	tape_put(0, 10);
	tape_record();
	command_free(&tape.command);
	tape_put(10, 110);
	COMMAND(&tape.command, "record", tape.device, "--for=10ms", "--fail-on-loss", tape.file);
	ok(command_said(&tape.command, 3, "32 events recorded, 68 lost"), "what_is_lost_is_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", "-ojson", "--output-fields=pid,count", "--fail-on-loss",
		tape.file);
	ok(tape.command.status == 3 &&
		   strstr(tape.command.out, "{\"pid\":9}\n{\"count\":68}\n{\"pid\":78}\n"),
	   "where_it_is_missing");
	end();
}

/* Without more being asked for it begins with the processes that run already, if it can. */
static void begins(void)
{
	char root[128];

	system_begin();
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	tape_begin(1, 64);
	COMMAND(&tape.command, "record", tape.device, root, "--for=10ms", tape.file);
	ok(command_said(&tape.command, 0, "/proc: No such file or directory\n"),
	   "why_those_that_run_already_cannot_be_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", tape.file);
	ok(command_said(&tape.command, 0, ""), "it_records_nevertheless");
	end();
	system_end();
}

/* What cannot be gone on with is told, and left as it is. */
static void goes_on_in_spite(void)
{
	size_t len;
	char *bytes;
	int fd, terminal;

	tape_begin_in_two_runs(1);
	bytes = tape_bytes(tape.file, &len);
	bytes[sizeof(struct block_head) + 20] ^= 1;
	tape_put_bytes(tape.file, bytes, len);
	tape_put(20, 30);
	COMMAND(&tape.command, "record", tape.device, "--for=10ms", tape.file);
	ok(command_said(&tape.command, 0, "damaged: "), "damage_is_told_and_does_not_matter");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
	ok(tape.command.status == 1 && strstr(tape.command.out, "{\"pid\":29}\n"),
	   "the_new_events_are_there");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file, tape.file);
	ok(tape.command.status == 1, "a_file_may_be_named_twice");
	command_free(&tape.command);
	rings_begin_at(&tape.rings, 0, 0, 0);
	tape.rings.shared[0]->commit = 0;
	COMMAND(&tape.command, "record", tape.device, "--for=10ms", tape.file);
	ok(command_said(&tape.command, 1, "the cursor does not fit ring 0"),
	   "nor_a_cursor_of_elsewhere");
	command_free(&tape.command);
	COMMAND(&tape.command, "record", tape.device, tape.directory);
	ok(command_said(&tape.command, 1, "Is a directory"), "a_directory_is_no_file");
	command_free(&tape.command);
	free(bytes);
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (fd < 0 || grantpt(fd) || unlockpt(fd))
		bail("posix_openpt");
	terminal = open(ptsname(fd), O_RDWR | O_NOCTTY);
	command_run_to(&tape.command, (const char *const[]){ "record", tape.device, "-", NULL },
		       terminal);
	ok(command_said(&tape.command, 1, "nothing for a terminal"), "a_terminal_takes_none");
	close(terminal);
	close(fd);
	end();
}

/* What does not fit is not half there, and comes the next time. */
static void full(void)
{
	struct rlimit limit, old;
	struct stat st;
	uint32_t i;

	tape_begin(1, 4096);
	for (i = 0; i < 4000; i++)
		rings_put_small(&tape.rings, 0, PROCMON_FORK, i * 2654435761u % 1000003,
				TAPE_PAST + i * i);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 8000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	tape_record();
	setrlimit(RLIMIT_FSIZE, &old);
	ok(command_said(&tape.command, 1, ": File too large") && !stat(tape.file, &st) &&
		   st.st_size < 8000,
	   "a_file_that_cannot_grow_is_told");
	command_free(&tape.command);
	COMMAND(&tape.command, "show", TAPE_PIDS, tape.file);
	ok(command_said(&tape.command, 0, "") && !*tape.command.out && !*tape.command.err,
	   "its_end_is_a_whole_block");
	command_free(&tape.command);
	tape_record();
	command_free(&tape.command);
	ok(same("json"), "all_is_there_the_next_time");
	end();
}

static void pipes(void)
{
	int fd;

	tape_begin(1, 256);
	tape_put(0, 10);
	fd = open(tape.file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	command_run_to(&tape.command,
		       (const char *const[]){ "record", tape.device, "-q", "--history",
					      "--for=10ms", "-", NULL },
		       fd);
	ok(!tape.command.status, "a_pipe_takes_a_recording");
	command_free(&tape.command);
	close(fd);
	fd = open(tape.file, O_RDONLY);
	dup2(fd, STDIN_FILENO) < 0 ? bail("dup2") : (void)0;
	close(fd);
	COMMAND(&tape.command, "show", TAPE_PIDS, "-");
	ok(command_said(&tape.command, 0, "") && tape_pids(tape.command.out, 0) == 10,
	   "and_gives_one");
	end();
}

int main(void)
{
	tap_theme("record");
	snprintf(tape.directory, sizeof(tape.directory), "/tmp/procmon-record-XXXXXX");
	if (!mkdtemp(tape.directory))
		bail("mkdtemp: %s", strerror(errno));
	snprintf(tape.file, sizeof(tape.file), "%s/file [*", tape.directory);
	snprintf(copy, sizeof(copy), "%s/copy", tape.directory);
	formats();
	unknown();
	shorter();
	large();
	handles();
	cut();
	snprintf(copy, sizeof(copy), "%s/copy", tape.directory);
	resumes();
	damage();
	files();
	in_time();
	follows();
	names();
	refuses();
	waits();
	loses();
	begins();
	goes_on_in_spite();
	full();
	pipes();
	rmdir(tape.directory);
	return tap_done();
}
