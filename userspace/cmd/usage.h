/* SPDX-License-Identifier: MIT */
/* usage.h - what the tables of options and commands tell: --help, the manual, the shell's completion */
#ifndef CMD_USAGE_H
#define CMD_USAGE_H

#include "options.h"

/* Each ends the program. */

/* Tells of a command, in full with @all; NULL: of all commands. */
_Noreturn void usage_tell(const struct command_row *row, bool all);
option_take usage_help;
option_take usage_version;
option_take usage_reference;

#endif
