// SPDX-License-Identifier: MIT
/*
 * The processes that run already: what is told of them, and that between them and the stream nobody
 * is missing and nobody comes twice, however many start and end meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define DEVICE "/dev/procmon"
#define SLEEPER "/bin/busybox"
#define STARTERS 3
#define ZOMBIES 8 /* that a starter leaves for a while */
#define PEOPLE (1u << 14) /* processes of a round; a power of two */

static int dev;

static long ask(uint32_t tgid, struct procmon_task *task)
{
	*task = (struct procmon_task){ .size = sizeof(*task), .tgid = tgid };
	return ioctl(dev, PROCMON_IOC_TASK, task);
}

static bool fails(long r, int err)
{
	bool good = r < 0 && errno == err;

	if (!good)
		diag("returned %ld, errno %d instead of %d", r, errno, err);
	return good;
}

static void run_exit(void *arg)
{
	(void)arg;
	_exit(0);
}

static void run_pause(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void test_task(void)
{
	struct procmon *pm = follow_open(0);
	struct procmon_task task, self;
	pid_t pid = follow_spawn(run_pause, NULL);
	const struct procmon_head *head;
	struct told *told;
	bool good;

	good = !ask(0, &self) && self.tgid == (uint32_t)getpid() && self.ns_pid == self.tgid &&
	       self.ppid == (uint32_t)getppid() && self.state == PROCMON_TASK_RUNS;
	ok(good, "task_0_is_the_caller");
	good = !ask((uint32_t)pid, &task) && task.state == PROCMON_TASK_RUNS &&
	       task.uid == getuid() && task.parent_start_ns == self.start_ns &&
	       task.ppid == self.tgid && task.cgroup_id == self.cgroup_id;
	kill(pid, SIGKILL);
	while (!ask((uint32_t)pid, &self) && self.state != PROCMON_TASK_ENDED)
		usleep(1000);
	ok(self.state == PROCMON_TASK_ENDED && self.start_ns == task.start_ns,
	   "a_zombie_has_ended");
	follow_wait(pid);
	told = follow_told(pm, pid);
	head = &told->fork.ev.head;
	ok(good && task.tgid == head->tgid && task.start_ns == head->start_ns &&
		   task.cgroup_id == head->cgroup_id && task.ppid == head->ppid &&
		   task.parent_start_ns == procmon_number(&told->fork.ev, "parent_start_ns") &&
		   task.pid_ns == procmon_number(&told->fork.ev, "pid_ns"),
	   "a_task_is_named_as_in_its_events");
	told_free(told);
	procmon_close(pm);
	ok(fails(ask((uint32_t)pid, &task), ESRCH) && fails(ask(UINT32_MAX, &task), ESRCH),
	   "a_process_that_is_gone_is_not_there");
	good = fails(ioctl(dev, PROCMON_IOC_TASK, NULL), EFAULT);
	task.size = 8;
	good &= fails(ioctl(dev, PROCMON_IOC_TASK, &task), EINVAL);
	task = (struct procmon_task){ .size = sizeof(task), .reserved = 1 };
	good &= fails(ioctl(dev, PROCMON_IOC_TASK, &task), EINVAL);
	ok(good, "task_with_a_wrong_size_or_address_is_refused");
}

/* Programs that wait, each run in another way. */
static void run_sleeper(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	if (chdir("/tmp"))
		_exit(1);
	execl(arg, "sleep", "1000", NULL);
	_exit(1);
}

static void copy_to(int fd)
{
	int from = open(SLEEPER, O_RDONLY);
	struct stat st;

	if (from < 0 || fstat(from, &st) ||
	    sendfile(fd, from, NULL, (size_t)st.st_size) != st.st_size)
		bail("%s", SLEEPER);
	close(from);
}

static void run_memfd(void *arg)
{
	static char *const args[] = { "sleep", "1000", NULL };
	int fd = memfd_create("in memory", MFD_CLOEXEC);

	(void)arg;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	copy_to(fd);
	syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
	_exit(1);
}

static void install(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0755);

	copy_to(fd);
	close(fd);
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	follow_wait(pid);
}

/* Waits until the child has called exec. */
static pid_t start(void (*child)(void *arg), void *arg)
{
	struct procmon *pm = follow_open(0);
	pid_t pid = follow_spawn(child, arg);
	struct procmon_event ev;

	do
		follow_next(pm, &ev);
	while (ev.head.type != PROCMON_EXEC || ev.head.tgid != (uint32_t)pid);
	procmon_close(pm);
	return pid;
}

static struct procmon *snapshot(void)
{
	struct procmon *pm = follow_open(0);
	int r = procmon_snapshot(pm, NULL);

	if (r)
		bail("snapshot: %d, %s", r, procmon_error(pm));
	return pm;
}

/* The rows of one process: how many, and the last one. */
static unsigned int rows_of(pid_t pid, struct copy *copy)
{
	struct procmon *pm = snapshot();
	struct procmon_event ev;
	unsigned int n = 0;

	while (procmon_next(pm, &ev, 0) == 1 && ev.head.type == PROCMON_SNAPSHOT) {
		if (ev.head.tgid != (uint32_t)pid)
			continue;
		follow_copy(copy, &ev);
		n++;
	}
	procmon_close(pm);
	return n;
}

static bool string_is(const struct copy *copy, const char *name, const char *text)
{
	const char *string = procmon_string(&copy->ev, name, NULL);
	bool good = text ? string && !strcmp(string, text) : !string;

	if (!good)
		diag("%s is %s", name, string ? string : "unknown");
	return good;
}

static bool number_is(const struct copy *copy, const char *name, uint64_t number)
{
	uint64_t told = procmon_number(&copy->ev, name);

	if (told != number)
		diag("%s is %lld, not %lld", name, (long long)told, (long long)number);
	return told == number;
}

static bool row_is(pid_t pid, const char *exe, uint32_t flags)
{
	struct copy copy = { 0 };
	struct procmon_task task;
	const char *args;
	size_t len = 0;
	bool good;

	good = rows_of(pid, &copy) == 1 && !ask((uint32_t)pid, &task) &&
	       string_is(&copy, "exe", exe);
	args = procmon_string(&copy.ev, "args", &len);
	good &= args &&
		len == sizeof("sleep\0"
			      "1000") &&
		!memcmp(args,
			"sleep\0"
			"1000",
			len);
	good &= copy.ev.head.start_ns == task.start_ns && copy.ev.head.cgroup_id == task.cgroup_id;
	good &= copy.ev.head.flags == flags && procmon_number(&copy.ev, "argc") == 2;
	if (copy.ev.head.flags != flags)
		diag("flags %#x", copy.ev.head.flags);
	free((void *)copy.ev.data);
	return good;
}

static void test_rows(void)
{
	static char path[] = "/tmp/sleeper", renamed[] = "/tmp/moved (deleted)";
	static char sleeper[] = SLEEPER;
	struct copy copy = { 0 };
	struct stat st;
	pid_t pid;
	bool good;

	if (stat(SLEEPER, &st))
		bail(SLEEPER);
	pid = start(run_sleeper, sleeper);
	ok(row_is(pid, SLEEPER, 0), "a_process_is_told_with_path_arguments_and_start");
	good = rows_of(pid, &copy) == 1 && string_is(&copy, "cwd", "/tmp") &&
	       string_is(&copy, "comm", "busybox") && number_is(&copy, "sid", (uint64_t)pid) &&
	       number_is(&copy, "euid", 0) && number_is(&copy, "gid", 0) &&
	       number_is(&copy, "mode", st.st_mode) && number_is(&copy, "ino", st.st_ino) &&
	       number_is(&copy, "ns_pid", (uint64_t)pid);
	ok(good && procmon_number(&copy.ev, "parent_start_ns") != UINT64_MAX &&
		   procmon_number(&copy.ev, "net_ns") != UINT64_MAX,
	   "and_with_the_rest");
	stop(pid);
	install(path);
	pid = start(run_sleeper, path);
	unlink(path);
	ok(row_is(pid, path, PROCMON_F_DELETED), "a_deleted_executable_is_told_as_such");
	stop(pid);
	install(renamed);
	pid = start(run_sleeper, renamed);
	ok(row_is(pid, renamed, 0), "one_that_is_only_called_so_is_not");
	stop(pid);
	unlink(renamed);
	pid = start(run_memfd, NULL);
	ok(row_is(pid, "/memfd:in memory", PROCMON_F_MEMFD), "a_memfd_is_told_as_such");
	stop(pid);
	ok(rows_of(2, &copy) == 1 && string_is(&copy, "exe", NULL) &&
		   string_is(&copy, "comm", "kthreadd") && copy.ev.head.ppid == 0,
	   "a_thread_of_the_kernel_has_a_name_and_no_path");
	pid = follow_spawn(run_exit, NULL);
	usleep(100000);
	ok(rows_of(pid, &copy) == 0, "a_zombie_does_not_run");
	follow_wait(pid);
}

/**
 * struct person - a process, as far as the stream told
 * @rows, @forks, @exits: how often it came so
 * @gone: it has ended
 */
struct person {
	uint64_t start_ns;
	uint32_t tgid;
	unsigned int rows, forks, exits;
	bool gone;
};

static struct person people[PEOPLE];

static struct person *person_of(const struct procmon_head *head)
{
	uint32_t i = (head->tgid * 2654435761u ^ (uint32_t)head->start_ns) & (PEOPLE - 1);

	while (people[i].tgid &&
	       (people[i].tgid != head->tgid || people[i].start_ns != head->start_ns))
		i = (i + 1) & (PEOPLE - 1);
	people[i].tgid = head->tgid;
	people[i].start_ns = head->start_ns;
	return &people[i];
}

static void note(const struct procmon_event *ev)
{
	if (ev->head.type == PROCMON_LOST)
		bail("%llu events were lost", (unsigned long long)ev->count);
	if (ev->head.flags & PROCMON_F_THREAD)
		return;
	if (ev->head.type == PROCMON_SNAPSHOT)
		person_of(&ev->head)->rows++;
	else if (ev->head.type == PROCMON_FORK)
		person_of(&ev->head)->forks++;
	else if (ev->head.type == PROCMON_EXIT)
		person_of(&ev->head)->exits++;
}

/* Children that live for no time or for some, or stay zombies for a while. */
static void run_starter(void *arg)
{
	const char *signal_file = arg;
	unsigned int seed = (unsigned int)getpid(), n = 0;
	pid_t left[ZOMBIES] = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (access(signal_file, F_OK)) {
		unsigned int kind = (unsigned int)rand_r(&seed) % 4;
		pid_t pid = fork();

		if (!pid) {
			if (kind == 1)
				usleep((unsigned int)rand_r(&seed) % 5000);
			if (kind == 2)
				execl("/tests/tiny", "tiny", NULL);
			_exit(0);
		}
		if (left[n % ZOMBIES] > 0)
			waitpid(left[n % ZOMBIES], NULL, 0);
		left[n++ % ZOMBIES] = pid;
		if (kind == 3)
			usleep(500);
	}
	while (wait(NULL) > 0)
		;
	_exit(0);
}

/* Looks who has ended; their exits are in the rings then. */
static void look_for_the_living(void)
{
	struct procmon_task task;
	unsigned int i;

	for (i = 0; i < PEOPLE; i++)
		if (people[i].tgid)
			people[i].gone = ask(people[i].tgid, &task) ||
					 task.start_ns != people[i].start_ns ||
					 task.state == PROCMON_TASK_ENDED;
}

/* Who came not once, or ended unseen. */
static unsigned int count_wrong(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < PEOPLE; i++) {
		const struct person *person = &people[i];

		if (!person->tgid || (person->rows + person->forks == 1 &&
				      (person->exits == 1 || (!person->exits && !person->gone))))
			continue;
		if (!bad++)
			diag("process %u: %u rows, %u forks, %u exits, %s", person->tgid,
			     person->rows, person->forks, person->exits,
			     person->gone ? "is gone" : "lives");
	}
	return bad;
}

/* Return: how many were told wrongly. */
static unsigned int round_of_the_storm(unsigned long *rows, unsigned long *forks)
{
	static char signal_file[] = "/tmp/stop-starters";
	struct procmon *pm;
	struct procmon_event ev;
	pid_t starter[STARTERS];
	unsigned int i;

	memset(people, 0, sizeof(people));
	unlink(signal_file);
	for (i = 0; i < STARTERS; i++)
		starter[i] = follow_spawn(run_starter, signal_file);
	usleep(20000);
	pm = snapshot();
	close(open(signal_file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	for (i = 0; i < STARTERS; i++)
		follow_wait(starter[i]);
	while (follow_rest(pm, &ev))
		note(&ev);
	look_for_the_living();
	while (follow_rest(pm, &ev))
		note(&ev);
	procmon_close(pm);
	for (i = 0; i < PEOPLE; i++) {
		*rows += people[i].rows;
		*forks += people[i].forks;
	}
	return count_wrong();
}

static void test_join(void)
{
	unsigned long rounds = tap_size("SNAPSHOT_ROUNDS", 100), rows = 0, forks = 0, i;
	unsigned int bad = 0;

	for (i = 0; i < rounds; i++)
		bad += round_of_the_storm(&rows, &forks);
	diag("%lu rounds, %lu rows, %lu forks, %u told wrongly", rounds, rows, forks, bad);
	ok(!bad && forks > rounds && rows > rounds,
	   "each_process_comes_once_whenever_it_starts_or_ends");
}

/* In another pid namespace the numbers in /proc are others. */
static void run_in_a_namespace(void *arg)
{
	struct procmon *pm = follow_open(0);
	int r;

	(void)arg;
	if (mount("proc", "/mnt", "proc", 0, NULL))
		_exit(1);
	r = procmon_snapshot(pm, "/mnt");
	if (r != -EXDEV || !strstr(procmon_error(pm), "/mnt: shows the processes of another pid"))
		_exit(2);
	_exit(procmon_snapshot(pm, "/proc") ? 3 : 0);
}

static void test_namespace(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(4);
		_exit(WEXITSTATUS(follow_wait(follow_spawn(run_in_a_namespace, NULL))));
	}
	status = follow_wait(pid);
	if (!ok(!status, "a_reader_in_a_container_needs_the_machines_proc"))
		diag("status %#x", status);
}

static void test_hidepid(void)
{
	pid_t pid;
	int status;

	if (mount(NULL, "/proc", NULL, MS_REMOUNT, "hidepid=2"))
		bail("hidepid");
	pid = fork();
	if (!pid) {
		struct procmon *pm = follow_open(0); /* its mappings are not inherited */

		if (setresgid(12345, 12345, 12345) || setresuid(12345, 12345, 12345))
			_exit(10);
		_exit(procmon_snapshot(pm, NULL));
	}
	status = follow_wait(pid);
	if (!ok(status == 1 << 8, "that_proc_hides_some_is_told"))
		diag("status %#x", status);
	mount(NULL, "/proc", NULL, MS_REMOUNT, "hidepid=0");
}

int main(void)
{
	tap_theme("snapshot");
	dev = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (dev < 0)
		bail(DEVICE);
	test_task();
	test_rows();
	test_namespace();
	test_hidepid();
	test_join();
	return tap_done();
}
