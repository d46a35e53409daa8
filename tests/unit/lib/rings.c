// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "rings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"
#include "reader.h"
#include "tap.h"

#define RINGS_PAGE 4096u

static void rings_fill_info(struct rings *rings)
{
	struct procmon_info *info = rings->info;
	uint64_t len = RINGS_PAGE + rings->nrec * PROCMON_REC;

	*info = (struct procmon_info){
		.size = sizeof(*info),
		.rec_size = PROCMON_REC,
		.abi_major = PROCMON_ABI_MAJOR,
		.abi_minor = PROCMON_ABI_MINOR,
		.instance = RINGS_INSTANCE,
		.load_ns = FAKE_BOOT_NS / 2,
		.nr_rings = rings->nr,
		.rings_gen = 1,
		.ring_off = RINGS_PAGE,
		.ring_stride = (len + RINGS_PAGE - 1) / RINGS_PAGE * RINGS_PAGE,
		.data_off = RINGS_PAGE,
		.nrec = rings->nrec,
		.max_event = (uint32_t)(rings->nrec / 4 * PROCMON_REC),
		.events = 1u << PROCMON_FORK | 1u << PROCMON_EXEC | 1u << PROCMON_EXIT,
		.args_max = 4096,
		.cgroup_version = 2,
		.ring_header_size = sizeof(struct procmon_ring),
		.nr_counters = PROCMON_NR_COUNTERS,
		.version = "0.0.test",
	};
	memcpy(info->magic, PROCMON_MAGIC, sizeof(info->magic));
	info->ring_len = info->ring_stride;
}

static void rings_fill_ring(struct rings *rings, unsigned int i)
{
	struct procmon_ring *shared = rings->shared[i];

	memcpy(shared->magic, PROCMON_RING_MAGIC, sizeof(shared->magic));
	shared->instance = rings->info->instance;
	shared->cpu = i;
	shared->nrec = rings->nrec;
}

static void *rings_alloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		bail("out of memory");
	return memory;
}

void rings_in_memory(struct rings *rings, unsigned int nr, uint64_t nrec)
{
	unsigned int i;

	*rings = (struct rings){ .nr = nr, .nrec = nrec, .fd = -1 };
	rings->info = rings_alloc(sizeof(*rings->info));
	rings_fill_info(rings);
	for (i = 0; i < nr; i++) {
		rings->shared[i] = rings_alloc(sizeof(*rings->shared[i]));
		rings->data[i] = rings_alloc(nrec * PROCMON_REC);
		rings_fill_ring(rings, i);
	}
}

/* Maps the file whose info page is @info. */
static void rings_map(struct rings *rings, const struct procmon_info *info)
{
	unsigned int i;

	rings->nr = info->nr_rings;
	rings->nrec = info->nrec;
	rings->size = info->ring_off + rings->nr * info->ring_stride;
	snprintf(rings->path, sizeof(rings->path), "/proc/self/fd/%d", rings->fd);
	rings->map = mmap(NULL, rings->size, PROT_READ | PROT_WRITE, MAP_SHARED, rings->fd, 0);
	if (rings->map == MAP_FAILED)
		bail("mmap");
	rings->info = rings->map;
	for (i = 0; i < rings->nr; i++) {
		unsigned char *ring = rings->map;

		ring += info->ring_off + i * info->ring_stride;
		rings->shared[i] = (struct procmon_ring *)ring;
		rings->data[i] = ring + info->data_off;
	}
}

void rings_in_file(struct rings *rings, unsigned int nr, uint64_t nrec)
{
	struct procmon_info info;
	unsigned int i;

	*rings = (struct rings){ .nr = nr, .nrec = nrec, .info = &info };
	rings_fill_info(rings);
	rings->fd = memfd_create("procmon-rings", 0);
	if (rings->fd < 0 || ftruncate(rings->fd, (off_t)(info.ring_off + nr * info.ring_stride)))
		bail("memfd");
	rings_map(rings, &info);
	*rings->info = info;
	for (i = 0; i < nr; i++)
		rings_fill_ring(rings, i);
}

void rings_of_fd(struct rings *rings, int fd)
{
	struct procmon_info info;

	if (pread(fd, &info, sizeof(info), 0) != sizeof(info))
		bail("no rings in descriptor %d", fd);
	*rings = (struct rings){ .fd = fd };
	rings_map(rings, &info);
}

void rings_free(struct rings *rings)
{
	unsigned int i;

	if (rings->fd >= 0) {
		munmap(rings->map, rings->size);
		close(rings->fd);
		return;
	}
	for (i = 0; i < rings->nr; i++) {
		free(rings->shared[i]);
		free(rings->data[i]);
	}
	free(rings->info);
}

void rings_begin_at(struct rings *rings, unsigned int i, uint64_t pos, uint64_t seq)
{
	struct procmon_ring *shared = rings->shared[i];

	shared->tail = pos;
	shared->resv = pos;
	shared->commit = pos;
	shared->seq = seq;
}

struct procmon_head *rings_head(struct rings *rings, unsigned int i, uint64_t pos)
{
	return (struct procmon_head *)(rings->data[i] + (pos & (rings->nrec - 1)) * PROCMON_REC);
}

static uint64_t rings_records(uint32_t len)
{
	return (len + PROCMON_REC - 1) / PROCMON_REC;
}

void rings_put(struct rings *rings, unsigned int i, struct draft *draft, uint64_t time_ns)
{
	struct procmon_ring *shared = rings->shared[i];
	uint64_t need = rings_records(draft->head.len), n;

	while (shared->commit + need - shared->tail > rings->nrec)
		shared->tail += rings_records(rings_head(rings, i, shared->tail)->len);
	draft->head.time_ns = time_ns;
	draft->head.seq = shared->seq++;
	for (n = 0; n < need; n++)
		memcpy(rings_head(rings, i, shared->commit + n), draft->bytes + n * PROCMON_REC,
		       PROCMON_REC);
	shared->last_ns = time_ns;
	shared->commit += need;
	shared->resv = shared->commit;
}

void rings_put_small(struct rings *rings, unsigned int i, unsigned int type, uint32_t tgid,
		     uint64_t time_ns)
{
	static struct draft draft;

	draft_start(&draft, type);
	draft_process(&draft, tgid, time_ns);
	draft.head.cpu = i;
	rings_put(rings, i, &draft, time_ns);
}

struct procmon *rings_attach(struct rings *rings, unsigned int flags)
{
	struct procmon *pm = rings_alloc(sizeof(*pm));
	unsigned int i;

	pm->fd = -1;
	pm->info = rings->info;
	pm->ring = rings_alloc(rings->nr * sizeof(*pm->ring));
	for (i = 0; i < rings->nr; i++) {
		pm->ring[i].shared = rings->shared[i];
		pm->ring[i].data = (const uint64_t *)rings->data[i];
	}
	if (reader_attach(pm, flags))
		bail("reader_attach: %s", procmon_error(pm));
	return pm;
}
