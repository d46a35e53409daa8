/* SPDX-License-Identifier: MIT */
/* filter.h - which events are shown */
#ifndef CMD_FILTER_H
#define CMD_FILTER_H

#include <stdbool.h>
#include <procmon.h>

#include "show.h"

#define FILTER_SIGNAL 128 /* is added to it */

/* Is the event among what is to be shown?  Gaps always are. */
bool filter_wants(const struct show *show, const struct event *event);

/* Parts of it: no values let all pass. */
bool filter_number(const struct options_numbers *numbers, uint32_t number);
bool filter_glob(const struct options_globs *globs, const char *text);
bool filter_where(const struct options *options, const struct where *where);
bool filter_exit_code(const struct options_compare *compare, uint32_t status);
/* How a process ended, as a shell tells: its code, or 128 and the signal.  Return: false: it has not. */
bool filter_status(const struct procmon_event *ev, uint32_t *status);

#endif
