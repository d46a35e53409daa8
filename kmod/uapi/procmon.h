/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * procmon.h - the interface between the kernel module and its readers
 *
 * The module keeps one ring of 64-byte records for every CPU and overwrites the oldest events.
 * Any number of readers follow the rings, either through a read-only mapping of /dev/procmon or
 * with read(2); none of them can slow down or stop the module.
 *
 * mmap: offset 0 holds struct procmon_info (one page).  Ring i lies at ring_off + i * ring_stride:
 * struct procmon_ring at its start, the records at + data_off.  Ring i belongs to CPU i; one more
 * ring may follow (PROCMON_RING_LATE), for exec events whose paths were resolved by a worker.  A
 * ring that does not exist (its CPU was never online) cannot be mapped: -ENXIO.  Map PROT_READ and
 * MAP_SHARED, one window with one call: the info page, or ring_len bytes at the ring's offset;
 * other protections get -EPERM, other offsets and lengths -EINVAL.
 *
 * read: whole events, in time order; blocks unless O_NONBLOCK (-EAGAIN).  -EINVAL: the buffer is
 * too small for the next event (len at most ring bytes / 4).  -EPIPE, once: events were overwritten
 * before they were read; the next read goes on with the oldest there is, and the gap in seq says
 * how many were lost.  lseek(fd, 0, SEEK_SET): from the oldest event; SEEK_END: from now.  A new
 * descriptor starts from now.
 *
 * poll: EPOLLIN when there is an event past the reader's position, EPOLLPRI when that position has
 * been overwritten.  The position is the one of the last read, lseek or PROCMON_IOC_WAIT.
 *
 * How to follow a mapped ring, position cur (see struct procmon_ring for the words):
 *   c = load-acquire commit; if cur == c there is nothing new.  If cur < tail: lapped, cur = tail.
 *   Copy the event at cur with 64-bit relaxed loads (record cur lies at (cur & (nrec - 1)) * 64).
 *   Read barrier; load tail.  tail > cur: overwritten meanwhile, retry.  Otherwise it is intact.
 *   Events lost: seq - (last seq + 1).
 * How to merge rings in time order: T = CLOCK_BOOTTIME; full barrier; for each ring load-acquire
 *   pending, then commit (acquire), then resv.  pending == 0 and commit == resv: whatever this
 *   ring gets later has time_ns >= T.  Otherwise: >= last_ns.  Events below the smallest
 *   bound can be given out; ties: fork < exec < exit, then cpu, then seq.
 *
 * Growth: fields are only appended.  A reader skips unknown event types by their length, takes no
 * offset for granted, refuses another abi_major and unknown incompat bits.
 */
#ifndef _UAPI_PROCMON_H
#define _UAPI_PROCMON_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PROCMON_DEVICE "/dev/procmon"
#define PROCMON_ABI_MAJOR 1
#define PROCMON_ABI_MINOR 0
#define PROCMON_REC 64u /* bytes in a record, the unit of every position */
#define PROCMON_MAGIC "PROCMON"
#define PROCMON_RING_MAGIC "PMRING\0"
#define PROCMON_DUMP_MAGIC "PMDUMP\0"
#define PROCMON_UNKNOWN32 0xffffffffu
#define PROCMON_UNKNOWN64 0xffffffffffffffffull

/**
 * struct procmon_str - where a string of an event lies
 * @off: bytes from the start of the event; a NUL follows the string there
 * @len: bytes, without that NUL
 * @full_len: bytes it would have had if nothing had been cut
 * @flags: PROCMON_STR_*; with PROCMON_STR_ABSENT there is no string at all
 * @err: errno (positive) that made it unreadable, or 0
 */
struct procmon_str {
	__u32 off;
	__u32 len;
	__u32 full_len;
	__u16 flags;
	__u16 err;
};

#define PROCMON_STR_ABSENT 0x1 /* this event has no such string */
#define PROCMON_STR_CUT 0x2 /* only the first len bytes of full_len are there */
#define PROCMON_STR_UNREADABLE 0x4 /* could not be read (from here on): see err */

/*
 * The fields of every event: N(type, name, value that means "unknown", description) is a number,
 * S(name, description) a string.
 *
 * How to add a field: append a row to its table (numbers keep their natural alignment: 64-bit
 * first, 32-bit in pairs), write the getter of that name in kmod/ (the compiler asks for it) and
 * run `make golden`; text, JSON and the manual's field list follow from the row.
 */
/* clang-format off */
#define PROCMON_HEAD_FIELDS(N, S) \
	N(__u32, len, 0, "bytes of the event, head included; it takes (len + 63) / 64 records") \
	N(__u16, type, 0, "enum procmon_type") \
	N(__u16, body_len, 0, "bytes of the body, which follows the head") \
	N(__u64, seq, PROCMON_UNKNOWN64, "number of the event in its ring, dense") \
	N(__u64, time_ns, 0, "CLOCK_BOOTTIME when it happened, never decreasing inside a ring") \
	N(__u32, cpu, PROCMON_UNKNOWN32, "CPU on which it happened") \
	N(__u32, flags, 0, "PROCMON_F_*") \
	N(__u32, tgid, 0, "process ID, in the initial pid namespace") \
	N(__u32, tid, 0, "thread ID, in the initial pid namespace") \
	N(__u64, start_ns, 0, "CLOCK_BOOTTIME at the start of the process: with tgid it names the process") \
	N(__u64, cgroup_id, 0, "ID of its cgroup at the event (inode number of the directory)") \
	N(__u32, ppid, PROCMON_UNKNOWN32, "process ID of the real parent") \
	N(__u32, uid, PROCMON_UNKNOWN32, "real user ID")

#define PROCMON_FORK_FIELDS(N, S) \
	N(__u64, parent_start_ns, PROCMON_UNKNOWN64, "start of the real parent") \
	N(__u32, fork_pid, 0, "process ID of the caller of fork (not the parent after CLONE_PARENT)") \
	N(__u32, fork_tid, 0, "thread ID of the caller of fork") \
	N(__u32, ns_pid, 0, "process ID in the innermost pid namespace of the new task") \
	N(__u32, pid_ns, 0, "inode number of that pid namespace") \
	S(comm, "name of the task")

#define PROCMON_EXEC_FIELDS(N, S) \
	N(__u64, parent_start_ns, PROCMON_UNKNOWN64, "start of the real parent") \
	N(__u64, ino, PROCMON_UNKNOWN64, "inode number of the executable") \
	N(__u32, dev_major, PROCMON_UNKNOWN32, "device number of its file system, major") \
	N(__u32, dev_minor, PROCMON_UNKNOWN32, "device number of its file system, minor") \
	N(__u32, old_tid, 0, "thread ID of the caller of exec (its own before it became the leader)") \
	N(__u32, argc, 0, "number of arguments, as the kernel counted them") \
	N(__u32, euid, PROCMON_UNKNOWN32, "effective user ID, after the exec") \
	N(__u32, gid, PROCMON_UNKNOWN32, "real group ID") \
	N(__u32, egid, PROCMON_UNKNOWN32, "effective group ID, after the exec") \
	N(__u32, loginuid, PROCMON_UNKNOWN32, "audit login user ID") \
	N(__u32, session, PROCMON_UNKNOWN32, "audit session ID") \
	N(__u32, sid, 0, "session leader's process ID (setsid), in the initial pid namespace") \
	N(__u32, ns_pid, 0, "process ID in its innermost pid namespace") \
	N(__u32, pid_ns, 0, "inode number of the pid namespace") \
	N(__u32, user_ns, 0, "inode number of the user namespace") \
	N(__u32, net_ns, 0, "inode number of the network namespace") \
	N(__u32, mode, PROCMON_UNKNOWN32, "file type and mode of the executable") \
	N(__u32, nlink, PROCMON_UNKNOWN32, "number of hard links of the executable") \
	S(comm, "name of the task, after the exec") \
	S(exe, "exact path of the executable (of the interpreter for a script)") \
	S(filename, "path as it was passed to execve") \
	S(script, "path of the script, where the kernel can tell (else cwd and filename)") \
	S(cwd, "working directory") \
	S(args, "arguments, each ended by a NUL") \
	S(env, "environment variables that were asked for, each NAME=VALUE ended by a NUL")

#define PROCMON_EXIT_FIELDS(N, S) \
	N(__u64, parent_start_ns, PROCMON_UNKNOWN64, "start of the real parent") \
	N(__u64, utime_ns, PROCMON_UNKNOWN64, "user CPU time of all threads") \
	N(__u64, stime_ns, PROCMON_UNKNOWN64, "system CPU time of all threads") \
	N(__u64, maxrss_kib, PROCMON_UNKNOWN64, "largest resident set, KiB") \
	N(__u64, minflt, PROCMON_UNKNOWN64, "page faults without I/O") \
	N(__u64, majflt, PROCMON_UNKNOWN64, "page faults with I/O") \
	N(__u64, nvcsw, PROCMON_UNKNOWN64, "voluntary context switches") \
	N(__u64, nivcsw, PROCMON_UNKNOWN64, "involuntary context switches") \
	N(__u64, read_bytes, PROCMON_UNKNOWN64, "bytes read from storage") \
	N(__u64, write_bytes, PROCMON_UNKNOWN64, "bytes written to storage") \
	N(__s32, exit_code, -1, "exit status, when it was not killed by a signal") \
	N(__u32, signal, 0, "signal that killed it") \
	N(__u32, core, PROCMON_UNKNOWN32, "1 when the signal dumped core, 0 when it did not") \
	N(__u32, ns_pid, 0, "process ID in its innermost pid namespace") \
	S(comm, "name of the task")

#define PROCMON_CGROUP_FIELDS(N, S) \
	N(__u64, target_cgroup_id, 0, "ID of the cgroup that was made, removed, renamed or entered") \
	N(__u64, member_start_ns, 0, "start of the process that entered it") \
	N(__u32, hierarchy, PROCMON_UNKNOWN32, "hierarchy ID, 0 for the unified hierarchy") \
	N(__u32, level, PROCMON_UNKNOWN32, "depth of that cgroup, 0 for the root") \
	N(__u32, member_pid, 0, "process ID of the process that entered it") \
	N(__u32, member_tid, 0, "thread ID of the task that entered it") \
	S(target_cgroup, "path of that cgroup from the root of its hierarchy")

/* T(type number, NAME, name, body struct's table): numbers and names never change. */
#define PROCMON_TYPES(T) \
	T(1, FORK, fork, FORK) \
	T(2, EXEC, exec, EXEC) \
	T(3, EXIT, exit, EXIT) \
	T(4, CGROUP_MKDIR, cgroup_mkdir, CGROUP) \
	T(5, CGROUP_RMDIR, cgroup_rmdir, CGROUP) \
	T(6, CGROUP_RENAME, cgroup_rename, CGROUP) \
	T(7, CGROUP_ATTACH, cgroup_attach, CGROUP)

/* F(bit, NAME, name, description): flags of the head. */
#define PROCMON_FLAGS(F) \
	F(0, THREAD, thread, "a thread started or ended, not a process") \
	F(1, LATE, late, "paths were resolved by a worker shortly after the event (PREEMPT_RT)") \
	F(2, SCRIPT, script, "run by an interpreter: #! or binfmt_misc") \
	F(3, DELETED, deleted, "the executable had been unlinked") \
	F(4, MEMFD, memfd, "the executable is a memfd") \
	F(5, SETID, setid, "the exec gained privileges: set-user-ID, set-group-ID or file capabilities") \
	F(6, THREAD_EXEC, thread_exec, "a thread that was not the leader called exec") \
	F(7, BY_FD, by_fd, "execveat or fexecve by descriptor") \
	F(8, OUTSIDE_ROOT, outside_root, "the executable is outside the root directory of the process") \
	F(9, NS_ROOT, ns_root, "exe and cwd are told from the root of the mount namespace, not of the process's chroot") \
	F(10, CWD_DELETED, cwd_deleted, "the working directory had been removed") \
	F(29, AGAIN, again, "set by readers: a process that was told before, at the beginning of a file that goes on from another") \
	F(30, REDACTED, redacted, "set by readers: not all of its strings is told (--redact)") \
	F(31, UNORDERED, unordered, "set by readers: given out before an older event that did not come in time")

/* C(NAME, name, description): what each ring counts beside its events; order never changes. */
#define PROCMON_COUNTERS(C) \
	C(LATE_FULL, late_full, "exec events told without paths: too many waited for the worker") \
	C(ARGS_CUT, args_cut, "exec events whose arguments were cut at args_max") \
	C(ARGS_UNREADABLE, args_unreadable, "exec events whose arguments could not all be read") \
	C(EXE_FAILED, exe_failed, "exec events without exe") \
	C(CWD_FAILED, cwd_failed, "exec events without cwd") \
	C(CGROUP_PATH_CUT, cgroup_path_cut, "cgroup events whose path the kernel had cut") \
	C(CLAIM_FULL, claim_full, "process exits that may have been told twice")

/* A comma before each row, not after: C++98 has none after the last one. */
enum procmon_type {
	PROCMON_NO_TYPE = 0
#define T(number, NAME, name, BODY) , PROCMON_##NAME = number
	PROCMON_TYPES(T)
#undef T
};

enum procmon_flag {
	PROCMON_F_NONE = 0
#define F(bit, NAME, name, doc) , PROCMON_F_##NAME = (int)(1u << (bit))
	PROCMON_FLAGS(F)
#undef F
};

enum procmon_counter {
#define C(NAME, name, doc) PROCMON_C_##NAME,
	PROCMON_COUNTERS(C)
#undef C
	PROCMON_NR_COUNTERS
};
/* clang-format on */

#define PROCMON_N(type, name, unknown, doc) type name;
#define PROCMON_S(name, doc) struct procmon_str name;

struct procmon_head {
	PROCMON_HEAD_FIELDS(PROCMON_N, PROCMON_S)
};

struct procmon_fork {
	PROCMON_FORK_FIELDS(PROCMON_N, PROCMON_S)
};

struct procmon_exec {
	PROCMON_EXEC_FIELDS(PROCMON_N, PROCMON_S)
};

struct procmon_exit {
	PROCMON_EXIT_FIELDS(PROCMON_N, PROCMON_S)
};

struct procmon_cgroup {
	PROCMON_CGROUP_FIELDS(PROCMON_N, PROCMON_S)
};

#undef PROCMON_N
#undef PROCMON_S

/**
 * struct procmon_info - the module as a whole: mmap offset 0, and what PROCMON_IOC_INFO returns
 * @size: bytes of this struct that the module fills in
 * @rec_size: bytes of a record, PROCMON_REC
 * @magic: PROCMON_MAGIC
 * @abi_major: another one than PROCMON_ABI_MAJOR: refuse
 * @abi_minor: grows with additions
 * @compat: bits a reader may ignore (none yet)
 * @incompat: bits a reader must know: refuse unknown ones (none yet)
 * @instance: random, new at each load of the module; below 2^63
 * @load_ns: CLOCK_BOOTTIME at load
 * @nr_rings: rings 0 .. nr_rings - 1; not every one need exist
 * @rings_gen: grows by one when a ring appears
 * @ring_off: mmap offset of ring 0
 * @ring_stride: bytes from one ring's offset to the next one's
 * @ring_len: bytes to map of a ring
 * @data_off: bytes from the start of a ring's window to its records
 * @nrec: records in a ring, a power of two
 * @max_event: bytes of the largest event
 * @events: bit (1 << enum procmon_type) for every type that is recorded now
 * @threads: 1 when threads are recorded too
 * @args_max: bytes of arguments recorded at most
 * @cgroup_version: 2 when cgroup_id is of the unified hierarchy, else 1
 * @cgroup_hierarchy: ID of the hierarchy of cgroup_id, as in /proc/PID/cgroup: 0, or that of the
 *	controller pids where it is mounted in the first version; may change when one is mounted
 * @no_ring: events lost because their CPU had no ring (no memory when it came online)
 * @ring_header_size: bytes of struct procmon_ring that the module fills in
 * @nr_counters: counters in struct procmon_ring
 * @version: version of the module, NUL-terminated
 * @load_wall_ns: CLOCK_REALTIME at load
 */
struct procmon_info {
	__u32 size;
	__u32 rec_size;
	__u8 magic[8];
	__u32 abi_major;
	__u32 abi_minor;
	__aligned_u64 compat;
	__aligned_u64 incompat;
	__aligned_u64 instance;
	__aligned_u64 load_ns;
	__u32 nr_rings;
	__u32 rings_gen;
	__aligned_u64 ring_off;
	__aligned_u64 ring_stride;
	__aligned_u64 ring_len;
	__aligned_u64 data_off;
	__aligned_u64 nrec;
	__u32 max_event;
	__u32 events;
	__u32 threads;
	__u32 args_max;
	__u32 cgroup_version;
	__u32 cgroup_hierarchy;
	__aligned_u64 no_ring;
	__u32 ring_header_size;
	__u32 nr_counters;
	__u8 version[32];
	__aligned_u64 load_wall_ns;
};

#define PROCMON_RING_LATE 0x1 /* procmon_ring.flags: events of every CPU, told by a worker */

/**
 * struct procmon_ring - the head of a ring, mapped read-only before its records
 * @magic: PROCMON_RING_MAGIC
 * @instance: as in struct procmon_info
 * @cpu: the CPU that writes it (PROCMON_UNKNOWN32 for the late ring)
 * @flags: PROCMON_RING_*
 * @nrec: records
 * @reserved0: 0
 * @tail: position of the oldest intact event
 * @resv: position after the newest event that was begun
 * @commit: position after the newest complete event; tail <= commit <= resv <= tail + nrec
 * @seq: number the next event will get
 * @last_ns: time_ns of the newest complete event
 * @pending: events of the past that will still come into this ring (late ring only)
 * @reserved1: 0
 * @counter: by enum procmon_counter
 */
struct procmon_ring {
	__u8 magic[8];
	__aligned_u64 instance;
	__u32 cpu;
	__u32 flags;
	__aligned_u64 nrec;
	__aligned_u64 reserved0[4];
	__aligned_u64 tail;
	__aligned_u64 resv;
	__aligned_u64 commit;
	__aligned_u64 seq;
	__aligned_u64 last_ns;
	__aligned_u64 pending;
	__aligned_u64 reserved1[2];
	__aligned_u64 counter[PROCMON_NR_COUNTERS];
};

/**
 * struct procmon_dump - the head of a page that tells where a ring lies in physical memory
 * @magic: PROCMON_DUMP_MAGIC
 * @instance: as in struct procmon_info
 * @self: page frame number of this page; anything else is a copy of one
 * @info: page frame number of struct procmon_info
 * @page_size: bytes in a page
 * @index: the ring
 * @first: number in the ring's window of the first page told here
 * @nr: pages told here
 *
 * For programs that read a dump of the memory after a crash: they look for pages that begin with
 * @magic and are where @self says.  The page frame numbers of the ring's pages follow, __u64 each.
 * Nothing of this can be seen through the device.
 */
struct procmon_dump {
	__u8 magic[8];
	__aligned_u64 instance;
	__aligned_u64 self;
	__aligned_u64 info;
	__u32 page_size;
	__u32 index;
	__u32 first;
	__u32 nr;
};

/**
 * struct procmon_wait - argument of PROCMON_IOC_WAIT: sleep until there is something to read
 * @size: sizeof(struct procmon_wait)
 * @flags: 0
 * @nr_pos: entries of @pos, at most procmon_info.nr_rings; rings past them count from 0
 * @watermark: records to wait for in any one ring (0 and 1: the first event)
 * @min_wait_us: when an event is there but less than @watermark: wait this long for more
 * @reserved: 0
 * @timeout_ns: at most this long; 0: only set the positions (for poll); < 0: no limit
 * @pos: user address of an array of __u64, the reader's position in every ring
 *
 * Returns 0 when there is an event past a position, -ETIME after @timeout_ns, -EINTR,
 * -EFAULT, -EINVAL (unknown flags, too many positions, shorter than this one, which is the first
 * version), -E2BIG (a newer struct with unknown bytes set, or longer than a page).
 */
struct procmon_wait {
	__u32 size;
	__u32 flags;
	__u32 nr_pos;
	__u32 watermark;
	__u32 min_wait_us;
	__u32 reserved;
	__s64 timeout_ns;
	__aligned_u64 pos;
};

#define PROCMON_TASK_RUNS 0 /* procmon_task.state */
#define PROCMON_TASK_ENDS 1 /* its exit event has been made, or will be at any moment */
#define PROCMON_TASK_ENDED 2 /* its exit event has been made; its parent has not asked for it yet */

/**
 * struct procmon_task - argument of PROCMON_IOC_TASK: a process that runs already
 * @size: sizeof(struct procmon_task)
 * @tgid: the process, in the initial pid namespace; 0: the caller
 * @start_ns: as in the head of events
 * @parent_start_ns: as in fork events, now
 * @cgroup_id: as in the head of events, now
 * @ppid: process ID of the real parent, now
 * @uid: real user ID, now
 * @ns_pid: process ID in its innermost pid namespace
 * @pid_ns: inode number of that pid namespace
 * @state: PROCMON_TASK_*
 * @reserved: 0
 *
 * Returns 0, with everything filled in, -ESRCH when there is no such process, -EFAULT, -EINVAL and
 * -E2BIG as PROCMON_IOC_WAIT.
 */
struct procmon_task {
	__u32 size;
	__u32 tgid;
	__aligned_u64 start_ns;
	__aligned_u64 parent_start_ns;
	__aligned_u64 cgroup_id;
	__u32 ppid;
	__u32 uid;
	__u32 ns_pid;
	__u32 pid_ns;
	__u32 state;
	__u32 reserved;
};

/*
 * The size in the struct, not in the number, tells the version: a shorter struct than the module's
 * is filled up with zeros, a longer one must be zero where the module does not know it.
 * PROCMON_IOC_INFO fills min(size given, its own size) and writes that size back.
 */
#define PROCMON_IOC_INFO _IO('p', 0xe0)
#define PROCMON_IOC_WAIT _IO('p', 0xe1)
#define PROCMON_IOC_TASK _IO('p', 0xe2)

#endif
