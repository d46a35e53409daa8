/* SPDX-License-Identifier: MIT */
/* show.h - events in the format that was asked for */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include <procmon.h>

#include "event.h"
#include "options.h"
#include "out.h"
#include "sink.h"

/**
 * struct show - a stream being shown
 * @options: what was asked for
 * @out: where to
 * @sink: for the formats that tell all
 * @pm: where the events come from
 * @instance: of the module
 * @color: colours are on
 * @damaged: something of a recording could not be read
 * @shown: events that -n counts
 * @width: columns to fit lines into, 0: do not cut
 */
struct show {
	const struct options *options;
	struct out out;
	struct sink sink;
	struct procmon *pm;
	uint64_t instance;
	bool color;
	bool damaged;
	uint64_t shown;
	unsigned int width;
};

void show_start(struct show *show, const struct options *options, struct procmon *pm,
		uint64_t instance);
/* Columns to fit lines on @fd into: $COLUMNS or the terminal's; 0 when it is no terminal. */
unsigned int show_width(int fd);
/* Puts it into show->out, and no more. */
void show_put(struct show *show, const struct event *event);
void show_event(struct show *show, const struct event *event);

/* The exit status, once all has been written. */
int show_status(const struct show *show);

/* short.c */
void short_heading(struct show *show);
void short_event(struct show *show, const struct event *event);
/* exe and arguments as they are told everywhere in text */
void short_command(struct out *out, const char *exe, size_t exe_len, const char *args,
		   size_t args_len, const char *comm);
/* The program of an exec event, and its arguments. */
void short_program(struct out *out, const struct procmon_event *ev);
/* The container, by its name or the first digits of its ID, and the pod. */
void short_container(struct out *out, const struct where *where);
/* "0", "1", "SIGSEGV (core dumped)" */
void short_status(struct out *out, const struct procmon_event *ev);

#endif
