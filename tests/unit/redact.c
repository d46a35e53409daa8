// SPDX-License-Identifier: MIT
/* --redact: no format and no recording tells what a pattern matches, and a text cannot make it slow. */
#define _GNU_SOURCE
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "draft.h"
#include "fake.h"
#include "film.h"
#include "options.h"
#include "pattern.h"
#include "redact.h"
#include "rings.h"
#include "seek.h"
#include "tap.h"

#define SECRET "hunter2"
#define LONG 32768 /* args_max of the module */
#define PATTERN "--redact=(hunter|secret-)[0-9a-z]*"

static struct draft draft;
static struct rings rings;
static struct command command;
static char directory[64], file[96];

static bool mirrors(const char *text, const char *wanted)
{
	struct out out = { .fd = -1 };
	bool good;

	seek_mirror(&out, text);
	good = !strcmp(out.buf, wanted);
	if (!good)
		diag("%s: %s, not %s", text, out.buf, wanted);
	free(out.buf);
	return good;
}

static void mirror(void)
{
	ok(mirrors("abc", "cba") && mirrors("ab*c", "cb*a") && mirrors("a|bc", "a|cb") &&
		   mirrors("(ab)+c", "c(ba)+") && mirrors("^a(b|cd){2,3}$", "^(b|dc){2,3}a$") &&
		   mirrors("\\<a\\.[b)(]x", "x[b)(]\\.a\\>") && mirrors("[]|(]a", "a[]|(]") &&
		   mirrors("((a)b)c", "c(b(a))"),
	   "a_pattern_has_its_mirror_image");
}

static struct seek *seek_of(const char *text)
{
	size_t room = PATTERN_MAX;
	char why[128] = "";
	struct seek *seek = seek_make(text, &room, why, sizeof(why));

	if (!seek)
		bail("%s: %s", text, why);
	return seek;
}

/* The C library says the same, at its own speed. */
static bool agrees(const char *pattern, const char *text)
{
	struct seek *seek = seek_of(pattern);
	regmatch_t part = { 0 };
	size_t begin = 0, end = 0;
	regex_t regex;
	bool good, found;

	if (regcomp(&regex, pattern, REG_EXTENDED))
		bail("%s", pattern);
	found = !regexec(&regex, text, 1, &part, 0);
	good = seek_next(seek, text, strlen(text), 0, &begin, &end) == found;
	if (found)
		good &= begin == (size_t)part.rm_so && end == (size_t)part.rm_eo;
	if (!good)
		diag("%s in %s: %zu to %zu, not %d to %d", pattern, text, begin, end,
		     (int)part.rm_so, (int)part.rm_eo);
	regfree(&regex);
	seek_free(seek);
	return good;
}

static void random_text(char *text, size_t most)
{
	size_t len = (size_t)rand() % most, i;

	for (i = 0; i < len; i++)
		text[i] = "abc -"[rand() % 5];
	text[len] = '\0';
}

static void agreement(void)
{
	static const char *const patterns[] = {
		"a",	     "ab*c",	  "(a|bc)+",	      "a.*b",	       "[ab]{2,3}c",
		"^ab",	     "b-?$",	  "(ab|a)(c|bcd)?",   "-[a-c]+ [^ ]+", "\\<b+\\>",
		"a(b|c-)*a", "((a)b|c)-", "(^| )-[ab]+( |$)", "c\\b",	       "[^a]b",
		"a|ab|abc",
	};
	char text[64];
	unsigned int round, bad = 0;

	srand(7);
	for (round = 0; round < 4000; round++) {
		random_text(text, 40);
		bad += !agrees(patterns[round % (sizeof(patterns) / sizeof(patterns[0]))], text);
	}
	ok(!bad, "it_finds_the_first_and_longest_match_as_the_c_library_does");
}

/* Texts that take the C library seconds. */
static void speed(void)
{
	static const char *const patterns[] = { "key.*=x", "(k|e|y)*[^k]=x", "e.*y.*=" };
	struct timespec before, after;
	char *text = malloc(LONG + 1);
	size_t i, begin, end, from;

	for (i = 0; i < LONG; i++)
		text[i] = "key"[i % 3];
	text[LONG] = '\0';
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct seek *seek = seek_of(patterns[i]);

		for (from = 0; from < 64; from++)
			seek_next(seek, text, LONG, from, &begin, &end);
		seek_free(seek);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	ok(after.tv_sec - before.tv_sec < 20, "no_text_makes_it_slow"); /* under a sanitizer */
	free(text);
}

/* What is told of an exec with these arguments, as they stand between its commas. */
static bool told(const char *regex, const char *args, size_t len, unsigned int flags,
		 const char *wanted)
{
	struct procmon_event ev;
	struct event event = { &ev, NULL, NULL }, told;
	struct procmon_value value;
	char why[128];
	bool good;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, 1);
	draft_string(&draft, "args", args, len);
	draft_str(&draft, "args")->flags |= (uint16_t)flags;
	ev = draft_event_exact(&draft);
	if (!redact_add(regex, why, sizeof(why)))
		bail("%s: %s", regex, why);
	told = redact_event(&event);
	procmon_get(told.ev, procmon_field_by_name(PROCMON_EXEC, "args"), &value);
	good = value.known && value.len <= strlen(wanted) + 1;
	for (len = 0; good && len < value.len; len++)
		good = (value.str[len] ? value.str[len] : ',') == wanted[len];
	good &= !(told.ev->head.flags & PROCMON_F_REDACTED) == !strstr(wanted, "[redacted]");
	if (!good)
		diag("%s: wanted %s, got %.*s", regex, wanted, (int)value.len, value.str);
	draft_event_free(&ev);
	redact_end();
	return good;
}

#define TOLD(regex, args, wanted) told(regex, args, sizeof(args), 0, wanted)
#define TOLD_CUT(regex, args, wanted) told(regex, args, sizeof(args) - 1, PROCMON_STR_CUT, wanted)

static void arguments(void)
{
	ok(TOLD("pass=[^ ]*", "a\0-pass=x\0b", "a,-[redacted],b,"), "what_matches_is_not_told");
	ok(TOLD("--password [^ ]+", "a\0--password\0x\0b", "a,[redacted],[redacted],b,"),
	   "also_over_two_arguments");
	ok(TOLD("^x.*$", "a\0xyz\0b", "a,[redacted],b,"), "an_argument_has_its_own_ends");
	ok(TOLD("^a .* b$", "a\0xyz\0b", "[redacted],[redacted],[redacted],"),
	   "and_so_have_all_of_them");
	ok(TOLD("x", "axbxxc\0x", "a[redacted]b[redacted]c,[redacted],"), "every_time_it_is_there");
	ok(TOLD("^x", "xx", "[redacted]x,"), "what_is_at_the_beginning_is_there_only");
	ok(TOLD("zzz", "a\0b", "a,b,"), "what_does_not_match_is_told");
	ok(TOLD("s[^ ]*", "a\0s\xff\xfe\xc3\0b", "a,[redacted],b,"), "bytes_that_are_no_utf8_too");
	ok(TOLD("a \xff", "a\0\xff", "[redacted],[redacted],"), "and_can_be_asked_for");
	ok(TOLD("s b", "s\0\0b", "s,,b,") && TOLD("s +b", "s\0\0b", "[redacted],,[redacted],"),
	   "an_empty_argument_is_none_more");
	ok(TOLD_CUT("key-[0-9]{9}", "a\0-v\0key-123", "a,-v,[redacted]"),
	   "of_what_was_cut_nothing_is_told");
	ok(TOLD_CUT("key-[0-9]{9}", "a\0b\0", "a,b,"), "but_what_is_whole_is");
}

static void many(void)
{
	char args[400], wanted[1024] = "";
	size_t i;

	memset(args, 'x', sizeof(args));
	for (i = 1; i < sizeof(args); i += 2)
		args[i] = 'y';
	args[sizeof(args) - 1] = '\0';
	for (i = 0; i < 63; i++)
		strcat(wanted, "[redacted]y");
	strcat(wanted, "[redacted],");
	ok(!TOLD("nothing", "x", "y,"), "a_check_can_fail");
	ok(told("x", args, sizeof(args), 0, wanted), "after_64_matches_nothing_is_told");
}

/* An exec each of whose strings has the secret, its exit, and a child of it. */
static void put(void)
{
	static const char *const strings[] = { "exe", "filename", "script", "cwd" };
	static const char args[] = "p\0--x=" SECRET "\0\xff" SECRET;
	const uint64_t past = FAKE_BOOT_NS - 1000000000ull;
	size_t i;

	rings_in_file(&rings, 1, 4096);
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, past);
	draft.head.flags = PROCMON_F_SCRIPT;
	draft_text(&draft, "comm", SECRET);
	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		draft_text(&draft, strings[i], "/tmp/" SECRET "/" SECRET);
	draft_string(&draft, "args", args, sizeof(args));
	draft_string(&draft, "env", "TOKEN=" SECRET "\0A=b", 18);
	rings_put(&rings, 0, &draft, past + 1);
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 8, past + 2);
	draft.head.ppid = 7;
	draft_number(&draft, "parent_start_ns", past);
	draft_number(&draft, "fork_pid", 7);
	draft_text(&draft, "comm", SECRET);
	rings_put(&rings, 0, &draft, past + 2);
	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, 8, past + 2);
	draft_text(&draft, "comm", SECRET);
	rings_put(&rings, 0, &draft, past + 3);
}

static bool is_silent(const char *text)
{
	bool good = *text && !strstr(text, "hunter") && !strstr(text, "unter2") &&
		    !strstr(text, "68756E746572") && strstr(text, "redacted");

	if (!good)
		diag("%.3000s", text);
	return good;
}

static void formats(void)
{
	static const char *const outputs[] = { "-oshort", "-otree",	   "-overbose",
					       "-ojson",  "-ojson-pretty", "-oecs",
					       "-oocsf",  "-ocsv",	   "-oaudit" };
	char device[128];
	size_t i;

	put();
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	for (i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		COMMAND(&command, device, "--history", "--for=10ms", outputs[i], PATTERN);
		ok(command_said(&command, 0, "") && is_silent(command.out),
		   "%s_tells_nothing_of_it", outputs[i] + 2);
		command_free(&command);
	}
	COMMAND(&command, device, "--history", "--for=10ms", "-ojson", PATTERN,
		"--output-fields=ancestors,flags,exe");
	ok(is_silent(command.out) && strstr(command.out, "\"ancestors\":[{"), "nor_do_ancestors");
	command_free(&command);
	COMMAND(&command, device, "--history", "--for=10ms", "-oecs", PATTERN,
		"--output-fields=ancestors,flags");
	ok(is_silent(command.out) && strstr(command.out, "\"ancestors\":["),
	   "in_the_formats_of_others_neither");
	command_free(&command);
	COMMAND(&command, device, "--history", "--for=10ms", "-ojson", PATTERN, "-Q",
		"args ~ hunter2 and env ~ hunter2", "--exe=*/hunter2");
	ok(is_silent(command.out) && strstr(command.out, "\"exec\""),
	   "filters_see_what_is_not_told");
	command_free(&command);
	COMMAND(&command, "record", device, "-q", "--history", "--for=10ms", PATTERN, file);
	command_free(&command);
	COMMAND(&command, "show", "-ojson", file);
	ok(is_silent(command.out), "a_recording_does_not_hold_it");
	command_free(&command);
	COMMAND(&command, device, "--history", "--for=10ms", "-ojson", PATTERN);
	ok(is_silent(command.out), "and_tells_what_the_rings_told");
	command_free(&command);
	COMMAND(&command, "top", device, "-b", "-n1", "--history", "--for=10ms", PATTERN);
	ok(is_silent(command.out), "nor_does_top_show_it");
	command_free(&command);
	rings_free(&rings);
}

/* Names that are too short to match, a script that only both of its parts name. */
static void parts(void)
{
	struct procmon_event ev;
	struct event event = { &ev, NULL, NULL }, told;
	char why[128], path[256];
	const char *comm;

	redact_add("key-[0-9]{20}", why, sizeof(why));
	redact_add("/home/al/x", why, sizeof(why));
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, 1);
	draft.head.flags = PROCMON_F_SCRIPT;
	draft_text(&draft, "comm", "key-12345678901");
	draft_text(&draft, "exe", "/bin/key-12345678901234567890");
	draft_text(&draft, "cwd", "/home/al");
	draft_text(&draft, "filename", "x/y");
	ev = draft_event_exact(&draft);
	told = redact_event(&event);
	comm = procmon_string(told.ev, "comm", NULL);
	ok(!strcmp(comm, "[redacted]"), "a_name_is_not_told_when_its_program_is_not");
	ok(procmon_script(told.ev, path, sizeof(path)) > 0 && !strcmp(path, "/[redacted]/y"),
	   "the_path_of_a_script_is_looked_at_as_a_whole");
	draft_event_free(&ev);
	redact_end();
}

/* A path that was cut; a process of which only what it runs is known. */
static void pieces(void)
{
	struct proc proc = { .exe = (char *)"/bin/key-1234567890123", .exe_len = 22 };
	struct procmon_event ev;
	struct event event = { &ev, NULL, NULL }, told;
	char why[128];
	unsigned int i;

	strcpy(proc.comm, "key-12345678901");
	redact_add("key-[0-9]{13}", why, sizeof(why));
	ok(!strcmp(redact_proc(&proc)->comm, "[redacted]") &&
		   !strcmp(redact_proc(&proc)->exe, "/bin/[redacted]"),
	   "a_process_is_called_by_nothing_that_is_not_told");
	draft_start(&draft, PROCMON_EXEC);
	draft_text(&draft, "cwd", "/home/key-1");
	draft_str(&draft, "cwd")->flags |= PROCMON_STR_CUT;
	ev = draft_event_exact(&draft);
	told = redact_event(&event);
	ok(!strcmp(procmon_string(told.ev, "cwd", NULL), "[redacted]"),
	   "a_path_that_was_cut_is_not_told");
	draft_event_free(&ev);
	ev = (struct procmon_event){ .head.type = PROCMON_LOST, .count = 3 };
	ok(redact_event(&event).ev == &ev, "a_gap_is_told_as_it_is");
	for (i = 1; i < OPTIONS_MAX_VALUES; i++)
		redact_add("a", why, sizeof(why));
	ok(!redact_add("a", why, sizeof(why)) && !strcmp(why, "given too often"),
	   "there_are_64_patterns_at_most");
	redact_end();
}

static void mistakes(void)
{
	char device[128];

	rings_in_file(&rings, 1, 64);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	COMMAND(&command, device, "--redact=a(");
	ok(command_said(&command, 2, "--redact=a(: "), "a_pattern_that_is_none_is_named");
	command_free(&command);
	COMMAND(&command, device, "--redact=x*");
	ok(command_said(&command, 2, "--redact=x*: it matches where there is nothing"),
	   "so_is_one_that_matches_nothing");
	command_free(&command);
	COMMAND(&command, device, "--redact=(a)\\1");
	ok(command_said(&command, 2, "it refers back to a group"), "and_one_that_takes_too_long");
	command_free(&command);
	rings_free(&rings);
}

int main(void)
{
	tap_theme("redact");
	strcpy(directory, "/tmp/procmon-redact-XXXXXX");
	if (!mkdtemp(directory))
		bail("%s", directory);
	snprintf(file, sizeof(file), "%s/film", directory);
	mirror();
	agreement();
	speed();
	arguments();
	many();
	parts();
	pieces();
	formats();
	mistakes();
	unlink(file);
	rmdir(directory);
	return tap_done();
}
