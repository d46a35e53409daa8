// SPDX-License-Identifier: MIT
/*
 * The kernel's fault injection makes the 1st, 2nd, 3rd ... allocation or copy of each call to the
 * module fail.  The call fails cleanly, and works the next time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/tap.h"

#define DEBUGFS "/sys/kernel/debug/"
#define MODULE "/tests/procmon.ko"
#define PARAMETERS "ring_kib=64"
#define CPU "/sys/devices/system/cpu/cpu1/online"
#define FAR_AWAY ((void *)0x300000000000)
#define TEXT_BYTES (1 << 20) /* of a module, at most */
#define FAULTS 100000 /* a call that goes on for longer does not end */

static unsigned long step;

/* Return: 0, or negative errno. */
static int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

static void fault_set(const char *name, const char *value)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s/%s", kinds[i], name);
		if (!access(path, F_OK) && file_write(path, value))
			bail("%s", path);
	}
}

/* Only what is called from between these addresses fails. */
static void fault_within(unsigned long start, unsigned long end)
{
	char text[32];

	snprintf(text, sizeof(text), "%#lx", start);
	fault_set("require-start", text);
	snprintf(text, sizeof(text), "%#lx", end);
	fault_set("require-end", text);
}

static void fault_within_function(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long address, start = 0, end = ~0UL;
	char line[512], symbol[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %*c %255s", &address, symbol) == 2 && !strcmp(symbol, name))
			start = address;
	if (!start)
		bail("the kernel has no function %s", name);
	rewind(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx", &address) == 1 && address > start && address < end)
			end = address;
	fclose(file);
	fault_within(start, end);
}

static void fault_within_module(void)
{
	FILE *file = fopen("/proc/modules", "r");
	unsigned long start;

	if (!file || fscanf(file, "procmon %*u %*d %*s %*s %lx", &start) != 1)
		bail("/proc/modules");
	fclose(file);
	fault_within(start, start + TEXT_BYTES);
}

/* The @n-th fault from now hits us; 0: none. */
static void fault_arm(unsigned long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", n);
	if (file_write("/proc/thread-self/fail-nth", text))
		bail("fail-nth");
}

/* Return: the fault was met. */
static bool fault_disarm(void)
{
	char text[32] = "";
	int fd = open("/proc/thread-self/fail-nth", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		bail("fail-nth");
	close(fd);
	fault_arm(0);
	return !strtoul(text, NULL, 10);
}

static int module_load_with(const char *parameters)
{
	int fd = open(MODULE, O_RDONLY), err = 0;

	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = -errno;
	close(fd);
	return err;
}

static int module_load(void)
{
	return module_load_with(PARAMETERS);
}

static void module_unload(void)
{
	if (syscall(SYS_delete_module, "procmon", 0))
		bail("delete_module");
}

static int device = -1;

static int device_open(void)
{
	device = open("/dev/procmon", O_RDONLY | O_NONBLOCK);
	return device < 0 ? -errno : 0;
}

static void device_close(void)
{
	close(device);
}

static struct procmon_info info_get(void)
{
	struct procmon_info info = { .size = sizeof(info) };
	int fd = open("/dev/procmon", O_RDONLY);

	if (fd < 0 || ioctl(fd, PROCMON_IOC_INFO, &info))
		bail("PROCMON_IOC_INFO");
	close(fd);
	return info;
}

static struct procmon_info info;
static void *window;

/* Where no page table is there yet. */
static int window_map(void)
{
	window = mmap(FAR_AWAY, info.ring_len, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, device,
		      (off_t)info.ring_off);
	return window == MAP_FAILED ? -errno : 0;
}

static void window_unmap(void)
{
	munmap(window, info.ring_len);
}

static int device_read(void)
{
	static char buf[65536];
	int err = 0;

	if (lseek(device, 0, SEEK_SET) || read(device, buf, sizeof(buf)) <= 0)
		err = -errno;
	return err;
}

static int device_info(void)
{
	struct procmon_info got = { .size = sizeof(got) };

	return ioctl(device, PROCMON_IOC_INFO, &got) ? -errno : 0;
}

static int device_wait(void)
{
	uint64_t pos[1] = { 0 };
	struct procmon_wait wait = { .size = sizeof(wait), .nr_pos = 1, .pos = (uintptr_t)pos };

	return ioctl(device, PROCMON_IOC_WAIT, &wait) && errno != ETIME ? -errno : 0;
}

static int events_fewer(void)
{
	return file_write("/sys/module/procmon/parameters/events", "fork");
}

static int events_all(void)
{
	return file_write("/sys/module/procmon/parameters/events", "fork,exec,exit,cgroup");
}

static void events_take_back(void)
{
	if (events_fewer())
		bail("events=fork");
}

static void nothing(void)
{
}

/* Without a fault the call works. */
static bool works(const char *name, unsigned long n, int (*call)(void), void (*undo)(void))
{
	int err = call();

	if (err)
		diag("%s: after fault %lu: %s", name, n, strerror(-err));
	else
		undo();
	return !err;
}

/*
 * The call, which @undo takes back, with every fault there can be; one that takes long is tried
 * again only after every @again-th, and not with each fault where time is short.
 */
static void try_faults(const char *name, int (*call)(void), void (*undo)(void), unsigned long again)
{
	unsigned long n, failed = 0, ignored = 0, bad = 0;
	bool met = true;
	int err;

	for (n = 1; met && n<FAULTS; n += again> 1 ? step : 1) {
		fault_arm(n);
		err = call();
		met = fault_disarm();
		if (!err) {
			ignored += met;
			undo();
		} else if (met && (err == -ENOMEM || err == -EFAULT)) {
			failed++;
		} else {
			bad++;
			diag("%s: fault %lu: %s", name, n, strerror(-err));
		}
		if (!met || n % again == 0)
			bad += !works(name, n, call, undo);
	}
	ok(!met && !bad && failed, "%s_fails_cleanly_and_then_works", name);
	diag("%lu of %lu faults made it fail, %lu did not matter", failed, failed + ignored,
	     ignored);
}

static void test_load(void)
{
	fault_within_function("do_one_initcall");
	try_faults("load", module_load, module_unload, 16);
}

/* Those of the kernel's command line come before there is any. */
static void test_parameters(void)
{
	bool met;
	int err;

	fault_within_function("parse_args");
	fault_arm(1);
	err = module_load_with(PARAMETERS " events=exec,fork env=HOME,LANG threads=1 args_max=100");
	met = fault_disarm();
	ok(!err && !met, "parameters_take_no_memory");
	if (err)
		diag("%s", strerror(-err));
	else
		module_unload();
}

static void test_calls(void)
{
	fault_within_module();
	try_faults("open", device_open, device_close, 1);
	if (device_open())
		bail("open");
	info = info_get();
	try_faults("mmap", window_map, window_unmap, 1);
	try_faults("read", device_read, nothing, 1);
	if (access(DEBUGFS "fail_usercopy", F_OK)) {
		skip("info_fails_cleanly_and_then_works", "this kernel makes no copy fail");
		skip("wait_fails_cleanly_and_then_works", "this kernel makes no copy fail");
	} else {
		try_faults("info", device_info, nothing, 1);
		try_faults("wait", device_wait, nothing, 1);
	}
	device_close();
	events_take_back();
	try_faults("events", events_all, events_take_back, 1);
	if (events_all())
		bail("events");
}

static void cpu_switch(bool on)
{
	if (file_write(CPU, on ? "1" : "0"))
		bail("CPU 1 cannot be switched %s", on ? "on" : "off");
}

static void run_pinned(void *arg)
{
	cpu_set_t cpus;

	(void)arg;
	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	if (!sched_setaffinity(0, sizeof(cpus), &cpus))
		execl("/tests/tiny", "/tests/tiny", NULL);
	_exit(97);
}

/* How many events are lost for want of a ring when a program runs on CPU 1. */
static uint64_t cpu_loses(void)
{
	uint64_t before = info_get().no_ring;

	if (follow_wait(follow_spawn(run_pinned, NULL)))
		bail("CPU 1 does not run programs");
	return info_get().no_ring - before;
}

/* A CPU comes up without memory for its ring: its events are counted, until there is memory. */
static void test_hotplug(void)
{
	unsigned long n, without = 0, bad = 0;
	bool met = true;

	if (access(CPU, W_OK)) {
		skip("cpu_without_a_ring_comes_up_and_its_losses_are_counted",
		     "CPU 1 cannot be taken offline");
		return;
	}
	for (n = 1; met && n < FAULTS; n += step) {
		cpu_switch(false);
		if (module_load())
			bail("load");
		fault_within_module();
		fault_arm(n);
		cpu_switch(true);
		met = fault_disarm();
		if (cpu_loses()) {
			without++;
			cpu_switch(false);
			cpu_switch(true);
			bad += !met || cpu_loses();
		}
		module_unload();
	}
	ok(!met && !bad && without, "cpu_without_a_ring_comes_up_and_its_losses_are_counted");
	diag("%lu faults left it without a ring", without);
}

int main(void)
{
	tap_theme("fault");
	step = tap_size("FAULT_STEP", 1);
	if (access(DEBUGFS "failslab", F_OK) || access("/proc/thread-self/fail-nth", F_OK)) {
		skip("every_fault_is_survived", "this kernel has no fault injection");
		return tap_done();
	}
	fault_set("stacktrace-depth", "32");
	fault_set("verbose", "0");
	fault_set("ignore-gfp-wait", "N");
	fault_set("ignore-gfp-highmem", "N");
	fault_set("min-order", "0");
	test_load();
	test_parameters();
	if (module_load())
		bail("load");
	test_calls();
	module_unload();
	test_hotplug();
	return tap_done();
}
