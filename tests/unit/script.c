// SPDX-License-Identifier: MIT
/* The path of a script. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "tap.h"

#define NO_DATA "(-ENODATA)"

/* NULL: the event has no such string. */
static const struct {
	const char *name, *script, *filename, *cwd, *path;
	uint32_t flags;
} table[] = {
	{ "what_the_module_tells_is_taken", "/opt/x", "./y", "/tmp", "/opt/x", 0 },
	{ "absolute_filename", NULL, "/opt/run", "/tmp", "/opt/run", 0 },
	{ "absolute_filename_without_cwd", NULL, "/opt/run", NULL, "/opt/run", 0 },
	{ "relative_filename", NULL, "run", "/opt/app", "/opt/app/run", 0 },
	{ "relative_filename_in_a_directory", NULL, "bin/run", "/opt", "/opt/bin/run", 0 },
	{ "leading_dot", NULL, "./run", "/opt", "/opt/run", 0 },
	{ "leading_dots_and_slashes", NULL, ".//././/run", "/opt", "/opt/run", 0 },
	{ "leading_parent", NULL, "../run", "/opt/app", "/opt/run", 0 },
	{ "parents", NULL, "../../run", "/a/b/c", "/a/run", 0 },
	{ "parents_and_dots", NULL, "./.././../run", "/a/b/c", "/a/run", 0 },
	{ "parents_up_to_the_root", NULL, "../../run", "/a/b", "/run", 0 },
	{ "parents_above_the_root", NULL, "../../../../run", "/a", "/run", 0 },
	{ "parent_of_the_root", NULL, "../run", "/", "/run", 0 },
	{ "relative_filename_in_the_root", NULL, "run", "/", "/run", 0 },
	{ "names_that_only_begin_with_dots", NULL, "..run", "/opt", "/opt/..run", 0 },
	{ "hidden_names", NULL, ".run", "/opt", "/opt/.run", 0 },
	{ "parent_within_is_kept_as_it_is", NULL, "a/../run", "/opt", "/opt/a/../run", 0 },
	{ "bytes_that_are_no_utf8", NULL, "\xff\xfe", "/\x80", "/\x80/\xff\xfe", 0 },
	{ "relative_filename_without_cwd", NULL, "run", NULL, NO_DATA, 0 },
	{ "no_filename", NULL, NULL, "/opt", NO_DATA, 0 },
	{ "empty_filename", NULL, "", "/opt", NO_DATA, 0 },
	{ "by_descriptor", NULL, "/dev/fd/3", "/opt", NO_DATA, PROCMON_F_BY_FD },
	{ "by_descriptor_but_told", "/opt/x", "", "/", "/opt/x", PROCMON_F_BY_FD },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static struct draft draft;

static void start(size_t i)
{
	draft_start(&draft, PROCMON_EXEC);
	draft.head.flags = PROCMON_F_SCRIPT | table[i].flags;
	if (table[i].script)
		draft_text(&draft, "script", table[i].script);
	if (table[i].filename)
		draft_text(&draft, "filename", table[i].filename);
	if (table[i].cwd)
		draft_text(&draft, "cwd", table[i].cwd);
}

static const char *path(const struct procmon_event *ev)
{
	static char buf[256];
	ssize_t len = procmon_script(ev, buf, sizeof(buf));

	if (len == -ENODATA)
		return NO_DATA;
	return len == (ssize_t)strlen(buf) ? buf : "(another length)";
}

static void cases(void)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		struct procmon_event ev;
		const char *got;

		start(i);
		ev = draft_event_exact(&draft);
		got = path(&ev);
		if (!ok(!strcmp(got, table[i].path), "%s", table[i].name))
			diag("wanted %s, got %s", table[i].path, got);
		draft_event_free(&ev);
	}
}

static void room(void)
{
	size_t i, size, bad = 0;

	for (i = 0; i < ROWS; i++) {
		struct procmon_event ev;
		size_t need = strlen(table[i].path) + 1;

		if (!strcmp(table[i].path, NO_DATA))
			continue;
		start(i);
		ev = draft_event(&draft);
		for (size = 0; size <= need; size++) {
			char *buf = malloc(size ? size : 1);
			ssize_t len = procmon_script(&ev, buf, size);

			if (len != (size < need ? -ENAMETOOLONG : (ssize_t)need - 1)) {
				diag("%s: %zu of %zu bytes: %zd", table[i].name, size, need, len);
				bad++;
			}
			free(buf);
		}
	}
	ok(!bad, "a_buffer_that_just_holds_the_path_is_enough_and_a_smaller_one_is_not");
}

static void not_a_script(void)
{
	struct procmon_event ev;
	char buf[64];

	start(0);
	draft.head.flags = 0;
	ev = draft_event(&draft);
	ok(procmon_script(&ev, buf, sizeof(buf)) == 0, "a_program_is_no_script");
	draft_start(&draft, PROCMON_FORK);
	draft.head.flags = PROCMON_F_SCRIPT;
	ev = draft_event(&draft);
	ok(procmon_script(&ev, buf, sizeof(buf)) == 0, "a_fork_is_no_script");
}

/* Joined from a part of the truth it would be a lie. */
static void cut_parts(void)
{
	static const char *const parts[] = { "filename", "cwd" };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct procmon_event ev;

		start(4);
		draft_str(&draft, parts[i])->flags = PROCMON_STR_CUT;
		ev = draft_event(&draft);
		ok(!strcmp(path(&ev), NO_DATA), "from_a_cut_%s_none_is_made", parts[i]);
	}
}

int main(void)
{
	tap_theme("script");
	cases();
	room();
	not_a_script();
	cut_parts();
	return tap_done();
}
