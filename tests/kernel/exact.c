// SPDX-License-Identifier: MIT
/* Every awkward exec carries the exact path, what was typed, the arguments and the right flags. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define DIR "/tmp/exact"
#define TINY DIR "/tiny"
#define MUTABLE_FLAGS (~(uint32_t)(PROCMON_F_LATE)) /* how it was told, not what happened */

static struct procmon *pm;
static char *no_env[] = { NULL };

/**
 * struct want - an exec, and what must be told of it
 * @run: does it, in a child
 * @fd: for @run
 * @path: what @run gives to the kernel
 * @cwd: working directory for it
 * @args: its arguments, {"tiny"} when NULL
 * @exe, @filename, @script: expected; @filename is @path when NULL
 * @flags: expected
 * @told_args: expected arguments, @args when NULL
 */
struct want {
	void (*run)(void *want);
	int fd;
	const char *path;
	const char *cwd;
	char **args;
	const char *exe;
	const char *filename;
	const char *script;
	uint32_t flags;
	char **told_args;
};

static char *plain_args[] = { "tiny", NULL };

static char **want_args(const struct want *want)
{
	return want->args ? want->args : plain_args;
}

static void run_execve(void *arg)
{
	struct want *want = arg;

	if (want->cwd && chdir(want->cwd))
		_exit(98);
	execve(want->path, want_args(want), no_env);
}

static void run_execveat(void *arg)
{
	struct want *want = arg;

	syscall(SYS_execveat, want->fd, want->path, want_args(want), no_env, 0);
}

static void run_fexecve(void *arg)
{
	struct want *want = arg;

	syscall(SYS_execveat, want->fd, "", want_args(want), no_env, AT_EMPTY_PATH);
}

static void *thread_execve(void *arg)
{
	run_execve(arg);
	_exit(97);
}

static void run_thread(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_execve, arg);
	pause();
}

static void run_in_removed(void *arg)
{
	struct want *want = arg;

	if (mkdir(want->cwd, 0755) || chdir(want->cwd) || rmdir(want->cwd))
		_exit(98);
	execve(want->path, want_args(want), no_env);
}

static void run_as_nobody(void *arg)
{
	if (setgid(65534) || setuid(65534))
		_exit(98);
	run_execve(arg);
}

static void file_copy(const char *from, const char *to, mode_t mode)
{
	char buf[65536];
	int in = open(from, O_RDONLY), out;
	ssize_t n;

	unlink(to);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			bail("writing %s", to);
	if (in < 0 || out < 0 || fchmod(out, mode))
		bail("copying %s to %s", from, to);
	close(in);
	close(out);
}

static void file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail("writing %s", path);
	close(fd);
}

static bool same(const char *what, const char *got, const char *expected)
{
	if (got && expected && !strcmp(got, expected))
		return true;
	if (!got && !expected)
		return true;
	diag("%s: expected %s, got %s", what, expected ? expected : "nothing",
	     got ? got : "nothing");
	return false;
}

static bool same_number(const char *what, uint64_t got, uint64_t expected)
{
	if (got != expected)
		diag("%s: expected %llu, got %llu", what, (unsigned long long)expected,
		     (unsigned long long)got);
	return got == expected;
}

static bool same_args(const struct procmon_event *ev, char **args)
{
	size_t len;
	const char *got = procmon_string(ev, "args", &len);
	const char *end = got + len;
	unsigned int argc = 0;
	bool good = got != NULL;

	for (; good && *args; args++, argc++) {
		good = got < end && !strcmp(got, *args);
		if (!good)
			diag("argument %u: expected '%s', got '%s'", argc, *args,
			     got < end ? got : "nothing");
		got += strlen(*args) + 1;
	}
	if (good && got != end)
		diag("%zu bytes of arguments too many", (size_t)(end - got));
	return good && got == end && same_number("argc", procmon_number(ev, "argc"), argc);
}

static bool same_inode(const struct procmon_event *ev, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return true; /* it is gone, as it should */
	return same_number("ino", procmon_number(ev, "ino"), st.st_ino) &
	       same_number("dev_major", procmon_number(ev, "dev_major"), major(st.st_dev)) &
	       same_number("dev_minor", procmon_number(ev, "dev_minor"), minor(st.st_dev)) &
	       same_number("mode", procmon_number(ev, "mode"), st.st_mode) &
	       same_number("nlink", procmon_number(ev, "nlink"), st.st_nlink);
}

static bool same_script(const struct procmon_event *ev, const char *expected)
{
	char script[8192];
	ssize_t len = procmon_script(ev, script, sizeof(script));

	return same("script", len > 0 ? script : NULL, expected);
}

/* Is the exec told as it must be?  The inode is checked where the path leads to it from here. */
static bool exec_matches(const struct procmon_event *ev, const struct want *want, bool inode)
{
	bool good = true;

	good &= same("exe", procmon_string(ev, "exe", NULL), want->exe);
	good &= same("filename", procmon_string(ev, "filename", NULL),
		     want->filename ? want->filename : want->path);
	good &= same("cwd", procmon_string(ev, "cwd", NULL), want->cwd ? want->cwd : DIR);
	good &= same_script(ev, want->script);
	good &= same_args(ev, want->told_args ? want->told_args : want_args(want));
	good &= same_number("flags", ev->head.flags & MUTABLE_FLAGS, want->flags);
	if (inode)
		good &= same_inode(ev, want->exe);
	return good;
}

/* Runs it; the one exec that follows must match, between one fork and one exit with 0. */
static void check(const char *name, struct want want)
{
	pid_t pid = follow_spawn(want.run ? want.run : run_execve, &want);
	int status = follow_wait(pid);
	struct told *told = follow_told(pm, pid);
	bool good = told->execs == 1 && told->forks == 1 && told->in_order;

	if (!good)
		diag("%d forks, %d execs, %s", told->forks, told->execs,
		     told->in_order ? "in order" : "out of order");
	if (told->execs)
		good &= exec_matches(&told->exec[0].ev, &want, true);
	good &= same_number("wait status", (unsigned int)status, 0);
	good &= same_number("exit_code", procmon_number(&told->exit.ev, "exit_code"), 0);
	ok(good, "%s", name);
	told_free(told);
}

static void test_plain(void)
{
	check("absolute_path_is_told", (struct want){ .path = TINY, .exe = TINY });
	check("relative_path_is_made_absolute",
	      (struct want){ .path = "./tiny", .cwd = DIR, .exe = TINY });
	check("dots_in_the_path_are_resolved",
	      (struct want){ .path = "../a/../tiny", .cwd = DIR "/a", .exe = TINY });
	check("removed_working_directory_keeps_its_path",
	      (struct want){ .run = run_in_removed,
			     .path = TINY,
			     .cwd = DIR "/removed",
			     .exe = TINY,
			     .flags = PROCMON_F_CWD_DELETED });
	check("symlink_leads_to_the_file", (struct want){ .path = DIR "/link", .exe = TINY });
	check("hard_link_is_told_by_its_own_name",
	      (struct want){ .path = DIR "/hard", .exe = DIR "/hard" });
	check("symlinked_directory_is_resolved",
	      (struct want){ .path = DIR "/dirlink/tiny", .exe = DIR "/a/tiny" });
	check("name_with_spaces_newline_and_escape_is_told_raw",
	      (struct want){ .path = DIR "/a b\n\033[31m\\", .exe = DIR "/a b\n\033[31m\\" });
	check("name_that_is_not_utf8_is_told_raw",
	      (struct want){ .path = DIR "/\xff\xfe\x80", .exe = DIR "/\xff\xfe\x80" });
	check("file_named_deleted_is_not_deleted",
	      (struct want){ .path = DIR "/x (deleted)", .exe = DIR "/x (deleted)" });
}

static void test_scripts(void)
{
	char *env_args[] = { "env.sh", NULL };
	char *told1[] = { TINY, DIR "/s1", "one", NULL };
	char *told2[] = { TINY, DIR "/s1", DIR "/s2", NULL };
	char *told3[] = { TINY, "./s1", NULL };
	char *told_fd[] = { TINY, "/dev/fd/9", NULL };
	char *told_below[] = { TINY, "/dev/fd/9/s1", NULL };
	char *args1[] = { "s1", "one", NULL };
	struct want env = { .path = DIR "/env.sh", .args = env_args };
	struct told *told;
	pid_t pid;
	int fd;

	file_write(DIR "/s1", "#!" TINY "\n");
	file_write(DIR "/s2", "#!" DIR "/s1\n");
	file_write(DIR "/env.sh", "#!/usr/bin/env " TINY "\n");
	check("script_is_told_with_its_interpreter", (struct want){ .path = DIR "/s1",
								    .args = args1,
								    .exe = TINY,
								    .script = DIR "/s1",
								    .flags = PROCMON_F_SCRIPT,
								    .told_args = told1 });
	check("script_run_by_a_script_is_told", (struct want){ .path = DIR "/s2",
							       .exe = TINY,
							       .script = DIR "/s2",
							       .flags = PROCMON_F_SCRIPT,
							       .told_args = told2 });
	check("script_by_relative_path_is_made_absolute", (struct want){ .path = "./s1",
									 .cwd = DIR,
									 .exe = TINY,
									 .script = DIR "/s1",
									 .flags = PROCMON_F_SCRIPT,
									 .told_args = told3 });
	fd = open(DIR "/s1", O_RDONLY);
	dup2(fd, 9);
	close(fd);
	check("script_by_descriptor_is_told",
	      (struct want){ .run = run_fexecve,
			     .fd = 9,
			     .exe = TINY,
			     .filename = "/dev/fd/9",
			     .script = DIR "/s1",
			     .flags = PROCMON_F_SCRIPT | PROCMON_F_BY_FD,
			     .told_args = told_fd });
	fd = open(DIR, O_RDONLY | O_DIRECTORY);
	dup2(fd, 9);
	close(fd);
	check("script_below_a_directory_by_descriptor_is_told",
	      (struct want){ .run = run_execveat,
			     .fd = 9,
			     .path = "s1",
			     .exe = TINY,
			     .filename = "/dev/fd/9/s1",
			     .script = DIR "/s1",
			     .flags = PROCMON_F_SCRIPT | PROCMON_F_BY_FD,
			     .told_args = told_below });
	close(9);

	pid = follow_spawn(run_execve, &env);
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->execs == 2 && same_script(&told->exec[0].ev, DIR "/env.sh") &&
		   same("exe", procmon_string(&told->exec[1].ev, "exe", NULL), TINY),
	   "env_script_is_told_by_two_execs");
	told_free(told);
}

static void test_descriptors(void)
{
	int dir = open(DIR, O_RDONLY | O_DIRECTORY), fd, memfd;
	char name[64], told[96];

	snprintf(name, sizeof(name), "/dev/fd/%d/tiny", dir);
	check("execveat_by_directory_descriptor_is_told",
	      (struct want){ .run = run_execveat,
			     .fd = dir,
			     .path = "tiny",
			     .exe = TINY,
			     .filename = name,
			     .flags = PROCMON_F_BY_FD });
	fd = open(TINY, O_RDONLY);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	check("fexecve_of_a_file_is_told", (struct want){ .run = run_fexecve,
							  .fd = fd,
							  .exe = TINY,
							  .filename = name,
							  .flags = PROCMON_F_BY_FD });
	close(fd);

	file_copy(TINY, DIR "/gone", 0755);
	fd = open(DIR "/gone", O_RDONLY);
	unlink(DIR "/gone");
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	check("file_deleted_before_exec_keeps_its_path",
	      (struct want){ .run = run_fexecve,
			     .fd = fd,
			     .exe = DIR "/gone",
			     .filename = name,
			     .flags = PROCMON_F_BY_FD | PROCMON_F_DELETED });
	close(fd);

	file_copy(TINY, DIR "/y (deleted)", 0755);
	fd = open(DIR "/y (deleted)", O_RDONLY);
	unlink(DIR "/y (deleted)");
	check("deleted_file_named_deleted_keeps_its_name",
	      (struct want){ .run = run_fexecve,
			     .fd = fd,
			     .exe = DIR "/y (deleted)",
			     .filename = name,
			     .flags = PROCMON_F_BY_FD | PROCMON_F_DELETED });
	close(fd);

	memfd = memfd_create("thing", 0);
	fd = open(TINY, O_RDONLY);
	{
		char buf[65536];
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n <= 0 || write(memfd, buf, (size_t)n) != n)
			bail("filling a memfd");
	}
	close(fd);
	snprintf(told, sizeof(told), "/dev/fd/%d", memfd);
	check("memfd_is_told_as_such", (struct want){ .run = run_fexecve,
						      .fd = memfd,
						      .exe = "/memfd:thing",
						      .filename = told,
						      .flags = PROCMON_F_BY_FD | PROCMON_F_MEMFD });
	close(memfd);
	close(dir);
}

static void test_deleted_after(void)
{
	struct want want = { .path = DIR "/after", .exe = DIR "/after" };
	struct told *told;
	pid_t pid;

	file_copy(TINY, DIR "/after", 0755);
	pid = follow_spawn(run_execve, &want);
	follow_wait(pid);
	unlink(DIR "/after");
	told = follow_told(pm, pid);
	/* a late worker may come after the unlink: then it says so */
	ok(told->execs == 1 &&
		   same("exe", procmon_string(&told->exec[0].ev, "exe", NULL), want.exe) &&
		   (!(told->exec[0].ev.head.flags & PROCMON_F_DELETED) ||
		    follow_is_late(&told->exec[0].ev)),
	   "exec_then_unlink_keeps_path");
	told_free(told);
}

static void test_ways(void)
{
	struct want want = { .path = TINY, .exe = TINY };
	struct told *told;
	pid_t pid;

	check("exec_from_a_thread_is_told_with_its_old_tid",
	      (struct want){ .run = run_thread,
			     .path = TINY,
			     .exe = TINY,
			     .flags = PROCMON_F_THREAD_EXEC });
	pid = vfork();
	if (!pid) {
		execve(TINY, plain_args, no_env);
		_exit(98);
	}
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->execs == 1 && exec_matches(&told->exec[0].ev, &want, true),
	   "vfork_and_exec_is_told");
	told_free(told);

	if (posix_spawn(&pid, TINY, NULL, NULL, plain_args, no_env))
		bail("posix_spawn");
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->execs == 1 && exec_matches(&told->exec[0].ev, &want, true), "posix_spawn_is_told");
	told_free(told);

	{
		struct clone_args args = { .exit_signal = SIGCHLD };

		pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	}
	if (!pid) {
		execve(TINY, plain_args, no_env);
		_exit(98);
	}
	if (pid < 0) {
		skip("clone3_is_told", "clone3: %s", strerror(errno));
	} else {
		follow_wait(pid);
		told = follow_told(pm, pid);
		ok(told->execs == 1 && exec_matches(&told->exec[0].ev, &want, true),
		   "clone3_is_told");
		told_free(told);
	}
}

static void run_failing(void *arg)
{
	(void)arg;
	execve(DIR "/nothing", plain_args, no_env);
	execve(DIR "/a", plain_args, no_env);
	execve(DIR "/garbage", plain_args, no_env);
	_exit(3);
}

static void test_failures(void)
{
	struct told *told;
	pid_t pid;

	file_write(DIR "/garbage", "\x01\x02garbage");
	pid = follow_spawn(run_failing, NULL);
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->execs == 0 && procmon_number(&told->exit.ev, "exit_code") == 3,
	   "exec_that_fails_is_not_told");
	told_free(told);
}

static void test_setuid(void)
{
	struct want want = { .run = run_as_nobody, .path = DIR "/suid" };
	const struct procmon_event *ev;
	struct told *told;
	pid_t pid;

	file_copy(TINY, DIR "/suid", 04755);
	pid = follow_spawn(run_as_nobody, &want);
	follow_wait(pid);
	told = follow_told(pm, pid);
	ev = &told->exec[0].ev;
	ok(told->execs == 1 && ev->head.flags & PROCMON_F_SETID &&
		   same_number("euid", procmon_number(ev, "euid"), 0) &&
		   same_number("uid", ev->head.uid, 65534) &&
		   same_number("gid", procmon_number(ev, "gid"), 65534),
	   "set_uid_program_is_told_with_its_new_euid");
	told_free(told);
	want.path = TINY;
	pid = follow_spawn(run_as_nobody, &want);
	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->execs == 1 && !(told->exec[0].ev.head.flags & PROCMON_F_SETID) &&
		   procmon_number(&told->exec[0].ev, "euid") == 65534,
	   "ordinary_program_of_an_ordinary_user_gains_nothing");
	told_free(told);
}

/* Makes directories below @path, each with @name, until it has @len bytes, and goes there. */
static void deep_make(char *path, size_t len)
{
	char name[201];

	memset(name, 'd', 200);
	name[200] = '\0';
	if (chdir(path))
		bail("chdir %s", path);
	while (strlen(path) + 2 < len) {
		size_t left = len - strlen(path) - 1;

		if (left < 200)
			name[left] = '\0';
		mkdir(name, 0755);
		if (chdir(name))
			bail("chdir deeper");
		strcat(path, "/");
		strcat(path, name);
	}
}

static void deep_check(const char *name, size_t len, bool by_cwd)
{
	static char dir[16384], exe[16384];
	char *told_args[] = { "tiny", NULL };
	struct want want = { .args = told_args };
	struct told *told;
	int in = open(TINY, O_RDONLY), out;
	char buf[65536];
	ssize_t n = read(in, buf, sizeof(buf));
	bool good;
	pid_t pid;

	strcpy(dir, DIR "/deep");
	mkdir(dir, 0755);
	deep_make(dir, len - 2);
	out = open("x", O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (out < 0 || write(out, buf, (size_t)n) != n)
		bail("writing a deep file");
	close(in);
	close(out);
	snprintf(exe, sizeof(exe), "%.16000s/x", dir);
	want.path = by_cwd ? "./x" : exe;
	want.exe = exe;
	want.cwd = NULL;
	pid = follow_spawn(run_execve, &want);
	good = same_number("wait status", (unsigned int)follow_wait(pid), 0);
	want.cwd = dir;
	told = follow_told(pm, pid);
	good &= told->execs == 1 && exec_matches(&told->exec[0].ev, &want, false);
	ok(good, "%s", name);
	told_free(told);
	if (chdir(DIR))
		bail("chdir back");
}

static void test_deep(void)
{
	deep_check("path_of_2400_bytes_is_exact", 2400, false);
	deep_check("path_of_4090_bytes_is_exact", 4090, false);
	deep_check("path_of_6000_bytes_is_exact", 6000, true);
}

static void test_mounts(void)
{
	mkdir(DIR "/bound", 0755);
	if (mount(DIR "/a", DIR "/bound", NULL, MS_BIND, NULL)) {
		skip("bind_mount_is_told_by_its_own_path", "mount: %s", strerror(errno));
	} else {
		check("bind_mount_is_told_by_its_own_path",
		      (struct want){ .path = DIR "/bound/tiny", .exe = DIR "/bound/tiny" });
		umount(DIR "/bound");
	}
	mkdir(DIR "/up", 0755);
	mkdir(DIR "/work", 0755);
	mkdir(DIR "/over", 0755);
	if (mount("overlay", DIR "/over", "overlay", 0,
		  "lowerdir=" DIR "/a,upperdir=" DIR "/up,workdir=" DIR "/work"))
		skip("overlay_is_told_by_its_own_path", "mount: %s", strerror(errno));
	else
		check("overlay_is_told_by_its_own_path",
		      (struct want){ .path = DIR "/over/tiny", .exe = DIR "/over/tiny" });
	umount(DIR "/over");
}

static void run_chroot(void *arg)
{
	if (chroot(DIR) || chdir("/"))
		_exit(98);
	((struct want *)arg)->cwd = NULL;
	run_execve(arg);
}

static void run_chroot_fexecve(void *arg)
{
	if (chroot(DIR "/a") || chdir("/"))
		_exit(98);
	run_fexecve(arg);
}

static void run_pivot(void *arg)
{
	struct want *want = arg;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", DIR "/new", "tmpfs", 0, NULL))
		_exit(98);
	mkdir(DIR "/new/old", 0755);
	file_copy(TINY, DIR "/new/tiny", 0755);
	if (chdir(DIR "/new") || syscall(SYS_pivot_root, ".", "old"))
		_exit(97);
	if (chroot(".") || chdir("/"))
		_exit(96);
	execve(want->path, want_args(want), no_env);
}

/* The path leads nowhere from here: no inode is compared. */
static void check_elsewhere(const char *name, struct want want, uint32_t also_right)
{
	pid_t pid = follow_spawn(want.run, &want);
	int status = follow_wait(pid);
	struct told *told = follow_told(pm, pid);
	uint32_t flags = told->exec[0].there ? told->exec[0].ev.head.flags & MUTABLE_FLAGS : 0;

	if (WIFEXITED(status) && WEXITSTATUS(status) >= 96) {
		skip(name, "it cannot be set up here: step %d failed", WEXITSTATUS(status));
		told_free(told);
		return;
	}
	if (also_right && flags == also_right)
		want.flags = also_right;
	want.cwd = "/";
	ok(told->execs == 1 && exec_matches(&told->exec[0].ev, &want, false), "%s", name);
	told_free(told);
}

static void test_roots(void)
{
	char name[64];
	int fd;

	check_elsewhere("chroot_is_told_from_its_root",
			(struct want){ .run = run_chroot, .path = "/tiny", .exe = "/tiny" }, 0);
	fd = open(TINY, O_RDONLY);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	check_elsewhere("file_from_outside_the_chroot_is_flagged",
			(struct want){ .run = run_chroot_fexecve,
				       .fd = fd,
				       .filename = name,
				       .exe = TINY,
				       .flags = PROCMON_F_BY_FD | PROCMON_F_OUTSIDE_ROOT },
			0);
	close(fd);
	mkdir(DIR "/new", 0755);
	/* rootfs cannot be pivoted away from: then it is skipped */
	check_elsewhere("pivoted_root_is_told_from_its_root",
			(struct want){ .run = run_pivot, .path = "/tiny", .exe = "/tiny" }, 0);
}

static uint64_t ns_inode(const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &st) ? 0 : st.st_ino;
}

static uint64_t ns_of_child[2];

static void run_user_ns(void *arg)
{
	int *gate = arg;
	uint64_t told[2];

	if (setgid(65534) || setuid(65534) || unshare(CLONE_NEWUSER))
		_exit(98);
	told[0] = ns_inode("user");
	told[1] = ns_inode("net");
	if (write(gate[1], told, sizeof(told)) != sizeof(told))
		_exit(97);
	execve(TINY, plain_args, no_env);
}

static void test_namespaces(void)
{
	const struct procmon_event *ev;
	struct told *told;
	int gate[2], status;
	pid_t pid;

	if (pipe(gate))
		bail("pipe");
	pid = follow_spawn(run_user_ns, gate);
	status = follow_wait(pid);
	told = follow_told(pm, pid);
	if (status || read(gate[0], ns_of_child, sizeof(ns_of_child)) != sizeof(ns_of_child)) {
		skip("exec_in_a_user_namespace_is_told_with_the_outer_uid",
		     "no user namespace for an ordinary user here");
	} else {
		ev = &told->exec[0].ev;
		ok(told->execs == 1 && same_number("uid", ev->head.uid, 65534) &&
			   same_number("user_ns", procmon_number(ev, "user_ns"), ns_of_child[0]) &&
			   same_number("net_ns", procmon_number(ev, "net_ns"), ns_of_child[1]),
		   "exec_in_a_user_namespace_is_told_with_the_outer_uid");
	}
	told_free(told);

	{
		struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_NEWPID };

		pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	}
	if (!pid) {
		execve(TINY, plain_args, no_env);
		_exit(98);
	}
	if (pid < 0) {
		skip("exec_in_a_pid_namespace_is_told_with_both_pids", "clone3: %s",
		     strerror(errno));
		return;
	}
	follow_wait(pid);
	told = follow_told(pm, pid);
	ev = &told->exec[0].ev;
	ok(told->execs == 1 && same_number("ns_pid", procmon_number(ev, "ns_pid"), 1) &&
		   procmon_number(ev, "pid_ns") != ns_inode("pid") &&
		   same_number("ns_pid at fork", procmon_number(&told->fork.ev, "ns_pid"), 1) &&
		   same_number("ns_pid at exit", procmon_number(&told->exit.ev, "ns_pid"), 1),
	   "exec_in_a_pid_namespace_is_told_with_both_pids");
	told_free(told);
}

static void test_identity(void)
{
	struct want want = { .path = TINY };
	pid_t pid = follow_spawn(run_execve, &want);
	const struct procmon_event *ev;
	struct told *told;
	struct stat cgroup;
	bool good;

	follow_wait(pid);
	told = follow_told(pm, pid);
	ev = &told->exec[0].ev;
	good = told->execs == 1;
	good &= same_number("ppid", ev->head.ppid, (uint64_t)getpid());
	good &= same_number("tid", ev->head.tid, (uint64_t)pid);
	good &= same_number("old_tid", procmon_number(ev, "old_tid"), (uint64_t)pid);
	good &= same_number("ns_pid", procmon_number(ev, "ns_pid"), (uint64_t)pid);
	good &= same_number("pid_ns", procmon_number(ev, "pid_ns"), ns_inode("pid"));
	good &= same_number("user_ns", procmon_number(ev, "user_ns"), ns_inode("user"));
	good &= same_number("net_ns", procmon_number(ev, "net_ns"), ns_inode("net"));
	good &= same_number("sid", procmon_number(ev, "sid"),
			    getsid(0) ? (uint64_t)getsid(0) : UINT64_MAX);
	good &= same("comm", procmon_string(ev, "comm", NULL), "tiny");
	good &= same_number("start_ns", ev->head.start_ns, told->fork.ev.head.start_ns);
	good &= same_number("start_ns", ev->head.start_ns, told->exit.ev.head.start_ns);
	good &= same_number("fork_pid", procmon_number(&told->fork.ev, "fork_pid"),
			    (uint64_t)getpid());
	if (!stat("/sys/fs/cgroup", &cgroup))
		good &= same_number("cgroup_id", ev->head.cgroup_id, cgroup.st_ino);
	ok(good, "ids_and_namespaces_are_those_of_proc");
	told_free(told);
}

static void run_crash(void *arg)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	(void)arg;
	setrlimit(RLIMIT_CORE, &limit);
	abort();
}

static void test_usermode_helper(void)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_RDWR);
	const char pattern[] = "|" DIR "/helper %p";
	struct copy copy;
	char old[256];
	ssize_t n = read(fd, old, sizeof(old));
	pid_t pid;

	file_copy(TINY, DIR "/helper", 0755);
	if (fd < 0 || n <= 0 || pwrite(fd, pattern, sizeof(pattern) - 1, 0) < 0) {
		skip("usermode_helper_of_the_kernel_is_told", "core_pattern: %s", strerror(errno));
		return;
	}
	pid = follow_spawn(run_crash, NULL);
	follow_wait(pid);
	copy = follow_exec_of(pm, DIR "/helper");
	ok(same("cwd", procmon_string(&copy.ev, "cwd", NULL), "/"),
	   "usermode_helper_of_the_kernel_is_told");
	free((void *)copy.ev.data);
	if (pwrite(fd, old, (size_t)n, 0) < 0)
		diag("core_pattern was not restored");
	close(fd);
}

static void test_binfmt_misc(void)
{
	const char rule[] = ":procmontest:M::PMTEST::" TINY ":";
	char *told_args[] = { TINY, DIR "/misc", NULL };
	int fd;

	mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL);
	fd = open("/proc/sys/fs/binfmt_misc/register", O_WRONLY);
	if (fd < 0 || write(fd, rule, strlen(rule)) < 0) {
		skip("binfmt_misc_interpreter_is_told", "binfmt_misc: %s", strerror(errno));
	} else {
		file_write(DIR "/misc", "PMTEST and more");
		check("binfmt_misc_interpreter_is_told", (struct want){ .path = DIR "/misc",
									.exe = TINY,
									.script = DIR "/misc",
									.flags = PROCMON_F_SCRIPT,
									.told_args = told_args });
	}
	if (fd >= 0)
		close(fd);
}

static char **args_make(unsigned int argc, size_t len)
{
	char **args = calloc(argc + 1, sizeof(*args));
	unsigned int i;

	for (i = 0; i < argc; i++) {
		args[i] = malloc(len + 16);
		memset(args[i], 'a' + (int)(i % 26), len);
		sprintf(args[i] + len, "%u", i);
	}
	return args;
}

static void test_args(void)
{
	char *empty[] = { "", "", "x", "", NULL }, *none[] = { NULL }, *none_told[] = { "", NULL };
	struct want want = { .path = TINY, .args = none };
	struct procmon_value value;
	struct told *told;
	size_t full;
	pid_t pid;
	int i;

	check("empty_arguments_are_told",
	      (struct want){ .path = TINY, .exe = TINY, .args = empty });
	check("two_hundred_arguments_are_told",
	      (struct want){ .path = TINY, .exe = TINY, .args = args_make(200, 3) });
	check("argument_of_12_kb_is_whole",
	      (struct want){ .path = TINY, .exe = TINY, .args = args_make(1, 12000) });

	pid = follow_spawn(run_execve, &want);
	follow_wait(pid);
	told = follow_told(pm, pid);
	/* since 5.18 the kernel makes one empty argument of none */
	ok(told->execs == 1 && (procmon_number(&told->exec[0].ev, "argc") == 0 ||
				same_args(&told->exec[0].ev, none_told)),
	   "no_argument_at_all_is_told");
	told_free(told);

	if (!follow_param("args_max", "200000"))
		bail("args_max");
	check("arguments_of_130_kb_are_whole_when_args_max_allows",
	      (struct want){ .path = TINY, .exe = TINY, .args = args_make(2, 65000) });
	follow_param("args_max", "32768");

	want.args = args_make(20, 100000);
	for (full = 0, i = 0; want.args[i]; i++)
		full += strlen(want.args[i]) + 1;
	pid = follow_spawn(run_execve, &want);
	follow_wait(pid);
	told = follow_told(pm, pid);
	procmon_get(&told->exec[0].ev, procmon_field_by_name(PROCMON_EXEC, "args"), &value);
	ok(told->execs == 1 && value.known && value.flags & PROCMON_STR_CUT &&
		   same_number("len", value.len, 32768) &&
		   same_number("full_len", value.full_len, full) &&
		   !memcmp(value.str, want.args[0], 1000),
	   "arguments_of_2_mb_are_cut_and_say_so");
	told_free(told);
}

int main(void)
{
	tap_theme("exact");
	mkdir(DIR, 0755);
	mkdir(DIR "/a", 0755);
	if (chdir(DIR))
		bail("chdir");
	file_copy("/tests/tiny", TINY, 0755);
	file_copy(TINY, DIR "/a/tiny", 0755);
	file_copy(TINY, DIR "/a b\n\033[31m\\", 0755);
	file_copy(TINY, DIR "/\xff\xfe\x80", 0755);
	file_copy(TINY, DIR "/x (deleted)", 0755);
	if (symlink("tiny", DIR "/link") || symlink("a", DIR "/dirlink"))
		bail("symlink");
	file_copy(TINY, DIR "/original", 0755);
	if (link(DIR "/original", DIR "/hard"))
		bail("link");
	pm = follow_open(0);
	test_plain();
	test_scripts();
	test_descriptors();
	test_deleted_after();
	test_ways();
	test_failures();
	test_setuid();
	test_deep();
	test_mounts();
	test_roots();
	test_namespaces();
	test_identity();
	test_binfmt_misc();
	test_args();
	test_usermode_helper();
	procmon_close(pm);
	return tap_done();
}
