// SPDX-License-Identifier: MIT
#include "naming.h"

#include <string.h>

#include "compose.h"

/* What the path tells already needs no telling. */
static void naming_put(size_t field, const char *text, const char *already)
{
	bool news = text && *text && !(already && !strcmp(text, already));

	compose_text(field, news ? text : NULL, news ? strlen(text) : 0);
}

struct procmon_event naming_event(const struct where *where, const struct procmon_event *ev)
{
	const struct procmon_head head = { .type = PROCMON_NAMED, .time_ns = ev->head.time_ns };
	const struct procmon_named named = { .target_cgroup_id = where->id };
	struct procmon_event naming;
	struct procmon_place place;

	procmon_place(where->path, &place);
	compose_start(&head, &named, sizeof(named));
	compose_text(offsetof(struct procmon_named, target_cgroup), where->path, where->len);
	naming_put(offsetof(struct procmon_named, container_id), where->place.container_id,
		   place.container_id);
	naming_put(offsetof(struct procmon_named, runtime), where_runtime(where), place.runtime);
	naming_put(offsetof(struct procmon_named, container), where->names.name, NULL);
	naming_put(offsetof(struct procmon_named, image), where->names.image, NULL);
	naming_put(offsetof(struct procmon_named, pod_uid), where_pod_uid(where), place.pod_uid);
	naming_put(offsetof(struct procmon_named, pod), where->names.pod_name, NULL);
	naming_put(offsetof(struct procmon_named, pod_namespace), where->names.pod_namespace, NULL);
	naming = compose_event();
	naming.ring = ev->ring;
	return naming;
}
