// SPDX-License-Identifier: MIT
/* Expressions: what they mean, what is wrong with them, and that they know every key there is. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "command.h"
#include "draft.h"
#include "event.h"
#include "fake.h"
#include "pattern.h"
#include "query.h"
#include "reference.h"
#include "story.h"
#include "tap.h"
#include "text.h"

#define LONG_ARG 32768 /* args_max of the module */
#define ALL_EVENTS "--event=fork,exec,exit,cgroup_mkdir,cgroup_rmdir,cgroup_rename,cgroup_attach"

static struct options options;
static struct show show = { .options = &options, .instance = RINGS_INSTANCE };
static struct draft draft;
static struct proc proc;
static const struct proc *known;

static bool holds_of(const char *text, size_t len)
{
	struct procmon_event ev = draft_event_exact(&draft);
	const struct key_event on = { &show, &ev, known, NULL, false };
	struct query *query = NULL;
	struct out why = { .fd = -1 };
	bool holds;

	if (!query_add(&query, text, len, &why))
		bail("%.*s", (int)why.len, why.buf);
	holds = query_holds(query, &on);
	query_free(query);
	draft_event_free(&ev);
	return holds;
}

static bool holds(const char *text)
{
	return holds_of(text, strlen(text));
}

static void begin_exec(void)
{
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 100, 5000);
	draft.head.time_ns = FAKE_BOOT_NS;
	draft.head.ppid = 50;
	draft.head.uid = 0;
	draft.head.seq = 7;
	draft.head.flags = PROCMON_F_SCRIPT | PROCMON_F_DELETED | 1u << 28;
	draft_text(&draft, "comm", "cat");
	draft_text(&draft, "exe", "/usr/bin/cat");
	draft_text(&draft, "filename", "../cat");
	draft_text(&draft, "cwd", "/tmp/\xff");
	draft_string(&draft, "args", "cat\0-v\0two words", 17);
	draft_number(&draft, "mode", 0100755);
	known = NULL;
}

static void begin_exit(void)
{
	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, 100, 5000);
	draft.head.time_ns = 5000 + 1500000000;
	draft_number(&draft, "exit_code", (uint64_t)-3);
	draft_number(&draft, "maxrss_kib", 4096);
	draft_number(&draft, "utime_ns", 0);
	proc = (struct proc){
		.exe = "/bin/true",
		.exe_len = 9,
		.args = "true\0--x",
		.args_len = 9,
	};
	known = &proc;
}

/**
 * struct row - an expression and whether it holds
 */
struct row {
	const char *text;
	bool holds;
};

static void rows_hold(const struct row *rows, size_t n, const char *name)
{
	unsigned int bad = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (holds(rows[i].text) == rows[i].holds)
			continue;
		diag("%s: wanted %d", rows[i].text, rows[i].holds);
		bad++;
	}
	ok(!bad, "%s", name);
}

#define ROWS_HOLD(rows, name) rows_hold(rows, sizeof(rows) / sizeof((rows)[0]), name)

static void grammar(void)
{
	static const struct row rows[] = {
		{ "pid = 100", true },
		{ "pid=100", true },
		{ "pid = 1 or pid = 100", true },
		{ "pid = 100 and uid = 1", false },
		{ "pid = 100 or pid = 1 and uid = 1", true },
		{ "(pid = 100 or pid = 1) and uid = 1", false },
		{ "uid = 1 and pid = 1 or pid = 100", true },
		{ "uid = 1 and (pid = 1 or pid = 100)", false },
		{ "not pid = 1", true },
		{ "not not pid = 1", false },
		{ "not pid = 1 and uid = 1", false },
		{ "not (pid = 1 and uid = 1)", true },
		{ "not not (not (pid = 100))", false },
		{ "((((pid = 100))))", true },
		{ "not uid = 1 or pid = 1", true },
		{ "pid", true },
		{ "pid and exe and not signal", true },
		{ "pid in (1, 100)", true },
		{ "pid in(1,2)", false },
		{ "comm in (\"dog\", 'cat')", true },
		{ "comm = and", false },
		{ "comm = or or pid = 100", true },
		{ "comm in (in, glob, not, cat)", true },
	};

	begin_exec();
	rows_hold(rows, 2, "spaces_may_be_left_out");
	rows_hold(rows + 2, sizeof(rows) / sizeof(rows[0]) - 2, "and_binds_closer_than_or");
	ok(holds("\t( pid\n=\r100\v)\f"), "every_space_is_a_space");
}

static void operators(void)
{
	static const struct row numbers[] = {
		{ "pid == 100", true },
		{ "pid = 0x64", true },
		{ "pid != 100", false },
		{ "pid != 99", true },
		{ "pid < 100", false },
		{ "pid < 101", true },
		{ "pid <= 100", true },
		{ "pid <= 99", false },
		{ "pid > 99", true },
		{ "pid > 100", false },
		{ "pid >= 100", true },
		{ "pid >= 101", false },
		{ "pid = '100'", true },
		{ "uid = 0", true },
		{ "uid", true },
		{ "mode = 0x81ed", true },
		{ "mode = 0x81ED", true },
		{ "seq = 18446744073709551615", false },
		{ "start_ns = 5us", true },
		{ "start_ns <= 5000ns", true },
		{ "start_ns < 1ms", true },
		{ "start_ns < 1s", true },
		{ "start_ns > 1m", false },
		{ "start_ns > 1h", false },
		{ "start_ns = 0x1388", true },
	};
	static const struct row texts[] = {
		{ "comm = cat", true },
		{ "comm = ca", false },
		{ "comm = cats", false },
		{ "comm != dog", true },
		{ "comm != cat", false },
		{ "comm < cats", true },
		{ "comm < cat", false },
		{ "comm > ca", true },
		{ "comm >= cat", true },
		{ "comm <= cas", false },
		{ "exe ~ bin", true },
		{ "exe ~ ^bin", false },
		{ "exe ~ ^/usr/.*/cat$", true },
		{ "exe ~ '^/(s?bin|usr/bin)/'", true },
		{ "exe ~ 'nothing|t$'", true },
		{ "exe !~ bin", false },
		{ "exe !~ dog", true },
		{ "exe ~ ''", true },
		{ "comm ~ '^[[:alpha:]]{3}$'", true },
		{ "comm ~ '^c+a{1,}t?$'", true },
		{ "comm ~ '[]^]'", false },
		{ "comm ~ '[^]]t'", true },
		{ "comm ~ '[[.c.]]a'", true },
		{ "exe ~ '/cat\\b'", true },
		{ "exe ~ '^(/(usr|bin|cat)?){1,3}$'", true },
		{ "exe ~ '^(/[a-z]+)+$'", true },
		{ "comm ~ '^(c?a*){2}t{1,}(x{0,3}|y)$'", true },
		{ "exe glob /usr/*", true },
		{ "exe glob '/usr/b?n/[c]at'", true },
		{ "exe glob cat", false },
		{ "script = /tmp/cat", true },
		{ "event = exec", true },
		{ "event in (fork, exit)", false },
		{ "event != exit", true },
		{ "event = type77", false },
		{ "time = '1970-01-12T13:46:40.000000000Z'", true },
		{ "time > 1970-01-12T14", false },
	};
	static const struct row lists[] = {
		{ "args = -v", true },
		{ "args = 'two words'", true },
		{ "args = two", false },
		{ "args != -v", false },
		{ "args != -x", true },
		{ "args ~ ^two", true },
		{ "args ~ 'cat.*-v'", false },
		{ "args !~ ^-v", false },
		{ "args !~ ^-x", true },
		{ "args in (-x, -v)", true },
		{ "args glob 't*s'", true },
		{ "args glob 't'", false },
		{ "args", true },
		{ "flags = deleted", true },
		{ "flags = memfd", false },
		{ "flags != memfd", true },
		{ "flags = bit28", true },
		{ "flags", true },
		{ "flags in (memfd, script)", true },
	};

	begin_exec();
	ROWS_HOLD(numbers, "numbers_are_compared_and_have_units");
	ROWS_HOLD(texts, "texts_are_compared_sought_and_globbed");
	ROWS_HOLD(lists, "a_list_passes_when_any_item_does");
}

static void exits(void)
{
	static const struct row rows[] = {
		{ "exit_code = -3", true },
		{ "exit_code < 0", true },
		{ "exit_code >= -3", true },
		{ "exit_code > -3", false },
		{ "exit_code < -9223372036854775808", false },
		{ "exit_code in (1, -3)", true },
		{ "exe = /bin/true", true },
		{ "args = --x", true },
		{ "duration_ns = 1500ms", true },
		{ "duration_ns > 1s and duration_ns < 2s", true },
		{ "maxrss_kib = 4MiB", true },
		{ "maxrss_kib < 1GiB", true },
		{ "maxrss_kib = 4096KiB", true },
		{ "utime_ns = 0 and utime_ns", true },
		{ "thread", false },
		{ "thread = false", true },
		{ "thread != true", true },
		{ "thread in (false, true)", true },
	};

	begin_exit();
	ROWS_HOLD(rows, "an_exit_has_the_program_of_its_process");
	draft.head.flags = PROCMON_F_THREAD;
	ok(holds("thread and thread = true and not thread = false and not duration_ns"),
	   "a_thread_is_one_and_has_no_duration");
	draft_number(&draft, "signal", SIGSEGV);
	draft_number(&draft, "core", 2);
	ok(holds("signal = 11 and signal_name = SEGV and core and core = true and core != false"),
	   "signals_have_names_and_any_core_is_one");
	draft_number(&draft, "core", 0);
	ok(holds("not core and core = false"), "no_core_is_known_and_not_true");
}

static void absent(void)
{
	static const struct row rows[] = {
		{ "signal = 9", false },
		{ "signal != 9", false },
		{ "signal < 9", false },
		{ "signal in (9)", false },
		{ "not signal != 9", true },
		{ "not (signal = 9)", true },
		{ "exe = x", false },
		{ "exe != x", false },
		{ "exe ~ x", false },
		{ "exe !~ x", false },
		{ "exe glob '*'", false },
		{ "exe", false },
		{ "args", false },
		{ "args != x", false },
		{ "args !~ x", false },
		{ "not (args = x)", true },
		{ "flags != deleted", false },
		{ "flags", false },
		{ "core", false },
		{ "core = false", false },
		{ "duration_ns", false },
		{ "script", false },
		{ "dev", false },
		{ "user", false },
		{ "uid", false },
		{ "exe_error", false },
		{ "exe_full_len", false },
		{ "count", false },
	};

	draft_start(&draft, PROCMON_EXIT);
	known = NULL;
	ROWS_HOLD(rows, "what_an_event_does_not_have_fails_every_test");
	proc = (struct proc){ 0 };
	known = &proc;
	ROWS_HOLD(rows, "a_process_without_a_program_has_none");
	draft_start(&draft, PROCMON_FORK);
	ROWS_HOLD(rows, "a_fork_has_no_program");
	draft_start(&draft, 100);
	draft_process(&draft, 5, 1);
	draft.head.cpu = 3;
	ok(holds("pid = 5 and cpu = 3 and event = type100 and not exe and not exe_error and not comm"),
	   "an_event_of_an_unknown_type_has_a_head");
	draft_start(&draft, PROCMON_EXEC);
	draft_string(&draft, "args", "", 0);
	ok(holds("args and args != x and args !~ '' and not args = ''"),
	   "no_arguments_are_known_arguments");
	draft_string(&draft, "args", "a\0", 3);
	ok(holds("args = '' and args = a and not args ~ b"), "an_empty_argument_is_one");
}

static void notes(void)
{
	begin_exec();
	draft_str(&draft, "exe")->flags = PROCMON_STR_ABSENT | PROCMON_STR_UNREADABLE;
	draft_str(&draft, "exe")->err = ENAMETOOLONG;
	draft_str(&draft, "cwd")->flags = PROCMON_STR_UNREADABLE;
	draft_str(&draft, "cwd")->err = 4000;
	draft_str(&draft, "args")->flags = PROCMON_STR_CUT;
	draft_str(&draft, "args")->full_len = 5000;
	ok(holds("exe_error = ENAMETOOLONG and not exe and cwd_error = unknown and not args_error"),
	   "why_a_string_could_not_be_read_is_a_key");
	ok(holds("args_full_len > 4096 and not comm_full_len"), "the_length_that_was_cut_is_a_key");
}

/* Bytes that no text holds, and those that an expression must write in another way. */
static void bytes(void)
{
	static const struct row rows[] = {
		{ "cwd = '/tmp/\xff'", true },	{ "cwd = /tmp/\xff", true },
		{ "cwd = '/tmp/\\xff'", true }, { "cwd = \"/tmp/\\xFF\"", true },
		{ "cwd = '/tmp/\\xf'", false }, { "cwd ~ '^/tmp/.$'", true },
		{ "cwd ~ '\\xff$'", true },	{ "cwd ~ '[\xf0-\xff]'", true },
		{ "cwd glob '/tmp/*'", true },	{ "cwd = '/tmp/é'", false },
		{ "comm = 'c\\x61t'", true },	{ "comm = 'cat\\x00'", false },
		{ "comm < 'cat\\x00'", true },
	};
	static const struct row escapes[] = {
		{ "comm = 'a\"b\\'c\\\\\\t\\n\\r'", true },
		{ "comm = \"a\\\"b'c\\\\\\t\\n\\r\"", true },
		{ "comm ~ '\\\\\\\\'", true },
		{ "comm ~ '^a\\Wb'", true },
		{ "comm = 'a\\q'", false },
	};

	begin_exec();
	ROWS_HOLD(rows, "bytes_that_are_no_text_are_bytes");
	draft_text(&draft, "comm", "a\"b'c\\\t\n\r");
	ROWS_HOLD(escapes, "escapes_stand_for_bytes");
	draft_text(&draft, "comm", "a\\q");
	ok(holds("comm = 'a\\q' and comm = 'a\\\\q' and comm = a\\q"),
	   "a_backslash_that_escapes_nothing_stays");
	draft_string(&draft, "comm", "a\0b", 3);
	ok(holds("comm = 'a\\x00b' and comm != a and comm ~ b$ and comm ~ 'a[^x]b' and comm > a"),
	   "a_nul_is_a_byte_too");
	ok(!holds_of("comm = 'a'\xff", 10) && holds_of("pid = 100 or pid = \xff", 9),
	   "an_expression_ends_at_its_length");
}

static const struct {
	const char *name, *text, *what, *line; /* @line: with a caret, when it is not the text */
	size_t column;
} refused[] = {
	{ "nothing", "", "expected a key, not, or (", NULL, 0 },
	{ "spaces", "  ", "expected a key, not, or (", NULL, 2 },
	{ "unknown_key", "exee ~ x", "no key 'exee'; did you mean exe?", NULL, 0 },
	{ "unknown_key_far_off", "pid = 1 and nonsense", "no key 'nonsense'", NULL, 12 },
	{ "swapped_letters", "(uesr = x)", "no key 'uesr'; did you mean user?", NULL, 1 },
	{ "key_of_the_struct", "tgid = 1", "no key 'tgid'; did you mean tid?", NULL, 0 },
	{ "note_of_a_number", "pid_error", "no key 'pid_error'", NULL, 0 },
	{ "note_of_the_script", "script_error", "no key 'script_error'", NULL, 0 },
	{ "note_of_nothing", "_error", "no key '_error'", NULL, 0 },
	{ "hostile_key", "\033[31m\xff", "no key '\\x1b[31m\\xff'", "\\x1b[31m\\xff", 0 },
	{ "long_hostile_key",
	  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	  "\\xff...'\n",
	  "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
	  "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
	  0 },
	{ "quoted_key", "'exe' = x", "expected a key, not, or (", NULL, 0 },
	{ "and_alone", "and", "expected a key, not, or (", NULL, 0 },
	{ "not_alone", "pid or not", "expected a key, not, or (", NULL, 10 },
	{ "no_operator", "pid 5", "pid is a number: expected = == != < <= > >= in, or", NULL, 4 },
	{ "pattern_of_a_number", "pid ~ 5", "pid is a number: expected = ==", NULL, 4 },
	{ "order_of_a_bool", "core < true", "core is true or false: expected = == != in,", NULL,
	  5 },
	{ "order_of_a_list", "args < a",
	  "args is a list of texts: expected = == != ~ !~ in glob, or and, or, or the end", NULL,
	  5 },
	{ "perls_match", "exe =~ x", "expected a value", NULL, 5 },
	{ "cs_not", "!pid", "expected a key, not, or (", NULL, 0 },
	{ "cs_not_behind_a_key", "exe ! x", "exe is text: expected = == != < <= > >= ~ !~ in glob",
	  NULL, 4 },
	{ "no_value", "pid =", "expected a value", NULL, 5 },
	{ "parenthesis_as_value", "pid = (1)", "expected a value", NULL, 6 },
	{ "two_values", "pid = 1 2", "expected and, or, or the end", NULL, 8 },
	{ "word_as_number", "pid = x", "pid is a number: expected one of 64 bits, 12 or 0x1f\n",
	  NULL, 6 },
	{ "octal_number", "mode = 0755", "mode is a number", NULL, 7 },
	{ "empty_number", "pid = ''", "pid is a number", NULL, 6 },
	{ "hexadecimal_nothing", "pid = 0x", "pid is a number", NULL, 6 },
	{ "hexadecimal_minus", "pid = 0x-1", "pid is a number", NULL, 6 },
	{ "number_with_a_nul", "pid = '1\\x00'", "pid is a number", "pid = '1\\\\x00'", 6 },
	{ "negative_pid", "pid = -1", "pid is a number", NULL, 6 },
	{ "number_beyond_64_bits", "seq = 18446744073709551616", "seq is a number", NULL, 6 },
	{ "exit_code_beyond_63_bits", "exit_code = 9223372036854775808", "is a number", NULL, 12 },
	{ "unit_of_a_pid", "pid = 1s", "pid is a number", NULL, 6 },
	{ "wrong_unit", "duration_ns > 1d", "or in ns, us, ms, s, m, h\n", NULL, 14 },
	{ "unit_of_memory_for_time", "duration_ns > 1KiB", "or in ns, us,", NULL, 14 },
	{ "unit_of_time_for_memory", "maxrss_kib > 1s", "or in KiB, MiB, GiB\n", NULL, 13 },
	{ "time_beyond_64_bits", "duration_ns < 9999999999h", "duration_ns is a number", NULL, 14 },
	{ "neither_true_nor_false", "core = 1", "expected true or false", NULL, 7 },
	{ "truth_with_a_nul", "core = 'true\\x00'", "expected true or false",
	  "core = 'true\\\\x00'", 7 },
	{ "unknown_event", "event = exce",
	  "event is never that: expected one of lost fork exec exit", NULL, 8 },
	{ "unknown_flag", "flags in (deleted, delted)",
	  "flags is never that: expected one of thread", NULL, 19 },
	{ "signal_with_sig", "signal_name = SIGKILL", "expected one of HUP INT", NULL, 14 },
	{ "open_parenthesis", "(pid = 1", "expected and, or, or )", NULL, 8 },
	{ "closed_parenthesis", "pid = 1)", "a ) without its (", NULL, 7 },
	{ "list_without_parenthesis", "pid in 1", "expected ( and a list of values", NULL, 7 },
	{ "empty_list", "pid in ()", "expected a value", NULL, 8 },
	{ "list_without_end", "pid in (1, 2", "expected , or )", NULL, 12 },
	{ "list_without_commas", "pid in (1 2)", "expected , or )", NULL, 10 },
	{ "comma_too_much", "pid in (1,)", "expected a value", NULL, 10 },
	{ "open_string", "comm = 'x", "a string without its closing '", NULL, 7 },
	{ "open_string_with_a_backslash", "comm = \"x\\", "without its closing \"",
	  "comm = \"x\\\\", 7 },
	{ "open_string_as_operator", "comm '", "a string without its closing '", NULL, 5 },
	{ "wide_characters", "comm = '日本' nd", "expected and, or, or the end", NULL, 14 },
	{ "unprintable_bytes", "comm = '\033\xff' nd", "expected and, or", "comm = '\\x1b\\xff' nd",
	  18 },
	{ "two_lines", "comm = a\nor b", "no key 'b'", "comm = a\\x0aor b", 15 },
	{ "bad_regex", "exe ~ '('", "bad regular expression: Unmatched ( or \\(", NULL, 6 },
	{ "bad_set", "exe ~ '[a'", "bad regular expression: ", NULL, 6 },
	{ "bad_class", "exe ~ '[[:foo'", "bad regular expression: ", NULL, 6 },
	{ "bad_repetition", "exe ~ 'a{2'", "bad regular expression: ", NULL, 6 },
	{ "unmatched_parenthesis", "exe ~ 'a)(b'", "it has a ) without its (", NULL, 6 },
	{ "backslash_at_the_end", "exe ~ a\\", "it ends in a backslash", "exe ~ a\\\\", 6 },
	{ "reference_back", "exe ~ '(a)\\1'", "it refers back to a group", "exe ~ '(a)\\\\1'", 6 },
	{ "large_repetition", "exe ~ 'a{2001}'", "it is too long, its repetitions written out",
	  NULL, 6 },
	{ "repeated_repetition", "exe ~ '((a{1,100}){1,100}){1,100}'", "it is too long", NULL, 6 },
	{ "pluses_within_pluses", "exe ~ '(((((((((((a+)+)+)+)+)+)+)+)+)+)+)+'", "it is too long",
	  NULL, 6 },
	{ "repeated_repetition_of_nothing", "exe ~ '(a*)*'", "it repeats what can be empty", NULL,
	  6 },
	{ "plus_of_a_star", "exe ~ 'a*+'", "it repeats what can be empty", NULL, 6 },
	{ "star_of_a_choice_with_nothing", "exe ~ '(a|b?)*'", "it repeats what can be empty", NULL,
	  6 },
	{ "star_of_an_empty_branch", "exe ~ '(a|)*'", "it repeats what can be empty", NULL, 6 },
	{ "open_interval_of_nothing", "exe ~ '(a?b{0,2}){2,}'", "it repeats what can be empty",
	  NULL, 6 },
	{ "star_of_an_anchor", "exe ~ '(^|a)*'", "it repeats what can be empty", NULL, 6 },
	{ "plus_of_the_edge_of_a_word", "exe ~ '(\\b)+'", "it repeats what can be empty",
	  "exe ~ '(\\\\b)+'", 6 },
	{ "nul_in_a_regex", "exe ~ 'a\\x00'", "a pattern cannot hold a NUL byte",
	  "exe ~ 'a\\\\x00'", 6 },
	{ "nul_in_a_glob", "exe glob '\\x00'", "a pattern cannot hold a NUL byte",
	  "exe glob '\\\\x00'", 9 },
};

/* The message, a line with the expression, a line with the caret, each as it should be. */
static bool told(const struct out *why, const char *what, const char *line, size_t column)
{
	char want[512];
	int len = snprintf(want, sizeof(want), "\n  %s\n  %*s^\n", line, (int)column, "");
	bool good = why->len >= (size_t)len &&
		    !memcmp(why->buf + why->len - len, want, (size_t)len) &&
		    memmem(why->buf, why->len, what, strlen(what));

	if (!good)
		diag("wanted %s%s, got %.*s", what, want, (int)why->len, why->buf);
	return good;
}

static bool refuses(const char *text, struct out *why)
{
	struct query *query = NULL;
	bool refused;

	why->len = 0;
	refused = !query_add(&query, text, strlen(text), why);
	query_free(query);
	return refused;
}

static void mistakes(void)
{
	struct out why = { .fd = -1 };
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *line = refused[i].line ? refused[i].line : refused[i].text;

		ok(refuses(refused[i].text, &why) &&
			   told(&why, refused[i].what, line, refused[i].column),
		   "%s_is_shown", refused[i].name);
	}
	free(why.buf);
}

static char *repeated(const char *before, const char *what, size_t n, const char *after)
{
	struct out out = { .fd = -1 };

	out_str(&out, before);
	while (n--)
		out_str(&out, what);
	out_str(&out, after);
	out_char(&out, '\0');
	return out.buf;
}

/* @n times @what between the others is an expression, once more is one too many. */
static bool is_limit(const char *before, const char *what, size_t n, const char *after,
		     const char *said)
{
	char *most = repeated(before, what, n, after);
	char *more = repeated(before, what, n + 1, after);
	struct out why = { .fd = -1 };
	bool good = !refuses(most, &why) && refuses(more, &why) &&
		    memmem(why.buf, why.len, said, strlen(said));

	if (!good)
		diag("%s: got %.*s", said, why.len > 300 ? 300 : (int)why.len, why.buf);
	free(most);
	free(more);
	free(why.buf);
	return good;
}

static void limits(void)
{
	char *closed = repeated("pid", ")", QUERY_DEPTH, "");
	char *groups = repeated("a", ")", 31, "'");
	char *key = repeated("", "k", KEY_NAME_LEN, "");
	char *deep = repeated("", "(((((((((", 100000 / 9, "");
	struct out why = { .fd = -1 };
	char *text;

	ok(is_limit("", "(", QUERY_DEPTH, closed, "more than 64 parentheses"),
	   "parentheses_have_a_depth");
	ok(is_limit("", " ", QUERY_MAX - 3, "pid", "more than 65536 bytes"),
	   "an_expression_has_a_length");
	ok(refuses(key, &why) && memmem(why.buf, why.len, "no key 'kkkk", 12),
	   "a_key_longer_than_any_is_none");
	ok(refuses(deep, &why), "no_depth_is_too_deep_to_be_refused");
	ok(is_limit("exe ~ '", "a", PATTERN_MAX, "'", "it is too long"), "a_pattern_has_a_length");
	ok(is_limit("exe ~ '", "(", 31, groups, "parentheses are too deep"),
	   "parentheses_of_a_pattern_have_a_depth");
	ok(is_limit("exe ~ a{1900}", " or exe ~ a{1900}", 7, "", "too long together"),
	   "patterns_have_a_length_together");
	begin_exec();
	text = repeated("pid = 1", " or not not pid = 2", 3000, " or pid = 100");
	ok(holds(text), "a_long_chain_is_no_depth");
	free(text);
	text = repeated("pid in (", "1,", 20000, "100)");
	ok(holds(text), "a_list_may_be_long");
	free(text);
	free(deep);
	free(key);
	free(groups);
	free(closed);
	free(why.buf);
}

static int64_t cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000;
}

/* Whoever names a process must not be able to stop the reader. */
static void costs(void)
{
	static char args[LONG_ARG];
	int64_t before;
	int i;

	begin_exec();
	memset(args, 'a', sizeof(args) - 1);
	draft_string(&draft, "args", args, sizeof(args));
	before = cpu_ms();
	for (i = 0; i < 3; i++)
		ok(!holds("args ~ 'a.*b'") && holds("args ~ 'a.*a$'"),
		   "a_long_argument_is_searched_%d", i);
	ok(cpu_ms() - before < 1000, "in_a_time_that_grows_with_its_length_alone");
}

static void renewal(void)
{
	static char text[LONG_ARG + 1];
	char why[128];
	size_t room = 100, bad = 0;
	struct pattern *pattern = pattern_make("^a+b$", &room, why, sizeof(why));
	unsigned int i;

	memset(text, 'a', LONG_ARG - 1);
	text[LONG_ARG - 1] = 'b';
	for (i = 0; i < 10; i++)
		bad += !pattern_matches(pattern, text, LONG_ARG) ||
		       pattern_matches(pattern, text, LONG_ARG - 1);
	ok(!bad && room < 100, "a_pattern_that_has_seen_much_is_the_same");
	pattern_free(pattern);
}

static void several(void)
{
	struct procmon_event ev;
	struct key_event on = { &show, &ev, NULL, NULL, false };
	struct query *query = NULL;
	struct out why = { .fd = -1 };

	begin_exec();
	ev = draft_event(&draft);
	ok(query_holds(NULL, &on) && !query_asks_for_events(NULL), "no_expression_lets_all_pass");
	ok(query_add(&query, "pid = 100", 9, &why) && query_holds(query, &on) &&
		   query_add(&query, "uid = 0 or uid = 1", 18, &why) && query_holds(query, &on) &&
		   !query_asks_for_events(query) &&
		   query_add(&query, "not event = exec", 16, &why) && !query_holds(query, &on) &&
		   query_asks_for_events(query),
	   "all_expressions_must_hold");
	query_free(query);
}

/* Random words of the language, and random bytes: told or understood, never anything else. */
static void random_expressions(void)
{
	static const char *const words[] = {
		"exe",	"pid", "args", "core",	"duration_ns", "and",	"or",	 "not",	    "in",
		"glob", "(",   ")",    ",",	"=",	       "!=",	"<",	 ">=",	    "~",
		"!~",	"5",   "1ms",  "'x'",	"\"\\xff",     "true",	"'a+b'", "\033[1m", "\xff",
		"é",	"'",   "\\",   "event", "exec",	       "flags", "\n",
	};
	unsigned int i, understood = 0;
	struct out why = { .fd = -1 };

	srandom(7);
	begin_exec();
	for (i = 0; i < 20000; i++) {
		struct out text = { .fd = -1 };
		unsigned int n = (unsigned int)random() % 12;

		while (n--) {
			out_str(&text,
				words[(size_t)random() % (sizeof(words) / sizeof(words[0]))]);
			if (random() % 4)
				out_char(&text, ' ');
			if (!(random() % 50))
				out_char(&text, (char)(1 + random() % 255));
		}
		out_char(&text, '\0');
		if (!refuses(text.buf, &why)) {
			understood++;
			holds(text.buf);
		} else if (why.buf[why.len - 1] != '\n' || memchr(why.buf, '\033', why.len) ||
			   why.buf[why.len - 2] != '^') {
			diag("%.*s", (int)why.len, why.buf);
			break;
		}
		free(text.buf);
	}
	ok(i == 20000 && understood > 100, "any_bytes_are_understood_or_refused");
	free(why.buf);
}

/* "key" of "\t"key": value"; a value in raw bytes has another name there. */
static char *json_key(char *line, char **value)
{
	char *end = strncmp(line, "\t\"", 2) ? NULL : strstr(line, "\": ");

	if (!end)
		return NULL;
	*end = '\0';
	*value = end + 3;
	if ((*value)[strlen(*value) - 1] == ',')
		(*value)[strlen(*value) - 1] = '\0';
	if (end - line > 6 && !strcmp(end - 4, "_raw"))
		end[-4] = '\0';
	return line + 2;
}

static bool asks(const char *key, const char *rest, const struct key_event *on)
{
	struct query *query = NULL;
	struct out why = { .fd = -1 };
	char text[1024];
	bool holds;

	snprintf(text, sizeof(text), "%s%s", key, rest);
	if (!query_add(&query, text, strlen(text), &why)) {
		diag("%.*s", (int)why.len, why.buf);
		free(why.buf);
		query_free(query);
		return false;
	}
	holds = query_holds(query, on);
	query_free(query);
	return holds;
}

/* Each key that JSON has of this event has the same value in an expression. */
static unsigned int keys_differ(char *json, const struct key_event *on, unsigned int *compared)
{
	char *line, *value, rest[512];
	unsigned int bad = 0;

	while ((line = strsep(&json, "\n"))) {
		const char *key = json_key(line, &value);

		if (!key)
			continue;
		if (*value == '[' || *value == '{' || strchr(value, '\\'))
			rest[0] = '\0';
		else
			snprintf(rest, sizeof(rest), " = %s", value);
		(*compared)++;
		if (asks(key, rest, on))
			continue;
		diag("JSON has \"%s\": %s", key, value);
		bad++;
	}
	return bad;
}

/* No expression has a key of this event that JSON lacks. */
static unsigned int keys_too_many(const char *json, const struct key_event *on)
{
	const char *key, *doc;
	unsigned int bad = 0;
	char name[128], raw[128];
	size_t i;

	for (i = 0; (key = reference_key(i, &doc)); i++) {
		if (!strcmp(key, "ancestors") || !strcmp(key, "cpid")) /* JSON has it on request */
			continue;
		snprintf(name, sizeof(name), "\n\t\"%s\": ", key);
		snprintf(raw, sizeof(raw), "\n\t\"%s_raw\": ", key);
		if (strstr(json, name) || strstr(json, raw) || !asks(key, "", on))
			continue;
		diag("JSON has no \"%s\"", key);
		bad++;
	}
	return bad;
}

/* {"container": {"id": becomes {"container": {}, "container.id": */
static char *flatten(const char *json)
{
	char *copy = strdup(json), *line, *rest = copy;
	char *flat = malloc(2 * strlen(json) + 1024), *to = flat;
	const char *inside = NULL;

	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "\t\t\"", 3) && inside)
			to += sprintf(to, "\n\t\"%s.%s", inside, line + 3);
		else if (to != flat)
			to += sprintf(to, "\n%s", line);
		else
			to += sprintf(to, "%s", line);
		inside = !strcmp(line, "\t\"container\": {") ? "container" :
			 !strcmp(line, "\t\"pod\": {")	     ? "pod" :
			 !strncmp(line, "\t\t", 2)	     ? inside :
							       NULL;
	}
	free(copy);
	return flat;
}

static void keys_are_those_of_json(void)
{
	struct out out = { .fd = -1 };
	struct sink sink = { .format = SINK_JSON_PRETTY, .out = &out };
	unsigned int compared = 0, differ = 0, many = 0;
	struct rings rings;
	struct procmon_event ev;
	char *json;

	story_in_file(&rings);
	if (procmon_open(&show.pm, rings.path, PROCMON_HISTORY))
		bail("%s", procmon_error(NULL));
	procmon_name_cgroups(show.pm, NULL);
	while (procmon_next(show.pm, &ev, 0) == 1) {
		const struct event event = event_know(show.pm, &ev);
		const struct key_event on = { &show, &ev, event.proc, event.where, false };

		out.len = 0;
		event_put(&sink, &event, show.instance, procmon_cursor(show.pm));
		out_char(&out, '\0');
		json = flatten(out.buf);
		if (ev.head.type != PROCMON_LOST)
			many += keys_too_many(json, &on);
		differ += keys_differ(json, &on, &compared);
		free(json);
		proc_forget(&ev);
	}
	ok(!differ && compared > 500, "every_key_of_json_is_known_with_its_value");
	ok(!many, "and_no_other");
	proc_free_all();
	where_end();
	procmon_close(show.pm);
	show.pm = NULL;
	rings_free(&rings);
	free(out.buf);
}

static void keys_are_those_of_the_manual(void)
{
	const char *key, *doc;
	unsigned int bad = 0;
	struct key found;
	size_t i;

	for (i = 0; (key = reference_key(i, &doc)); i++) {
		if (key_find(&found, key, strlen(key)) && !strcmp(found.name, key))
			continue;
		diag("%s is described, and expressions do not know it", key);
		bad++;
	}
	ok(!bad && i > 50, "every_key_of_the_manual_is_known");
	ok(!key_find(&found, "pid\0x", 5) && !key_find(&found, "", 0), "a_key_is_all_of_its_bytes");
}

static unsigned int lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* The command with this option on the story: how many lines does it print? */
static void tells(const char *name, unsigned int wanted, const char *const *extra)
{
	const char *args[8] = { NULL, "--history", "--for=1ms", "-oshort", "--no-headings" };
	struct command command;
	struct rings rings;
	char device[128];
	size_t i;

	story_in_file(&rings);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	args[0] = device;
	for (i = 0; extra[i]; i++)
		args[5 + i] = extra[i];
	command_run(&command, args);
	ok(command_said(&command, 0, "") && lines(command.out) == wanted, "%s", name);
	if (lines(command.out) != wanted)
		diag("%u lines: %s", lines(command.out), command.out);
	command_free(&command);
	rings_free(&rings);
}

#define TELLS(name, wanted, ...) tells(name, wanted, (const char *const[]){ __VA_ARGS__, NULL })

static void command(void)
{
	struct command command;

	TELLS("an_expression_filters", 3, "-Qexe = /usr/bin/prog");
	TELLS("a_gap_passes_every_expression", 1, "--query=pid = 5");
	TELLS("several_expressions_must_all_hold", 2, "-Qexe = /usr/bin/prog", "-Qevent = exit");
	TELLS("options_must_hold_too", 2, "-Qexe = /usr/bin/prog", "--event=exec");
	TELLS("an_expression_with_event_chooses_among_all", 4, "-Qevent = cgroup_mkdir");
	TELLS("but_not_beyond_what_an_option_chose", 1, "-Qevent = cgroup_mkdir", "--event=exec");
	TELLS("others_choose_among_the_default_events", 1, "-Qtarget_cgroup");
	COMMAND(&command, "-Qpid = 1", "--query", "exee ~ \"/tmp/\" and uid != 0");
	ok(command_said(&command, EXIT_USAGE,
			"procmon: --query: no key 'exee'; did you mean exe?\n"
			"  exee ~ \"/tmp/\" and uid != 0\n"
			"  ^\n"
			"Try 'procmon --help'") &&
		   !*command.out,
	   "a_mistake_is_told_with_its_place");
	command_free(&command);
	COMMAND(&command, "status", "-Qpid");
	ok(command_said(&command, EXIT_USAGE, "--query=pid: not an option of this command"),
	   "status_takes_no_expression");
	command_free(&command);
}

int main(void)
{
	tap_theme("query");
	text_init();
	clock_fix_offset(0);
	grammar();
	operators();
	exits();
	absent();
	notes();
	bytes();
	mistakes();
	limits();
	costs();
	renewal();
	several();
	random_expressions();
	keys_are_those_of_json();
	keys_are_those_of_the_manual();
	command();
	return tap_done();
}
