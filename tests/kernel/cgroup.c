// SPDX-License-Identifier: MIT
/* Cgroups come, go and are entered in the stream, and every event carries the cgroup it was in. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/procmon-test"

static struct procmon *pm;

/* The next cgroup event of this type about this cgroup. */
static struct copy next_about(unsigned int type, uint64_t id)
{
	struct procmon_event ev;
	struct copy copy = { 0 };

	while (!copy.there) {
		follow_next(pm, &ev);
		if (ev.head.type == type && (!id || procmon_number(&ev, "target_cgroup_id") == id))
			follow_copy(&copy, &ev);
	}
	return copy;
}

static bool path_is(const struct copy *copy, const char *path)
{
	const char *got = procmon_string(&copy->ev, "target_cgroup", NULL);

	if (got && !strcmp(got, path))
		return true;
	diag("path: expected %s, got %s", path, got ? got : "nothing");
	return false;
}

static uint64_t make(const char *path)
{
	struct stat st;

	if (mkdir(path, 0755) || stat(path, &st))
		bail("mkdir %s", path);
	return st.st_ino;
}

static void enter(const char *group, pid_t pid)
{
	char path[4096], text[16];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(text, sizeof(text), "%d", pid);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		bail("entering %s", group);
	close(fd);
}

static void run_pause(void *arg)
{
	(void)arg;
	pause();
}

static void test_life(void)
{
	uint64_t id = make(GROUP);
	struct copy copy = next_about(PROCMON_CGROUP_MKDIR, id);
	struct told *told;
	pid_t pid;

	ok(path_is(&copy, "/procmon-test") && procmon_number(&copy.ev, "level") == 1,
	   "mkdir_is_told_with_id_and_path");
	pid = follow_spawn(run_pause, NULL);
	enter(GROUP, pid);
	copy = next_about(PROCMON_CGROUP_ATTACH, id);
	ok(procmon_number(&copy.ev, "member_pid") == (uint64_t)pid &&
		   path_is(&copy, "/procmon-test"),
	   "entering_is_told_with_the_process");
	kill(pid, SIGKILL);
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->exit.ev.head.cgroup_id == id, "end_carries_the_cgroup_it_was_in");
	if (rmdir(GROUP))
		bail("rmdir");
	copy = next_about(PROCMON_CGROUP_RMDIR, id);
	ok(path_is(&copy, "/procmon-test"), "rmdir_is_told_with_id_and_path");
}

static void test_clone_into(void)
{
	uint64_t id = make(GROUP);
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_INTO_CGROUP };
	struct told *told;
	pid_t pid;
	int fd = open(GROUP, O_RDONLY | O_DIRECTORY);

	args.cgroup = (uint64_t)fd;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	if (pid < 0) {
		skip("child_made_in_a_cgroup_carries_it_from_its_first_event", "clone3: %s",
		     strerror(errno));
	} else {
		follow_wait(pid);
		told = follow_told(pm, pid);
		ok(told->fork.ev.head.cgroup_id == id && told->exit.ev.head.cgroup_id == id,
		   "child_made_in_a_cgroup_carries_it_from_its_first_event");
	}
	close(fd);
	rmdir(GROUP);
}

static void test_long_path(void)
{
	char path[4096] = GROUP, name[201];
	struct procmon_value value;
	struct copy copy;
	uint64_t id = 0;
	int depth;

	memset(name, 'c', 200);
	name[200] = '\0';
	make(GROUP);
	for (depth = 0; depth < 6; depth++) {
		strcat(path, "/");
		strcat(path, name);
		id = make(path);
	}
	copy = next_about(PROCMON_CGROUP_MKDIR, id);
	procmon_get(&copy.ev, procmon_field_by_name(PROCMON_CGROUP_MKDIR, "target_cgroup"), &value);
	ok(value.known && value.flags & PROCMON_STR_CUT, "path_the_kernel_cut_is_marked_cut");
	for (; depth >= 0; depth--) {
		rmdir(path);
		*strrchr(path, '/') = '\0';
	}
}

static void test_switches(void)
{
	struct procmon_event ev;
	int cgroups = 0, forks = 0;
	pid_t pid;

	if (!follow_param("events", "exit"))
		bail("events=exit");
	make(GROUP);
	pid = follow_spawn(run_pause, NULL);
	enter(GROUP, pid);
	kill(pid, SIGKILL);
	follow_wait(pid);
	do {
		follow_next(pm, &ev);
		cgroups += ev.head.type == PROCMON_CGROUP_MKDIR &&
			   !strcmp(procmon_string(&ev, "target_cgroup", NULL), "/procmon-test");
		forks += ev.head.type == PROCMON_FORK && ev.head.tgid == (uint32_t)pid;
	} while (ev.head.type != PROCMON_EXIT || ev.head.tgid != (uint32_t)pid);
	ok(!cgroups && !forks, "kinds_that_are_off_are_not_told");
	ok(!follow_param("events", "fork,nonsense") && !follow_param("events", "\n"),
	   "wrong_kinds_are_refused");
	if (!follow_param("events", "fork,exec,exit,cgroup"))
		bail("events");
	rmdir(GROUP);
	pid = follow_spawn(run_pause, NULL);
	kill(pid, SIGKILL);
	follow_wait(pid);
	ok(follow_told(pm, pid)->forks == 1, "kinds_that_are_on_again_are_told");
}

/* Only in a hierarchy of the first version can a cgroup get another name. */
static void test_rename(void)
{
	const char *top = "/tmp/hierarchy", *old = "/tmp/hierarchy/old",
		   *new = "/tmp/hierarchy/new";
	struct copy copy;
	uint64_t id;

	mkdir(top, 0755);
	if (mount("cgroup", top, "cgroup", 0, "none,name=procmon-test")) {
		skip("rename_is_told_with_the_new_path", "mount: %s", strerror(errno));
		return;
	}
	id = make(old);
	if (rename(old, new))
		bail("rename");
	copy = next_about(PROCMON_CGROUP_RENAME, id);
	ok(path_is(&copy, "/new") && procmon_number(&copy.ev, "hierarchy"),
	   "rename_is_told_with_the_new_path");
	rmdir(new);
	umount(top);
}

static bool is_told(uint32_t version)
{
	struct procmon_info info;

	if (procmon_info(pm, &info))
		bail("%s", procmon_error(pm));
	return info.cgroup_version == version && !info.cgroup_hierarchy == (version == 2);
}

static bool is_named(uint64_t id, const char *path)
{
	const char *name = procmon_cgroup(pm, id, NULL);

	if (name && !strcmp(name, path))
		return true;
	diag("%llu is %s", (unsigned long long)id, name ? name : "unknown");
	return false;
}

static int mount_pids(const char *top)
{
	return mount("cgroup", top, "cgroup", 0, "pids");
}

/* It stays when it is unmounted while some removed cgroup of it is not quite gone: cgroup_kill_sb(). */
static bool goes(const char *top)
{
	int i;

	for (i = 0; i < 100; i++) {
		umount(top);
		usleep(100000);
		if (is_told(2))
			return true;
		mount_pids(top);
	}
	return false;
}

/* A host whose controllers are in hierarchies of the first version. */
static void test_first_version(void)
{
	const char *top = "/tmp/pids", *before = "/tmp/pids/before", *group = "/tmp/pids/group";
	struct procmon *follower = pm;
	uint64_t early, id;
	pid_t pid;

	mkdir(top, 0755);
	if (mount_pids(top)) {
		skip("where_pids_is_in_the_first_version_its_hierarchy_is_told", "mount: %s",
		     strerror(errno));
		return;
	}
	early = make(before);
	ok(is_told(1), "where_pids_is_in_the_first_version_its_hierarchy_is_told");
	pm = follow_open(0);
	ok(!procmon_name_cgroups(pm, NULL) && is_named(early, "/before") && is_named(1, "/"),
	   "cgroups_of_that_hierarchy_are_found");
	id = make(group);
	make(GROUP); /* of the other hierarchy, perhaps with the same ID */
	pid = follow_spawn(run_pause, NULL);
	enter(group, pid);
	kill(pid, SIGKILL);
	follow_wait(pid);
	ok(follow_told(pm, pid)->exit.ev.head.cgroup_id == id && is_named(id, "/group"),
	   "events_carry_the_cgroup_of_that_hierarchy");
	procmon_close(pm);
	pm = follower;
	rmdir(GROUP);
	rmdir(group);
	rmdir(before);
	ok(goes(top), "without_it_the_unified_one_is_told");
}

int main(void)
{
	tap_theme("cgroup");
	pm = follow_open(0);
	test_life();
	test_clone_into();
	test_long_path();
	test_switches();
	test_rename();
	test_first_version();
	procmon_close(pm);
	return tap_done();
}
