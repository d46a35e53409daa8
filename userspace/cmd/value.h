/* SPDX-License-Identifier: MIT */
/* value.h - takes the value of an option; ends the program with EXIT_USAGE for what it cannot be */
#ifndef CMD_VALUE_H
#define CMD_VALUE_H

#include "options.h"

_Noreturn void value_bad(const char *name, const char *value, const char *want);
/* It must be one of @row->choices. */
_Noreturn void value_bad_choice(const struct option_row *row, const char *text);

/* Each puts what @text says where @row->field is in @options. */
option_take value_yes;
option_take value_no;
option_take value_text;
option_take value_count;
option_take value_keep;
option_take value_rows;
option_take value_pid;
option_take value_uid;
option_take value_glob;
option_take value_cgroup;
option_take value_events;
option_take value_query;
option_take value_redact;
option_take value_compare;
option_take value_grep;
option_take value_fields;
option_take value_format;
option_take value_decide;
option_take value_size;
option_take value_when;
option_take value_duration;
option_take value_delay;
option_take value_sort;
option_take value_by;

void value_free_fields(struct options *options);

#endif
