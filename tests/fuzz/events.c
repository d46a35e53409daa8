// SPDX-License-Identifier: MIT
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "fake.h"
#include "filter.h"
#include "fuzz.h"
#include "output.h"
#include "redact.h"
#include "show.h"

#define EVENTS_MAX 50000 /* of an input: far more than its rings can hold */
#define EVENTS_HOLD_NS 2000000000ull /* longer than an event waits for older ones */

#define EVENTS_SHOWS (FORMATS + 2) /* all of JSON, too, and redacted */

struct passwd *__wrap_getpwuid(uid_t uid);

/* Every other user has a name, and not a good one. */
struct passwd *__wrap_getpwuid(uid_t uid)
{
	static char name[] = "\033]0;us\xc2\x9b\xe2\x80\xae\"er\n";
	static struct passwd user = { .pw_name = name };

	return uid % 2 ? NULL : &user;
}

static struct show *events_redacted; /* the one that does not tell all, or NULL */

static void events_show_one(struct show *show, const struct event *event)
{
	const struct event told = show == events_redacted ? redact_event(event) : *event;

	show_event(show, &told);
	out_flush(&show->out);
	output_check_one(show->options->format);
}

/* The events that are there, then those that were held back. */
static bool events_next(struct procmon *pm, struct procmon_event *ev)
{
	if (procmon_next(pm, ev, 0) == 1)
		return true;
	fake_pass(EVENTS_HOLD_NS);
	return procmon_next(pm, ev, 0) == 1;
}

static void events_stream(struct procmon *pm, struct show *show)
{
	struct procmon_event ev;
	unsigned int n;

	out_flush(&show->out); /* the heading */
	output_check(show->options->format);
	for (n = 0; events_next(pm, &ev); n++) {
		struct event event = event_know(pm, &ev);

		if (n == EVENTS_MAX)
			abort(); /* there is no end */
		if (filter_wants(show, &event))
			events_show_one(show, &event);
		proc_forget(&ev);
	}
	proc_free_all();
	where_end();
	free(show->out.buf);
}

static void events_status(struct procmon *pm)
{
	struct options options = { .command = COMMAND_STATUS };
	unsigned int i;

	for (i = 0; i < FORMAT_ECS; i++) {
		options.format = i;
		status_main(pm, &options);
		output_check(i);
	}
}

/* All formats would take five times as long: the input says which one. */
void events_show(struct procmon *pm)
{
	static const char *fields[] = { "event", "cursor", "args", NULL };
	unsigned int format = fuzz_turn % (FORMATS + 2);
	struct options options = {
		.utc = true, .headings = true, .events = UINT32_MAX, .format = format % FORMATS
	};
	struct show show;

	if (format >= FORMATS)
		options.format = FORMAT_JSON;
	if (format == FORMATS)
		options.fields = fields;
	if (format > FORMATS)
		events_status(pm);
	show_start(&show, &options, pm, 1);
	if (format == FORMAT_SHORT)
		show.width = 60;
	events_stream(pm, &show);
}

void events_show_as(struct procmon *pm, const struct options *options)
{
	struct show show;

	show_start(&show, options, pm, 1);
	show.color = false; /* its own escape sequences are no find */
	events_stream(pm, &show);
}
