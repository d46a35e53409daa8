// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "fake.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <procmon/abi.h>

#define NSEC_PER_SEC 1000000000ll
#define FAKE_NAP_US 200

int __real_ioctl(int fd, unsigned long request, ...);
void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off);
int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
static uint64_t fake_boot_ns(void);
pid_t __real_fork(void);
pid_t __wrap_fork(void);

static uint64_t fake_passed_ns, fake_held_ns, fake_wall_ahead_ns;
static int fake_ioctl_err, fake_mmap_err, fake_info_mmap_err, fake_fork_err;
static unsigned int fake_ioctl_calls, fake_fork_calls;
static int fake_fork_signal;
static const struct procmon_task *fake_task;
static unsigned int fake_task_count;

void fake_pass(uint64_t ns)
{
	fake_passed_ns += ns;
}

void fake_hold(void)
{
	fake_held_ns = fake_boot_ns() - fake_passed_ns;
}

void fake_set_wall(uint64_t ahead_ns)
{
	fake_wall_ahead_ns = ahead_ns;
}

void fake_fail_ioctl(int err)
{
	fake_ioctl_err = err;
}

void fake_fail_ioctl_later(unsigned int calls, int err)
{
	fake_ioctl_err = err;
	fake_ioctl_calls = calls;
}

void fake_fail_ring_mmap(int err)
{
	fake_mmap_err = err;
}

void fake_fail_info_mmap(int err)
{
	fake_info_mmap_err = err;
}

static uint64_t fake_boot_ns(void)
{
	static uint64_t first_ns, speed;
	const char *text = speed ? NULL : getenv("FAKE_SPEED");
	struct timespec ts;
	uint64_t now_ns;

	if (fake_held_ns)
		return fake_held_ns + fake_passed_ns;
	__real_clock_gettime(CLOCK_MONOTONIC, &ts);
	now_ns = (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
	if (!first_ns)
		first_ns = now_ns;
	if (!speed)
		speed = text ? strtoul(text, NULL, 10) : 1;
	return FAKE_BOOT_NS + (now_ns - first_ns) * speed + fake_passed_ns;
}

/* Both clocks read one after the other show the same moment: what is computed of them is exact. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	static uint64_t moment_ns;
	uint64_t ns = moment_ns ? moment_ns : fake_boot_ns();

	if (id != CLOCK_BOOTTIME && id != CLOCK_REALTIME)
		return __real_clock_gettime(id, ts);
	moment_ns = id == CLOCK_REALTIME ? ns : 0;
	if (id == CLOCK_REALTIME)
		ns += FAKE_WALL_NS - FAKE_BOOT_NS + fake_wall_ahead_ns;
	*ts = (struct timespec){ (time_t)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC) };
	return 0;
}

/* The info page of a file that plays the device. */
static int fake_info(int fd, struct procmon_info *info)
{
	struct stat st;

	memset(info, 0, sizeof(*info));
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	return pread(fd, info, sizeof(*info), 0) >= 0;
}

static int fake_give_info(int fd, struct procmon_info *to)
{
	struct procmon_info info;
	uint32_t size = to->size;

	fake_info(fd, &info);
	if (info.size < size)
		size = info.size;
	memcpy(to, &info, size);
	to->size = size;
	return 0;
}

static int fake_has_more(int fd, const struct procmon_info *info, const struct procmon_wait *wait)
{
	const uint64_t *pos = (const uint64_t *)(uintptr_t)wait->pos;
	struct procmon_ring ring;
	uint32_t i;

	for (i = 0; i < wait->nr_pos; i++)
		if (pread(fd, &ring, sizeof(ring),
			  (off_t)(info->ring_off + i * info->ring_stride)) == sizeof(ring) &&
		    (int64_t)(ring.commit - pos[i]) > 0)
			return 1;
	return 0;
}

static int fake_wait(int fd, const struct procmon_info *info, const struct procmon_wait *wait)
{
	uint64_t start_ns = fake_boot_ns();

	while (!fake_has_more(fd, info, wait)) {
		if (wait->timeout_ns >= 0 &&
		    fake_boot_ns() - start_ns >= (uint64_t)wait->timeout_ns) {
			errno = ETIME;
			return -1;
		}
		if (usleep(FAKE_NAP_US))
			return -1; /* EINTR */
	}
	return 0;
}

void fake_tasks(const struct procmon_task *tasks, unsigned int count)
{
	fake_task = tasks;
	fake_task_count = count;
}

static int fake_tell_task(struct procmon_task *task)
{
	unsigned int i;

	for (i = 0; i < fake_task_count; i++) {
		if (task->tgid && task->tgid != fake_task[i].tgid)
			continue;
		*task = fake_task[i];
		return 0;
	}
	errno = ESRCH;
	return -1;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct procmon_info info;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (fake_ioctl_err && fake_ioctl_calls) {
		fake_ioctl_calls--;
	} else if (fake_ioctl_err) {
		errno = fake_ioctl_err;
		return -1;
	}
	if (request == PROCMON_IOC_INFO && fake_info(fd, &info))
		return fake_give_info(fd, arg);
	if (request == PROCMON_IOC_WAIT && fake_info(fd, &info))
		return fake_wait(fd, &info, arg);
	if (request == PROCMON_IOC_TASK && fake_task_count && fake_info(fd, &info))
		return fake_tell_task(arg);
	return __real_ioctl(fd, request, arg);
}

void fake_raise_at_fork(unsigned int calls, int sig)
{
	fake_fork_calls = calls;
	fake_fork_signal = sig;
}

void fake_fail_fork_later(unsigned int calls, int err)
{
	fake_fork_calls = calls;
	fake_fork_err = err;
}

pid_t __wrap_fork(void)
{
	if (!fake_fork_calls && fake_fork_err) {
		errno = fake_fork_err;
		return -1;
	}
	if (!fake_fork_calls && fake_fork_signal)
		raise(fake_fork_signal);
	fake_fork_calls -= fake_fork_calls > 0;
	return __real_fork();
}

/* A ring whose magic is not there does not exist. */
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
{
	struct procmon_info info;
	char magic[8] = "";

	if (!off && fake_info_mmap_err && fake_info(fd, &info) && info.size) {
		errno = fake_info_mmap_err;
		return MAP_FAILED;
	}
	if (off && fake_mmap_err) {
		errno = fake_mmap_err;
		return MAP_FAILED;
	}
	if (off && fake_info(fd, &info) && pread(fd, magic, sizeof(magic), off) >= 0 &&
	    memcmp(magic, PROCMON_RING_MAGIC, sizeof(magic))) {
		errno = ENXIO;
		return MAP_FAILED;
	}
	return __real_mmap(at, len, prot, flags, fd, off);
}
