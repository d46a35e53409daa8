// SPDX-License-Identifier: MIT
/*
 * The processes that run already, joined with the stream without a gap and without telling one twice.
 *
 * The handle stands where the stream will go on, the cut.  Then /proc is read, then, once more, what
 * the stream has told since the cut: whoever was forked since is left to the stream, and who has ended
 * since, perhaps before /proc was read, has its row.  A process is in /proc before its fork event is
 * made, and until after its exit event.
 */
#define _GNU_SOURCE
#include "procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SNAPSHOT_TRIES 5 /* to read a process that becomes another one meanwhile */
#define SNAPSHOT_ENDS_MS 1000 /* how long to wait for the end of those that are about to end */

/**
 * struct row - a process of the snapshot
 * @event: what will be given out; NULL afterwards
 * @state: PROCMON_TASK_* when it was read
 * @told: its fork is in the stream
 * @over: its exit is in the stream
 */
struct row {
	uint64_t start_ns;
	uint32_t tgid;
	uint32_t state;
	bool told, over;
	struct procmon_head *event;
};

/**
 * struct snapshot - the rows
 * @sorted: so many of them are in order, by start
 * @next: the one to be given out next
 * @hidden: /proc hides processes of others
 * @no_memory: so some are missing
 */
struct snapshot {
	struct row *row;
	size_t count, max, sorted, next;
	bool hidden, no_memory;
};

static int snapshot_compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return x->tgid < y->tgid ? -1 : x->tgid > y->tgid;
}

static void snapshot_sort(struct snapshot *snapshot)
{
	if (snapshot->count)
		qsort(snapshot->row, snapshot->count, sizeof(*snapshot->row), snapshot_compare);
	snapshot->sorted = snapshot->count;
}

/* Among the rows that are sorted. */
static struct row *snapshot_find(const struct snapshot *snapshot, const struct procmon_head *head)
{
	struct row key = { .start_ns = head->start_ns, .tgid = head->tgid };

	return snapshot->sorted ? bsearch(&key, snapshot->row, snapshot->sorted,
					  sizeof(*snapshot->row), snapshot_compare) :
				  NULL;
}

static void snapshot_add(struct snapshot *snapshot, const struct procmon_task *task, bool over,
			 struct procmon_head *event)
{
	size_t max = snapshot->max ? 2 * snapshot->max : 256;
	struct row *row = snapshot->row;

	if (event && snapshot->count == snapshot->max) {
		row = realloc(row, max * sizeof(*row));
		if (row) {
			snapshot->row = row;
			snapshot->max = max;
		}
	}
	if (!event || !row) {
		snapshot->no_memory = true;
		free(event);
		return;
	}
	snapshot->row[snapshot->count++] = (struct row){
		.start_ns = task->start_ns,
		.tgid = task->tgid,
		.state = task->state,
		.over = over,
		.event = event,
	};
}

static int snapshot_ask(const struct procmon *pm, struct procmon_task *task, uint32_t tgid)
{
	*task = (struct procmon_task){ .size = sizeof(*task), .tgid = tgid };
	return ioctl(pm->fd, PROCMON_IOC_TASK, task) ? -errno : 0;
}

/* Reads one process, if it is still there.  One that calls exec meanwhile is read anew. */
static void snapshot_read(struct procmon *pm, struct snapshot *snapshot, int proc, const char *name)
{
	uint32_t tgid = (uint32_t)strtoul(name, NULL, 10);
	struct procmon_head *event = NULL;
	struct procmon_task task;
	int tries, dir;

	for (tries = 0; tries < SNAPSHOT_TRIES && !event; tries++) {
		dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			return;
		/* the one whose directory we hold, as long as that is not empty */
		if (snapshot_ask(pm, &task, tgid)) {
			close(dir);
			return;
		}
		event = procfs_event(dir, &task);
		close(dir);
		if (!event && errno != ESTALE)
			break;
	}
	snapshot_add(snapshot, &task, false, event ? event : procfs_event(-1, &task));
}

static void snapshot_scan(struct procmon *pm, struct snapshot *snapshot, DIR *proc)
{
	struct procmon_task first;
	struct dirent *entry;
	bool seen_first = false;

	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		seen_first |= !strcmp(entry->d_name, "1");
		snapshot_read(pm, snapshot, dirfd(proc), entry->d_name);
	}
	snapshot->hidden = !seen_first && !snapshot_ask(pm, &first, 1);
}

/* Waits until those that are about to end have ended: then their exits are in the stream. */
static void snapshot_settle(struct procmon *pm, struct snapshot *snapshot)
{
	struct timespec step = { .tv_nsec = 1000000 };
	struct procmon_task task;
	size_t i;
	int ms = 0;

	for (i = 0; i < snapshot->count; i++) {
		struct row *row = &snapshot->row[i];

		for (; row->state == PROCMON_TASK_ENDS && ms < SNAPSHOT_ENDS_MS; ms++) {
			nanosleep(&step, NULL);
			if (snapshot_ask(pm, &task, row->tgid) || task.start_ns != row->start_ns)
				row->state = PROCMON_TASK_ENDED;
			else
				row->state = task.state;
		}
	}
}

static bool snapshot_is(const struct procmon_event *ev, unsigned int type)
{
	return ev->head.type == type && !(ev->head.flags & PROCMON_F_THREAD) && ev->head.start_ns;
}

/* A row for a process that had ended before it could be read: what its exit event tells. */
static struct procmon_head *snapshot_row_of(const struct procmon_event *ev,
					    struct procmon_task *task)
{
	uint64_t ns_pid = procmon_number(ev, "ns_pid");
	struct procmon_head *event, *more;
	struct procmon_value comm;

	*task = (struct procmon_task){
		.tgid = ev->head.tgid,
		.start_ns = ev->head.start_ns,
		.parent_start_ns = procmon_number(ev, "parent_start_ns"),
		.cgroup_id = ev->head.cgroup_id,
		.ppid = ev->head.ppid,
		.uid = ev->head.uid,
		.ns_pid = ns_pid != UINT64_MAX ? (uint32_t)ns_pid : 0,
		.state = PROCMON_TASK_ENDED,
	};
	event = procfs_event(-1, task);
	procmon_get(ev, procmon_field_by_name(PROCMON_EXIT, "comm"), &comm);
	more = event && comm.known ? realloc(event, event->len + comm.len + 1) : NULL;
	if (!more)
		return event;
	((struct procmon_exec *)(more + 1))->comm = (struct procmon_str){
		.off = more->len, .len = (uint32_t)comm.len, .full_len = (uint32_t)comm.len
	};
	memcpy((char *)more + more->len, comm.str, comm.len + 1);
	more->len += (uint32_t)comm.len + 1;
	return more;
}

static void snapshot_note_exit(void *data, const struct procmon_event *ev)
{
	struct snapshot *snapshot = data;
	struct procmon_task task;
	struct row *row;

	if (!snapshot_is(ev, PROCMON_EXIT))
		return;
	row = snapshot_find(snapshot, &ev->head);
	if (row)
		row->over = true;
	else
		snapshot_add(snapshot, &task, true, snapshot_row_of(ev, &task));
}

static void snapshot_note_fork(void *data, const struct procmon_event *ev)
{
	struct snapshot *snapshot = data;
	struct row *row = snapshot_is(ev, PROCMON_FORK) ? snapshot_find(snapshot, &ev->head) : NULL;

	if (row)
		row->told = true;
}

/* Leaves out whom the stream tells from their fork on, and who had ended before the cut. */
static void snapshot_drop(struct snapshot *snapshot)
{
	size_t i, n = 0;

	for (i = 0; i < snapshot->count; i++) {
		struct row *row = &snapshot->row[i];

		if (row->told || (row->state == PROCMON_TASK_ENDED && !row->over))
			free(row->event);
		else
			snapshot->row[n++] = *row;
	}
	snapshot->count = snapshot->sorted = n;
}

/* First the exits, then the forks: whoever has an exit that was seen has a fork that will be seen. */
static int snapshot_join(struct procmon *pm, struct snapshot *snapshot)
{
	int err;

	snapshot_settle(pm, snapshot);
	snapshot_sort(snapshot);
	err = reader_peek(pm, snapshot_note_exit, snapshot);
	snapshot_sort(snapshot);
	if (!err)
		err = reader_peek(pm, snapshot_note_fork, snapshot);
	snapshot_drop(snapshot);
	return err;
}

/* Are the numbers in @proc those of the events? */
static int snapshot_check(struct procmon *pm, const char *path, int proc)
{
	struct procmon_task self;
	char text[32];
	ssize_t n = readlinkat(proc, "self", text, sizeof(text) - 1);
	int err = snapshot_ask(pm, &self, 0);

	if (err == -ENOTTY)
		return reader_fail(pm, ENOTTY,
				   "the module is older than this program and cannot tell of "
				   "processes that run already: install the same version of both");
	if (err)
		return reader_fail(pm, -err, "the module does not answer: %s", strerror(-err));
	text[n > 0 ? n : 0] = '\0';
	if (strtoul(text, NULL, 10) != self.tgid)
		return reader_fail(
			pm, EXDEV,
			"%s: shows the processes of another pid namespace: the machine's own is "
			"needed",
			path);
	return 0;
}

static int snapshot_take(struct procmon *pm, struct snapshot *snapshot, const char *path, DIR *proc)
{
	int err = snapshot_check(pm, path, dirfd(proc));

	if (err)
		return err;
	snapshot_scan(pm, snapshot, proc);
	err = snapshot_join(pm, snapshot);
	if (!err && snapshot->no_memory)
		err = reader_fail(pm, ENOMEM, "out of memory");
	return err;
}

int procmon_snapshot(struct procmon *pm, const char *path)
{
	struct snapshot *snapshot;
	DIR *proc;
	int err;

	path = path ? path : "/proc";
	if (pm->fd < 0)
		return reader_fail(pm, EOPNOTSUPP, "only a machine that runs has processes");
	proc = opendir(path);
	if (!proc)
		return reader_fail(pm, errno, "%s: %s", path, strerror(errno));
	snapshot = calloc(1, sizeof(*snapshot));
	err = snapshot ? snapshot_take(pm, snapshot, path, proc) :
			 reader_fail(pm, ENOMEM, "out of memory");
	closedir(proc);
	if (err || !snapshot) {
		snapshot_free(snapshot);
		return err;
	}
	snapshot_free(pm->snapshot);
	pm->snapshot = snapshot;
	return snapshot->hidden;
}

bool snapshot_next(struct snapshot *snapshot, struct procmon_event *ev)
{
	struct row *row;

	if (!snapshot)
		return false;
	if (snapshot->next) { /* the one that was given out last */
		row = &snapshot->row[snapshot->next - 1];
		free(row->event);
		row->event = NULL;
	}
	if (snapshot->next == snapshot->count)
		return false;
	row = &snapshot->row[snapshot->next++];
	*ev = (struct procmon_event){ .head = *row->event, .data = row->event };
	return true;
}

/* Has the process of this fork event a row?  Its CPU stood still since before /proc was read. */
bool snapshot_has_told(const struct snapshot *snapshot, const struct procmon_event *ev)
{
	return snapshot && snapshot->count && snapshot_is(ev, PROCMON_FORK) &&
	       ev->head.start_ns <= snapshot->row[snapshot->count - 1].start_ns &&
	       snapshot_find(snapshot, &ev->head);
}

void snapshot_free(struct snapshot *snapshot)
{
	size_t i;

	if (!snapshot)
		return;
	for (i = 0; i < snapshot->count; i++)
		free(snapshot->row[i].event);
	free(snapshot->row);
	free(snapshot);
}
