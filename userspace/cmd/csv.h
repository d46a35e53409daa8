/* SPDX-License-Identifier: MIT */
/* csv.h - events as comma-separated values (RFC 4180), a column for each key */
#ifndef CMD_CSV_H
#define CMD_CSV_H

#include "show.h"

void csv_heading(struct show *show);
/* A cell of text; what is not harmless as JSON would tell it. */
void csv_put_text(struct out *out, const char *bytes, size_t len);
void csv_event(struct show *show, const struct event *event);

#endif
