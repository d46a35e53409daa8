/* SPDX-License-Identifier: MIT */
/* naming.h - what a cgroup is called, as an event for a recording */
#ifndef CMD_NAMING_H
#define CMD_NAMING_H

#include <procmon.h>

#include "where.h"

/* An event of type PROCMON_NAMED, right before @ev; valid until the next call. */
struct procmon_event naming_event(const struct where *where, const struct procmon_event *ev);

#endif
