/* SPDX-License-Identifier: MIT */
/* audit.h - events as lines in the style of the Linux audit log */
#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include "show.h"

void audit_event(struct show *show, const struct event *event);

#endif
