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

static struct where where = {
	.names = { .name = "web", .pod_name = "web-0" },
	.place = { .container_id = "0123456789abcdef",
		   .pod_uid = "3a2b",
		   .unit = "user@1000.service",
		   .user_unit = "app.service" },
};

static bool passes_where(struct options_globs *globs, const char *value)
{
	static char path[] = "/a/b";
	struct procmon_event ev;
	struct event event = { .ev = &ev, .where = &where };
	const struct show show = { .options = &options };
	bool nowhere;

	begin(PROCMON_EXEC);
	ev = draft_event(&draft);
	where.path = path;
	*globs = (struct options_globs){ { value }, 1 };
	event.where = NULL;
	nowhere = filter_wants(&show, &event);
	event.where = &where;
	return filter_wants(&show, &event) && !nowhere;
}

static void places(void)
{
	static const struct procmon_place in_none = { .unit = "x.service" };

	ok(passes_where(&options.container, "web") && passes_where(&options.container, "w*") &&
		   passes_where(&options.container, "0123456789abcdef") &&
		   passes_where(&options.container, "0123456") &&
		   !passes_where(&options.container, "we") &&
		   !passes_where(&options.container, "123") &&
		   !passes_where(&options.container, ""),
	   "a_container_by_name_id_or_its_first_digits");
	ok(passes_where(&options.pod, "web-0") && passes_where(&options.pod, "3a2b") &&
		   !passes_where(&options.pod, "3a"),
	   "a_pod_by_name_or_uid");
	ok(passes_where(&options.unit, "user@*") && passes_where(&options.unit, "app.service") &&
		   !passes_where(&options.unit, "app"),
	   "a_unit_of_the_system_or_the_user");
	ok(passes_where(&options.cgroup, "/a") && passes_where(&options.cgroup, "/a/b/") &&
		   passes_where(&options.cgroup, "/") && !passes_where(&options.cgroup, "/a/b/c") &&
		   !passes_where(&options.cgroup, "/a/bc") && !passes_where(&options.cgroup, "/aa"),
	   "a_cgroup_and_what_is_below_it");
	where.place = in_none;
	where.names.name = NULL;
	ok(!passes_where(&options.container, "*") && passes_where(&options.unit, "*"),
	   "no_container_matches_no_pattern");
}

static bool passes_tree(uint32_t tgid, uint64_t start_ns, uint32_t root)
{
	struct procmon_event ev;
	struct event event = { .ev = &ev };
	const struct show show = { .options = &options };

	begin(PROCMON_EXEC);
	draft_process(&draft, tgid, start_ns);
	ev = draft_event(&draft);
	event.proc = proc_note(&ev);
	options.tree = (struct options_numbers){ { root }, 1 };
	return filter_wants(&show, &event);
}

static void trees(void)
{
	struct procmon_event ev;
	uint32_t tgid;

	for (tgid = 200; tgid < 205; tgid++) {
		begin(PROCMON_FORK);
		draft_process(&draft, tgid, tgid);
		draft.head.ppid = tgid - 1;
		draft_number(&draft, "parent_start_ns", tgid - 1);
		ev = draft_event(&draft);
		proc_note(&ev);
	}
	ok(passes_tree(204, 204, 204) && passes_tree(204, 204, 202) && passes_tree(204, 204, 199) &&
		   !passes_tree(201, 201, 202) && !passes_tree(300, 300, 202),
	   "a_process_and_its_descendants");
	proc_free_all();
}

int main(void)
{
	tap_theme("filter");
	text_init();
	events();
	numbers();
	globs();
	places();
	trees();
	return tap_done();
}
