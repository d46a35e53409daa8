// SPDX-License-Identifier: MIT
#include "naming.h"

#include <string.h>

#include "out.h"

static struct out naming_bytes = { .fd = -1 };

static void naming_put(size_t field, const char *text, size_t len)
{
	struct procmon_str str = { .off = (uint32_t)naming_bytes.len,
				   .len = (uint32_t)len,
				   .full_len = (uint32_t)len };

	out_put(&naming_bytes, text, len);
	out_char(&naming_bytes, '\0');
	memcpy(naming_bytes.buf + sizeof(struct procmon_head) + field, &str, sizeof(str));
}

/* What the path tells already needs no telling. */
static void naming_put_known(size_t field, const char *text, const char *already)
{
	struct procmon_str absent = { .flags = PROCMON_STR_ABSENT };

	if (text && *text && !(already && !strcmp(text, already)))
		naming_put(field, text, strlen(text));
	else
		memcpy(naming_bytes.buf + sizeof(struct procmon_head) + field, &absent,
		       sizeof(absent));
}

struct procmon_event naming_event(const struct where *where, const struct procmon_event *ev)
{
	static const struct {
		struct procmon_head head;
		struct procmon_named named;
	} empty;
	struct procmon_named named = { .target_cgroup_id = where->id };
	struct procmon_event naming = { .ring = ev->ring };
	struct procmon_place place;

	procmon_place(where->path, &place);
	naming_bytes.len = 0;
	out_put(&naming_bytes, &empty, sizeof(empty));
	memcpy(naming_bytes.buf + sizeof(empty.head), &named, sizeof(named));
	naming_put(offsetof(struct procmon_named, target_cgroup), where->path, where->len);
	naming_put_known(offsetof(struct procmon_named, container_id), where->place.container_id,
			 place.container_id);
	naming_put_known(offsetof(struct procmon_named, runtime), where_runtime(where),
			 place.runtime);
	naming_put_known(offsetof(struct procmon_named, container), where->names.name, NULL);
	naming_put_known(offsetof(struct procmon_named, image), where->names.image, NULL);
	naming_put_known(offsetof(struct procmon_named, pod_uid), where_pod_uid(where),
			 place.pod_uid);
	naming_put_known(offsetof(struct procmon_named, pod), where->names.pod_name, NULL);
	naming_put_known(offsetof(struct procmon_named, pod_namespace), where->names.pod_namespace,
			 NULL);
	naming.head = (struct procmon_head){ .type = PROCMON_NAMED,
					     .len = (uint32_t)naming_bytes.len,
					     .body_len = sizeof(struct procmon_named),
					     .time_ns = ev->head.time_ns };
	naming.data = naming_bytes.buf;
	return naming;
}
