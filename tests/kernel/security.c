// SPDX-License-Identifier: MIT
/* What each kind of user can and cannot do, and what records never hold: the rows of SECURITY.md. */
#define _GNU_SOURCE
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
	return !unshare(CLONE_NEWUSER | CLONE_NEWNS) && write_text("/proc/self/uid_map", map);
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
	return !unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET);
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

/* Everything that a user might try. */
static int try_all(void)
{
	static char buf[1 << 20];
	int can = 0, fd = open(DEVICE, O_RDONLY | O_NONBLOCK);

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
	return can;
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
		{ "root_of_a_privileged_container_is_root", be_root_of_privileged_container,
		  CAN_READ | CAN_SET_PARAMETERS },
	};
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(users[i].be() ? try_all() : FAILED);
		status = follow_wait(pid);
		if (!ok(status == users[i].can << 8, "%s", users[i].name))
			diag("status %#x, expected %#x", status, users[i].can << 8);
	}
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

/* Could it be an address of the kernel?  All ones means "unknown", also in the upper half. */
static bool is_kernel_address(uint64_t word)
{
	if (word < 0xffff000000000000ull || word == UINT64_MAX)
		return false;
	return word >> 32 != UINT32_MAX || (uint32_t)word >= 0x80000000u;
}

static unsigned long count_addresses(const void *memory, size_t len)
{
	const uint64_t *word = memory;
	unsigned long n = 0;
	size_t i;

	for (i = 0; i < len / sizeof(*word); i++)
		n += is_kernel_address(word[i]);
	return n;
}

static void test_search(void)
{
	uint64_t planted[8] = { 1,
				UINT64_MAX,
				0xffffffff00000009ull,
				0xffff888012345678ull,
				2,
				0xffffffff81234567ull,
				0xffff000008080808ull,
				0x7fffffffffffull };

	ok(count_addresses(planted, sizeof(planted)) == 3,
	   "the_search_finds_addresses_of_the_kernel");
}

static void test_records(void)
{
	struct procmon_info info = { .size = sizeof(info) };
	unsigned long found = 0, words = 0;
	struct storm storm;
	int fd = open(DEVICE, O_RDONLY);
	uint32_t i;

	storm_start(&storm, 2, 400, "/tests/tiny");
	storm_wait(&storm);
	mkdir("/sys/fs/cgroup/seen", 0755);
	rmdir("/sys/fs/cgroup/seen");
	if (fd < 0 || ioctl(fd, PROCMON_IOC_INFO, &info))
		bail("info");
	found += count_addresses(&info, sizeof(info));
	for (i = 0; i < info.nr_rings; i++) {
		void *map = mmap(NULL, info.ring_len, PROT_READ, MAP_SHARED, fd,
				 (off_t)(info.ring_off + i * info.ring_stride));

		if (map == MAP_FAILED)
			continue;
		found += count_addresses(map, info.ring_len);
		words += info.ring_len / sizeof(uint64_t);
		munmap(map, info.ring_len);
	}
	diag("%lu words, %lu of them could be addresses", words, found);
	ok(words && !found, "no_address_of_the_kernel_is_in_the_rings");
	close(fd);
}

/* What the module has written to the kernel's log so far. */
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
		const char *at = strstr(line, "procmon");

		lines += at != NULL;
		bad += at && strstr(line, "ffff");
	}
	ok(lines && !bad, "nor_in_the_kernels_log");
}

int main(void)
{
	tap_theme("security");
	if (chown(DEVICE, 0, GROUP))
		bail("chown");
	test_users();
	test_namespaces();
	test_search();
	test_records();
	test_log();
	return tap_done();
}
