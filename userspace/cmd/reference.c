// SPDX-License-Identifier: MIT
#include "reference.h"

#include <stdio.h>
#include <string.h>

#include <procmon.h>

/* Keys that are not a row of the table, or have another form than their row. */
static const struct {
	const char *key;
	const char *field; /* whose place it takes, or NULL */
	const char *doc;
} reference_keys[] = {
	{ "schema", NULL, "names this set of keys: procmon/1" },
	{ "event", "type", "what happened: fork, exec, exit, cgroup_mkdir, ..., or lost" },
	{ "time", "time_ns", "wall-clock time, RFC 3339, UTC, nanoseconds" },
	{ "boot_ns", NULL, "CLOCK_BOOTTIME in nanoseconds, a string" },
	{ "cursor", NULL,
	  "for --after-cursor: go on right after this event.  Only when --output-fields asks for it" },
	{ "pid", "tgid", "process ID, in the initial pid namespace" },
	{ "start_ns", "start_ns", "start of the process, CLOCK_BOOTTIME in nanoseconds, a string" },
	{ "id", NULL, "names the process for good: load of the module, pid and start" },
	{ "cpid", NULL,
	  "its Common Process Identifier, a UUID.  Only when --output-fields asks for it" },
	{ "parent_id", "parent_start_ns", "names the real parent in the same way" },
	{ "reparented_from", NULL,
	  "names who was its parent at its fork, when that is another one now" },
	{ "ancestors", NULL,
	  "parent, its parent, ...: pid, id and exe (or comm) of each.  Only when --output-fields asks for it" },
	{ "uid", "uid", "real user ID" },
	{ "user", NULL, "name of that user" },
	{ "cgroup_id", "cgroup_id", "ID of its cgroup at the event, a string" },
	{ "cgroup", NULL, "its path from the root of the hierarchy" },
	{ "container", NULL, "the innermost container that it is in: see the keys that follow" },
	{ "container.id", NULL, "ID of the container, or its name where the runtime has no other" },
	{ "container.runtime", NULL,
	  "docker, podman, containerd, crio, runc, crun, lxc or systemd-nspawn" },
	{ "container.name", NULL, "name of the container, from the runtime's files" },
	{ "container.image", NULL, "name of its image, likewise" },
	{ "pod", NULL, "the pod that it is in: see the keys that follow" },
	{ "pod.uid", NULL, "UID of the Kubernetes pod, ID of the podman pod" },
	{ "pod.name", NULL, "name of the pod, from the runtime's or the kubelet's files" },
	{ "pod.namespace", NULL, "Kubernetes namespace, likewise" },
	{ "unit", NULL, "systemd unit that it belongs to, of a container: the one it is in" },
	{ "user_unit", NULL, "unit of the user's own systemd" },
	{ "slice", NULL, "systemd slice of the unit" },
	{ "flags", "flags", "what is special, a list: see FLAGS" },
	{ "dev", "dev_major", "device of the executable's file system, major:minor" },
	{ "ino", "ino", "inode number of the executable, a string" },
	{ "hash.sha256", NULL,
	  "SHA-256 of the executable, with --hash, where that can be read: see HASHES" },
	{ "script", "script", "path of the script that was run" },
	{ "args", "args", "arguments, a list" },
	{ "env", "env",
	  "the variables of its environment that the module was told to record, a list of NAME=VALUE" },
	{ "signal", "signal", "number of the signal that killed it" },
	{ "signal_name", NULL, "its name, without SIG" },
	{ "core", "core", "whether the signal dumped core" },
	{ "duration_ns", NULL, "time from start to end" },
	{ "target_cgroup_id", "target_cgroup_id",
	  "cgroup events: ID of the cgroup that was made, removed, renamed or entered, a string" },
	{ "member_start_ns", "member_start_ns",
	  "cgroup_attach: start of the process that entered it, a string" },
	{ "thread", NULL, "fork, exit: whether it is a thread, not a process" },
	{ "count", NULL, "lost: number of events" },
	{ "", "len", NULL },
	{ "", "body_len", NULL },
	{ "", "dev_minor", NULL },
};

#define REFERENCE_MAX 256
#define KEYS (sizeof(reference_keys) / sizeof(reference_keys[0]))

static bool reference_is_replaced(const char *field)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (reference_keys[i].field && !strcmp(reference_keys[i].field, field))
			return true;
	return false;
}

/* Has an earlier type this field already? */
static bool reference_is_told(unsigned int type, const char *name)
{
	unsigned int earlier;

	for (earlier = PROCMON_FORK; earlier < type; earlier++)
		if (procmon_field_by_name(earlier, name))
			return true;
	return false;
}

/* All keys in the order of the manual; the last one is empty. */
static struct reference_told {
	const char *key, *doc;
} reference_told[REFERENCE_MAX];

static void reference_tell(size_t index, const char *key, const char *doc)
{
	if (index < REFERENCE_MAX - 1)
		reference_told[index] = (struct reference_told){ key, doc };
}

static void reference_gather(void)
{
	const struct procmon_field *field;
	unsigned int type, i;
	size_t k, n = 0;

	for (k = 0; k < KEYS; k++)
		if (*reference_keys[k].key)
			reference_tell(n++, reference_keys[k].key, reference_keys[k].doc);
	for (type = PROCMON_FORK; procmon_type_name(type); type++)
		for (i = 0; (field = procmon_field(type, i)); i++)
			if (!reference_is_replaced(field->name) &&
			    !reference_is_told(type, field->name))
				reference_tell(n++, field->name, field->doc);
}

const char *reference_key(size_t index, const char **doc)
{
	if (!reference_told[0].key)
		reference_gather();
	*doc = reference_told[index].doc;
	return reference_told[index].key;
}

void reference_fields(void)
{
	const char *key, *doc;
	size_t i;

	for (i = 0; (key = reference_key(i, &doc)); i++)
		printf(".It Cm %s\n%s.\n", key, doc);
}

bool reference_has_key(const char *key)
{
	const char *name, *doc;
	size_t i;

	for (i = 0; (name = reference_key(i, &doc)); i++)
		if (!strcmp(name, key))
			return true;
	return false;
}
