/* SPDX-License-Identifier: MIT */
/* where.h - the cgroup of an event: its path, and container, pod and unit as far as they are known */
#ifndef CMD_WHERE_H
#define CMD_WHERE_H

#include <stdbool.h>
#include <procmon.h>

#include "runtime.h"

/**
 * struct where - a cgroup
 * @id: its ID
 * @path: its path
 * @place: what that tells
 * @names: what the runtimes' files tell
 * @looked_ns: when those were looked at
 * @looks: how often they may still be looked at to find more
 * @finds: the same for a container that the path does not tell
 * @runtime: what a recording tells of it
 * @json, @json_len: what event_put() has written of it, NULL: nothing yet
 * @told: in which file of a recording it has been told, see where_is_news()
 */
struct where {
	uint64_t id;
	char *path;
	size_t len;
	struct procmon_place place;
	struct runtime_names names;
	uint64_t looked_ns;
	unsigned int looks, finds;
	char runtime[32];
	char *json;
	size_t json_len;
	unsigned int told;
};

/* Where the machine's files are: a directory, "" for /, NULL (at first): it is another machine. */
void where_start(const char *root);
/* Return: NULL when nothing is known of that cgroup; valid until the next call. */
const struct where *where_find(const struct procmon *pm, uint64_t id);
/* The UID of its pod, the runtime of its container, by whoever told; or NULL. */
const char *where_pod_uid(const struct where *where);
const char *where_runtime(const struct where *where);
/* Keeps what has been written of one that was found until something else is known. */
void where_keep_json(const struct where *where, const char *json, size_t len);
/* Takes over what a recording tells: PROCMON_NAMED. */
void where_take(const struct procmon *pm, const struct procmon_event *ev);
/* Has anything of cgroup @id not been told in file @file (not 0) so far?  From now on it has. */
bool where_is_news(uint64_t id, unsigned int file);
void where_end(void);

#endif
