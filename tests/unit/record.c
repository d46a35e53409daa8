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
#include "command.h"
#include "fake.h"
#include "rings.h"
#include "story.h"
#include "sum.h"
#include "table.h"
#include "system.h"
#include "tap.h"
#include "writer.h"

#define PAST (FAKE_BOOT_NS - 1000000000ull)

static struct rings rings;
static char device[128], directory[64], file[128], copy[160];
static struct command command, wanted;

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
	command_free(&wanted);
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

static bool same(const char *format)
{
	bool good;

	COMMAND(&wanted, device, "-q", "--history", "--for=10ms", "-o", format);
	COMMAND(&command, "show", "-q", "-o", format, file);
	good = command_said(&command, 0, "") && wanted.out_len == command.out_len &&
	       !memcmp(wanted.out, command.out, wanted.out_len) && *wanted.out;
	if (!good)
		diag("%s: %zu and %zu bytes, %d %s", format, wanted.out_len, command.out_len,
		     command.status, command.err);
	command_free(&command);
	command_free(&wanted);
	return good;
}

/* Everything that an event can be comes out of the file as it comes out of the rings. */
static void formats(void)
{
	static const char *const format[] = { "json", "json-pretty", "verbose", "short", "tree",
					      "ecs",  "ocsf",	     "csv",	"audit" };
	size_t i;

	unlink(file);
	story_in_file(&rings);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	record();
	ok(command_said(&command, 0, ""), "a_recording_is_made");
	command_free(&command);
	for (i = 0; i < sizeof(format) / sizeof(format[0]); i++)
		ok(same(format[i]), "in_%s_it_tells_what_the_rings_told", format[i]);
	COMMAND(&wanted, device, "-q", "--history", "--for=10ms", "-Q", "uid = 0");
	COMMAND(&command, "show", "-Q", "uid = 0", file);
	ok(!strcmp(command.out, wanted.out), "filters_are_the_same");
	end();
}

/* Ten events in the file, and after another start of the recorder ten more. */
static void begin_in_two_runs(unsigned int nr)
{
	begin_at(nr, 256);
	put(0, 10);
	record();
	command_free(&command);
	put(10, 20);
	record();
	command_free(&command);
}

#define PIDS "-ojson", "--output-fields=pid"

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

/* Cut anywhere: whole blocks are shown, and it is told what is not. */
static void cut(void)
{
	size_t len, at;
	char *bytes;
	int last = 0, n, bad = 0, quiet = 0, grown = 0;

	begin_in_two_runs(2);
	bytes = bytes_of(file, &len);
	for (at = 1; at < len; at += at < 200 || at + 200 > len ? 1 : 7) {
		put_file(file, bytes, at);
		COMMAND(&command, "show", PIDS, file);
		n = command.status ? -1 : pids_from(command.out, 0);
		bad += n < last && !(command.status == 1 && at < sizeof(struct block_head));
		grown += n > last;
		quiet += n >= 0 && n < 20 && n != 10 && !strstr(command.err, "are no whole block");
		last = n > last ? n : last;
		command_free(&command);
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

	begin_in_two_runs(2);
	COMMAND(&command, "show", PIDS, file);
	ok(command_said(&command, 0, "") && pids_from(command.out, 0) == 20,
	   "the_next_run_goes_on_in_the_file");
	command_free(&command);
	bytes = bytes_of(file, &len);
	put(20, 30);
	for (at = 8; at < len; at += 13) {
		put_file(file, bytes, at);
		record();
		bad += command.status != 0;
		command_free(&command);
		COMMAND(&command, "show", PIDS, file);
		bad += command.status || pids_from(command.out, 0) != 30;
		command_free(&command);
	}
	ok(!bad, "also_in_one_that_was_cut_anywhere");
	put_file(file, bytes, len);
	free(bytes);
	rings.info->instance++;
	COMMAND(&command, "record", device, "--for=10ms", file);
	ok(command_said(&command, 0,
			"earlier load of the module: what came between is unknown; "
			"going on with the oldest event there is"),
	   "another_load_of_the_module_is_told");
	command_free(&command);
	COMMAND(&command, "show", PIDS, file);
	ok(command_said(&command, 0, "") && strstr(command.out, "{\"pid\":19}\n{\"pid\":0}\n") &&
		   strstr(command.out, "{\"pid\":29}\n"),
	   "and_recorded_from_its_beginning");
	end();
}

/* One byte is wrong: that is told, with its place, and what follows is shown. */
static void damage(void)
{
	unsigned int silent = 0, wrong = 0, rest = 0, n = 0;
	size_t len, at;
	char *bytes;

	begin_in_two_runs(1);
	bytes = bytes_of(file, &len);
	for (at = 0; at < len; at += 5, n++) {
		bytes[at] ^= 0x10;
		put_file(copy, bytes, len);
		bytes[at] ^= 0x10;
		COMMAND(&command, "show", PIDS, copy);
		silent += command.status != 1 || !strstr(command.err, "damaged: ");
		wrong += *command.out &&
			 pids_from(command.out, strstr(command.out, ":0}") ? 0 : 10) < 0;
		rest += strstr(command.out, "{\"pid\":19}") || strstr(command.out, "{\"pid\":9}");
		command_free(&command);
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

	begin_at(1, 1024);
	for (i = 0; i < 3; i++) {
		put((uint32_t)i * 10, (uint32_t)i * 10 + 10);
		record();
		command_free(&command);
		snprintf(copy, sizeof(copy), "%s.%d", file, 3 - i);
		rename(file, copy) ? bail("rename") : (void)0;
		/* the next one begins where this one ended */
		rings_begin_at(&rings, 0, 0, 0);
	}
	COMMAND(&command, "show", PIDS, copy);
	ok(pids_from(command.out, 20) == 30, "each_file_is_one");
	command_free(&command);
	{
		char a[160], b[160], c[160];

		snprintf(a, sizeof(a), "%s.1", file);
		snprintf(b, sizeof(b), "%s.2", file);
		snprintf(c, sizeof(c), "%s.3", file);
		COMMAND(&command, "show", PIDS, a, b, c);
		ok(command_said(&command, 0, "") && pids_from(command.out, 0) == 30,
		   "several_come_in_the_order_of_time");
		command_free(&command);
		COMMAND(&command, "show", PIDS, a, "/nowhere", c);
		ok(command_said(&command, 1, "/nowhere: No such file"),
		   "one_that_is_missing_is_told");
		command_free(&command);
		COMMAND(&command, "show", PIDS, "-r", "-n3", a, b);
		ok(!strcmp(command.out, "{\"pid\":29}\n{\"pid\":28}\n{\"pid\":27}\n"),
		   "the_newest_come_first_when_asked");
		command_free(&command);
		COMMAND(&command, "show", PIDS, "-n3", b);
		ok(pids_from(command.out, 10) == 13, "or_the_first_ones_only");
		unlink(a);
		unlink(b);
		unlink(c);
	}
	end();
}

static void in_time(void)
{
	begin_at(1, 256);
	put(0, 10);
	record();
	command_free(&command);
	COMMAND(&command, "show", PIDS, "--since=-100ms", file);
	ok(!*command.out, "since_a_moment_ago_nothing_of_an_older_one");
	command_free(&command);
	COMMAND(&command, "show", PIDS, "--since=yesterday", "--until=-100ms", file);
	ok(pids_from(command.out, 0) == 10, "since_yesterday_all_of_it");
	command_free(&command);
	COMMAND(&command, "show", PIDS, "--since=1999-12-31", "--until=2199-01-01 10:00:00", file);
	ok(pids_from(command.out, 0) == 10, "all_of_it_within_two_dates");
	command_free(&command);
	COMMAND(&command, "show", PIDS, "--since=1999-12-31T10:00:00", "--until=now", file);
	ok(pids_from(command.out, 0) == 10, "up_to_now");
	command_free(&command);
	COMMAND(&command, "show", "--since=someday", file);
	ok(command_said(&command, 2, "--since=someday: not a time"), "a_bad_time_is_named");
	end();
}

/* show -f shows what is appended, and the file that takes its place. */
static void follows(void)
{
	static const char *args[] = { "show", "-f", PIDS, file, NULL };
	int i;

	begin_at(1, 256);
	put(0, 10);
	record();
	command_free(&command);
	command_start(&wanted, args);
	usleep(100000);
	put(10, 20);
	record();
	command_free(&command);
	usleep(500000);
	snprintf(copy, sizeof(copy), "%s.old", file);
	rename(file, copy) ? bail("rename") : (void)0;
	rings_begin_at(&rings, 0, 0, 0);
	put(20, 30);
	record();
	for (i = 0; i < 20; i++)
		usleep(50000);
	kill(wanted.pid, SIGTERM);
	command_end(&wanted);
	ok(command_said(&wanted, 0, "") && pids_from(wanted.out, 0) == 30,
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
	begin_at(2, 64);
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 4711);
	draft_number(&draft, "hierarchy", 0);
	snprintf(text, sizeof(text), "/system.slice/docker-%s.scope", id);
	draft_text(&draft, "target_cgroup", text);
	rings_put(&rings, 0, &draft, PAST);
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 100, 50);
	draft.head.cgroup_id = 4711;
	draft_text(&draft, "exe", "/bin/true");
	rings_put(&rings, 1, &draft, PAST + 1);
	snprintf(text, sizeof(text), "/var/lib/docker/containers/%s/config.v2.json", id);
	system_put(text, "{\"Name\":\"/web\",\"Config\":{\"Image\":\"nginx:1\"}}");
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	COMMAND(&command, "record", device, root, "-q", "--history", "--for=10ms", file);
	command_free(&command);
	system_remove(text);
	COMMAND(&command, "show", "-ojson", "--output-fields=container", "--event=exec", file);
	snprintf(text, sizeof(text),
		 "{\"container\":{\"id\":\"%s\",\"runtime\":\"docker\",\"name\":\"web\","
		 "\"image\":\"nginx:1\"}}\n",
		 id);
	ok(command_said(&command, 0, "") && !strcmp(command.out, text),
	   "a_container_that_is_gone_is_named") ||
		(diag("%s%s", command.out, command.err), 0);
	command_free(&command);
	COMMAND(&command, "show", PIDS, "--container=web", file);
	ok(!strcmp(command.out, "{\"pid\":100}\n"), "and_found_by_its_name");
	end();
	begin_at(1, 64);
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 4712);
	draft_number(&draft, "hierarchy", 0);
	draft_text(&draft, "target_cgroup", "/box");
	rings_put(&rings, 0, &draft, PAST);
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 101, 50);
	draft.head.cgroup_id = 4712;
	rings_put(&rings, 0, &draft, PAST + 1);
	system_put("/run/runc/box/state.json", "{}");
	COMMAND(&command, "record", device, root, "-q", "--history", "--for=10ms", file);
	command_free(&command);
	system_remove("/run/runc/box");
	COMMAND(&command, "show", "-ojson", "--output-fields=container", "--event=fork", file);
	ok(!strcmp(command.out,
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

/* An event that is larger than a block is a block. */
static void large(void)
{
	enum { SIZE = 1 << 20 };
	struct procmon_info info = { .abi_major = PROCMON_ABI_MAJOR, .instance = 1 };
	struct writer *writer = writer_make(&info);
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600), n;
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
	procmon_open_recording(&pm, file) ? bail("open") : (void)0;
	for (n = 0; procmon_next(pm, &ev, 0) == 1; n++)
		if (n == 1)
			procmon_string(&ev, "args", &len);
	ok(n == 3 && len == SIZE, "and_comes_back");
	procmon_close(pm);
	writer_free(writer);
	free(head);
	close(fd);
	unlink(file);
}

/* The clock of a machine that runs is the one of now; a recording has no cursors. */
static void handles(void)
{
	struct procmon *pm;

	begin_at(1, 64);
	put(0, 1);
	procmon_open(&pm, rings.path, 0) ? bail("open") : (void)0;
	ok(procmon_wall_offset(pm) / 1000000000 ==
		   (int64_t)(FAKE_WALL_NS - FAKE_BOOT_NS) / 1000000000,
	   "the_clock_of_a_device_is_the_one_of_now");
	procmon_close(pm);
	record();
	command_free(&command);
	COMMAND(&command, "show", "--after-cursor=p1-1-0.0-1", file);
	ok(command_said(&command, 1, "a recording is read from its beginning"),
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

	begin_at(1, 256);
	put(0, 10);
	len = block(bytes, BLOCK_TABLE, future, sizeof(future) - 1);
	put_file(file, bytes, len);
	COMMAND(&command, "show", file);
	ok(command_said(&command, 1, "a recording of format 2 and ABI 1"),
	   "a_newer_format_is_told");
	command_free(&command);
	COMMAND(&command, "record", device, "--for=1ms", file);
	ok(command_said(&command, 1, "a recording of format 2 and ABI 1"), "and_not_written_to");
	command_free(&command);
	len = block(bytes, BLOCK_TABLE, bad, sizeof(bad) - 1);
	put_file(file, bytes, len);
	COMMAND(&command, "show", file);
	ok(command_said(&command, 1, "no recording, and no memory dump"), "a_bad_table_is_none");
	command_free(&command);
	put_file(file, "", 0);
	COMMAND(&command, "show", file);
	ok(command_said(&command, 1, "is empty"), "an_empty_file_is_told");
	command_free(&command);
	put_file(file, "my only copy\n", 13);
	COMMAND(&command, "record", device, "--for=1ms", file);
	ok(command_said(&command, 1, "no recording"), "another_file_is_not_written_to");
	command_free(&command);
	COMMAND(&command, "show", file);
	ok(command_said(&command, 1, "no recording, and no memory dump"), "nor_shown");
	command_free(&command);
	COMMAND(&command, "show", "/nowhere");
	ok(command_said(&command, 1, "/nowhere: No such file"), "a_missing_file_is_told");
	command_free(&command);
	COMMAND(&command, "record", device, "/nowhere/x");
	ok(command_said(&command, 1, "/nowhere/x: No such file"), "also_one_that_cannot_be_made");
	command_free(&command);
	COMMAND(&command, "record", device);
	ok(command_said(&command, 2, "no file to record into"), "a_file_must_be_named");
	command_free(&command);
	unlink(file);
	record();
	command_free(&command);
	fd = open(file, O_RDONLY);
	flock(fd, LOCK_EX) ? bail("flock") : (void)0;
	COMMAND(&command, "record", device, "--for=1ms", file);
	ok(command_said(&command, 1, "another procmon records into it"), "one_recorder_a_file");
	close(fd);
	command_free(&command);
	COMMAND(&command, "record", device, "--history", "--for=1ms", "/dev/full");
	ok(command_said(&command, 1, "/dev/full: No space left on device"), "a_full_disk_is_told");
	end();
}

/* An event waits no longer than a second for its block, and what is left out moves the cursor. */
static void waits(void)
{
	begin_at(2, 256);
	command_start(&command, (const char *const[]){ "record", device, "--for=12s",
						       "--no-snapshot", "--pid=1", file, NULL });
	while (access(file, F_OK))
		usleep(1000);
	usleep(200000);
	put(1, 2);
	put(2, 4);
	usleep(1500000);
	COMMAND(&wanted, "show", PIDS, file);
	ok(command_said(&wanted, 0, "") && pids_from(wanted.out, 1) == 2,
	   "after_a_second_an_event_is_in_the_file");
	command_end(&command);
	ok(command_said(&command, 0, "1 events recorded, 0 lost"), "it_tells_how_many_there_were");
	command_free(&command);
	COMMAND(&command, "record", device, "-q", "--for=10ms", file);
	command_free(&command);
	COMMAND(&command, "show", PIDS, file);
	ok(pids_from(command.out, 1) == 2, "what_was_left_out_does_not_come_the_next_time");
	end();
}

/* What the rings no longer held is told where it is missing. */
static void loses(void)
{
	begin_at(1, 64);
	put(0, 10);
	record();
	command_free(&command);
	put(10, 110);
	COMMAND(&command, "record", device, "--for=10ms", "--fail-on-loss", file);
	ok(command_said(&command, 3, "32 events recorded, 68 lost"), "what_is_lost_is_told");
	command_free(&command);
	COMMAND(&command, "show", "-ojson", "--output-fields=pid,count", "--fail-on-loss", file);
	ok(command.status == 3 &&
		   strstr(command.out, "{\"pid\":9}\n{\"count\":68}\n{\"pid\":78}\n"),
	   "where_it_is_missing");
	end();
}

/* Without more being asked for it begins with the processes that run already, if it can. */
static void begins(void)
{
	char root[128];

	system_begin();
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	begin_at(1, 64);
	COMMAND(&command, "record", device, root, "--for=10ms", file);
	ok(command_said(&command, 0, "/proc: No such file or directory\n"),
	   "why_those_that_run_already_cannot_be_told");
	command_free(&command);
	COMMAND(&command, "show", file);
	ok(command_said(&command, 0, ""), "it_records_nevertheless");
	end();
	system_end();
}

/* What cannot be gone on with is told, and left as it is. */
static void goes_on_in_spite(void)
{
	size_t len;
	char *bytes;
	int fd, terminal;

	begin_in_two_runs(1);
	bytes = bytes_of(file, &len);
	bytes[sizeof(struct block_head) + 20] ^= 1;
	put_file(file, bytes, len);
	put(20, 30);
	COMMAND(&command, "record", device, "--for=10ms", file);
	ok(command_said(&command, 0, "damaged: "), "damage_is_told_and_does_not_matter");
	command_free(&command);
	COMMAND(&command, "show", PIDS, file);
	ok(command.status == 1 && strstr(command.out, "{\"pid\":29}\n"),
	   "the_new_events_are_there");
	command_free(&command);
	COMMAND(&command, "show", PIDS, file, file);
	ok(command.status == 1, "a_file_may_be_named_twice");
	command_free(&command);
	rings_begin_at(&rings, 0, 0, 0);
	rings.shared[0]->commit = 0;
	COMMAND(&command, "record", device, "--for=10ms", file);
	ok(command_said(&command, 1, "the cursor does not fit ring 0"),
	   "nor_a_cursor_of_elsewhere");
	command_free(&command);
	COMMAND(&command, "record", device, directory);
	ok(command_said(&command, 1, "Is a directory"), "a_directory_is_no_file");
	command_free(&command);
	free(bytes);
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (fd < 0 || grantpt(fd) || unlockpt(fd))
		bail("posix_openpt");
	terminal = open(ptsname(fd), O_RDWR | O_NOCTTY);
	command_run_to(&command, (const char *const[]){ "record", device, "-", NULL }, terminal);
	ok(command_said(&command, 1, "nothing for a terminal"), "a_terminal_takes_none");
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

	begin_at(1, 4096);
	for (i = 0; i < 4000; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i * 2654435761u % 1000003, PAST + i * i);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 8000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	record();
	setrlimit(RLIMIT_FSIZE, &old);
	ok(command_said(&command, 1, ": File too large") && !stat(file, &st) && st.st_size < 8000,
	   "a_file_that_cannot_grow_is_told");
	command_free(&command);
	COMMAND(&command, "show", PIDS, file);
	ok(command_said(&command, 0, "") && !*command.out && !*command.err,
	   "its_end_is_a_whole_block");
	command_free(&command);
	record();
	command_free(&command);
	ok(same("json"), "all_is_there_the_next_time");
	end();
}

static void pipes(void)
{
	int fd;

	begin_at(1, 256);
	put(0, 10);
	fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	command_run_to(&command,
		       (const char *const[]){ "record", device, "-q", "--history", "--for=10ms",
					      "-", NULL },
		       fd);
	ok(!command.status, "a_pipe_takes_a_recording");
	command_free(&command);
	close(fd);
	fd = open(file, O_RDONLY);
	dup2(fd, STDIN_FILENO) < 0 ? bail("dup2") : (void)0;
	close(fd);
	COMMAND(&command, "show", PIDS, "-");
	ok(command_said(&command, 0, "") && pids_from(command.out, 0) == 10, "and_gives_one");
	end();
}

int main(void)
{
	tap_theme("record");
	snprintf(directory, sizeof(directory), "/tmp/procmon-record-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp: %s", strerror(errno));
	snprintf(file, sizeof(file), "%s/file [*", directory);
	snprintf(copy, sizeof(copy), "%s/copy", directory);
	formats();
	unknown();
	large();
	handles();
	cut();
	snprintf(copy, sizeof(copy), "%s/copy", directory);
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
	rmdir(directory);
	return tap_done();
}
