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

/* One of a few, so that many come again, or any. */
static uint64_t number(void)
{
	static const uint64_t often[] = {
		0, 1, 9, 10, 255, 65535, 999999999, 1000000000, 1000000001, UINT32_MAX, UINT64_MAX,
	};

	return rand() % 4 ? often[(size_t)rand() % (sizeof(often) / sizeof(often[0]))] :
			    (uint64_t)rand() << rand() % 48;
}

static void some_string(const char *name)
{
	static const char *const some[] = {
		"",	"a",  "/bin/true", "a name of 16 and",
		"\"\\", "\n", "\xff",	   "/a/much/longer/path/of/many/bytes/\303\251/end"
	};

	draft_text(&draft, name, some[(size_t)rand() % (sizeof(some) / sizeof(some[0]))]);
	if (rand() % 8)
		return;
	draft_str(&draft, name)->flags |= rand() % 2 ? PROCMON_STR_CUT : PROCMON_STR_UNREADABLE;
	draft_str(&draft, name)->full_len += 1000;
}

static void some_event(void)
{
	static const unsigned int types[] = { PROCMON_FORK, PROCMON_EXEC, PROCMON_EXIT,
					      PROCMON_SNAPSHOT, PROCMON_CGROUP_ATTACH };
	const struct procmon_field *field;
	unsigned int i;

	draft_start(&draft, types[(size_t)rand() % (sizeof(types) / sizeof(types[0]))]);
	for (i = 3; (field = procmon_field(draft.head.type, i)); i++) {
		if (!(rand() % 4) || !strcmp(field->name, "env"))
			continue;
		if (field->kind == PROCMON_KIND_STRING)
			some_string(field->name);
		else
			draft_number(&draft, field->name, number());
	}
	draft.head.flags &= PROCMON_F_THREAD;
	draft.head.tgid = 5 + 64 * ((uint32_t)rand() % 3);
	if (rand() % 8)
		draft.head.ppid = 1 + (uint32_t)rand() % 2;
	draft.head.body_len -= rand() % 4 ? 0 : (uint16_t)(rand() % (draft.head.body_len + 1));
}

/* Without what makes it pretty. */
static const char *on_a_line(char *text)
{
	bool inside = false;
	char *from, *to = text;

	for (from = text; *from; from++) {
		if (*from == '"' && (from == text || from[-1] != '\\' || from[-2] == '\\'))
			inside = !inside;
		if (inside || !strchr("\n\t ", *from))
			*to++ = *from;
	}
	strcpy(to, "\n");
	return text;
}

/* Plain JSON is put together of what came before. */
static void the_same_however_told(void)
{
	static char plain[65536];
	struct proc proc = { .exe = (char[]){ "/bin/sh" }, .exe_len = 7, .tgid = 5 };
	struct event event = { 0 };
	struct procmon_event ev;
	unsigned int i, bad = 0;

	srand(1);
	for (i = 0; i < 50000 && !bad; i++) {
		some_event();
		ev = draft_event_exact(&draft);
		proc.forked = rand() % 2;
		proc.ppid = 1 + (uint32_t)rand() % 2;
		proc.parent_start_ns = (uint64_t)rand() % 2;
		event = (struct event){ .ev = &ev, .proc = rand() % 2 ? &proc : NULL };
		show.instance = (uint64_t)rand() % 2 << 60;
		show.out.len = 0;
		show.sink.format = SINK_JSON;
		event_put(&show.sink, &event, show.instance, NULL);
		out_char(&show.out, '\0');
		strcpy(plain, show.out.buf);
		show.out.len = 0;
		show.sink.format = SINK_JSON_PRETTY;
		event_put(&show.sink, &event, show.instance, NULL);
		out_char(&show.out, '\0');
		bad += strcmp(plain, on_a_line(show.out.buf)) != 0;
		draft_event_free(&ev);
	}
	ok(!bad, "an_event_is_told_the_same_whatever_came_before");
	if (bad)
		diag("event %u: %s%s", i, plain, show.out.buf);
	show.instance = 0;
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
	the_same_however_told();
	free(show.out.buf);
	return tap_done();
}
