// SPDX-License-Identifier: MIT
#include "where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define WHERE_SLOTS 1024 /* cgroups remembered; what shares a slot is looked up anew */
#define WHERE_FINDS 16 /* events */
#define WHERE_LOOKS 5
#define WHERE_AGAIN_NS NSEC_PER_SEC
#define WHERE_RENAMED_NS (5 * NSEC_PER_SEC) /* later is no new name told, where there are events */

static struct where *where_slots[WHERE_SLOTS];
static const char *where_root; /* NULL: its files are not here */

void where_start(const char *root)
{
	where_root = root;
}

static void where_free(struct where *where)
{
	if (!where)
		return;
	runtime_forget(&where->names);
	free(where->path);
	free(where->json);
	free(where);
}

static struct where *where_make(uint64_t id, const char *path, size_t len)
{
	struct where *where = calloc(1, sizeof(*where));

	if (!where)
		return NULL;
	where->id = id;
	where->len = len;
	where->path = malloc(len + 1);
	if (!where->path) {
		free(where);
		return NULL;
	}
	memcpy(where->path, path, len + 1);
	procmon_place(where->path, &where->place);
	if (!where_root)
		return where;
	where->finds = WHERE_FINDS;
	if (*where->place.container_id || *where->place.pod_uid)
		where->looks = WHERE_LOOKS;
	return where;
}

static void where_forget_json(struct where *where)
{
	free(where->json);
	where->json = NULL;
}

/* Something else is known of it now. */
static void where_is_new(struct where *where)
{
	where->told = 0;
	where_forget_json(where);
}

/* A runtime may write its files a little after it has made the cgroup. */
static void where_look(struct where *where)
{
	uint64_t now_ns;

	if (where->finds && !*where->place.container_id) {
		where->finds--;
		if (runtime_find(where_root, where->path, &where->place)) {
			where->looks = WHERE_LOOKS;
			where_is_new(where);
		}
	}
	if (!where->looks && !where->names.source)
		return;
	now_ns = clock_boot_ns();
	if (where->looks) {
		if (where->looked_ns && now_ns - where->looked_ns < WHERE_AGAIN_NS)
			return;
		where->looks--;
		where_is_new(where);
		if (runtime_look(where_root, &where->place, &where->names))
			where->looks = 0;
	} else if (now_ns - where->looked_ns >= WHERE_RENAMED_NS) {
		if (runtime_look_again(where_root, &where->place, &where->names))
			where_is_new(where);
	} else {
		return;
	}
	where->looked_ns = now_ns;
}

static struct where *where_get(const struct procmon *pm, uint64_t id)
{
	struct where **slot = &where_slots[id % WHERE_SLOTS];
	const char *path;
	size_t len;

	path = procmon_cgroup(pm, id, &len);
	if (!path)
		return NULL;
	if (!*slot || (*slot)->id != id || (*slot)->len != len ||
	    memcmp((*slot)->path, path, len)) {
		where_free(*slot);
		*slot = where_make(id, path, len);
	}
	if (*slot && where_root)
		where_look(*slot);
	return *slot;
}

const struct where *where_find(const struct procmon *pm, uint64_t id)
{
	return where_get(pm, id);
}

bool where_is_news(uint64_t id, unsigned int file)
{
	struct where *where = where_slots[id % WHERE_SLOTS];

	if (!where || where->id != id || where->told == file)
		return false;
	where->told = file;
	return true;
}

static void where_keep(char **to, const struct procmon_event *ev, const char *key)
{
	const char *text = procmon_string(ev, key, NULL);

	free(*to);
	*to = text ? strdup(text) : NULL;
}

void where_take(const struct procmon *pm, const struct procmon_event *ev)
{
	struct where *where = where_get(pm, procmon_number(ev, "target_cgroup_id"));
	const char *id = procmon_string(ev, "container_id", NULL);
	const char *runtime = procmon_string(ev, "runtime", NULL);

	if (!where)
		return;
	where_forget_json(where);
	where_keep(&where->names.name, ev, "container");
	where_keep(&where->names.image, ev, "image");
	where_keep(&where->names.pod_uid, ev, "pod_uid");
	where_keep(&where->names.pod_name, ev, "pod");
	where_keep(&where->names.pod_namespace, ev, "pod_namespace");
	if (id && !*where->place.container_id)
		snprintf(where->place.container_id, sizeof(where->place.container_id), "%s", id);
	if (!runtime)
		return;
	snprintf(where->runtime, sizeof(where->runtime), "%s", runtime);
	where->names.runtime = where->runtime;
}

void where_keep_json(const struct where *where, const char *json, size_t len)
{
	struct where *kept = where_slots[where->id % WHERE_SLOTS];

	free(kept->json);
	kept->json = malloc(len);
	if (kept->json)
		memcpy(kept->json, json, len);
	kept->json_len = len;
}

const char *where_pod_uid(const struct where *where)
{
	return *where->place.pod_uid ? where->place.pod_uid : where->names.pod_uid;
}

const char *where_runtime(const struct where *where)
{
	return where->names.runtime ? where->names.runtime : where->place.runtime;
}

void where_end(void)
{
	size_t i;

	for (i = 0; i < WHERE_SLOTS; i++) {
		where_free(where_slots[i]);
		where_slots[i] = NULL;
	}
}
