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

/*
 * Starts @show, and gives it each event of the stream until that ends or somebody ends it.
 * Return: 0; -1: an error, told.
 */
int watch_read(struct procmon *pm, const struct options *options, struct show *show,
	       watch_take *take);

#endif
