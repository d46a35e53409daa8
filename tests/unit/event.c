// SPDX-License-Identifier: MIT
/* Events that no module of today tells. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "draft.h"
#include "event.h"
#include "fake.h"
#include "show.h"
#include "tap.h"
#include "text.h"

static struct options options = { .utc = true };
static struct show show = { .options = &options, .out.fd = -1 };
static struct draft draft;

static const char *shown(enum options_format format)
{
	struct procmon_event ev = draft_event(&draft);

	options.format = format;
	show.sink = (struct sink){ .out = &show.out, .format = SINK_JSON };
	show.out.len = 0;
	show_event(&show, &(struct event){ .ev = &ev });
	out_char(&show.out, '\0');
	return show.out.buf;
}

static void begin(unsigned int type)
{
	draft_start(&draft, type);
	draft_process(&draft, 5, 1);
	draft.head.time_ns = FAKE_BOOT_NS;
	draft.head.seq = 0;
	draft.head.cpu = 0;
}

static void unknown_types(void)
{
	begin(100);
	ok(strstr(shown(FORMAT_JSON), "\"event\":\"type100\",") &&
		   strstr(show.out.buf, "\"pid\":5,"),
	   "an_unknown_type_is_told_by_its_number");
	ok(strstr(shown(FORMAT_SHORT), " type100 "), "in_columns_too");
	begin(0);
	shown(FORMAT_JSON);
	ok(!strstr(strstr(shown(FORMAT_JSON), "\"seq\":") + 1, "\"seq\":") &&
		   strstr(show.out.buf, "\"event\":\"type0\","),
	   "each_time_once");
	begin(101);
	ok(strstr(shown(FORMAT_JSON), "\"event\":\"type101\","), "whichever_came_before");
}

static void many_arguments(void)
{
	static char args[20000];
	const char *text;

	begin(PROCMON_EXEC);
	draft_string(&draft, "args", args, sizeof(args)); /* as many empty ones */
	text = shown(FORMAT_JSON);
	ok(strlen(text) > 3 * sizeof(args) && strstr(text, "[\"\",\"\",") && strstr(text, ",\"\"]"),
	   "empty_arguments_are_told_one_by_one");
	begin(PROCMON_EXEC);
	draft_string(&draft, "args", "", 0);
	ok(strstr(shown(FORMAT_JSON), "\"args\":[]"), "no_arguments_are_an_empty_list");
}

static void widths(void)
{
	size_t width, bad = 0;

	begin(PROCMON_EXEC);
	draft_text(&draft, "exe", "/日本/é\033[0m and a long name that goes on and on");
	for (width = 1; width < 120; width++) {
		const char *text;

		show.width = (unsigned int)width;
		text = shown(FORMAT_SHORT);
		bad += text_width(text, strlen(text) - 1) > width || text[strlen(text) - 1] != '\n';
	}
	show.width = 0;
	ok(!bad, "a_line_fits_every_width");
}

static void environment(void)
{
	static const char env[] = "HOME=/\0PATH=/bin\0PATHS=1\0ODD\0HOME=";
	struct options_globs some = { { "PATH" }, 1 }, none = { .count = 0 };

	begin(PROCMON_EXEC);
	ok(!strstr(shown(FORMAT_JSON), "\"env\""), "no_environment_is_told_when_none_is_recorded");
	draft_string(&draft, "env", env, sizeof(env) - 1);
	ok(strstr(shown(FORMAT_JSON),
		  "\"env\":[\"HOME=/\",\"PATH=/bin\",\"PATHS=1\",\"ODD\",\"HOME=\"]"),
	   "an_environment_is_told_variable_by_variable");
	event_show_env(&some);
	ok(strstr(shown(FORMAT_JSON), "\"env\":[\"PATH=/bin\"]"),
	   "or_only_those_that_are_asked_for");
	event_show_env(&none);
	ok(strstr(shown(FORMAT_JSON), "[\"HOME=/\","), "or_all_again");
}

int main(void)
{
	tap_theme("event");
	text_init();
	clock_fix_offset(0);
	unknown_types();
	many_arguments();
	widths();
	environment();
	free(show.out.buf);
	return tap_done();
}
