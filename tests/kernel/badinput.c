// SPDX-License-Identifier: MIT
/* Whatever a program asks of the device, it gets an error and nothing breaks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define DEVICE "/dev/procmon"

static struct procmon_info info;
static size_t page;
static int dev;

static void run_nothing(void *arg)
{
	(void)arg;
	_exit(0);
}

/* Makes some events. */
static pid_t make_events(void)
{
	pid_t pid = follow_spawn(run_nothing, NULL);

	follow_wait(pid);
	return pid;
}

/* Did the call fail with this errno? */
static bool fails(long result, int err, const char *what)
{
	if (result == -1 && errno == err)
		return true;
	diag("%s: expected %s, got %ld %s", what, strerror(err), result,
	     result == -1 ? strerror(errno) : "");
	return false;
}

static bool map_fails(size_t len, int prot, int flags, off_t off, int err, const char *what)
{
	void *map = mmap(NULL, len, prot, flags, dev, off);

	if (map != MAP_FAILED)
		munmap(map, len);
	return fails(map == MAP_FAILED ? -1 : 0, err, what);
}

static void test_mmap_protection(void)
{
	char *map;
	bool good = true;

	good &= map_fails(page, PROT_READ | PROT_WRITE, MAP_SHARED, 0, EACCES, "shared, writable");
	good &= map_fails(page, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, EPERM, "private, writable");
	good &= map_fails(page, PROT_READ, MAP_PRIVATE, 0, EPERM, "private");
	good &= map_fails(page, PROT_READ | PROT_EXEC, MAP_SHARED, 0, EPERM, "executable");
	ok(good, "mapping_that_is_not_shared_and_read_only_is_refused");
	map = mmap(NULL, page, PROT_READ, MAP_SHARED, dev, 0);
	ok(fails(mprotect(map, page, PROT_READ | PROT_WRITE), EACCES, "mprotect writable") &
		   fails(mprotect(map, page, PROT_READ | PROT_EXEC), EACCES, "mprotect executable"),
	   "mapping_cannot_be_made_writable_or_executable");
	ok(fails(mremap(map, page, 2 * page, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT,
		 "mremap"),
	   "mapping_cannot_grow");
	munmap(map, page);
}

static void test_mmap_windows(void)
{
	off_t ring = (off_t)info.ring_off;
	size_t len = info.ring_len;
	bool good = true;

	good &= map_fails(2 * page, PROT_READ, MAP_SHARED, 0, EINVAL, "info too long");
	good &= map_fails(page, PROT_READ, MAP_SHARED, (off_t)page, EINVAL, "between");
	good &= map_fails(len + page, PROT_READ, MAP_SHARED, ring, EINVAL, "ring too long");
	good &= map_fails(len - page, PROT_READ, MAP_SHARED, ring, EINVAL, "ring too short");
	good &= map_fails(len, PROT_READ, MAP_SHARED, ring + (off_t)page, EINVAL, "odd offset");
	good &= map_fails(len, PROT_READ, MAP_SHARED,
			  ring + (off_t)(info.nr_rings * info.ring_stride), EINVAL,
			  "past the last");
	good &= map_fails(page, PROT_READ, MAP_SHARED, (off_t)1 << 52, EINVAL, "far away");
	ok(good, "mapping_of_another_window_is_refused");
}

static void test_missing_ring(void)
{
	bool good = true, any = false;
	uint32_t i;

	for (i = 0; i < info.nr_rings; i++) {
		off_t off = (off_t)(info.ring_off + i * info.ring_stride);
		void *map = mmap(NULL, info.ring_len, PROT_READ, MAP_SHARED, dev, off);

		if (map != MAP_FAILED) {
			munmap(map, info.ring_len);
			continue;
		}
		any = true;
		good &= fails(-1, ENXIO, "missing ring");
	}
	if (any)
		ok(good, "mapping_of_a_ring_that_is_not_there_is_enxio");
	else
		skip("mapping_of_a_ring_that_is_not_there_is_enxio", "all %u rings are there",
		     info.nr_rings);
}

/* A child looks at the mapping of its parent. */
static void run_touch(void *arg)
{
	volatile char *map = arg;

	_exit(map[0] ? 1 : 2);
}

static void test_fork(void)
{
	char *map = mmap(NULL, page, PROT_READ, MAP_SHARED, dev, 0);
	int status = follow_wait(follow_spawn(run_touch, map));

	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	   "child_does_not_inherit_the_mapping");
	munmap(map, page);
}

static void test_mem_write(void)
{
	char *map = mmap(NULL, page, PROT_READ, MAP_SHARED, dev, 0);
	int mem = open("/proc/self/mem", O_RDWR);
	char byte = 'X', old = map[0];
	ssize_t n = mem < 0 ? -1 : pwrite(mem, &byte, 1, (off_t)(uintptr_t)map);

	ok(n != 1 && map[0] == old, "proc_self_mem_does_not_write_to_the_mapping");
	if (mem >= 0)
		close(mem);
	munmap(map, page);
}

static void test_open(void)
{
	int again = open(DEVICE, O_RDONLY), copy;
	bool good = true;

	good &= fails(open(DEVICE, O_RDWR), EACCES, "O_RDWR");
	good &= fails(open(DEVICE, O_WRONLY), EACCES, "O_WRONLY");
	ok(good, "opening_for_writing_is_refused_even_to_root");
	copy = dup(again);
	ok(again >= 0 && copy >= 0, "device_opens_any_number_of_times");
	close(again);
	close(copy);
}

static void test_read(void)
{
	static char buf[1 << 20];
	struct procmon_head head;
	char *border, *volatile low = (char *)8;
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	ssize_t n;
	bool good = true;

	lseek(fd, 0, SEEK_SET);
	good &= fails(read(fd, buf, 0), EINVAL, "0 bytes");
	good &= fails(read(fd, buf, 1), EINVAL, "1 byte");
	good &= fails(read(fd, buf, 63), EINVAL, "63 bytes");
	ok(good, "buffer_too_small_for_an_event_is_einval");
	good = fails(read(fd, low, sizeof(buf)), EFAULT, "address 8");
	good &= fails(read(fd, (void *)-4096L, sizeof(buf)), EFAULT, "kernel address");
	border = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(border + page, page);
	good &= fails(read(fd, border + page - 32, sizeof(buf)), EFAULT, "half a head");
	ok(good, "bad_buffer_is_efault");
	n = read(fd, buf, sizeof(buf));
	memcpy(&head, buf, sizeof(head));
	if (!ok(n > 0 && head.seq == 0, "nothing_is_lost_by_reads_that_failed"))
		diag("read %zd, first seq %llu", n, (unsigned long long)head.seq);
	munmap(border, page);
	close(fd);
}

static void test_other_calls(void)
{
	struct iovec iov[2];
	char a[100], b[65536];
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK), null = open("/dev/null", O_WRONLY), gate[2];
	bool good = true;

	good &= fails(write(fd, a, 1), EBADF, "write");
	good &= fails(lseek(fd, 5, SEEK_SET), EINVAL, "lseek 5");
	good &= fails(lseek(fd, 0, SEEK_CUR), EINVAL, "SEEK_CUR");
	good &= fails(lseek(fd, -1, SEEK_END), EINVAL, "lseek -1");
	good &= fails(lseek(fd, 0, 99), EINVAL, "lseek whence");
	good &= lseek(fd, 0, SEEK_END) == 0;
	good &= fails(ftruncate(fd, 0), EINVAL, "ftruncate");
	if (pipe(gate))
		bail("pipe");
	good &= splice(fd, NULL, gate[1], NULL, 4096, SPLICE_F_NONBLOCK) < 0;
	good &= sendfile(null, fd, NULL, 4096) < 0;
	ok(good, "calls_that_make_no_sense_are_refused");
	lseek(fd, 0, SEEK_SET);
	iov[0] = (struct iovec){ a, sizeof(a) };
	iov[1] = (struct iovec){ b, sizeof(b) };
	good = readv(fd, iov, 2) != 0;
	ok(good, "readv_does_no_harm");
	close(fd);
	close(null);
	close(gate[0]);
	close(gate[1]);
}

static long wait_call(int fd, struct procmon_wait *wait)
{
	return ioctl(fd, PROCMON_IOC_WAIT, wait);
}

static void test_ioctl_info(void)
{
	struct {
		struct procmon_info info;
		char more[64];
	} big;
	struct procmon_info small;
	bool good = true;

	memset(&big, 0xff, sizeof(big));
	big.info.size = sizeof(big);
	good &= ioctl(dev, PROCMON_IOC_INFO, &big) == 0 && big.info.size == sizeof(info) &&
		(unsigned char)big.more[0] == 0xff;
	memset(&small, 0xff, sizeof(small));
	small.size = 24;
	good &= ioctl(dev, PROCMON_IOC_INFO, &small) == 0 && small.size == 24 &&
		small.compat == UINT64_MAX;
	ok(good, "info_is_filled_in_as_far_as_both_sides_know_it");
	small.size = 0;
	good = fails(ioctl(dev, PROCMON_IOC_INFO, &small), EINVAL, "size 0");
	small.size = 8;
	good &= fails(ioctl(dev, PROCMON_IOC_INFO, &small), EINVAL, "size 8");
	good &= fails(ioctl(dev, PROCMON_IOC_INFO, NULL), EFAULT, "NULL");
	good &= fails(ioctl(dev, 0x7055, NULL), ENOTTY, "unknown call");
	ok(good, "info_with_a_wrong_size_or_address_is_refused");
}

static void test_ioctl_wait(void)
{
	static uint64_t pos[4096];
	struct {
		struct procmon_wait wait;
		uint64_t more;
	} big = { .wait = { .size = sizeof(big), .nr_pos = 1, .pos = (uintptr_t)pos } };
	struct procmon_wait wait = { .size = sizeof(wait), .nr_pos = 1, .pos = (uintptr_t)pos };
	struct procmon_wait bad;
	bool good = true;

	good &= wait_call(dev, &wait) == 0;
	good &= wait_call(dev, &big.wait) == 0;
	ok(good, "wait_takes_a_longer_struct_of_zeros");
	big.more = 1;
	good = fails(wait_call(dev, &big.wait), E2BIG, "unknown bytes");
	bad = wait;
	bad.size = 0;
	good &= fails(wait_call(dev, &bad), EINVAL, "size 0");
	bad.size = 8;
	good &= fails(wait_call(dev, &bad), EINVAL, "size 8");
	bad.size = UINT32_MAX;
	good &= fails(wait_call(dev, &bad), E2BIG, "huge size");
	bad = wait;
	bad.flags = 1;
	good &= fails(wait_call(dev, &bad), EINVAL, "flags");
	bad = wait;
	bad.reserved = 1;
	good &= fails(wait_call(dev, &bad), EINVAL, "reserved");
	bad = wait;
	bad.nr_pos = info.nr_rings + 1;
	good &= fails(wait_call(dev, &bad), EINVAL, "too many positions");
	bad.nr_pos = UINT32_MAX;
	good &= fails(wait_call(dev, &bad), EINVAL, "far too many positions");
	bad = wait;
	bad.pos = 1;
	good &= fails(wait_call(dev, &bad), EFAULT, "bad address of positions");
	good &= fails(ioctl(dev, PROCMON_IOC_WAIT, NULL), EFAULT, "NULL");
	ok(good, "wait_with_wrong_sizes_flags_or_addresses_is_refused");
}

/* Positions that cannot be: the call may not hang, crash, or disturb read(). */
static void test_wild_positions(void)
{
	static const uint64_t wild[] = { UINT64_MAX, 1ull << 63, (1ull << 63) - 1, 1ull << 62,
					 12345 };
	static uint64_t pos[4096];
	static char buf[1 << 20];
	struct procmon_wait wait = { .size = sizeof(wait),
				     .nr_pos = info.nr_rings,
				     .pos = (uintptr_t)pos,
				     .timeout_ns = 1000000 };
	struct procmon_head head;
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	bool good = true;
	size_t i, k;
	pid_t pid;

	for (i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		long r;

		for (k = 0; k < info.nr_rings; k++)
			pos[k] = wild[i];
		r = wait_call(fd, &wait);
		good &= r == 0 || errno == ETIME;
		make_events();
	}
	ok(good, "wild_positions_do_no_harm");
	pid = make_events();
	good = false;
	while (!good) {
		ssize_t n = read(fd, buf, sizeof(buf)), at;

		if (n <= 0)
			break;
		for (at = 0; at < n; at += head.len) {
			memcpy(&head, buf + at, sizeof(head));
			good |= head.tgid == (uint32_t)pid && head.type == PROCMON_EXIT;
		}
	}
	ok(good, "read_goes_on_where_it_was_after_wild_positions");
	close(fd);
}

static void test_timeouts(void)
{
	static uint64_t pos[4096];
	struct procmon_wait wait = { .size = sizeof(wait),
				     .nr_pos = info.nr_rings,
				     .pos = (uintptr_t)pos };
	struct pollfd ready = { .fd = dev, .events = POLLIN };
	size_t i;

	follow_param("events", "cgroup");
	for (i = 0; i < info.nr_rings; i++)
		pos[i] = 1ull << 40; /* from now */
	sleep(1);
	ok(fails(wait_call(dev, &wait), ETIME, "timeout 0"), "wait_without_time_only_looks");
	ok(poll(&ready, 1, 100) == 0, "poll_goes_by_the_positions_of_wait");
	wait.timeout_ns = 50000000;
	ok(fails(wait_call(dev, &wait), ETIME, "50 ms"), "wait_ends_after_its_time");
	mkdir("/sys/fs/cgroup/wake", 0755);
	ok(poll(&ready, 1, FOLLOW_LIMIT_MS) == 1, "poll_tells_of_a_new_event");
	rmdir("/sys/fs/cgroup/wake");
	follow_param("events", "fork,exec,exit,cgroup");
}

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* There is something, but less than the watermark. */
static void test_min_wait(void)
{
	uint64_t pos = 0, begin = clock_ms();
	struct procmon_wait wait = { .size = sizeof(wait), .nr_pos = 1, .pos = (uintptr_t)&pos };
	bool good;

	wait.timeout_ns = -1;
	wait.watermark = 1u << 30;
	wait.min_wait_us = 100000;
	good = !wait_call(dev, &wait) && clock_ms() - begin >= 100;
	begin = clock_ms();
	wait.watermark = 1;
	wait.min_wait_us = 100000000;
	good &= !wait_call(dev, &wait) && clock_ms() - begin < 50000;
	ok(good, "wait_goes_on_for_the_least_time_only_below_the_watermark");
}

static bool param_is(const char *name, const char *value)
{
	char path[128], text[128] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/procmon/parameters/%s", name);
	file = fopen(path, "r");
	if (!file || !fgets(text, sizeof(text), file))
		bail("%s", path);
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, value);
}

static void test_params(void)
{
	bool good = true;

	good &= follow_param("threads", "1") && param_is("threads", "1");
	good &= follow_param("threads", "0") && param_is("threads", "0");
	good &= follow_param("args_max", "0x100") && param_is("args_max", "256");
	good &= follow_param("events", "exit,fork") && param_is("events", "fork,exit");
	good &= follow_param("events", "fork,exec,exit,cgroup");
	good &= param_is("ring_kib", "4096");
	ok(good, "parameters_read_as_they_were_set");
	good = true;

	good &= !follow_param("threads", "2") && !follow_param("threads", "x");
	good &= !follow_param("args_max", "-1") && !follow_param("args_max", "4294967296") &&
		!follow_param("args_max", "x");
	good &= !follow_param("events", "bogus") && !follow_param("events", "fork,,exit") &&
		!follow_param("events", "fork exec");
	good &= open("/sys/module/procmon/parameters/ring_kib", O_WRONLY) < 0 ||
		!follow_param("ring_kib", "128");
	good &= param_is("threads", "0") && param_is("args_max", "256") &&
		param_is("events", "fork,exec,exit,cgroup");
	ok(good, "bad_parameters_are_refused_at_run_time_and_change_nothing");
}

int main(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	tap_theme("badinput");
	dev = open(DEVICE, O_RDONLY);
	info.size = sizeof(info);
	if (dev < 0 || ioctl(dev, PROCMON_IOC_INFO, &info))
		bail("open");
	make_events();
	test_mmap_protection();
	test_mmap_windows();
	test_missing_ring();
	test_fork();
	test_mem_write();
	test_open();
	test_read();
	test_other_calls();
	test_ioctl_info();
	test_ioctl_wait();
	test_wild_positions();
	test_timeouts();
	test_min_wait();
	test_params();
	close(dev);
	return tap_done();
}
