// SPDX-License-Identifier: MIT
/*
 * Each time round the processes are other ones: those that began in the recording have moved on by as many
 * process IDs as it has, and everything has happened later by the time that it takes.
 */
#define _GNU_SOURCE
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "tap.h"

#define STREAM_TYPES 8

/**
 * struct stream - the recording in memory
 * @event: its events, with memory of their own
 * @nr: of them
 * @named: cgroups that it names, as the module would tell of their making
 * @first_pid: the lowest of a process that began in it
 * @pids: how far the next time round is away
 * @first_ns, @span_ns: when it begins, how long it takes
 * @next, @round: what comes next
 * @left: events to be put yet
 * @put: what was put
 */
static struct {
	struct procmon_event *event;
	size_t nr;
	struct draft *named;
	size_t nr_named;
	uint32_t first_pid, pids;
	uint64_t first_ns, span_ns;
	size_t next;
	uint64_t round, left, put;
} stream;

static struct rings rings;

static const char *const stream_pids[] = { "tgid",     "tid",	  "ppid", "fork_pid",
					   "fork_tid", "old_tid", "sid",  "ns_pid" };
static const char *const stream_times[] = { "start_ns", "parent_start_ns" };

/* A cgroup has its name from its making, which the recording does not begin with. */
static void stream_take_name(const struct procmon_event *ev)
{
	const char *path = procmon_string(ev, "target_cgroup", NULL);
	struct draft *draft;

	stream.named = realloc(stream.named, (stream.nr_named + 1) * sizeof(*stream.named));
	if (!stream.named || !path)
		bail("a cgroup without a name");
	draft = &stream.named[stream.nr_named++];
	draft->used = sizeof(draft->bytes);
	draft_start(draft, PROCMON_CGROUP_MKDIR);
	draft_number(draft, "target_cgroup_id", procmon_number(ev, "target_cgroup_id"));
	draft_text(draft, "target_cgroup", path);
	draft->head.cpu = 0;
}

static void stream_take(const struct procmon_event *ev)
{
	struct procmon_event *kept;
	void *data = malloc(ev->head.len);

	if (!(stream.nr & (stream.nr - 1)))
		stream.event = realloc(stream.event, 2 * (stream.nr + 1) * sizeof(*stream.event));
	if (!stream.event || !data)
		bail("out of memory");
	kept = &stream.event[stream.nr++];
	*kept = *ev;
	kept->data = memcpy(data, ev->data, ev->head.len);
	memcpy(data, &ev->head, sizeof(ev->head));
}

/* How far the processes and the times of the recording reach. */
static void stream_measure(void)
{
	uint32_t last_pid = 0;
	size_t i;

	stream.first_pid = UINT32_MAX;
	for (i = 0; i < stream.nr; i++) {
		const struct procmon_head *head = &stream.event[i].head;

		if (head->type != PROCMON_FORK)
			continue;
		if (head->tgid < stream.first_pid)
			stream.first_pid = head->tgid;
		if (head->tgid > last_pid)
			last_pid = head->tgid;
	}
	if (last_pid < stream.first_pid)
		bail("no process begins in the recording");
	stream.pids = last_pid - stream.first_pid + 1;
	stream.first_ns = stream.event[0].head.time_ns;
	stream.span_ns = stream.event[stream.nr - 1].head.time_ns - stream.first_ns + 1;
}

void stream_load(const char *path, uint64_t events)
{
	struct procmon_event ev;
	struct procmon *pm;
	unsigned int cpus = 0;
	int r;

	if (procmon_open_recording(&pm, path))
		bail("%s", procmon_error(NULL));
	while ((r = procmon_next(pm, &ev, 0)) > 0) {
		if (ev.head.type == PROCMON_NAMED)
			stream_take_name(&ev);
		else if (procmon_type_name(ev.head.type))
			stream_take(&ev);
		if (procmon_type_name(ev.head.type) && ev.head.cpu >= cpus)
			cpus = ev.head.cpu + 1;
	}
	if (r || !stream.nr || cpus > RINGS_MAX)
		bail("%s: no stream of %d CPUs at most: %s", path, RINGS_MAX, procmon_error(pm));
	procmon_close(pm);
	stream_measure();
	stream.left = events;
	rings_in_memory(&rings, cpus, STREAM_RING_RECORDS);
}

static void *stream_at(struct draft *draft, const char *name, unsigned int *size)
{
	const struct procmon_field *field = procmon_field_by_name(draft->head.type, name);

	*size = field ? field->size : 0;
	return field ? draft->bytes + (field->head ? 0 : sizeof(draft->head)) + field->offset :
		       NULL;
}

/* Moves an event on to the time round that it is. */
static void stream_move(struct draft *draft)
{
	unsigned int size;
	uint64_t ns;
	uint32_t pid;
	size_t i;
	void *at;

	for (i = 0; i < sizeof(stream_pids) / sizeof(stream_pids[0]); i++) {
		at = stream_at(draft, stream_pids[i], &size);
		if (!at)
			continue;
		memcpy(&pid, at, sizeof(pid));
		if (pid != PROCMON_UNKNOWN32 && pid >= stream.first_pid)
			pid += (uint32_t)stream.round * stream.pids;
		memcpy(at, &pid, sizeof(pid));
	}
	for (i = 0; i < sizeof(stream_times) / sizeof(stream_times[0]); i++) {
		at = stream_at(draft, stream_times[i], &size);
		if (!at)
			continue;
		memcpy(&ns, at, sizeof(ns));
		if (ns != PROCMON_UNKNOWN64 && ns >= stream.first_ns)
			ns += stream.round * stream.span_ns;
		memcpy(at, &ns, sizeof(ns));
	}
}

static uint64_t stream_records(uint32_t len)
{
	return (len + PROCMON_REC - 1) / PROCMON_REC;
}

static void stream_put_names(void)
{
	size_t i;

	for (i = 0; i < stream.nr_named; i++) {
		rings_put(&rings, 0, &stream.named[i], stream.first_ns);
		stream.put++;
	}
}

bool stream_fill(void)
{
	static struct draft draft;
	uint64_t room[RINGS_MAX];
	unsigned int i;

	if (!stream.left)
		return false;
	for (i = 0; i < rings.nr; i++)
		room[i] = rings.nrec / 2; /* names, and no event that the reader still has */
	if (!stream.put)
		stream_put_names();
	while (stream.left) {
		const struct procmon_event *ev = &stream.event[stream.next];
		uint64_t need = stream_records(ev->head.len);

		if (need > room[ev->head.cpu])
			break;
		room[ev->head.cpu] -= need;
		memcpy(draft.bytes, ev->data, ev->head.len);
		stream_move(&draft);
		rings_put(&rings, ev->head.cpu, &draft,
			  ev->head.time_ns + stream.round * stream.span_ns);
		stream.put++;
		stream.left--;
		if (++stream.next == stream.nr) {
			stream.next = 0;
			stream.round++;
		}
	}
	return true;
}

struct procmon *stream_attach(void)
{
	struct procmon *pm = rings_attach(&rings, PROCMON_HISTORY);

	pm->complete = true; /* the recording's clock is another one than ours */
	return pm;
}

uint64_t stream_put(void)
{
	return stream.put;
}
