// SPDX-License-Identifier: MIT
#include "show.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "audit.h"
#include "csv.h"
#include "event.h"
#include "map.h"

unsigned int show_width(int fd)
{
	const char *text = getenv("COLUMNS");
	long columns = text ? strtol(text, NULL, 10) : 0;
	struct winsize size;

	if (!isatty(fd))
		return 0;
	if (columns > 0 && columns <= INT_MAX)
		return (unsigned int)columns;
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

static bool show_wants_color(enum options_decide color)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (color != DECIDE_AUTO)
		return color == DECIDE_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}

static void show_keys(struct show *show, const struct event *event)
{
	event_put(&show->sink, event, show->instance,
		  show->options->fields && sink_wants(&show->sink, "cursor") ?
			  procmon_cursor(show->pm) :
			  NULL);
}

static void show_ecs(struct show *show, const struct event *event)
{
	map_event(show, &map_ecs, event);
}

static void show_ocsf(struct show *show, const struct event *event)
{
	map_event(show, &map_ocsf, event);
}

/* How each format tells an event; what it begins with, if anything. */
static const struct {
	void (*event)(struct show *show, const struct event *event);
	void (*heading)(struct show *show);
	int sink;
} show_formats[FORMATS] = {
	[FORMAT_SHORT] = { short_event, short_heading, SINK_TEXT },
	[FORMAT_VERBOSE] = { show_keys, NULL, SINK_TEXT },
	[FORMAT_JSON] = { show_keys, NULL, SINK_JSON },
	[FORMAT_JSON_PRETTY] = { show_keys, NULL, SINK_JSON_PRETTY },
	[FORMAT_ECS] = { show_ecs, NULL, SINK_JSON },
	[FORMAT_OCSF] = { show_ocsf, NULL, SINK_JSON },
	[FORMAT_CSV] = { csv_event, csv_heading, SINK_TEXT },
	[FORMAT_AUDIT] = { audit_event, NULL, SINK_TEXT },
};

void show_start(struct show *show, const struct options *options, struct procmon *pm,
		uint64_t instance)
{
	*show = (struct show){
		.options = options,
		.out.fd = STDOUT_FILENO,
		.pm = pm,
		.instance = instance,
		.color = show_wants_color(options->color),
		.width = show_width(STDOUT_FILENO),
	};
	show->sink.out = &show->out;
	show->sink.fields = options->fields;
	show->sink.format = show_formats[options->format].sink;
	if (show_formats[options->format].heading)
		show_formats[options->format].heading(show);
}

void show_put(struct show *show, const struct event *event)
{
	show_formats[show->options->format].event(show, event);
}

void show_event(struct show *show, const struct event *event)
{
	show_put(show, event);
	if (show->out.len >= OUT_FULL)
		out_flush(&show->out);
}

int show_status(const struct show *show)
{
	if (show->out.err && show->out.err != EPIPE) {
		fprintf(stderr, "procmon: writing failed: %s\n", strerror(show->out.err));
		return EXIT_FAILURE;
	}
	if (show->damaged)
		return EXIT_FAILURE;
	return show->options->fail_on_loss && procmon_lost(show->pm) ? EXIT_LOSS : EXIT_SUCCESS;
}
