/* SPDX-License-Identifier: MIT */
/* watch.h - reading a stream to its end: live, of recordings, of a dump */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

#include <stdbool.h>

#include "show.h"

/*
 * What a command does with an event; @wanted: the filters let it pass.
 * Return: 1: go on; 0: that was all; -1: an error, told.
 */
typedef int watch_take(struct show *show, const struct event *event, bool wanted);

/* Shows an event that is wanted, if it is in the span that was asked for. */
watch_take watch_show;
/* Is it? */
bool watch_is_in_time(const struct options *options, const struct procmon_event *ev);
/* Takes in an event of @pm.  Return: it is one to be told of; then proc_forget() it. */
bool watch_know(struct procmon *pm, struct show *show, const struct procmon_event *ev,
		struct event *event);
/* Takes it in, and gives what may be told of it to @take.  Return: as that. */
int watch_event(struct procmon *pm, struct show *show, const struct procmon_event *ev,
		watch_take *take);

/*
 * Starts @show, and gives it each event of the stream until that ends or somebody ends it.
 * Return: 0; -1: an error, told.
 */
int watch_read(struct procmon *pm, const struct options *options, struct show *show,
	       watch_take *take);

#endif
