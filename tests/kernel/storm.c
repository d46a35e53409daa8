// SPDX-License-Identifier: MIT
/* Every one of many short processes is told: once, whole, in order. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/storm.h"
#include "lib/tap.h"

#define PROGRAM "/tests/tiny"
#define PIDS (4 << 20)
#define STARTERS 2

static struct tally *tally; /* by pid, its newest process */

/* What went wrong, counted; all must stay 0. */
static struct wrong {
	unsigned long order, twice, exe, time, lost, stray;
} wrong;

static unsigned long told[4], ends;
static uint64_t last_ns;

/**
 * struct seen - an event, from whatever reader
 * @exact: of an exec: its path and arguments are right
 * @lost: events lost, for PROCMON_LOST
 */
struct seen {
	unsigned int type;
	uint32_t tgid, ppid;
	uint64_t start_ns, time_ns, lost;
	bool exact;
};

static bool is_ours(const struct storm *storm, const struct seen *seen)
{
	unsigned int i;

	for (i = 0; i < storm->starters; i++)
		if (seen->ppid == (uint32_t)storm->starter[i])
			return true;
	return false;
}

static void take_seen(const struct storm *storm, const struct seen *seen)
{
	struct tally *t = &tally[seen->tgid % PIDS];

	if (seen->type == PROCMON_LOST) {
		wrong.lost += seen->lost;
		return;
	}
	wrong.time += seen->time_ns < last_ns;
	last_ns = seen->time_ns;
	if (!is_ours(storm, seen) || seen->type > PROCMON_EXIT)
		return;
	told[seen->type]++;
	if (seen->type == PROCMON_FORK) {
		wrong.twice += t->start_ns == seen->start_ns;
		*t = (struct tally){ .start_ns = seen->start_ns, .forks = 1 };
		return;
	}
	wrong.stray += t->start_ns != seen->start_ns;
	if (seen->type == PROCMON_EXEC) {
		wrong.exe += !seen->exact;
		wrong.order += t->forks != 1 || t->exits;
		wrong.twice += ++t->execs > 1;
	} else {
		wrong.order += t->execs != 1;
		wrong.twice += ++t->exits > 1;
		ends++;
	}
}

static bool is_exact(const struct procmon_event *ev)
{
	size_t len;
	const char *exe = procmon_string(ev, "exe", NULL), *args = procmon_string(ev, "args", &len);

	return exe && !strcmp(exe, PROGRAM) && args && len == sizeof(PROGRAM) &&
	       !memcmp(args, PROGRAM, len);
}

/* Takes in an event of the storm. */
static void take(const struct storm *storm, const struct procmon_event *ev)
{
	const struct procmon_head *head = &ev->head;

	take_seen(storm, &(struct seen){
				 .type = head->type,
				 .tgid = head->tgid,
				 .ppid = head->ppid,
				 .start_ns = head->start_ns,
				 .time_ns = head->time_ns,
				 .lost = ev->count,
				 .exact = head->type != PROCMON_EXEC || is_exact(ev),
			 });
}

static void judge(const char *how, unsigned long total)
{
	diag("%s: %lu forks, %lu execs, %lu exits of %lu", how, told[1], told[2], told[3], total);
	if (!ok(told[1] == total && told[2] == total && told[3] == total && !wrong.lost,
		"%s_tells_every_process_of_the_storm", how))
		diag("%lu lost", wrong.lost);
	if (!ok(!wrong.order && !wrong.twice && !wrong.stray && !wrong.time,
		"%s_tells_each_once_and_in_order", how))
		diag("%lu out of order, %lu twice, %lu of nobody, time went back %lu times",
		     wrong.order, wrong.twice, wrong.stray, wrong.time);
	if (!ok(!wrong.exe, "%s_tells_each_with_its_path_and_arguments", how))
		diag("%lu wrong", wrong.exe);
}

static void reset(void)
{
	memset(told, 0, sizeof(told));
	memset(&wrong, 0, sizeof(wrong));
	memset(tally, 0, PIDS * sizeof(*tally));
	ends = 0;
	last_ns = 0;
}

static void storm_by_library(unsigned long total)
{
	struct procmon *pm = follow_open(0);
	struct procmon_event ev;
	struct storm storm;

	reset();
	storm_start(&storm, STARTERS, total, PROGRAM);
	while (ends < total) {
		follow_next(pm, &ev);
		take(&storm, &ev);
	}
	storm_wait(&storm);
	judge("mapped_reader", total);
	procmon_close(pm);
}

/* The same by read(2), which gives whole events in time order. */
static void storm_by_read(unsigned long total)
{
	static char buf[1 << 20];
	int fd = open("/dev/procmon", O_RDONLY);
	struct storm storm;

	reset();
	storm_start(&storm, STARTERS, total, PROGRAM);
	while (ends < total) {
		ssize_t n = read(fd, buf, sizeof(buf)), at;

		if (n <= 0)
			bail("read: %zd", n);
		for (at = 0; at < n;) {
			struct procmon_event ev = { .data = buf + at };

			memcpy(&ev.head, buf + at, sizeof(ev.head));
			take(&storm, &ev);
			at += ev.head.len;
		}
	}
	storm_wait(&storm);
	judge("read", total);
	close(fd);
}

/* A number of a line of JSON, which may be in quotes; 0: it is not there. */
static uint64_t json_number(const char *line, const char *key)
{
	char quoted[32];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(line, quoted);
	if (!at)
		return 0;
	at += strlen(quoted);
	return strtoull(at + (*at == '"'), NULL, 10);
}

static bool json_has(const char *line, const char *text)
{
	return strstr(line, text) != NULL;
}

static void take_json(const struct storm *storm, const char *line)
{
	struct seen seen = {
		.tgid = (uint32_t)json_number(line, "pid"),
		.ppid = (uint32_t)json_number(line, "ppid"),
		.start_ns = json_number(line, "start_ns"),
		.time_ns = json_number(line, "boot_ns"),
		.lost = json_number(line, "count"),
		.exact = json_has(line, "\"exe\":\"" PROGRAM "\"") &&
			 json_has(line, "\"args\":[\"" PROGRAM "\"]"),
	};
	char name[16] = "";
	unsigned int type;

	if (sscanf(line, "{\"event\":\"%15[a-z_]\"", name) != 1)
		bail("not a line of an event: %.80s", line);
	type = procmon_type_by_name(name);
	seen.type = strcmp(name, "lost") ? type : PROCMON_LOST;
	take_seen(storm, &seen);
}

/* Starts procmon after a cursor; what it prints can be read from @out. */
static pid_t json_start(const char *cursor, FILE **out)
{
	char after[4096];
	int pipe_fd[2];
	pid_t pid;

	snprintf(after, sizeof(after), "--after-cursor=%s", cursor);
	if (pipe2(pipe_fd, O_CLOEXEC))
		bail("pipe");
	pid = fork();
	if (!pid) {
		dup2(pipe_fd[1], STDOUT_FILENO);
		execl("/usr/bin/procmon", "procmon", "-q", "-ojson", after,
		      "--output-fields=event,cursor,boot_ns,pid,ppid,start_ns,exe,args,count",
		      (char *)NULL);
		_exit(127);
	}
	close(pipe_fd[1]);
	*out = fdopen(pipe_fd[0], "r");
	return pid;
}

static void json_keep_cursor(const char *line, char *cursor, size_t size)
{
	static const char key[] = "\"cursor\":\"";
	const char *at = strstr(line, key);

	if (!at)
		bail("no cursor: %.80s", line);
	at += strlen(key);
	snprintf(cursor, size, "%.*s", (int)strcspn(at, "\""), at);
}

/*
 * The command's JSON.  It is killed again and again, and started anew after the last line that
 * came whole.
 */
static void storm_by_json(unsigned long total, unsigned long kills)
{
	struct procmon *pm = follow_open(0);
	unsigned long killed = 0, lines = 0, next_kill;
	char *line = NULL, cursor[2048];
	struct storm storm;
	size_t size = 0;
	FILE *out;
	pid_t pid;

	reset();
	snprintf(cursor, sizeof(cursor), "%s", procmon_cursor(pm));
	procmon_close(pm);
	storm_start(&storm, STARTERS, total, PROGRAM);
	pid = json_start(cursor, &out);
	next_kill = 3 * total / (kills + 1);
	while (ends < total) {
		ssize_t len = getline(&line, &size, out);

		if (len > 0 && line[len - 1] == '\n') {
			take_json(&storm, line);
			json_keep_cursor(line, cursor, sizeof(cursor));
			if (++lines == next_kill && killed < kills) {
				kill(pid, SIGKILL);
				killed++;
				next_kill += 3 * total / (kills + 1);
			}
			continue;
		}
		fclose(out);
		if (follow_wait(pid) != SIGKILL)
			bail("procmon ended by itself");
		pid = json_start(cursor, &out);
	}
	kill(pid, SIGKILL);
	follow_wait(pid);
	fclose(out);
	free(line);
	storm_wait(&storm);
	diag("killed and resumed %lu times", killed);
	judge("json_reader_killed_and_resumed", total);
}

int main(int argc, char **argv)
{
	unsigned long total = tap_size("STORM_COUNT", 20000);
	unsigned long kills = tap_size("STORM_KILLS", 20);

	tap_theme("storm");
	tally = calloc(PIDS, sizeof(*tally));
	if (!tally)
		bail("memory");
	if (argc == 2 && !strcmp(argv[1], "json")) {
		storm_by_json(total / STARTERS * STARTERS, kills);
		return tap_done();
	}
	storm_by_library(total / STARTERS * STARTERS);
	storm_by_read(total / 4 / STARTERS * STARTERS);
	storm_by_json(total / 4 / STARTERS * STARTERS, kills);
	return tap_done();
}
