/* SPDX-License-Identifier: MIT */
/*
 * procmon.h - libprocmon: the merged, time-ordered stream of what /dev/procmon records
 *
 *	struct procmon *pm;
 *	struct procmon_event ev;
 *	int r = procmon_open(&pm, NULL, 0);
 *
 *	if (r < 0)
 *		errx(1, "%s", procmon_error(NULL));
 *	while ((r = procmon_next(pm, &ev, -1)) > 0)
 *		if (ev.head.type == PROCMON_EXEC)
 *			printf("%u %s\n", ev.head.tgid, procmon_string(&ev, "exe", NULL));
 *	procmon_close(pm);
 *
 * A struct procmon may be used by one thread at a time.  Functions that can fail return a negative
 * errno and keep one line telling cause and way out for procmon_error().
 */
#ifndef PROCMON_LIB_H
#define PROCMON_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <procmon/abi.h> /* installed copy-free: the module's own kmod/uapi/procmon.h */

#ifdef __cplusplus
extern "C" {
#endif

struct procmon;

/* procmon_open() flags */
#define PROCMON_HISTORY 0x1 /* start with the oldest event still in the rings, not from now */

/*
 * Types of the events that the library adds to the stream.  head.type is PROCMON_LOST for a gap:
 * head.cpu (PROCMON_UNKNOWN32 for the late ring, which serves all), head.time_ns (of the next event
 * of that ring) and count say where and how many.
 */
#define PROCMON_LOST 0xff00
/* A process that ran already (procmon_snapshot()): fields as those of PROCMON_EXEC, as far as known. */
#define PROCMON_SNAPSHOT 0xff01
/*
 * What a cgroup and its container are called, in recordings (procmon_open_recording()), before the
 * first event of that cgroup and whenever it has changed.
 */
#define PROCMON_NAMED 0xff02

/* clang-format off */
#define PROCMON_NAMED_FIELDS(N, S) \
	N(__u64, target_cgroup_id, 0, "ID of the cgroup") \
	S(target_cgroup, "path of that cgroup from the root of its hierarchy") \
	S(container_id, "ID of the container, where the path does not tell it") \
	S(runtime, "its runtime, where the path does not tell it") \
	S(container, "name of the container") \
	S(image, "name of its image") \
	S(pod_uid, "UID of the pod, where the path does not tell it") \
	S(pod, "name of the pod") \
	S(pod_namespace, "Kubernetes namespace of the pod")
/* clang-format on */

struct procmon_named {
#define PROCMON_N(type, name, unknown, doc) type name;
#define PROCMON_S(name, doc) struct procmon_str name;
	PROCMON_NAMED_FIELDS(PROCMON_N, PROCMON_S)
#undef PROCMON_N
#undef PROCMON_S
};

/**
 * struct procmon_event - an event, valid until the next call with the same struct procmon
 * @head: the head; fields the module did not fill in are 0
 * @data: the whole event as it came, head.len bytes; NULL for PROCMON_LOST
 * @count: number of lost events, for PROCMON_LOST
 * @ring: index of the ring it came from
 */
struct procmon_event {
	struct procmon_head head;
	const void *data;
	uint64_t count;
	uint32_t ring;
};

/**
 * procmon_open - open the device
 * @pmp: where the handle is stored
 * @path: the device, NULL for /dev/procmon
 * @flags: PROCMON_HISTORY or 0
 *
 * Return: 0; -ENOENT, -ENXIO or -ENODEV: no device (module not loaded), -EACCES: not in group procmon,
 * -ENOTTY: not a procmon device, -EPROTO: another ABI, -ENOMEM, ...
 */
int procmon_open(struct procmon **pmp, const char *path, unsigned int flags);
void procmon_close(struct procmon *pm);

/**
 * procmon_open_dump - open what the rings hold in a dump of a machine's memory
 * @pmp: where the handle is stored
 * @path: an ELF core of physical memory: /proc/vmcore or a copy of it, what QEMU's
 *	dump-guest-memory or virsh dump --memory-only writes
 *
 * The stream begins with the oldest event and ends with the newest one.
 *
 * Return: 0; > 0: the same, but so many rings are left out because the dump lacks pages of theirs;
 * -ENOEXEC: not such a file, -ENOENT: no such file, or no rings in it, -EPROTO: another ABI,
 * -ENOMEM, ...
 */
int procmon_open_dump(struct procmon **pmp, const char *path);

/**
 * procmon_open_recording - open what procmon record has written
 * @pmp: where the handle is stored
 * @path: the file; "-": standard input
 *
 * The stream is that of the recorder, with PROCMON_NAMED in it.  procmon_next() never waits: 0 is the
 * end, for now; -EBADMSG tells of damage, of which procmon_error() tells the place, and the call after
 * it goes on behind that.
 *
 * Return: 0; -ENODATA: the file is empty, -ENOENT, -ENOMEM, ...  The first procmon_next() may say
 * -ENOEXEC: no recording, -EPROTO: one of a newer version, -EOPNOTSUPP: compressed by what this library
 * was built without.
 */
int procmon_open_recording(struct procmon **pmp, const char *path);

/**
 * procmon_next - the next event in time order
 * @ev: filled in
 * @timeout_ms: how long to wait for one; 0: do not wait, < 0: no limit
 *
 * Return: 1: @ev holds an event; 0: none came in time; -EINTR: a signal; other negative errno.
 */
int procmon_next(struct procmon *pm, struct procmon_event *ev, int timeout_ms);

/**
 * procmon_snapshot - have the stream begin with the processes that run already
 * @proc: where the machine's /proc is mounted, NULL for /proc
 *
 * To be called before the first procmon_next(), on a handle that starts from now.  They come as
 * PROCMON_SNAPSHOT, by start; then the stream goes on without a gap: each process comes once, either
 * so or by its fork.  head.time_ns is when it was looked at; what is not known then (and what we may
 * not read: exe, cwd of other users') is unknown, with its errno.
 *
 * Return: 0; 1: the same, but /proc hides processes of others (mounted with hidepid=); -EXDEV: @proc
 * is that of another pid namespace, -ENOTTY: the module is too old, -ENOENT, -ENOMEM, ...
 */
int procmon_snapshot(struct procmon *pm, const char *proc);

/**
 * procmon_fd - a descriptor for poll and epoll (EPOLLIN)
 *
 * Only after procmon_next(…, 0) returned 0 does it tell of new events; wait for it no longer than
 * procmon_poll_timeout() says.  It is the library's: do not read from it or close it.
 */
int procmon_fd(const struct procmon *pm);

/**
 * procmon_poll_timeout - how long to poll procmon_fd() at most
 *
 * Return: milliseconds, while an event is held back because an older one may still come; -1: no
 * limit.
 */
int procmon_poll_timeout(const struct procmon *pm);

/**
 * procmon_set_batch - trade latency for cost
 * @watermark: records that wake the reader at once
 * @min_wait_us: how long to wait for that many once there is an event
 */
int procmon_set_batch(struct procmon *pm, uint32_t watermark, uint32_t min_wait_us);

/**
 * procmon_collect - wait for that batch, for those who poll and whose events keep coming
 *
 * procmon_next() waits for it by itself.  With no event there is nothing to wait for.
 *
 * Return: 0; -EINTR: a signal came; or what the device said.
 */
int procmon_collect(struct procmon *pm);

/*
 * CLOCK_REALTIME minus CLOCK_BOOTTIME in ns: now; of a recording when the last event was recorded; of a
 * dump when the module was loaded.
 */
int64_t procmon_wall_offset(const struct procmon *pm);

/* What the module says of itself: struct procmon_info, fresh. */
int procmon_info(struct procmon *pm, struct procmon_info *info);

/**
 * struct procmon_ring_status - a ring as it is now
 */
struct procmon_ring_status {
	uint32_t cpu;
	uint32_t flags;
	uint64_t nrec, tail, resv, commit, seq, last_ns;
	uint64_t oldest_ns; /* time of the oldest event still there, 0 when empty */
	uint64_t got; /* events of this ring that this handle was given */
	uint64_t lost; /* events of this ring that were overwritten before this handle read them */
	uint64_t counter[PROCMON_NR_COUNTERS];
	uint64_t pending; /* events of the past that will still come into this ring */
};

/* Return: 1: filled in; 0: ring @index does not exist (now); -EINVAL: past nr_rings. */
int procmon_ring(struct procmon *pm, uint32_t index, struct procmon_ring_status *rs);

/* Events lost by this handle so far, all rings: got + lost == produced since its start. */
uint64_t procmon_lost(const struct procmon *pm);

/**
 * procmon_cursor - where this handle stands, after the event last given out
 *
 * Return: a line of printable ASCII (owned by the handle, valid until the next call), or NULL.
 */
const char *procmon_cursor(struct procmon *pm);

/**
 * procmon_seek - go on after a cursor, also one of another process
 *
 * Return: 0; -EINVAL: not a cursor; -ESTALE: the module was loaded anew since (the handle stays
 * where it was).  Events overwritten since the cursor come as PROCMON_LOST.
 */
int procmon_seek(struct procmon *pm, const char *cursor);

/* The last error of this handle, or of the last open that failed when @pm is NULL. */
const char *procmon_error(const struct procmon *pm);

/* Fields, from the tables of the ABI. */
enum procmon_kind { PROCMON_KIND_U64, PROCMON_KIND_S64, PROCMON_KIND_STRING };

/**
 * struct procmon_field - a row of a table
 * @name: as in the table
 * @doc: its description
 * @kind: number or string
 * @unknown: the value that means "unknown" (numbers)
 * @offset: bytes from the start of its struct (head or body)
 * @size: bytes
 * @head: it is a field of the head
 */
struct procmon_field {
	const char *name;
	const char *doc;
	enum procmon_kind kind;
	uint64_t unknown;
	uint16_t offset;
	uint16_t size;
	bool head;
};

/* The name of an event type ("exec"), NULL when unknown; and back, 0 when unknown. */
const char *procmon_type_name(unsigned int type);
unsigned int procmon_type_by_name(const char *name);
/* The name of flag bit @bit, NULL when unknown. */
const char *procmon_flag_name(unsigned int bit);
/* The name and description of a counter, NULL past the last one. */
const char *procmon_counter_name(unsigned int counter, const char **doc);

/**
 * procmon_field - iterate over the fields of a type: those of the head, then those of its body
 * @type: an event type
 * @index: 0, 1, …
 *
 * Return: the field, NULL past the last one.
 */
const struct procmon_field *procmon_field(unsigned int type, unsigned int index);
const struct procmon_field *procmon_field_by_name(unsigned int type, const char *name);

/**
 * struct procmon_value - a field of an event
 * @known: false: the module could not tell, or is older than the field; the rest is 0 then
 * @number: numbers (s64 as its two's complement)
 * @str, @len: strings: @len bytes at @str, a NUL after them; not necessarily UTF-8
 * @full_len: the length it would have had uncut
 * @flags: PROCMON_STR_*
 * @err: errno that made it unreadable
 */
struct procmon_value {
	bool known;
	uint64_t number;
	const char *str;
	size_t len;
	size_t full_len;
	unsigned int flags;
	int err;
};

/* Never reads outside the event, whatever its bytes are. */
void procmon_get(const struct procmon_event *ev, const struct procmon_field *field,
		 struct procmon_value *value);
/* Shortcuts by name.  A number that is unknown is UINT64_MAX, a string that is unknown NULL. */
uint64_t procmon_number(const struct procmon_event *ev, const char *name);
const char *procmon_string(const struct procmon_event *ev, const char *name, size_t *len);

/**
 * procmon_script - the path of the script an exec event ran, as exact as it can be told
 * @buf: holds the answer, NUL-terminated
 * @size: bytes of @buf
 *
 * The module's own `script`, else cwd and filename joined ("./" and leading "../" resolved).
 *
 * Return: its length, 0 when the event is no script, -ENAMETOOLONG, -ENODATA when it cannot be told.
 */
ssize_t procmon_script(const struct procmon_event *ev, char *buf, size_t size);

/**
 * procmon_name_cgroups - have cgroups named: those that are there now and what the stream tells
 * @mount: where the unified hierarchy is mounted, NULL: wherever it is
 *
 * Names of cgroups that have been removed are found in the rings, and kept for a while.
 *
 * Return: 0; -ENOENT: the hierarchy cannot be seen (in a container: only a part of it), names come
 * from the stream alone; -ENOMEM, ...
 */
int procmon_name_cgroups(struct procmon *pm, const char *mount);

/* The path of cgroup @id from the root of the hierarchy, valid until the next event; NULL: unknown. */
const char *procmon_cgroup(const struct procmon *pm, uint64_t id, size_t *len);

/**
 * struct procmon_place - what the path of a cgroup tells; what it does not tell is empty
 * @runtime: docker, podman, containerd, crio, runc, crun, lxc, systemd-nspawn; NULL: unknown
 * @container_id: the ID of the innermost container; a name where the runtime knows no other ID
 * @pod_uid: of the Kubernetes pod; the ID of a podman pod
 * @unit: unit of the machine's systemd (of a container: the one that it is in)
 * @user_unit: the unit in user@UID.service
 * @slice: slice of @unit
 * @owner: UID of user-UID.slice, PROCMON_UNKNOWN32: not below one
 */
struct procmon_place {
	const char *runtime;
	char container_id[256];
	char pod_uid[65];
	char unit[256];
	char user_unit[256];
	char slice[256];
	uint32_t owner;
};

void procmon_place(const char *path, struct procmon_place *place);

#ifdef __cplusplus
}
#endif
#endif
