// SPDX-License-Identifier: MIT
/* Elastic Common Schema 9.4.0: tests/unit/schema/ecs.json is what of it is used here. */
#include "map.h"

#define ALL UINT32_MAX
#define STARTS (1u << PROCMON_FORK | 1u << PROCMON_EXEC)
#define ENDS (1u << PROCMON_EXIT)
#define CHANGES (1u << PROCMON_CGROUP_ATTACH)

/* clang-format off */
static const struct map_row ecs_rows[] = {
	{ "@timestamp", MAP_PLAIN, "time", NULL, ALL, true },
	{ "ecs.version", MAP_CONST, NULL, "\"9.4.0\"", ALL, false },
	{ "event.kind", MAP_CONST, NULL, "\"event\"", ALL, false },
	{ "event.category", MAP_CONST, NULL, "[\"process\"]", ALL, false },
	{ "event.type", MAP_CONST, NULL, "[\"start\"]", STARTS, false },
	{ "event.type", MAP_CONST, NULL, "[\"end\"]", ENDS, false },
	{ "event.type", MAP_CONST, NULL, "[\"change\"]", CHANGES, false },
	{ "event.type", MAP_CONST, NULL, "[\"info\"]", ALL & ~(STARTS | ENDS | CHANGES), false },
	{ "event.action", MAP_PLAIN, "event", NULL, ALL, true },
	{ "event.provider", MAP_CONST, NULL, "\"procmon\"", ALL, false },
	{ "process.pid", MAP_PLAIN, "pid", NULL, 0, false },
	{ "process.vpid", MAP_PLAIN, "ns_pid", NULL, 0, false },
	{ "process.entity_id", MAP_PLAIN, "id", NULL, 0, false },
	{ "process.name", MAP_PLAIN, "comm", NULL, 0, false },
	{ "process.executable", MAP_PLAIN, "exe", NULL, 0, false },
	{ "process.args", MAP_PLAIN, "args", NULL, 0, false },
	{ "process.args_count", MAP_PLAIN, "argc", NULL, 0, false },
	{ "process.command_line", MAP_LINE, "args", NULL, 0, false },
	{ "process.working_directory", MAP_PLAIN, "cwd", NULL, 0, false },
	{ "process.env_vars", MAP_PLAIN, "env", NULL, 0, false },
	{ "process.start", MAP_TIME, "start_ns", NULL, 0, false },
	{ "process.end", MAP_TIME, "boot_ns", NULL, ENDS, false },
	{ "process.exit_code", MAP_PLAIN, "exit_code", NULL, ENDS, false },
	{ "process.hash.sha256", MAP_PLAIN, "hash.sha256", NULL, 0, false },
	{ "process.thread.id", MAP_PLAIN, "tid", NULL, 0, false },
	{ "process.parent.pid", MAP_PLAIN, "ppid", NULL, 0, false },
	{ "process.parent.entity_id", MAP_PLAIN, "parent_id", NULL, 0, false },
	{ "process.real_user.id", MAP_STRING, "uid", NULL, 0, false },
	{ "process.real_user.name", MAP_PLAIN, "user", NULL, 0, false },
	{ "process.user.id", MAP_STRING, "euid", NULL, 0, false },
	{ "process.real_group.id", MAP_STRING, "gid", NULL, 0, false },
	{ "process.group.id", MAP_STRING, "egid", NULL, 0, false },
	{ "process.session_leader.pid", MAP_PLAIN, "sid", NULL, 0, false },
	{ "user.id", MAP_STRING, "uid", NULL, 0, false },
	{ "user.name", MAP_PLAIN, "user", NULL, 0, false },
	{ "container.id", MAP_PLAIN, "container.id", NULL, 0, false },
	{ "container.runtime", MAP_PLAIN, "container.runtime", NULL, 0, false },
	{ "container.name", MAP_PLAIN, "container.name", NULL, 0, false },
	{ "container.image.name", MAP_PLAIN, "container.image", NULL, 0, false },
	{ "orchestrator.type", MAP_CONST, "pod.namespace", "\"kubernetes\"", 0, false },
	{ "orchestrator.namespace", MAP_PLAIN, "pod.namespace", NULL, 0, false },
	{ "orchestrator.resource.type", MAP_CONST, "pod.uid", "\"pod\"", 0, false },
	{ "orchestrator.resource.id", MAP_PLAIN, "pod.uid", NULL, 0, false },
	{ "orchestrator.resource.name", MAP_PLAIN, "pod.name", NULL, 0, false },
	{ "procmon.cpu", MAP_PLAIN, "cpu", NULL, ALL, false },
	{ "procmon.count", MAP_PLAIN, "count", NULL, MAP_LOST, false },
};
/* clang-format on */

const struct map map_ecs = { ecs_rows, sizeof(ecs_rows) / sizeof(ecs_rows[0]), "procmon" };
