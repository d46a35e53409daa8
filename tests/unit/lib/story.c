// SPDX-License-Identifier: MIT
#include "story.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "fake.h"

#define STORY_NREC 4096
#define STORY_BEGIN (FAKE_BOOT_NS - 10000000000ull)
#define STORY_STEP 1234567ull
#define STORY_SHELL 1000u
#define STORY_CGROUP 18446744073709551614ull
#define STORY_CONTAINER 5001
#define STORY_SESSION 5002
#define STORY_NOBODY 4242424242u /* a user ID without a name */

static struct rings *story;
static struct draft draft;
static uint64_t story_ns;
static unsigned int story_events;

static uint64_t start_of(uint32_t pid)
{
	return STORY_BEGIN - 1000000 + pid;
}

static void begin(unsigned int type, uint32_t pid)
{
	draft_start(&draft, type);
	draft_process(&draft, pid, start_of(pid));
	draft.head.cpu = pid % 2;
	draft.head.ppid = STORY_SHELL;
	draft.head.uid = 0;
	draft.head.cgroup_id = 77;
}

static void put(void)
{
	rings_put(story, draft.head.cpu, &draft, story_ns);
	story_ns += STORY_STEP;
	story_events++;
}

static void put_fork(uint32_t pid, const char *comm)
{
	begin(PROCMON_FORK, pid);
	draft_number(&draft, "parent_start_ns", start_of(STORY_SHELL));
	draft_number(&draft, "fork_pid", STORY_SHELL);
	draft_number(&draft, "fork_tid", STORY_SHELL);
	draft_number(&draft, "ns_pid", pid - 990);
	draft_number(&draft, "pid_ns", 4026531836);
	draft_text(&draft, "comm", comm);
	put();
}

static void begin_exec(uint32_t pid, const char *exe, const char *args, size_t args_len)
{
	begin(PROCMON_EXEC, pid);
	draft_text(&draft, "comm", "prog");
	draft_text(&draft, "exe", exe);
	draft_text(&draft, "filename", exe);
	draft_text(&draft, "cwd", "/root");
	draft_string(&draft, "args", args, args_len);
}

#define BEGIN_EXEC(pid, exe, args) begin_exec(pid, exe, args, sizeof(args))

static void put_exit(uint32_t pid, int code, unsigned int signal, unsigned int core)
{
	begin(PROCMON_EXIT, pid);
	draft_text(&draft, "comm", "prog");
	if (signal) {
		draft_number(&draft, "signal", signal);
		draft_number(&draft, "core", core);
	} else {
		draft_number(&draft, "exit_code", (uint64_t)code);
	}
	put();
}

static void tell_all_that_can_be_told(void)
{
	BEGIN_EXEC(1001, "/usr/bin/prog", "prog\0-l\0two words\0it's");
	draft_number(&draft, "parent_start_ns", start_of(STORY_SHELL));
	draft_number(&draft, "ino", 9007199254740993ull); /* 2^53 + 1 */
	draft_number(&draft, "dev_major", 8);
	draft_number(&draft, "dev_minor", 1);
	draft_number(&draft, "old_tid", 1001);
	draft_number(&draft, "argc", 4);
	draft_number(&draft, "euid", 0);
	draft_number(&draft, "gid", 100);
	draft_number(&draft, "egid", 100);
	draft_number(&draft, "loginuid", 0);
	draft_number(&draft, "session", 3);
	draft_number(&draft, "sid", 900);
	draft_number(&draft, "ns_pid", 11);
	draft_number(&draft, "pid_ns", 4026531836);
	draft_number(&draft, "user_ns", 4026531837);
	draft_number(&draft, "net_ns", 4026531840);
	draft_number(&draft, "mode", S_IFREG | 0755);
	draft_number(&draft, "nlink", 1);
	put();
	begin(PROCMON_EXIT, 1001);
	draft_text(&draft, "comm", "prog");
	draft_number(&draft, "parent_start_ns", start_of(STORY_SHELL));
	draft_number(&draft, "utime_ns", 1500000);
	draft_number(&draft, "stime_ns", 500000);
	draft_number(&draft, "maxrss_kib", 4096);
	draft_number(&draft, "minflt", 100);
	draft_number(&draft, "majflt", 0);
	draft_number(&draft, "nvcsw", 5);
	draft_number(&draft, "nivcsw", 1);
	draft_number(&draft, "read_bytes", 0);
	draft_number(&draft, "write_bytes", 512);
	draft_number(&draft, "exit_code", 0);
	draft_number(&draft, "ns_pid", 11);
	put();
}

static void tell_what_strangers_wrote(void)
{
	put_fork(1002, "\033[31mred");
	BEGIN_EXEC(1002, "/tmp/\033]0;owned\a/x\n12:00:00.000 exec",
		   "x\0\033[2J\0a\nb\0\xff\xfe\0é日本\0\xe2\x80\xae");
	draft_text(&draft, "comm", "a\tb");
	put();
	BEGIN_EXEC(1002, "/tmp/\xff\x80/caf\xe9", "caf\xe9\0plain");
	put();
	put_exit(1002, 3, 0, 0);
}

static void tell_what_is_special(void)
{
	put_fork(1003, "sh");
	BEGIN_EXEC(1003, "/usr/bin/python3.11", "/usr/bin/python3\0../tool.py\0-v");
	draft_text(&draft, "filename", "../tool.py");
	draft_text(&draft, "cwd", "/opt/tool/bin");
	draft.head.flags = PROCMON_F_SCRIPT | PROCMON_F_LATE;
	put();
	BEGIN_EXEC(1003, "/memfd:x", "");
	draft.head.flags = PROCMON_F_MEMFD | PROCMON_F_DELETED | PROCMON_F_BY_FD | 1u << 28;
	put();
	BEGIN_EXEC(1003, "/usr/bin/sudo", "-sudo\0--");
	draft.head.flags = PROCMON_F_SETID | PROCMON_F_THREAD_EXEC | PROCMON_F_OUTSIDE_ROOT |
			   PROCMON_F_NS_ROOT | PROCMON_F_CWD_DELETED;
	draft_number(&draft, "old_tid", 1013);
	put();
	put_exit(1003, 0, SIGSEGV, 1);
	put_fork(1004, "sh");
	put_exit(1004, 0, SIGKILL, 0);
	put_fork(1005, "sh");
	put_exit(1005, 0, 99, 0);
}

static void tell_what_is_cut_or_missing(void)
{
	put_fork(1006, "sh");
	begin_exec(1006, "/bin/cut", "cut\0aaaa", 8);
	draft_str(&draft, "args")->full_len = 123456;
	draft_str(&draft, "args")->flags = PROCMON_STR_CUT;
	put();
	begin_exec(1006, "/bin/unreadable", "", 0);
	draft_str(&draft, "exe")->flags = PROCMON_STR_ABSENT | PROCMON_STR_UNREADABLE;
	draft_str(&draft, "exe")->err = ENAMETOOLONG;
	draft_str(&draft, "args")->flags = PROCMON_STR_UNREADABLE;
	draft_str(&draft, "args")->err = EFAULT;
	put();
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 1007, start_of(1007));
	draft.head.cpu = 0;
	put();
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 1007, start_of(1007));
	draft.head.cpu = 0;
	put();
	draft_start(&draft, PROCMON_EXIT);
	draft_process(&draft, 1007, start_of(1007));
	draft.head.cpu = 0;
	put();
	draft_start(&draft, PROCMON_EXIT);
	draft.head.cpu = 0;
	draft.head.tgid = 1008; /* not even a start */
	put();
	story->shared[0]->seq += STORY_LOST;
	begin(PROCMON_FORK, 1010);
	draft.head.uid = STORY_NOBODY;
	draft.head.flags = PROCMON_F_THREAD;
	draft.head.tid = 1011;
	draft_text(&draft, "comm", "worker");
	put();
}

static void tell_what_is_inherited(void)
{
	BEGIN_EXEC(STORY_SHELL, "/bin/my sh", "-my sh");
	put();
	put_fork(1020, "my sh");
	put_exit(1020, 1, 0, 0);
}

static void put_cgroup(unsigned int type, uint64_t id, const char *path)
{
	begin(type, STORY_SHELL);
	draft_number(&draft, "target_cgroup_id", id);
	draft_number(&draft, "hierarchy", 0);
	draft_number(&draft, "level", 2);
	draft_text(&draft, "target_cgroup", path);
	if (type == PROCMON_CGROUP_ATTACH) {
		draft_number(&draft, "member_pid", 1010);
		draft_number(&draft, "member_tid", 1010);
		draft_number(&draft, "member_start_ns", start_of(1010));
	}
	put();
}

static void tell_of_cgroups(void)
{
	put_cgroup(PROCMON_CGROUP_MKDIR, STORY_CGROUP, "/user.slice/a");
	put_cgroup(PROCMON_CGROUP_ATTACH, STORY_CGROUP, "/user.slice/a");
	put_cgroup(PROCMON_CGROUP_RENAME, STORY_CGROUP, "/user.slice/b\033[m");
	put_cgroup(PROCMON_CGROUP_RMDIR, STORY_CGROUP, "/user.slice/b\xff");
}

static void tell_of_a_container(void)
{
	put_cgroup(PROCMON_CGROUP_MKDIR, STORY_CONTAINER,
		   "/kubepods.slice/kubepods-pod3a2b1c0d_1111_2222_3333_444455556666.slice/"
		   "cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
		   ".scope");
	BEGIN_EXEC(1030, "/bin/inside", "inside");
	draft.head.cgroup_id = STORY_CONTAINER;
	put();
	put_cgroup(PROCMON_CGROUP_MKDIR, STORY_SESSION,
		   "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service");
	BEGIN_EXEC(1031, "/bin/app", "app");
	draft.head.cgroup_id = STORY_SESSION;
	put();
}

unsigned int story_in_file(struct rings *rings)
{
	rings_in_file(rings, 2, STORY_NREC);
	story = rings;
	story_ns = STORY_BEGIN;
	story_events = 0;
	put_fork(1001, "sh");
	tell_all_that_can_be_told();
	tell_what_strangers_wrote();
	tell_what_is_special();
	tell_what_is_cut_or_missing();
	tell_what_is_inherited();
	tell_of_cgroups();
	tell_of_a_container();
	return story_events;
}
