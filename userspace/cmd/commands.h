/* SPDX-License-Identifier: MIT */
/* commands.h - the commands; each returns the program's exit status */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <procmon.h>

#include "options.h"

int watch_main(struct procmon *pm, const struct options *options);
int run_main(struct procmon *pm, const struct options *options);
int status_main(struct procmon *pm, const struct options *options);
int doctor_main(const struct options *options);

/* A note on stderr, unless --quiet. */
__attribute__((format(printf, 2, 3))) void note(const struct options *options, const char *format,
						...);

#endif
