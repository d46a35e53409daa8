/* SPDX-License-Identifier: MIT */
/* commands.h - the commands; each returns the program's exit status */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <procmon.h>

#include "options.h"

int watch_main(struct procmon *pm, const struct options *options);
int ps_main(struct procmon *pm, const struct options *options);
/*
 * Opens the file, and looks at what is in it: @history says whether the stream is to begin with the oldest
 * event.  Return: 0; -1: an error, told.
 */
int record_begin(const struct options *options, bool *history);
int record_main(struct procmon *pm, const struct options *options);
int export_main(struct procmon *pm, const struct options *options);
int plot_main(struct procmon *pm, const struct options *options);
int past_tree_main(struct procmon *pm, const struct options *options);
int run_main(struct procmon *pm, const struct options *options);
int top_main(struct procmon *pm, const struct options *options);
int status_main(struct procmon *pm, const struct options *options);
int log_main(const struct options *options);
int sql_main(const struct options *options);
int doctor_main(const struct options *options);

/* Notes which events that are asked for the module does not record now. */
void tell_what_is_off(struct procmon *pm, const struct options *options);
/* Until when to sleep, CLOCK_BOOTTIME: @end_ns (< 0: no limit), sooner while an event is held back. */
int64_t wake_ns(const struct procmon *pm, int64_t end_ns);
/* A note on stderr, unless --quiet. */
__attribute__((format(printf, 2, 3))) void note(const struct options *options, const char *format,
						...);

#endif
