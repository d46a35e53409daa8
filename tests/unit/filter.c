// SPDX-License-Identifier: MIT
/* Which events are shown. */
#include <string.h>

#include "draft.h"
#include "filter.h"
#include "tap.h"
#include "text.h"

static struct draft draft;
static struct options options;
static struct proc proc;

static bool passes(const struct proc *known)
{
	struct procmon_event ev = draft_event(&draft);
	const struct show show = { .options = &options };

	const struct event event = { .ev = &ev, .proc = known };

	return filter_wants(&show, &event);
}

static void begin(unsigned int type)
{
	options = (struct options){ .for_ns = -1 };
	proc = (struct proc){ .exe = "/usr/bin/cat", .exe_len = 12 };
	draft_start(&draft, type);
	draft.head.tgid = 100;
	draft.head.ppid = 50;
	draft.head.uid = 1000;
	if (type <= PROCMON_EXIT)
		draft_text(&draft, "comm", "cat");
}

static void events(void)
{
	unsigned int type, asked, bad = 0;

	for (type = 1; procmon_type_name(type); type++) {
		begin(type);
		bad += passes(NULL) != (type <= PROCMON_EXIT);
	}
	ok(!bad, "by_default_fork_exec_and_exit_pass");
	for (type = 1; procmon_type_name(type); type++) {
		begin(type);
		for (asked = 1; procmon_type_name(asked); asked++) {
			options.events = 1u << asked;
			bad += passes(NULL) != (type == asked);
		}
	}
	ok(!bad, "only_events_that_were_asked_for_pass");
	begin(PROCMON_EXEC);
	options.events = UINT32_MAX;
	draft.head.type = 32;
	ok(!passes(NULL), "a_type_that_cannot_be_asked_for_does_not_pass");
	draft.head.type = PROCMON_LOST;
	options.pid = (struct options_numbers){ { 1 }, 1 };
	ok(passes(NULL), "a_gap_passes_every_filter");
}

static void numbers(void)
{
	begin(PROCMON_EXEC);
	options.pid = (struct options_numbers){ { 99, 100 }, 2 };
	ok(passes(&proc), "either_value_of_a_filter_lets_pass");
	options.pid = (struct options_numbers){ { 99, 101, 100 }, 2 };
	ok(!passes(&proc), "values_that_were_not_given_do_not_count");
	begin(PROCMON_EXEC);
	options.ppid = (struct options_numbers){ { 50 }, 1 };
	options.uid = (struct options_numbers){ { 1000 }, 1 };
	ok(passes(&proc), "all_filters_that_let_pass_let_pass");
	options.uid.value[0] = 0;
	ok(!passes(&proc), "one_filter_that_does_not_is_enough");
}

static void globs(void)
{
	begin(PROCMON_EXEC);
	options.comm = (struct options_globs){ { "ca?" }, 1 };
	options.exe = (struct options_globs){ { "/nope", "/usr/*" }, 2 };
	ok(passes(&proc), "patterns_match");
	ok(!passes(NULL), "an_executable_that_is_unknown_matches_no_pattern");
	options.comm.value[0] = "c";
	ok(!passes(&proc), "a_pattern_matches_the_whole_name");
	begin(PROCMON_EXEC);
	draft_str(&draft, "comm")->flags = PROCMON_STR_ABSENT;
	options.comm = (struct options_globs){ { "*" }, 1 };
	ok(!passes(&proc), "a_name_that_is_unknown_matches_no_pattern");
	begin(PROCMON_EXEC);
	proc.exe = "/tmp/\xff\xfe/x";
	options.exe = (struct options_globs){ { "/tmp/*" }, 1 };
	ok(passes(&proc), "a_path_that_is_no_utf8_matches_patterns_too");
}

int main(void)
{
	tap_theme("filter");
	text_init();
	events();
	numbers();
	globs();
	return tap_done();
}
