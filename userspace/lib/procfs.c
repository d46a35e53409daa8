// SPDX-License-Identifier: MIT
/* What /proc tells of a process, in the form of an exec event; what it does not tell is unknown. */
#define _GNU_SOURCE
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define PROCFS_ARGS_MAX 131072 /* bytes of arguments that are read */
#define PROCFS_PATH_MAX 4096 /* what readlink() can give here */
#define PROCFS_TEXT_MAX 8192 /* of the other files: a few KiB */
#define PROCFS_ROOM (PROCFS_ARGS_MAX + 2 * PROCFS_PATH_MAX + 64)

static const char procfs_deleted[] = " (deleted)"; /* what d_path() appends */
static const char procfs_memfd[] = "/memfd:";

/* An event being made: the room behind it takes strings. */
struct procfs {
	int dir;
	struct procmon_head *head;
	struct procmon_exec *body;
};

static char *procfs_room(const struct procfs *procfs)
{
	return (char *)procfs->head + procfs->head->len;
}

/* The @len bytes in the room are @str. */
static void procfs_take(struct procfs *procfs, struct procmon_str *str, size_t len)
{
	procfs_room(procfs)[len] = '\0';
	*str = (struct procmon_str){ .off = procfs->head->len,
				     .len = (uint32_t)len,
				     .full_len = (uint32_t)len };
	procfs->head->len += (uint32_t)len + 1;
}

static void procfs_fail(struct procmon_str *str, int err)
{
	*str = (struct procmon_str){ .flags = PROCMON_STR_ABSENT };
	if (err == ENOENT || err == ESRCH)
		return; /* there is none: a kernel thread, or one that has ended */
	str->flags |= PROCMON_STR_UNREADABLE;
	str->err = (uint16_t)err;
}

static ssize_t procfs_read(const struct procfs *procfs, const char *name, char *to, size_t size)
{
	int fd = openat(procfs->dir, name, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	while (used < size && (n = read(fd, to + used, size - used)) > 0)
		used += (size_t)n;
	close(fd);
	return n < 0 ? -1 : (ssize_t)used;
}

static void procfs_put_comm(struct procfs *procfs)
{
	ssize_t n = procfs_read(procfs, "comm", procfs_room(procfs), 64);

	if (n > 0)
		procfs_take(procfs, &procfs->body->comm, (size_t)n - 1); /* without the new line */
}

static void procfs_put_args(struct procfs *procfs)
{
	ssize_t n = procfs_read(procfs, "cmdline", procfs_room(procfs), PROCFS_ARGS_MAX);
	struct procmon_str *args = &procfs->body->args;
	const char *at;
	ssize_t i;

	if (n < 0)
		procfs_fail(args, errno);
	if (n <= 0)
		return;
	procfs_take(procfs, args, (size_t)n);
	if (n == PROCFS_ARGS_MAX) { /* how much more there is cannot be told */
		args->flags = PROCMON_STR_CUT;
		return;
	}
	at = (const char *)procfs->head + args->off;
	for (i = 0, procfs->body->argc = 0; i < n; i++)
		procfs->body->argc += !at[i];
}

/* A path, " (deleted)" taken off when @gone.  Return: it was. */
static bool procfs_put_link(struct procfs *procfs, const char *name, struct procmon_str *str,
			    bool gone)
{
	const size_t suffix = strlen(procfs_deleted);
	char *to = procfs_room(procfs);
	ssize_t n = readlinkat(procfs->dir, name, to, PROCFS_PATH_MAX);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (n < 0) {
		procfs_fail(str, errno);
		return false;
	}
	gone = gone && len > suffix && !memcmp(to + len - suffix, procfs_deleted, suffix);
	procfs_take(procfs, str, gone ? len - suffix : len);
	if (len == PROCFS_PATH_MAX)
		str->flags = PROCMON_STR_CUT;
	return gone;
}

static void procfs_put_exe(struct procfs *procfs)
{
	struct procmon_exec *body = procfs->body;
	struct stat st;
	bool known = !fstatat(procfs->dir, "exe", &st, 0);
	const char *exe;

	if (known) {
		body->ino = st.st_ino;
		body->dev_major = major(st.st_dev);
		body->dev_minor = minor(st.st_dev);
		body->mode = st.st_mode;
		body->nlink = (uint32_t)st.st_nlink;
	}
	if (!procfs_put_link(procfs, "exe", &body->exe, known && !st.st_nlink))
		return;
	exe = (const char *)procfs->head + body->exe.off;
	procfs->head->flags |= strncmp(exe, procfs_memfd, strlen(procfs_memfd)) ?
				       PROCMON_F_DELETED :
				       PROCMON_F_MEMFD;
}

static void procfs_put_cwd(struct procfs *procfs)
{
	struct stat st;
	bool gone = !fstatat(procfs->dir, "cwd", &st, 0) && !st.st_nlink;

	if (procfs_put_link(procfs, "cwd", &procfs->body->cwd, gone))
		procfs->head->flags |= PROCMON_F_CWD_DELETED;
}

/* A file that holds a number. */
static void procfs_put_number(const struct procfs *procfs, const char *name, uint32_t *to)
{
	char text[32];
	ssize_t n = procfs_read(procfs, name, text, sizeof(text) - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	*to = (uint32_t)strtoul(text, NULL, 10);
}

/* "user:[4026531837]" */
static void procfs_put_namespace(const struct procfs *procfs, const char *name, uint32_t *to)
{
	char text[64];
	ssize_t n = readlinkat(procfs->dir, name, text, sizeof(text) - 1);
	const char *number;

	if (n <= 0)
		return;
	text[n] = '\0';
	number = strchr(text, '[');
	if (number)
		*to = (uint32_t)strtoul(number + 1, NULL, 10);
}

/* The @index-th number after @line, 0 for the first; UINT32_MAX: there is none. */
static uint32_t procfs_nth(const char *line, unsigned int index)
{
	uint32_t number = UINT32_MAX;
	unsigned int i;
	char *end;

	for (i = 0; line && i <= index; i++, line = end) {
		number = (uint32_t)strtoul(line, &end, 10);
		if (end == line)
			return UINT32_MAX;
	}
	return number;
}

/* "Uid:", real, effective, ... */
static void procfs_put_ids(struct procfs *procfs)
{
	char text[PROCFS_TEXT_MAX];
	ssize_t n = procfs_read(procfs, "status", text, sizeof(text) - 1);
	const char *uid, *gid;

	if (n <= 0)
		return;
	text[n] = '\0';
	uid = strstr(text, "\nUid:");
	gid = strstr(text, "\nGid:");
	if (!uid || !gid)
		return;
	procfs->body->euid = procfs_nth(uid + strlen("\nUid:"), 1);
	procfs->body->gid = procfs_nth(gid + strlen("\nGid:"), 0);
	procfs->body->egid = procfs_nth(gid + strlen("\nGid:"), 1);
}

/* After the name, which may hold anything: ") S", parent, group, session. */
static void procfs_put_sid(struct procfs *procfs)
{
	char text[PROCFS_TEXT_MAX];
	ssize_t n = procfs_read(procfs, "stat", text, sizeof(text) - 1);
	const char *end;
	uint32_t sid;

	if (n <= 0)
		return;
	text[n] = '\0';
	end = strrchr(text, ')');
	sid = end && strlen(end) > strlen(") S") ? procfs_nth(end + strlen(") S"), 2) : UINT32_MAX;
	if (sid != UINT32_MAX)
		procfs->body->sid = sid;
}

#define PROCFS_UNKNOWN_N(type, name, unknown, doc) body->name = (type)(unknown);
#define PROCFS_UNKNOWN_S(name, doc) body->name.flags = PROCMON_STR_ABSENT;

static void procfs_begin(struct procfs *procfs, const struct procmon_task *task)
{
	struct procmon_exec *body = procfs->body;
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	PROCMON_EXEC_FIELDS(PROCFS_UNKNOWN_N, PROCFS_UNKNOWN_S)
	*procfs->head = (struct procmon_head){
		.len = sizeof(*procfs->head) + sizeof(*body),
		.type = PROCMON_SNAPSHOT,
		.body_len = sizeof(*body),
		.seq = PROCMON_UNKNOWN64,
		.time_ns = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec,
		.cpu = PROCMON_UNKNOWN32,
		.tgid = task->tgid,
		.tid = task->tgid,
		.start_ns = task->start_ns,
		.cgroup_id = task->cgroup_id,
		.ppid = task->ppid,
		.uid = task->uid,
	};
	body->parent_start_ns = task->parent_start_ns;
	body->ns_pid = task->ns_pid;
	body->pid_ns = task->pid_ns;
}

/* Is it still there, and does it still run what was read of it? */
static bool procfs_is_same(const struct procfs *procfs)
{
	const struct procmon_exec *body = procfs->body;
	struct stat st;

	if (faccessat(procfs->dir, "stat", F_OK, 0))
		return false;
	if (fstatat(procfs->dir, "exe", &st, 0))
		return body->ino == PROCMON_UNKNOWN64 || errno != ENOENT;
	return body->ino == st.st_ino;
}

static void procfs_fill(struct procfs *procfs)
{
	procfs_put_exe(procfs);
	procfs_put_comm(procfs);
	procfs_put_cwd(procfs);
	procfs_put_args(procfs);
	procfs_put_ids(procfs);
	procfs_put_sid(procfs);
	procfs_put_number(procfs, "loginuid", &procfs->body->loginuid);
	procfs_put_number(procfs, "sessionid", &procfs->body->session);
	procfs_put_namespace(procfs, "ns/user", &procfs->body->user_ns);
	procfs_put_namespace(procfs, "ns/net", &procfs->body->net_ns);
}

struct procmon_head *procfs_event(int dir, const struct procmon_task *task)
{
	struct procmon_head *head =
		calloc(1, sizeof(*head) + sizeof(struct procmon_exec) + PROCFS_ROOM);
	struct procmon_head *fit;
	struct procfs procfs;

	if (!head)
		return NULL;
	procfs = (struct procfs){ dir, head, (struct procmon_exec *)(head + 1) };
	procfs_begin(&procfs, task);
	if (dir >= 0) {
		procfs_fill(&procfs);
		if (!procfs_is_same(&procfs)) {
			free(head);
			errno = ESTALE;
			return NULL;
		}
	}
	fit = realloc(head, head->len);
	if (!fit)
		return head; /* as large as it was */
	return fit;
}
