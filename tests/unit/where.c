// SPDX-License-Identifier: MIT
/* Container, pod and unit of an event, from the stream and the files of made-up runtimes. */
#define _GNU_SOURCE
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "fake.h"
#include "rings.h"
#include "runtime.h"
#include "system.h"
#include "tap.h"
#include "where.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "3a2b1c0d-1111-2222-3333-444455556666"
#define POD_ "3a2b1c0d_1111_2222_3333_444455556666"
#define DOCKER "/system.slice/docker-" ID ".scope"
#define PODMAN "/machine.slice/libpod-" ID ".scope/container"
#define KUBE "/kubepods.slice/kubepods-pod" POD_ ".slice/"
#define TASK "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json"
#define STORED                                                                                     \
	"[{\"id\":\"other\",\"names\":[\"no\"]},{\"id\":\"" ID "\",\"names\":[\"db\"],"            \
	"\"metadata\":\"{\\\"image-name\\\":\\\"localhost/pg:1\\\",\\\"name\\\":\\\"x\\\"}\"}]"
#define CGROUP 4711

static struct rings rings;
static struct draft draft;
static struct command command;

static void put_cgroup(unsigned int type, uint64_t id, const char *path, uint64_t time_ns)
{
	draft_start(&draft, type);
	draft_number(&draft, "target_cgroup_id", id);
	draft_number(&draft, "hierarchy", 0);
	draft_text(&draft, "target_cgroup", path);
	rings_put(&rings, 0, &draft, time_ns);
}

static void put_exec(uint64_t id, uint64_t time_ns)
{
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 100, 50);
	draft.head.cgroup_id = id;
	draft_text(&draft, "exe", "/bin/true");
	rings_put(&rings, 1, &draft, time_ns);
}

static void begin(const char *path)
{
	system_begin();
	rings_in_file(&rings, 2, 64);
	put_cgroup(PROCMON_CGROUP_MKDIR, CGROUP, path, FAKE_BOOT_NS - 100);
	put_exec(CGROUP, FAKE_BOOT_NS - 90);
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
	system_end();
}

static void show(const char *format, const char *fields)
{
	char device[128], root[128];

	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	COMMAND(&command, device, root, "-q", "-n1", "--history", "--no-headings", "-o", format,
		fields);
}

static bool tells(const char *line)
{
	bool good;

	show("json", "--output-fields=container,pod");
	good = command_said(&command, 0, "") && !strcmp(command.out, line);
	if (!good)
		diag("wanted %sgot %s%s", line, command.out, command.err);
	return good;
}

static const struct {
	const char *name, *path, *file, *text, *json;
} files[] = {
	{ "docker", DOCKER, "/var/lib/docker/containers/" ID "/config.v2.json",
	  "{\"Name\":\"/web\",\"Config\":{\"Image\":\"nginx:1\"}}",
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"docker\",\"name\":\"web\",\"image\":\"nginx:1\"}}\n" },
	{ "docker_of_the_kubelet", "/kubepods/pod" POD "/" ID,
	  "/var/lib/docker/containers/" ID "/config.v2.json",
	  "{\"Name\":\"/k8s_c_pod-1_ns_" POD "_0\",\"Config\":{\"Image\":\"x\"}}",
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"docker\",\"name\":\"c\",\"image\":\"x\"},"
	  "\"pod\":{\"uid\":\"" POD "\",\"name\":\"pod-1\",\"namespace\":\"ns\"}}\n" },
	{ "docker_of_a_user", "/user.slice/user-1234.slice/user@1234.service/docker-" ID ".scope",
	  "/home/ali/.local/share/docker/containers/" ID "/config.v2.json",
	  "{\"Name\":\"/mine\",\"Config\":{\"Image\":\"y\"}}",
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"docker\",\"name\":\"mine\",\"image\":\"y\"}}\n" },
	{ "podman", PODMAN, "/var/lib/containers/storage/overlay-containers/containers.json",
	  STORED,
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"podman\",\"name\":\"db\",\"image\":\"localhost/pg:1\"}}\n" },
	{ "podman_with_rm", PODMAN,
	  "/run/containers/storage/vfs-containers/volatile-containers.json", STORED,
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"podman\",\"name\":\"db\",\"image\":\"localhost/pg:1\"}}\n" },
	{ "podman_of_a_user",
	  "/user.slice/user-1234.slice/user@1234.service/user.slice/libpod-" ID ".scope",
	  "/home/ali/.local/share/containers/storage/overlay-containers/containers.json", STORED,
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"podman\",\"name\":\"db\",\"image\":\"localhost/pg:1\"}}\n" },
	{ "containerd", KUBE "cri-containerd-" ID ".scope", TASK,
	  "{\"annotations\":{\"io.kubernetes.cri.container-name\":\"app\","
	  "\"io.kubernetes.cri.image-name\":\"img\",\"io.kubernetes.cri.sandbox-name\":\"p\","
	  "\"io.kubernetes.cri.sandbox-namespace\":\"default\"}}",
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"containerd\",\"name\":\"app\",\"image\":\"img\"},"
	  "\"pod\":{\"uid\":\"" POD "\",\"name\":\"p\",\"namespace\":\"default\"}}\n" },
	{ "crio", KUBE "crio-" ID ".scope",
	  "/var/lib/containers/storage/overlay-containers/containers.json",
	  "[{\"id\":\"" ID "\",\"names\":[\"k8s_app_p_kube-system_" POD
	  "_0\"],\"metadata\":\"{\\\"image-name\\\":\\\"i\\\"}\"}]",
	  "{\"container\":{\"id\":\"" ID
	  "\",\"runtime\":\"crio\",\"name\":\"app\",\"image\":\"i\"},"
	  "\"pod\":{\"uid\":\"" POD "\",\"name\":\"p\",\"namespace\":\"kube-system\"}}\n" },
	{ "kubelet", "/kubepods/pod" POD, "/var/log/pods/ns_web-0_" POD "/c/0.log", "",
	  "{\"pod\":{\"uid\":\"" POD "\",\"name\":\"web-0\",\"namespace\":\"ns\"}}\n" },
	{ "files_of_another_container", DOCKER, "/var/lib/docker/containers/0/config.v2.json",
	  "{\"Name\":\"/web\"}", "{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n" },
	{ "file_that_is_no_json", DOCKER, "/var/lib/docker/containers/" ID "/config.v2.json",
	  "{\"Name\":", "{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n" },
	{ "values_of_the_wrong_kind", DOCKER, "/var/lib/docker/containers/" ID "/config.v2.json",
	  "{\"Name\":[1],\"Config\":\"Image\"}",
	  "{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n" },
	{ "name_is_the_id", "/lxc.payload.box", "/etc/nothing", "",
	  "{\"container\":{\"id\":\"box\",\"runtime\":\"lxc\",\"name\":\"box\"}}\n" },
	{ "runc_anywhere", "/system.slice/box", "/run/runc/box/state.json", "{}",
	  "{\"container\":{\"id\":\"box\",\"runtime\":\"runc\",\"name\":\"box\"}}\n" },
	{ "crun_anywhere", "/box", "/run/crun/box/status", "{}",
	  "{\"container\":{\"id\":\"box\",\"runtime\":\"crun\",\"name\":\"box\"}}\n" },
	{ "containerd_in_any_namespace", "/other/two",
	  "/run/containerd/io.containerd.runtime.v2.task/other/two/config.json",
	  "{\"annotations\":{\"nerdctl/name\":\"n\"}}",
	  "{\"container\":{\"id\":\"two\",\"runtime\":\"containerd\",\"name\":\"n\"}}\n" },
	{ "no_container", "/system.slice/ssh.service", "/etc/nothing", "", "{}\n" },
};

static void names(void)
{
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		begin(files[i].path);
		system_put("/etc/passwd", "ali:x:1234:1234::/home/ali:/bin/sh\n");
		system_put("/var/lib/containers/storage/overlay/l", "%s", "");
		system_put("/var/log/pods/other_pod_1/0.log", "%s", "");
		system_put(files[i].file, "%s", files[i].text);
		ok(tells(files[i].json), "%s", files[i].name);
		end();
	}
}

/* A user's own files may be anything. */
static void no_files(void)
{
	static const char path[] = "/var/lib/docker/containers/" ID "/config.v2.json";
	char full[256];

	begin(DOCKER);
	snprintf(full, sizeof(full), "%s%s", system_dir, path);
	system_make_dir(path);
	ok(tells("{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n"),
	   "a_directory_is_no_file");
	command_free(&command);
	system_remove(path);
	if (mkfifo(full, 0600))
		bail("mkfifo");
	ok(tells("{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n"),
	   "a_pipe_is_not_waited_for");
	command_free(&command);
	system_remove(path);
	system_link(path, "/dev/zero");
	ok(tells("{\"container\":{\"id\":\"" ID "\",\"runtime\":\"docker\"}}\n"),
	   "a_device_is_not_opened");
	end();
}

#define POD_OF_PODMAN "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
#define DATABASE "/var/lib/containers/storage/db.sql"

static void put_database(const char *path, const char *sql)
{
	sqlite3_int64 len;
	unsigned char *bytes;
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) || sqlite3_exec(db, sql, NULL, NULL, NULL))
		bail("%s", sqlite3_errmsg(db));
	bytes = sqlite3_serialize(db, "main", &len, 0);
	memset(bytes + 18, 2, 2); /* as podman writes it: with a log beside it */
	system_put_bytes(path, bytes, (size_t)len);
	sqlite3_free(bytes);
	sqlite3_close(db);
}

static void podman_pods(void)
{
	static const char pod[] = "{\"pod\":{\"uid\":\"" POD_OF_PODMAN "\",\"name\":\"front\"}}\n";
	static const char no_pod[] = "{\"pod\":{\"uid\":\"" POD_OF_PODMAN "\"}}\n";
	static const char table[] =
		"CREATE TABLE PodConfig (ID TEXT PRIMARY KEY NOT NULL, Name TEXT NOT NULL UNIQUE);"
		"INSERT INTO PodConfig VALUES ('0', 'other'), ('" POD_OF_PODMAN "', 'front')";

	begin("/machine.slice/machine-libpod_pod_" POD_OF_PODMAN ".slice");
	ok(tells(no_pod), "a_pod_of_podman_without_its_database_has_no_name");
	command_free(&command);
	put_database(DATABASE, table);
	ok(tells(pod), "with_it_it_has_one");
	command_free(&command);
	put_database(DATABASE, "CREATE TABLE PodConfig (ID TEXT, Name TEXT)");
	ok(tells(no_pod), "unless_the_pod_is_not_there");
	command_free(&command);
	put_database(DATABASE,
		     "CREATE VIEW PodConfig AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		     "SELECT i + 1 FROM n) SELECT i AS ID, i AS Name FROM n");
	ok(tells(no_pod), "a_database_without_end_is_given_up");
	command_free(&command);
	system_put(DATABASE, "SQLite format 3");
	ok(tells(no_pod), "what_is_none_is_passed_over");
	end();
	begin("/user.slice/user-1234.slice/user@1234.service/user.slice/user-libpod_pod_" POD_OF_PODMAN
	      ".slice");
	system_put("/etc/passwd", "ali:x:1234:1234::/home/ali:/bin/sh\n");
	put_database("/home/ali/.local/share/containers/storage/db.sql", table);
	ok(tells(pod), "a_users_pods_stand_in_that_users_own");
	end();
}

static void formats(void)
{
	begin("/user.slice/user-1.slice/user@1.service/app.slice/docker-" ID ".scope");
	system_put("/etc/passwd", "u:x:1:1::/home/u:/bin/sh\n");
	show("short", "-q");
	ok(strstr(command.out, "/bin/true (in 0123456789ab)\n"),
	   "in_short_the_first_digits_of_the_id");
	command_free(&command);
	system_put("/var/lib/docker/containers/" ID "/config.v2.json",
		   "{\"Name\":\"/k8s_we\\u001b_po_n_u_1\"}");
	show("short", "-q");
	ok(strstr(command.out, "/bin/true (in po/we\\x1b)\n"), "or_its_name_without_escapes");
	command_free(&command);
	show("short", "-Qcontainer = \"we\\x1b\" and container ~ ^0123 and pod = po");
	ok(strstr(command.out, "/bin/true (in po"), "expressions_take_either_name");
	command_free(&command);
	show("verbose", "--output-fields=container.id,unit,user_unit,slice");
	ok(strstr(command.out, "  container.id     " ID "\n  unit             user@1.service\n"
			       "  user_unit        docker-" ID ".scope\n"
			       "  slice            user-1.slice\n"),
	   "verbose_tells_the_rest");
	command_free(&command);
	show("json-pretty", "--output-fields=cgroup_id,container.id,container.name");
	ok(!strcmp(command.out,
		   "{\n\t\"cgroup_id\": \"4711\",\n\t\"container\": {\n\t\t\"id\": \"" ID
		   "\",\n\t\t\"name\": \"we\\u001b\"\n\t}\n}\n"),
	   "objects_are_indented_and_their_keys_can_be_asked_for");
	end();
}

static const char *path_of(struct procmon *pm, uint64_t id)
{
	const char *path = procmon_cgroup(pm, id, NULL);

	return path ? path : "";
}

static struct procmon *reader(unsigned int flags)
{
	struct procmon *pm;

	if (procmon_open(&pm, rings.path, flags))
		bail("%s", procmon_error(NULL));
	return pm;
}

static void stream(void)
{
	struct procmon_event ev;
	struct procmon *pm;
	uint64_t id;

	begin("/a");
	put_cgroup(PROCMON_CGROUP_RMDIR, 12, "/gone", FAKE_BOOT_NS - 80);
	pm = reader(PROCMON_HISTORY);
	ok(!procmon_cgroup(pm, CGROUP, NULL), "without_being_asked_there_are_no_names");
	ok(procmon_name_cgroups(pm, system_dir) == -ENOENT &&
		   strstr(procmon_error(pm), "no root of a cgroup hierarchy"),
	   "a_directory_that_is_no_root_is_told");
	ok(!strcmp(path_of(pm, CGROUP), "/a") && !strcmp(path_of(pm, 12), "/gone") &&
		   !strcmp(path_of(pm, 1), "/") && !*path_of(pm, 13),
	   "what_is_in_the_rings_is_known_before_it_is_read");
	rings.info->cgroup_hierarchy = 77;
	ok(procmon_name_cgroups(pm, system_dir) == -ENOENT, "nor_has_it_one_that_is_not_there");
	rings.info->cgroup_hierarchy = 0;
	ok(procmon_next(pm, &ev, 0) == 1 && procmon_name_cgroups(pm, system_dir) == -ENOENT &&
		   !strcmp(path_of(pm, 12), "/gone"),
	   "also_half_way");
	put_cgroup(PROCMON_CGROUP_MKDIR, 13, "/a/b", FAKE_BOOT_NS - 70);
	put_cgroup(PROCMON_CGROUP_RENAME, CGROUP, "/c", FAKE_BOOT_NS - 60);
	put_cgroup(PROCMON_CGROUP_RMDIR, CGROUP, "/c", FAKE_BOOT_NS - 50);
	while (procmon_next(pm, &ev, 0) == 1)
		;
	ok(!strcmp(path_of(pm, CGROUP), "/c") && !strcmp(path_of(pm, 13), "/a/b"),
	   "then_the_stream_tells_more_also_of_those_that_are_gone");
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 14);
	draft_text(&draft, "target_cgroup", "/cut");
	draft_str(&draft, "target_cgroup")->flags = PROCMON_STR_CUT;
	rings_put(&rings, 0, &draft, FAKE_BOOT_NS - 40);
	put_cgroup(PROCMON_CGROUP_MKDIR, 15, "/other", FAKE_BOOT_NS - 30);
	while (procmon_next(pm, &ev, 0) == 1)
		;
	ok(!*path_of(pm, 14) && !strcmp(path_of(pm, 15), "/other"),
	   "a_path_that_is_cut_is_no_name");
	rings.info->cgroup_hierarchy = 5;
	put_cgroup(PROCMON_CGROUP_MKDIR, 16, "/unified", FAKE_BOOT_NS - 29);
	draft_start(&draft, PROCMON_CGROUP_MKDIR);
	draft_number(&draft, "target_cgroup_id", 13);
	draft_number(&draft, "hierarchy", 5);
	draft_text(&draft, "target_cgroup", "/pids");
	rings_put(&rings, 0, &draft, FAKE_BOOT_NS - 28);
	while (procmon_next(pm, &ev, 0) == 1)
		;
	ok(!*path_of(pm, 15) && !*path_of(pm, 16) && !strcmp(path_of(pm, 13), "/pids") &&
		   !strcmp(path_of(pm, 1), "/"),
	   "when_ids_are_of_another_hierarchy_only_its_names_are_known");
	rings.info->cgroup_hierarchy = 0;
	put_cgroup(PROCMON_CGROUP_MKDIR, 13, "/a/b", FAKE_BOOT_NS - 27);
	for (id = 100; id < 100 + 20000; id++) {
		put_cgroup(PROCMON_CGROUP_MKDIR, id, "/x", FAKE_BOOT_NS - 20);
		put_cgroup(PROCMON_CGROUP_RMDIR, id, "/x", FAKE_BOOT_NS - 20);
		while (procmon_next(pm, &ev, 0) == 1)
			;
	}
	ok(!*path_of(pm, 100) && !strcmp(path_of(pm, id - 1), "/x") &&
		   !strcmp(path_of(pm, 13), "/a/b"),
	   "of_those_that_are_gone_the_oldest_are_forgotten");
	procmon_close(pm);
	rings_free(&rings);
	system_end();
}

/* What runtimes write after the cgroup is there, and again when a container gets another name. */
static void later(void)
{
	static const char path[] = "/var/lib/docker/containers/" ID "/config.v2.json";
	const struct where *where;
	struct procmon *pm;
	unsigned int i;

	begin("/box");
	put_cgroup(PROCMON_CGROUP_MKDIR, 12, "/other", FAKE_BOOT_NS - 80);
	put_cgroup(PROCMON_CGROUP_MKDIR, 13, DOCKER, FAKE_BOOT_NS - 80);
	pm = reader(PROCMON_HISTORY);
	procmon_name_cgroups(pm, system_dir);
	where_start(system_dir);
	ok(!*where_find(pm, 1)->place.container_id, "the_root_is_no_container");
	for (i = 0; i < 15; i++)
		where = where_find(pm, CGROUP);
	ok(!*where->place.container_id, "what_no_runtime_knows_is_no_container");
	system_put("/run/runc/box/state.json", "{}");
	where = where_find(pm, CGROUP);
	ok(!strcmp(where->place.container_id, "box") && !strcmp(where->names.name, "box"),
	   "it_is_one_once_a_runtime_does");
	for (i = 0; i < 16; i++)
		where = where_find(pm, 12);
	system_put("/run/runc/other/state.json", "{}");
	where = where_find(pm, 12);
	ok(!*where->place.container_id, "after_sixteen_events_nobody_asks");

	system_put(path, "{\"Name\":\"/first\",\"Config\":{\"Image\":\"i\"}}");
	where = where_find(pm, 13);
	ok(!strcmp(where->names.name, "first"), "a_container_has_a_name");
	usleep(20000); /* files are stamped by the tick */
	system_put(path, "{\"Name\":\"/second\",\"Config\":{\"Image\":\"j\"}}");
	fake_pass(4 * NSEC_PER_SEC);
	where = where_find(pm, 13);
	ok(!strcmp(where->names.name, "first"), "for_five_seconds");
	fake_pass(NSEC_PER_SEC);
	where = where_find(pm, 13);
	ok(!strcmp(where->names.name, "second") && !strcmp(where->names.image, "i"),
	   "then_the_name_that_it_has_since_got");
	system_remove(path);
	fake_pass(5 * NSEC_PER_SEC);
	where = where_find(pm, 13);
	ok(!strcmp(where->names.name, "second"), "one_that_is_gone_keeps_its_name");
	where_end();
	procmon_close(pm);
	rings_free(&rings);
	system_end();
}

int main(void)
{
	tap_theme("where");
	names();
	no_files();
	podman_pods();
	formats();
	stream();
	later();
	return tap_done();
}
