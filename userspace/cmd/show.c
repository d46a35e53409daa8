// SPDX-License-Identifier: MIT
#include "show.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "event.h"

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

void show_start(struct show *show, const struct options *options, struct procmon *pm,
		uint64_t instance)
{
	static const int formats[] = {
		[FORMAT_VERBOSE] = SINK_TEXT,
		[FORMAT_JSON] = SINK_JSON,
		[FORMAT_JSON_PRETTY] = SINK_JSON_PRETTY,
	};

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
	if (options->format != FORMAT_SHORT)
		show->sink.format = formats[options->format];
	else if (options->headings && !(options->command & (COMMAND_TREE | COMMAND_TOP | PICTURES)))
		short_heading(show);
}

void show_event(struct show *show, const struct event *event)
{
	if (show->options->format == FORMAT_SHORT)
		short_event(show, event);
	else
		event_put(&show->sink, event, show->instance,
			  show->options->fields && sink_wants(&show->sink, "cursor") ?
				  procmon_cursor(show->pm) :
				  NULL);
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
