// SPDX-License-Identifier: MIT
/*
 * An expression, asked of the events of a story.  One that is refused is shown in three lines; one that
 * is understood holds exactly where its opposite does not.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "output.h"
#include "query.h"
#include "tap.h"

#define QUERY_EVENTS 8

static struct query_event {
	struct procmon_event ev;
	const struct proc *proc;
} query_events[QUERY_EVENTS];
static unsigned int query_nr_events;
static struct options query_options;
static struct show query_show = { .options = &query_options, .instance = RINGS_INSTANCE };

static void query_check_refusal(const struct out *why)
{
	size_t lines = 0, i;

	for (i = 0; i < why->len; i++)
		lines += why->buf[i] == '\n';
	output_check_bytes(FORMAT_SHORT, why->buf, why->len);
	if (lines != 3 || memcmp(why->buf + why->len - 2, "^\n", 2))
		abort();
}

/* NULL when it is refused; of what a sanitizer can see the end of. */
static struct query *query_of(const struct out *text)
{
	char *exact = malloc(text->len);
	struct out why = { .fd = -1 };
	struct query *query = NULL;

	if (text->len)
		memcpy(exact, text->buf, text->len);
	if (!query_add(&query, exact, text->len, &why)) {
		query_check_refusal(&why);
		query_free(query);
		query = NULL;
	}
	free(exact);
	free(why.buf);
	return query;
}

/* May the opposite be refused?  It has one more pair of parentheses. */
static bool query_is_at_its_limit(const struct out *text)
{
	size_t open = 0, i;

	for (i = 0; i < text->len; i++)
		open += text->buf[i] == '(';
	return open > QUERY_DEPTH || text->len > QUERY_MAX;
}

static void query_ask(const struct query *query, const struct query *opposite)
{
	unsigned int i;

	for (i = 0; i < query_nr_events; i++) {
		const struct query_event *event = &query_events[i];
		const struct key_event on = { &query_show, &event->ev, event->proc, NULL, false };

		if (query_holds(query, &on) == query_holds(opposite, &on))
			abort();
	}
}

static void query_fuzz(const unsigned char *data, size_t len)
{
	struct out text = { .fd = -1 };
	struct query *query, *opposite;

	out_put(&text, data, len);
	query = query_of(&text);
	if (query) {
		text.len = 0;
		OUT_LITERAL(&text, "not (");
		out_put(&text, data, len);
		OUT_LITERAL(&text, ")");
		opposite = query_of(&text);
		if (opposite)
			query_ask(query, opposite);
		else if (!query_is_at_its_limit(&text))
			abort();
		query_free(opposite);
	}
	query_free(query);
	free(text.buf);
}

static void query_begin(void)
{
	struct procmon_event ev;

	fuzz_rings_begin();
	fuzz_rings_put_story();
	query_show.pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	while (procmon_next(query_show.pm, &ev, 0) == 1) {
		struct query_event *event = &query_events[query_nr_events++];
		char *data = malloc(ev.head.len);

		if (query_nr_events == QUERY_EVENTS)
			bail("the story is too long");
		memcpy(data, ev.data, ev.head.len);
		event->ev = ev;
		event->ev.data = data;
		event->proc = proc_note(&event->ev);
	}
	if (query_nr_events < 5)
		bail("the story is too short");
}

static void query_seed(void)
{
	static const char *const seeds[] = {
		"pid = 7 and (uid != 0x0 or not exe ~ \"^/usr/.*name$\") and exe glob '/usr/*'",
		"event in (exec, exit) and flags = script and args != '\\xff' or args !~ ^-x",
		"duration_ns >= 1ms and exit_code < -1 and maxrss_kib > 1MiB and thread = false",
		"script = /tmp/name or script_error or args_full_len > 5 and time < 2026-11-24",
		"user ~ '([[:alpha:]]{2,3}|x+)[^]]?' or id and parent_id and dev = 8:1 and cursor",
		"target_cgroup ~ \"/a\" and member_pid <= 7 and not core and signal_name == KILL",
	};
	size_t i;

	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		char name[] = "0";

		name[0] = (char)('0' + i);
		fuzz_seed(name, seeds[i], strlen(seeds[i]));
	}
}

const struct target target_query = { "query", query_begin, query_fuzz, query_seed };
