/* SPDX-License-Identifier: MIT */
/* filter.h - which events are shown */
#ifndef CMD_FILTER_H
#define CMD_FILTER_H

#include <stdbool.h>
#include <procmon.h>

#include "show.h"

/* Is the event among what is to be shown?  Gaps always are. */
bool filter_wants(const struct show *show, const struct event *event);

#endif
