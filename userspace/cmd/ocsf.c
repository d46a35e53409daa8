// SPDX-License-Identifier: MIT
/*
 * Open Cybersecurity Schema Framework 1.7.0, Process Activity (1007); what was lost is a Base Event (0).
 * tests/unit/schema/ocsf.json is what of it is used here.
 */
#include "map.h"

#define ALL UINT32_MAX
#define FORK (1u << PROCMON_FORK)
#define EXEC (1u << PROCMON_EXEC)
#define LAUNCH (FORK | EXEC)
#define TERMINATE (1u << PROCMON_EXIT)
#define OTHER (MAP_PROCESSES & ~(LAUNCH | TERMINATE))
#define ACTS (MAP_PROCESSES & ~(FORK | OPTIONS_SNAPSHOT)) /* on its own account */
#define PROFILES "[\"host\",\"container\",\"linux/linux_users\"]"

/* clang-format off */
static const struct map_row ocsf_rows[] = {
	{ "metadata.version", MAP_CONST, NULL, "\"1.7.0\"", ALL, false },
	{ "metadata.product.name", MAP_CONST, NULL, "\"procmon\"", ALL, false },
	{ "metadata.product.vendor_name", MAP_CONST, NULL, "\"procmon\"", ALL, false },
	{ "metadata.product.version", MAP_CONST, NULL, "\"" PROCMON_VERSION "\"", ALL, false },
	{ "metadata.profiles", MAP_CONST, NULL, PROFILES, 0, false },
	{ "category_uid", MAP_CONST, NULL, "1", 0, false },
	{ "category_uid", MAP_CONST, NULL, "0", MAP_LOST, false },
	{ "class_uid", MAP_CONST, NULL, "1007", 0, false },
	{ "class_uid", MAP_CONST, NULL, "0", MAP_LOST, false },
	{ "activity_id", MAP_CONST, NULL, "1", LAUNCH, false },
	{ "activity_id", MAP_CONST, NULL, "2", TERMINATE, false },
	{ "activity_id", MAP_CONST, NULL, "99", OTHER | MAP_LOST, false },
	{ "activity_name", MAP_CONST, NULL, "\"Launch\"", LAUNCH, false },
	{ "activity_name", MAP_CONST, NULL, "\"Terminate\"", TERMINATE, false },
	{ "activity_name", MAP_PLAIN, "event", NULL, OTHER | MAP_LOST, true },
	{ "type_uid", MAP_CONST, NULL, "100701", LAUNCH, false },
	{ "type_uid", MAP_CONST, NULL, "100702", TERMINATE, false },
	{ "type_uid", MAP_CONST, NULL, "100799", OTHER, false },
	{ "type_uid", MAP_CONST, NULL, "99", MAP_LOST, false },
	{ "severity_id", MAP_CONST, NULL, "1", ALL, false },
	{ "time", MAP_MILLI, "boot_ns", NULL, ALL, true },
	{ "launch_type_id", MAP_CONST, NULL, "2", FORK, false },
	{ "launch_type_id", MAP_CONST, NULL, "3", EXEC, false },
	{ "launch_type", MAP_CONST, NULL, "\"Fork\"", FORK, false },
	{ "launch_type", MAP_CONST, NULL, "\"Exec\"", EXEC, false },
	{ "exit_code", MAP_PLAIN, "exit_code", NULL, TERMINATE, false },
	{ "count", MAP_PLAIN, "count", NULL, MAP_LOST, false },
	{ "device.type_id", MAP_CONST, NULL, "0", 0, false },
	{ "actor.process.pid", MAP_PLAIN, "fork_pid", NULL, FORK, false },
	{ "actor.process.pid", MAP_PLAIN, "pid", NULL, ACTS, false },
	{ "actor.process.uid", MAP_PLAIN, "id", NULL, ACTS, false },
	{ "process.pid", MAP_PLAIN, "pid", NULL, 0, true },
	{ "process.uid", MAP_PLAIN, "id", NULL, 0, false },
	{ "process.cpid", MAP_PLAIN, "cpid", NULL, 0, false },
	{ "process.name", MAP_PLAIN, "comm", NULL, 0, false },
	{ "process.path", MAP_PLAIN, "exe", NULL, 0, false },
	{ "process.cmd_line", MAP_LINE, "args", NULL, 0, false },
	{ "process.working_directory", MAP_PLAIN, "cwd", NULL, 0, false },
	{ "process.created_time", MAP_MILLI, "start_ns", NULL, 0, false },
	{ "process.terminated_time", MAP_MILLI, "boot_ns", NULL, TERMINATE, false },
	{ "process.tid", MAP_PLAIN, "tid", NULL, 0, false },
	{ "process.namespace_pid", MAP_PLAIN, "ns_pid", NULL, 0, false },
	{ "process.euid", MAP_PLAIN, "euid", NULL, 0, false },
	{ "process.egid", MAP_PLAIN, "egid", NULL, 0, false },
	{ "process.auid", MAP_PLAIN, "loginuid", NULL, 0, false },
	{ "process.group.uid", MAP_STRING, "gid", NULL, 0, false },
	{ "process.user.uid", MAP_STRING, "uid", NULL, 0, false },
	{ "process.user.name", MAP_PLAIN, "user", NULL, 0, false },
	{ "process.file.name", MAP_BASE, "exe", NULL, 0, false },
	{ "process.file.path", MAP_PLAIN, "exe", NULL, 0, false },
	{ "process.file.type_id", MAP_CONST, "exe", "1", 0, false },
	{ "process.file.hashes[].algorithm_id", MAP_CONST, "hash.sha256", "3", 0, false },
	{ "process.file.hashes[].algorithm", MAP_CONST, "hash.sha256", "\"SHA-256\"", 0, false },
	{ "process.file.hashes[].value", MAP_PLAIN, "hash.sha256", NULL, 0, false },
	{ "process.container.uid", MAP_PLAIN, "container.id", NULL, 0, false },
	{ "process.container.name", MAP_PLAIN, "container.name", NULL, 0, false },
	{ "process.container.runtime", MAP_PLAIN, "container.runtime", NULL, 0, false },
	{ "process.parent_process.pid", MAP_PLAIN, "ppid", NULL, 0, false },
	{ "process.parent_process.uid", MAP_PLAIN, "parent_id", NULL, 0, false },
	{ "unmapped.cpu", MAP_PLAIN, "cpu", NULL, ALL, false },
};
/* clang-format on */

const struct map map_ocsf = { ocsf_rows, sizeof(ocsf_rows) / sizeof(ocsf_rows[0]), "unmapped" };
