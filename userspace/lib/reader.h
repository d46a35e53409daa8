/* SPDX-License-Identifier: MIT */
/* reader.h - what a struct procmon is */
#ifndef LIB_READER_H
#define LIB_READER_H

#include "procmon.h"
#include "ring.h"

#define READER_ERROR 256

/**
 * struct procmon - an open device
 * @fd: the device, -1 for rings in memory
 * @complete: the rings are those of a memory dump: nothing more will come
 * @info: the info page as mapped
 * @nr: rings
 * @gen: rings_gen when the rings were last looked for
 * @history: rings start at their oldest event
 * @last: index of the ring whose event was given out and is still in its buffer, -1: none
 * @bound_ns: events below it can be given out
 * @held_ns: since when an event waits for older ones, 0: none does
 * @watermark, @min_wait_us: see procmon_set_batch()
 * @wait_pos: room for the positions of PROCMON_IOC_WAIT
 * @cursor: the last cursor made
 * @cgroups: the names of cgroups, NULL unless wanted
 * @snapshot: the processes that ran already, NULL unless wanted
 * @recording: the file that is read in place of rings, or NULL
 * @error: the last error
 */
struct procmon {
	int fd;
	bool complete;
	const struct procmon_info *info;
	uint32_t nr;
	struct ring *ring;
	uint32_t gen;
	bool history;
	int last;
	uint64_t bound_ns;
	uint64_t held_ns;
	uint32_t watermark;
	uint32_t min_wait_us;
	uint64_t *wait_pos;
	char *cursor;
	struct cgroups *cgroups;
	struct snapshot *snapshot;
	struct recording *recording;
	char error[READER_ERROR];
};

int reader_fail(struct procmon *pm, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool reader_sizes_fit(const struct procmon_info *info);
int reader_attach(struct procmon *pm, unsigned int flags);
void reader_detach(struct procmon *pm);
/* A handle without anything yet; NULL: no memory, and the error says so of @path. */
struct procmon *reader_make(const char *path);
/* Closes @pm after a failure; its error is that of the call that was to open it. */
int reader_fail_open(struct procmon *pm, int err);
int reader_map_ring(struct procmon *pm, uint32_t index);
/* Takes in the rings that have appeared; @first: they are the first ones. */
int reader_look_for_rings(struct procmon *pm, bool first);

typedef void (*reader_visit)(void *data, const struct procmon_event *ev);
/* Calls @visit for each event from where @pm stands until now, ring after ring; @pm stays there. */
int reader_peek(struct procmon *pm, reader_visit visit, void *data);

/* cgroup.c */
struct cgroups;
void cgroups_note(struct procmon *pm, const struct procmon_event *ev);
void cgroups_free(struct cgroups *cgroups);

/* snapshot.c; each takes NULL for none */
struct snapshot;
bool snapshot_next(struct snapshot *snapshot, struct procmon_event *ev);
bool snapshot_has_told(const struct snapshot *snapshot, const struct procmon_event *ev);
void snapshot_free(struct snapshot *snapshot);

#endif
