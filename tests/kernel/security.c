// SPDX-License-Identifier: MIT
/* What each kind of user can and cannot do, and what records never hold: the rows of SECURITY.md. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/address.h"
#include "lib/follow.h"
#include "lib/storm.h"
#include "lib/tap.h"

#define DEVICE "/dev/procmon"
#define PARAMETER "/sys/module/procmon/parameters/args_max"
#define GROUP 4242
#define NOBODY 65534
#define LOG_READ_ALL 3 /* SYSLOG_ACTION_READ_ALL */

/* What a user could do. */
#define CAN_READ 0x1
#define CAN_OPEN_FOR_WRITING 0x2
#define CAN_MAP_WRITABLE 0x4
#define CAN_SET_PARAMETERS 0x8
#define FAILED 0x10 /* to become that user */

static dev_t device;

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool become(uid_t uid, gid_t gid)
{
	return !setgroups(0, NULL) && !setresgid(gid, gid, gid) && !setresuid(uid, uid, uid);
}

/* The calling user as root of a new user namespace. */
static bool become_root_of_user_ns(void)
{
	char map[64];
	uid_t uid = getuid();

	prctl(PR_SET_DUMPABLE, 1); /* or /proc/self belongs to root, after setresuid() */
	snprintf(map, sizeof(map), "0 %u 1", uid);
	return !unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) &&
	       write_text("/proc/self/uid_map", map);
}

static bool be_root(void)
{
	return true;
}

static bool be_member(void)
{
	return become(NOBODY, GROUP);
}

static bool be_other(void)
{
	return become(NOBODY, NOBODY);
}

static bool be_root_of_user_ns(void)
{
	return be_other() && become_root_of_user_ns();
}

static bool be_member_in_user_ns(void)
{
	return be_member() && become_root_of_user_ns();
}

/* As a container whose root is user 100000 of the host, the device bind-mounted into its /dev. */
static bool be_root_of_container(void)
{
	return !mkdir("/tmp/dev", 0755) && !unshare(CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("dev", "/tmp/dev", "tmpfs", 0, NULL) &&
	       mknod("/tmp/dev/procmon", S_IFREG, 0) == 0 &&
	       !mount(DEVICE, "/tmp/dev/procmon", NULL, MS_BIND, NULL) &&
	       !mount("/tmp/dev", "/dev", NULL, MS_BIND | MS_REC, NULL) && become(100000, 100000) &&
	       become_root_of_user_ns();
}

/* The same without a user namespace of its own. */
static bool be_root_of_privileged_container(void)
{
	static const struct {
		const char *file;
		int flag;
	} kinds[] = {
		/* of which a small kernel has not all */
		{ "/proc/self/ns/mnt", CLONE_NEWNS },
		{ "/proc/self/ns/pid", CLONE_NEWPID },
		{ "/proc/self/ns/ipc", CLONE_NEWIPC },
		{ "/proc/self/ns/net", CLONE_NEWNET },
	};
	size_t i;
	int flags = 0;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		flags |= access(kinds[i].file, F_OK) ? 0 : kinds[i].flag;
	return !unshare(flags);
}

/* With the device on a file system whose devices do not count, as for containers it should be. */
static bool be_root_without_devices(void)
{
	return !mkdir("/tmp/nodev", 0755) && !unshare(CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("dev", "/tmp/nodev", "tmpfs", MS_NODEV, NULL) &&
	       !mknod("/tmp/nodev/procmon", S_IFCHR | 0666, device) &&
	       !mount("/tmp/nodev", "/dev", NULL, MS_BIND, NULL) &&
	       !mount("/tmp/nodev", "/tmp", NULL, MS_BIND, NULL);
}

static int try_to_map_writable(int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	void *plain = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);

	if (map != MAP_FAILED)
		return CAN_MAP_WRITABLE;
	return plain != MAP_FAILED && !mprotect(plain, page, PROT_READ | PROT_WRITE) ?
		       CAN_MAP_WRITABLE :
		       0;
}

/* The device, or a node of one's own for it. */
static int try_to_open(void)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	unlink("/tmp/own");
	if (mknod("/tmp/own", S_IFCHR | 0666, device))
		return -1;
	return open("/tmp/own", O_RDONLY | O_NONBLOCK);
}

/* Everything that a user might try.  Its exit status tells what the user can. */
static void try_all(void *arg)
{
	static char buf[1 << 20];
	int can = 0, fd = try_to_open();

	(void)arg;
	if (fd >= 0) {
		lseek(fd, 0, SEEK_SET);
		can |= read(fd, buf, sizeof(buf)) > 0 ? CAN_READ : 0;
		can |= try_to_map_writable(fd);
		can |= write(fd, "x", 1) == 1 ? CAN_OPEN_FOR_WRITING : 0;
	}
	if (open(DEVICE, O_WRONLY) >= 0 || open(DEVICE, O_RDWR) >= 0)
		can |= CAN_OPEN_FOR_WRITING;
	if (write_text(PARAMETER, "4096"))
		can |= CAN_SET_PARAMETERS;
	_exit(can);
}

static void test_users(void)
{
	static const struct {
		const char *name;
		bool (*be)(void);
		int can;
	} users[] = {
		{ "root_reads_and_sets_parameters_but_never_writes", be_root,
		  CAN_READ | CAN_SET_PARAMETERS },
		{ "member_of_the_group_only_reads", be_member, CAN_READ },
		{ "any_other_user_can_do_nothing", be_other, 0 },
		{ "root_of_a_users_own_namespace_can_do_nothing", be_root_of_user_ns, 0 },
		{ "member_stays_one_in_a_user_namespace", be_member_in_user_ns, CAN_READ },
		{ "root_of_a_container_with_the_device_can_do_nothing", be_root_of_container, 0 },
		{ "root_where_devices_do_not_count_cannot_read", be_root_without_devices,
		  CAN_SET_PARAMETERS },
		{ "root_of_a_privileged_container_is_root", be_root_of_privileged_container,
		  CAN_READ | CAN_SET_PARAMETERS },
	};
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		pid_t pid = fork();
		int status;

		if (!pid) /* a new pid namespace is for the children */
			_exit(users[i].be() ?
				      WEXITSTATUS(follow_wait(follow_spawn(try_all, NULL))) :
				      FAILED);
		status = follow_wait(pid);
		if (!ok(status == users[i].can << 8, "%s", users[i].name))
			diag("status %#x, expected %#x", status, users[i].can << 8);
	}
}

/* Only root writes to any of them. */
static void test_parameters(void)
{
	DIR *dir = opendir("/sys/module/procmon/parameters");
	struct dirent *entry;
	struct stat st;
	int n = 0, bad = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &st, 0))
			continue;
		n++;
		bad += st.st_uid != 0 || st.st_mode & (S_IWGRP | S_IWOTH);
	}
	if (dir)
		closedir(dir);
	ok(n && !bad, "no_parameter_is_for_others_to_write");
}

/* A process of another pid namespace is told as the machine knows it, and as it knows itself. */
static void test_namespaces(void)
{
	struct procmon *pm = follow_open(0);
	pid_t outer = fork(), inner;
	struct procmon_event ev;
	int tube[2];

	if (pipe(tube))
		bail("pipe");
	if (!outer)
		_exit(0);
	follow_wait(outer);
	outer = fork();
	if (!outer) {
		if (unshare(CLONE_NEWPID))
			_exit(1);
		inner = fork();
		if (!inner)
			_exit(0);
		waitpid(inner, NULL, 0);
		if (write(tube[1], &inner, sizeof(inner)) != sizeof(inner))
			_exit(1);
		_exit(0);
	}
	follow_wait(outer);
	if (read(tube[0], &inner, sizeof(inner)) != sizeof(inner))
		bail("read");
	do {
		follow_next(pm, &ev);
	} while (ev.head.type != PROCMON_EXIT || ev.head.ppid != (uint32_t)outer);
	ok(ev.head.tgid == (uint32_t)inner && procmon_number(&ev, "ns_pid") == 1,
	   "a_reader_sees_into_other_pid_namespaces");
	procmon_close(pm);
}

/* In a user namespace everybody can be root; the rings tell who it really is. */
static void test_users_of_namespaces(void)
{
	struct procmon *pm = follow_open(0);
	pid_t pid = fork();
	struct told *told;
	int status;

	if (!pid) {
		if (!be_root_of_user_ns() || getuid())
			_exit(1);
		execl("/tests/tiny", "tiny", NULL);
		_exit(2);
	}
	status = follow_wait(pid);
	told = follow_told(pm, pid);
	ok(!status && told->execs == 1 && told->exec[0].ev.head.uid == NOBODY &&
		   procmon_number(&told->exec[0].ev, "euid") == NOBODY,
	   "root_of_a_user_namespace_is_told_as_who_it_is");
	told_free(told);
	procmon_close(pm);
}

/* A descriptor is the right to read: it can be handed on, and becomes nothing more. */
static void test_descriptors(void)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK), status;
	static char buf[1 << 20];
	char path[64];
	pid_t pid;

	lseek(fd, 0, SEEK_SET);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	pid = fork();
	if (!pid) {
		if (!be_other())
			_exit(FAILED);
		_exit((read(fd, buf, sizeof(buf)) > 0 ? CAN_READ : 0) | try_to_map_writable(fd) |
		      (open(path, O_RDONLY) >= 0 || open(path, O_RDWR) >= 0 ? CAN_OPEN_FOR_WRITING :
									      0));
	}
	status = follow_wait(pid);
	if (!ok(status == CAN_READ << 8, "descriptor_that_was_handed_on_only_reads"))
		diag("status %#x", status);
	close(fd);
}

#define STATUS "procmon status -o json; procmon status"
#define HISTORY "procmon --history --for=0s -o json; procmon --history --for=0s -o verbose"
#define FILES                                                                                      \
	"cat /sys/module/procmon/parameters/*; cat /sys/module/procmon/version; cat /sys/class/misc/procmon/dev"

/* What a command prints. */
static char *text_of(const char *shell)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = popen(shell, "r");

	if (!file || getdelim(&text, &size, '\0', file) < 1)
		bail("%s", shell);
	pclose(file);
	return text;
}

static unsigned long count_in(const char *shell)
{
	char *text = text_of(shell);
	unsigned long n = address_count_text(text);

	if (n)
		diag("%s: %lu numbers could be addresses", shell, n);
	free(text);
	return n;
}

/* In every byte of every ring; @words: how many there were. */
static unsigned long count_in_rings(unsigned long *words)
{
	struct procmon_info info = { .size = sizeof(info) };
	int fd = open(DEVICE, O_RDONLY);
	unsigned long found;
	uint32_t i;

	if (fd < 0 || ioctl(fd, PROCMON_IOC_INFO, &info))
		bail("info");
	found = address_count(&info, sizeof(info));
	*words = 0;
	for (i = 0; i < info.nr_rings; i++) {
		void *map = mmap(NULL, info.ring_len, PROT_READ, MAP_SHARED, fd,
				 (off_t)(info.ring_off + i * info.ring_stride));

		if (map == MAP_FAILED)
			continue;
		found += address_count(map, info.ring_len);
		*words += info.ring_len / sizeof(uint64_t);
		munmap(map, info.ring_len);
	}
	close(fd);
	return found;
}

/* In each event: they follow each other in a buffer at any place. */
static unsigned long count_in_events(const char *buf, size_t len)
{
	static uint64_t event[1 << 17];
	struct procmon_head head;
	unsigned long found = 0;
	size_t at;

	for (at = 0; at < len; at += head.len) {
		memcpy(&head, buf + at, sizeof(head));
		memcpy(event, buf + at, head.len);
		found += address_count(event, head.len);
	}
	return found;
}

/* In what read() gives. */
static unsigned long count_in_reads(unsigned long *bytes)
{
	static char buf[1 << 20];
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	unsigned long found = 0;
	ssize_t n;

	*bytes = 0;
	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EPIPE)) {
		*bytes += n > 0 ? (unsigned long)n : 0;
		found += n > 0 ? count_in_events(buf, (size_t)n) : 0;
	}
	close(fd);
	return found;
}

/* Words like an address wherever the argument lies, and its digits. */
static void run_planted(void *arg)
{
	static char planted[9 * 16 + 1];
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(planted) - 1; i++)
		planted[i] = (char)(i % 9 < 7 ? 0x81 : 0xff);
	execl("/tests/tiny", "tiny", planted, "ffff888012345678", NULL);
}

static void make_busy(void)
{
	struct storm storm;

	storm_start(&storm, 2, 400, "/tests/tiny");
	storm_wait(&storm);
	mkdir("/sys/fs/cgroup/seen", 0755);
	rmdir("/sys/fs/cgroup/seen");
}

static void test_search(void)
{
	static const uint64_t planted[8] = { 1,
					     UINT64_MAX,
					     0xffffffff00000009ull,
					     0xffff888012345678ull,
					     2,
					     0xffffffff81234567ull,
					     0xffff000008080808ull,
					     0x7fffffffffffull };

	ok(address_count(planted, sizeof(planted)) == 3 &&
		   address_count_text(
			   "at ffff888012345678, 0xffffffff81234567 (18446744071581026663)"
			   " -1 ffffffffffffffff 18446744073709551615 7fff88801234 "
			   "deadbeefffff888012345678 18446744073709551") == 3,
	   "the_search_finds_addresses_of_the_kernel");
}

static void test_addresses(void)
{
	unsigned long words, bytes, found;

	make_busy();
	found = count_in_rings(&words);
	diag("%lu words in the rings, %lu of them could be addresses", words, found);
	ok(words && !found, "no_address_of_the_kernel_is_in_the_rings");
	found = count_in_reads(&bytes);
	diag("%lu bytes read, %lu addresses", bytes, found);
	ok(bytes && !found, "nor_in_what_is_read");
	ok(!count_in(HISTORY) && !count_in(STATUS), "nor_in_what_the_command_prints");
	ok(!count_in(FILES), "nor_in_parameters_and_attributes");
	follow_wait(follow_spawn(run_planted, NULL));
	ok(count_in_rings(&words) && count_in_reads(&bytes) && count_in(HISTORY),
	   "one_that_a_program_brings_in_is_found_there");
}

/* What the module has written to the kernel's log so far; for itself it says little. */
static void test_log(void)
{
	static char log[1 << 20];
	int len, lines = 0, bad = 0;
	char *line, *rest = log;

	follow_param("threads", "2"); /* so that it says something */
	len = klogctl(LOG_READ_ALL, log, sizeof(log) - 1);
	if (len < 0)
		bail("klogctl");
	while ((line = strsep(&rest, "\n"))) {
		if (!strstr(line, "procmon"))
			continue;
		lines++;
		bad += address_count_text(line) != 0;
	}
	diag("%d lines", lines);
	ok(lines && !bad, "nor_in_the_kernels_log");
}

int main(void)
{
	struct stat st;

	tap_theme("security");
	if (chown(DEVICE, 0, GROUP) || stat(DEVICE, &st))
		bail("chown");
	device = st.st_rdev;
	ok((st.st_mode & 07777) == 0440, "the_node_is_made_with_mode_0440");
	test_users();
	test_parameters();
	test_namespaces();
	test_users_of_namespaces();
	test_descriptors();
	test_search();
	test_log();
	test_addresses();
	return tap_done();
}
