// SPDX-License-Identifier: MIT
/*
 * unrest STOP [KIND...]: all that can go wrong around a process, each kind in a process of its own,
 * over and over until the file STOP is there.  Nothing is left behind.  Its results tell only that
 * each kind did happen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define PROGRAM "/tests/tiny"
#define DIR "/tmp/turmoil"
#define CGROUPS "/sys/fs/cgroup"
#define CPU "/sys/devices/system/cpu/cpu1/online"
#define OOM_LIMIT "8388608"
#define OOM_BYTES (32 << 20)

static unsigned int unrest_seed;

static int random_below(int n)
{
	return rand_r(&unrest_seed) % n;
}

static void random_sleep(int max_us)
{
	usleep((useconds_t)random_below(max_us));
}

static bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

static void run_program(void)
{
	char *args[] = { PROGRAM, NULL }, *env[] = { NULL };

	execve(PROGRAM, args, env);
	_exit(97);
}

static pid_t unrest_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	return pid;
}

/* Each round returns whether what it is for has really happened. */

static bool round_signals(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGSTOP, SIGUSR1 };
	pid_t pid = unrest_fork();
	int status;

	if (!pid)
		run_program();
	random_sleep(4000);
	kill(pid, signals[random_below(5)]);
	kill(pid, SIGCONT);
	status = follow_wait(pid);
	return WIFSIGNALED(status);
}

static bool round_ptrace(void)
{
	pid_t pid = unrest_fork();
	bool exec = false;
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		run_program();
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0,
	       PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
	while (!ptrace(PTRACE_CONT, pid, 0, 0)) {
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			return exec;
		exec |= status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
		if (!random_below(4))
			kill(pid, SIGKILL);
	}
	follow_wait(pid);
	return exec;
}

/* A filter that kills whoever asks for its parent. */
static void seccomp_on(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 4, .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		_exit(97);
}

static bool round_seccomp(void)
{
	bool killed = random_below(2);
	pid_t pid = unrest_fork();
	int status;

	if (!pid) {
		seccomp_on();
		if (killed)
			getppid();
		run_program();
	}
	status = follow_wait(pid);
	return killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

/*
 * An RT kernel has a bug that breaks the list of a CPU's stopper: rt_mutex_setprio() has balance_push()
 * queue its one work both when a thread begins to wait for the exec of another and when a signal makes
 * it give up, and on a CPU that goes offline nothing runs between the two (without the module, too:
 * docs/proof.md).  So there these take turns.  Returns what turn_end() takes.
 */
static int turn_begin(void)
{
	struct utsname name;
	int fd;

	if (uname(&name) || !strstr(name.version, "PREEMPT_RT"))
		return -1;
	fd = open(DIR "/turn", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || lockf(fd, F_LOCK, 0))
		bail("turn");
	return fd;
}

static void turn_end(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void *thread_execs(void *arg)
{
	(void)arg;
	random_sleep(2000);
	run_program();
	return NULL;
}

static void *thread_leaves(void *arg)
{
	(void)arg;
	random_sleep(2000);
	return NULL;
}

/* Threads of which several exec, or leave, or end their process, at the same time. */
static bool round_threads(void)
{
	int kind = random_below(4), turn = turn_begin(), i, status;
	pid_t pid = unrest_fork();

	if (!pid) {
		for (i = 0; i < 6; i++) {
			pthread_t thread;

			pthread_create(&thread, NULL, kind && i < 2 ? thread_execs : thread_leaves,
				       NULL);
		}
		random_sleep(2000);
		if (kind == 1)
			syscall(SYS_exit, 0L);
		if (kind == 2)
			syscall(SYS_exit_group, 96L);
		for (;;)
			pause();
	}
	if (kind == 0) {
		random_sleep(3000);
		kill(pid, SIGKILL);
	}
	status = follow_wait(pid);
	turn_end(turn);
	return kind == 3 && !status; /* one of them did exec */
}

static bool cgroup_enter(const char *dir)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	return file_write(path, "0");
}

static bool round_oom(void)
{
	const char *dir = CGROUPS "/unrest-oom";
	pid_t pid;
	int status;

	mkdir(dir, 0755);
	if (!file_write(CGROUPS "/unrest-oom/memory.max", OOM_LIMIT))
		return false;
	pid = unrest_fork();
	if (!pid) {
		char *memory = mmap(NULL, OOM_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (!cgroup_enter(dir) || memory == MAP_FAILED)
			_exit(97);
		memset(memory, 1, OOM_BYTES);
		_exit(0);
	}
	status = follow_wait(pid);
	rmdir(dir);
	usleep(200000); /* the killer is slow and writes much */
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static bool round_cgroups(void)
{
	const char *dir = CGROUPS "/unrest-a", *below = CGROUPS "/unrest-a/b";
	char number[16];
	pid_t pid;
	bool moved;

	mkdir(dir, 0755);
	mkdir(below, 0755);
	pid = unrest_fork();
	if (!pid) {
		if (!cgroup_enter(below))
			_exit(97);
		random_sleep(3000);
		run_program();
	}
	random_sleep(3000);
	snprintf(number, sizeof(number), "%d", pid);
	moved = file_write(CGROUPS "/cgroup.procs", number);
	follow_wait(pid);
	rmdir(below);
	rmdir(dir);
	return moved;
}

static bool round_renames(void)
{
	const char *a = DIR "/a", *b = DIR "/b";
	pid_t pid;
	int status;

	mkdir(a, 0755);
	symlink(PROGRAM, DIR "/a/program");
	pid = unrest_fork();
	if (!pid) {
		if (!chdir(a))
			execl("./program", "./program", NULL);
		_exit(97);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		rename(a, b);
		rename(b, a);
	}
	return !status;
}

static bool round_mounts(void)
{
	const char *dir = DIR "/mount";
	pid_t pid;
	int status;

	mkdir(dir, 0755);
	if (mount("unrest", dir, "tmpfs", 0, NULL))
		return false;
	pid = unrest_fork();
	if (!pid) {
		symlink(PROGRAM, DIR "/mount/program");
		if (!chdir(dir))
			execl("./program", "./program", NULL);
		_exit(97);
	}
	random_sleep(3000);
	umount2(dir, MNT_DETACH);
	status = follow_wait(pid);
	return !status;
}

static bool round_cpus(void)
{
	int turn = turn_begin();
	bool off = file_write(CPU, "0");

	turn_end(turn);
	random_sleep(100000);
	off &= file_write(CPU, "1");
	random_sleep(100000);
	return off;
}

/* Of the events, those that the books are kept of stay on. */
static bool round_params(void)
{
	char args_max[16];
	bool good;

	snprintf(args_max, sizeof(args_max), "%d", random_below(100000));
	good = follow_param("args_max", args_max) && follow_param("events", "fork,exec,exit");
	random_sleep(20000);
	good &= follow_param("events", "fork,exec,exit,cgroup");
	random_sleep(20000);
	return good;
}

/* A reader in one of the two ways, for ever. */
static _Noreturn void reader_run(bool mapped)
{
	static char buf[65536];
	struct procmon_event ev;
	struct procmon *pm;
	int fd;

	if (mapped) {
		pm = follow_open(PROCMON_HISTORY);
		for (;;)
			procmon_next(pm, &ev, -1);
	}
	fd = open("/dev/procmon", O_RDONLY);
	lseek(fd, 0, SEEK_SET);
	for (;;)
		if (read(fd, buf, sizeof(buf)) < 0 && errno != EPIPE && errno != EINTR)
			_exit(97);
}

static bool round_readers(void)
{
	bool mapped = random_below(2);
	pid_t pid = unrest_fork();
	int i, status;

	if (!pid)
		reader_run(mapped);
	for (i = random_below(4); i > 0; i--) {
		random_sleep(20000);
		kill(pid, SIGSTOP);
		random_sleep(20000);
		kill(pid, SIGCONT);
	}
	random_sleep(20000);
	kill(pid, SIGKILL);
	status = follow_wait(pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static const struct kind {
	const char *name;
	bool (*round)(void);
} kinds[] = {
	{ "signals", round_signals }, { "ptrace", round_ptrace },   { "seccomp", round_seccomp },
	{ "threads", round_threads }, { "oom", round_oom },	    { "cgroups", round_cgroups },
	{ "renames", round_renames }, { "mounts", round_mounts },   { "cpus", round_cpus },
	{ "params", round_params },   { "readers", round_readers },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool is_wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 2; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 2;
}

int main(int argc, char **argv)
{
	struct done {
		unsigned long rounds, happened;
	} * done;
	pid_t pids[KINDS] = { 0 };
	size_t i;

	if (argc < 2)
		return 2;
	tap_theme("unrest");
	mkdir(DIR, 0755);
	file_write(CGROUPS "/cgroup.subtree_control", "+memory");
	done = mmap(NULL, sizeof(*done) * KINDS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	if (done == MAP_FAILED)
		bail("mmap");
	for (i = 0; i < KINDS; i++) {
		if (!is_wanted(kinds[i].name, argc, argv))
			continue;
		pids[i] = unrest_fork();
		if (pids[i])
			continue;
		unrest_seed = (unsigned int)(i + tap_size("UNREST_SEED", 1) * KINDS);
		while (access(argv[1], F_OK)) {
			done[i].happened += kinds[i].round();
			done[i].rounds++;
			random_sleep(10000);
		}
		_exit(0);
	}
	for (i = 0; i < KINDS; i++) {
		if (!pids[i])
			continue;
		ok(!follow_wait(pids[i]) && done[i].happened, "%s_happened", kinds[i].name);
		diag("%lu times in %lu rounds", done[i].happened, done[i].rounds);
	}
	return tap_done();
}
