/* SPDX-License-Identifier: MIT */
/* filter.h - which events are shown */
#ifndef CMD_FILTER_H
#define CMD_FILTER_H

#include <stdbool.h>
#include <procmon.h>

#include "proc.h"
#include "show.h"

/* Is @ev among what is to be shown?  Gaps always are.  @proc: what is known of its process, or NULL. */
bool filter_wants(const struct show *show, const struct procmon_event *ev, const struct proc *proc);

#endif
