/* SPDX-License-Identifier: MIT */
/* fields.h - what is told of an event as the ABI's tables have it */
#ifndef CMD_FIELDS_H
#define CMD_FIELDS_H

#include <procmon.h>

#include "sink.h"

/* What every event begins with, after sink_begin(): schema, event and time. */
void fields_begin(struct sink *sink, const struct procmon_event *ev);
/* Its fields whose key, form and place are those of their row. */
void fields_put(struct sink *sink, const struct procmon_event *ev);
/* What is wrong with a string: KEY_full_len when it was cut, KEY_error and why. */
void fields_put_notes(struct sink *sink, const char *key, const struct procmon_value *value);

#endif
