// SPDX-License-Identifier: MIT
/* Opening the device, mapping it, and saying in one line what is wrong with it. */
#include "reader.h"
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Thread_local char device_open_error[READER_ERROR];

int reader_fail(struct procmon *pm, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(pm->error, sizeof(pm->error), format, args);
	va_end(args);
	return -err;
}

const char *procmon_error(const struct procmon *pm)
{
	return pm ? pm->error : device_open_error;
}

struct procmon *reader_make(const char *path)
{
	struct procmon *pm = calloc(1, sizeof(*pm));

	if (pm)
		pm->fd = -1;
	else
		snprintf(device_open_error, sizeof(device_open_error), "%s: out of memory", path);
	return pm;
}

int reader_fail_open(struct procmon *pm, int err)
{
	memcpy(device_open_error, pm->error, sizeof(device_open_error));
	procmon_close(pm);
	return err;
}

static int device_fail_open(struct procmon *pm, const char *path, int err)
{
	switch (err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return reader_fail(
			pm, err,
			"%s: the module is not loaded: sudo modprobe procmon (procmon doctor tells "
			"what is missing)",
			path);
	case EACCES:
	case EPERM:
		return reader_fail(
			pm, err,
			"%s: no permission: run as root, or sudo adduser $USER procmon and log "
			"in again",
			path);
	}
	return reader_fail(pm, err, "%s: %s", path, strerror(err));
}

/* Is this our device, and do we speak its language? */
static int device_check(struct procmon *pm, const char *path)
{
	struct procmon_info info = { .size = sizeof(info) };

	if (ioctl(pm->fd, PROCMON_IOC_INFO, &info) ||
	    memcmp(info.magic, PROCMON_MAGIC, sizeof(info.magic)))
		return reader_fail(pm, ENOTTY, "%s: not a procmon device", path);
	if (info.abi_major != PROCMON_ABI_MAJOR || info.incompat)
		return reader_fail(
			pm, EPROTO,
			"%s: the module speaks ABI %u%s, this program %u: install the same "
			"version of procmon and procmon-dkms",
			path, info.abi_major, info.incompat ? " with unknown additions" : "",
			PROCMON_ABI_MAJOR);
	return 0;
}

static int device_map_info(struct procmon *pm, const char *path)
{
	void *map = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, pm->fd, 0);

	if (map == MAP_FAILED)
		return reader_fail(pm, errno, "%s: cannot be mapped: %s", path, strerror(errno));
	pm->info = map;
	return 0;
}

/* Maps ring @index; its words stay NULL when it does not exist. */
int reader_map_ring(struct procmon *pm, uint32_t index)
{
	struct ring *ring = &pm->ring[index];
	const struct procmon_info *info = pm->info;
	void *map;

	if (pm->fd < 0)
		return 0;
	map = mmap(NULL, info->ring_len, PROT_READ, MAP_SHARED, pm->fd,
		   (off_t)(info->ring_off + index * info->ring_stride));
	if (map == MAP_FAILED && errno == ENXIO)
		return 0;
	if (map == MAP_FAILED)
		return reader_fail(pm, errno, "ring %u cannot be mapped: %s", index,
				   strerror(errno));
	ring->map = map;
	ring->map_len = info->ring_len;
	ring->shared = map;
	ring->data = (const void *)((const char *)map + info->data_off);
	return 0;
}

int procmon_open(struct procmon **pmp, const char *path, unsigned int flags)
{
	struct procmon *pm;
	int err;

	*pmp = NULL;
	path = path ? path : PROCMON_DEVICE;
	pm = reader_make(path);
	if (!pm)
		return -ENOMEM;
	pm->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	err = pm->fd < 0 ? device_fail_open(pm, path, errno) : device_check(pm, path);
	if (!err)
		err = device_map_info(pm, path);
	if (!err)
		err = reader_attach(pm, flags);
	if (err)
		return reader_fail_open(pm, err);
	*pmp = pm;
	return 0;
}

void procmon_close(struct procmon *pm)
{
	if (!pm)
		return;
	reader_detach(pm);
	if (pm->recording)
		recording_free(pm->recording);
	else if (pm->complete)
		free((void *)pm->info);
	else if (pm->fd >= 0 && pm->info)
		munmap((void *)pm->info, sysconf(_SC_PAGESIZE));
	if (pm->fd >= 0)
		close(pm->fd);
	free(pm);
}

int procmon_fd(const struct procmon *pm)
{
	return pm->fd;
}

int64_t procmon_wall_offset(const struct procmon *pm)
{
	struct timespec wall, boot;

	if (pm->recording)
		return recording_wall_ns(pm);
	if (pm->complete)
		return (int64_t)(pm->info->load_wall_ns - pm->info->load_ns);
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (wall.tv_sec - boot.tv_sec) * 1000000000ll + wall.tv_nsec - boot.tv_nsec;
}

int procmon_info(struct procmon *pm, struct procmon_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (pm->fd < 0)
		*info = *pm->info;
	else if (ioctl(pm->fd, PROCMON_IOC_INFO, info))
		return reader_fail(pm, errno, "the module does not answer: %s", strerror(errno));
	return 0;
}
