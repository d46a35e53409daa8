/* SPDX-License-Identifier: MIT */
/* past.h - reading a stream into processes (life.h), for what is told when it has ended */
#ifndef CMD_PAST_H
#define CMD_PAST_H

#include "show.h"

/**
 * struct past - a span of time
 * @begin_ns, @end_ns: it, CLOCK_REALTIME; of what is left of it when the processes are known
 */
struct past {
	int64_t begin_ns, end_ns;
};

/*
 * Reads the stream, and keeps the processes that ran in the span that was asked for, that the filters
 * want, and those above them.  Notes what there was no room for.  Return: 0; -1: an error, told.
 */
int past_read(struct procmon *pm, const struct options *options, struct show *show,
	      struct past *past);

/* Makes the span no longer than from the first start to the last end of those that are wanted. */
void past_fit(struct past *past);

#endif
