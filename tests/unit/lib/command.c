// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define COMMAND_ARGS 256

int command_main(int argc, char **argv); /* main() of userspace/cmd/main.c */

static _Noreturn void command_child(const struct command *command, const char *const *args)
{
	char *argv[COMMAND_ARGS + 2] = { "procmon" };
	int argc;

	for (argc = 1; args[argc - 1] && argc <= COMMAND_ARGS; argc++)
		argv[argc] = (char *)args[argc - 1]; /* nothing writes there */
	dup2(command->fd[0], STDOUT_FILENO);
	dup2(command->fd[1], STDERR_FILENO);
	optind = 0; /* whatever the parent had parsed */
	exit(command_main(argc, argv));
}

static void command_fork(struct command *command, const char *const *args)
{
	fflush(NULL);
	command->pid = fork();
	if (command->pid < 0)
		bail("fork");
	if (!command->pid)
		command_child(command, args);
}

void command_start(struct command *command, const char *const *args)
{
	*command = (struct command){ 0 };
	command->fd[0] = memfd_create("stdout", MFD_CLOEXEC);
	command->fd[1] = memfd_create("stderr", MFD_CLOEXEC);
	command_fork(command, args);
}

static char *command_text(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	if (!text || pread(fd, text, (size_t)size, 0) != size)
		bail("what the command printed cannot be read");
	close(fd);
	*len = (size_t)size;
	return text;
}

/* Whether this machine shows its cgroups is not what is tested: a chroot or a container may not. */
static void command_drop_note(char *err)
{
	char *note = strstr(err, "procmon: /sys/fs/cgroup: no root of a cgroup hierarchy");
	char *end = note ? strchr(note, '\n') : NULL;

	if (end)
		memmove(note, end + 1, strlen(end + 1) + 1);
}

void command_end(struct command *command)
{
	size_t err_len;
	int status;

	if (waitpid(command->pid, &status, 0) < 0)
		bail("waitpid");
	command->status = WIFSIGNALED(status) ? COMMAND_SIGNAL + WTERMSIG(status) :
						WEXITSTATUS(status);
	command->out = command_text(command->fd[0], &command->out_len);
	command->err = command_text(command->fd[1], &err_len);
	command_drop_note(command->err);
}

void command_run(struct command *command, const char *const *args)
{
	command_start(command, args);
	command_end(command);
}

void command_run_to(struct command *command, const char *const *args, int fd)
{
	*command = (struct command){ 0 };
	command->fd[0] = dup(fd);
	command->fd[1] = memfd_create("stderr", MFD_CLOEXEC);
	command_fork(command, args);
	close(command->fd[0]);
	command->fd[0] = memfd_create("nothing", MFD_CLOEXEC);
	command_end(command);
}

void command_free(struct command *command)
{
	free(command->out);
	free(command->err);
	command->out = command->err = NULL;
}

bool command_said(const struct command *command, int status, const char *text)
{
	bool good = command->status == status && strstr(command->err, text);

	if (!good)
		diag("wanted %d '%s', got %d '%.2000s'", status, text, command->status,
		     command->err);
	return good;
}
