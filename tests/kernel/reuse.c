// SPDX-License-Identifier: MIT
/*
 * With pid_max=301 each new process gets pid 300, the one that was free a moment ago.  The reader must
 * join each exit with the exec of its own process, thousands of times.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define TOLD "/tmp/told"
#define PROGRAM "/tests/tiny"
#define PID_MAX "/proc/sys/kernel/pid_max"
#define PID 300 /* RESERVED_PIDS: where numbers begin again */

static void run_reader(void *arg)
{
	int fd = open(TOLD, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	(void)arg;
	dup2(fd, STDOUT_FILENO);
	execl("/usr/bin/procmon", "procmon", "--no-snapshot", "--event=exec,exit", "-ojson",
	      "--output-fields=event,pid,id,args,duration_ns", "--fail-on-loss", NULL);
	_exit(127);
}

static void run_program(void *mark)
{
	execl(PROGRAM, PROGRAM, mark, NULL);
	_exit(127);
}

/* A kernel thread may have the one number for a while. */
static pid_t run(char *mark)
{
	pid_t pid;
	int i;

	for (i = 0; i < 10000; i++) {
		pid = fork();
		if (!pid)
			run_program(mark);
		if (pid > 0) {
			if (follow_wait(pid))
				bail("%s %s", PROGRAM, mark);
			return pid;
		}
		if (errno != EAGAIN)
			break;
		usleep(1000);
	}
	bail("fork: %s", strerror(errno));
}

/* All that was told, NUL-terminated. */
static char *told(void)
{
	int fd = open(TOLD, O_RDONLY);
	struct stat st;
	char *text;

	if (fd < 0 || fstat(fd, &st))
		return strdup("");
	text = malloc((size_t)st.st_size + 1);
	if (!text || read(fd, text, (size_t)st.st_size) != st.st_size)
		bail("%s", TOLD);
	text[st.st_size] = '\0';
	close(fd);
	return text;
}

/* Runs the program until the reader has told of it. */
static void run_until_told(char *mark)
{
	bool there = false;
	int i;

	for (i = 0; i < 600 && !there; i++) {
		char *text;

		run(mark);
		usleep(200000);
		text = told();
		there = strstr(text, mark);
		free(text);
	}
	if (!there)
		bail("the reader does not tell of %s", mark);
}

static void set_pid_max(const char *text)
{
	int fd = open(PID_MAX, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		bail("%s=%s: %s", PID_MAX, text, strerror(errno));
	close(fd);
}

static unsigned int run_all(unsigned int rounds)
{
	unsigned int i, same = 0;
	char mark[32];

	for (i = 0; i < rounds; i++) {
		snprintf(mark, sizeof(mark), "mark-%u", i);
		same += run(mark) == PID;
	}
	return same;
}

/* {"event":"exec","pid":300,"id":"...","args":["/tests/tiny","mark-7"]} */
struct line {
	char event[8], id[80];
	unsigned int pid, mark;
};

static bool read_line(struct line *line, const char *text)
{
	const char *mark = strstr(text, "\"" PROGRAM "\",\"mark-");

	memset(line, 0, sizeof(*line));
	return mark && sscanf(mark, "\"" PROGRAM "\",\"mark-%u\"", &line->mark) == 1 &&
	       sscanf(text, "{\"event\":\"%7[a-z]\",\"pid\":%u,\"id\":\"%79[^\"]\"", line->event,
		      &line->pid, line->id) == 3;
}

static void judge(char *text, unsigned int rounds)
{
	unsigned int execs = 0, exits = 0, wrong = 0;
	struct line line, exec = { 0 };
	char *next;

	for (; (next = strchr(text, '\n')); text = next + 1) {
		*next = '\0';
		if (!read_line(&line, text))
			continue;
		if (!strcmp(line.event, "exec")) {
			wrong += line.mark != execs++ || !strcmp(line.id, exec.id);
			exec = line;
			continue;
		}
		wrong += line.mark != exits++ || strcmp(line.id, exec.id) ||
			 line.mark != exec.mark || !strstr(text, "\"duration_ns\":");
	}
	diag("%u execs, %u exits", execs, exits);
	ok(execs == rounds && exits == rounds, "each_is_told_once");
	ok(!wrong, "each_exit_is_joined_with_its_own_exec");
}

int main(void)
{
	unsigned int rounds = (unsigned int)tap_size("REUSE_ROUNDS", 3000), same;
	char before[32] = "", *text;
	pid_t reader;
	int fd;

	tap_theme("reuse");
	fd = open(PID_MAX, O_RDONLY);
	if (fd < 0 || read(fd, before, sizeof(before) - 1) <= 0)
		bail("%s", PID_MAX);
	close(fd);
	reader = follow_spawn(run_reader, NULL);
	run_until_told("reader-is-here");
	set_pid_max("301");
	while (run("warming-up") != PID)
		;
	same = run_all(rounds);
	set_pid_max(before);
	diag("%u of %u processes had pid %d", same, rounds, PID);
	ok(same == rounds, "each_process_has_the_pid_of_the_one_before");
	run_until_told("all-is-over");
	kill(reader, SIGINT);
	ok(!follow_wait(reader), "nothing_is_lost");
	text = told();
	judge(text, rounds);
	free(text);
	return tap_done();
}
