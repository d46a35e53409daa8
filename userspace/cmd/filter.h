/* SPDX-License-Identifier: MIT */
/* filter.h - which events are shown */
#ifndef CMD_FILTER_H
#define CMD_FILTER_H

#include <stdbool.h>
#include <procmon.h>

#include "options.h"
#include "event.h"

/* Does @ev pass?  Gaps always do.  @proc: what is known of its process, or NULL. */
bool filter_wants(const struct options *options, const struct event *event);

#endif
