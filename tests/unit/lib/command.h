/* SPDX-License-Identifier: MIT */
/* command.h - the command itself, run in a child, what it printed kept */
#ifndef UNIT_COMMAND_H
#define UNIT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define COMMAND_SIGNAL 128 /* added to a signal that ended it */

/**
 * struct command - a run of the command
 * @status: exit status, or COMMAND_SIGNAL and the signal
 * @out, @err: its standard output and error, NUL-terminated
 */
struct command {
	pid_t pid;
	int status;
	char *out, *err;
	size_t out_len;
	int fd[2];
};

/* Runs main() of the command with these arguments ("procmon" not among them). */
void command_run(struct command *command, const char *const *args);
/* The same in two steps: to send it a signal between them. */
void command_start(struct command *command, const char *const *args);
void command_end(struct command *command);
/* The same with standard output to @fd. */
void command_run_to(struct command *command, const char *const *args, int fd);
void command_free(struct command *command);
/* It ended with @status and printed @text on standard error ("": anything). */
bool command_said(const struct command *command, int status, const char *text);

#define COMMAND(command, ...) command_run(command, (const char *const[]){ __VA_ARGS__, NULL })

#endif
