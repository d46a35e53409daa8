// SPDX-License-Identifier: MIT
/*
 * The files of docker, containers/storage (podman, CRI-O), containerd and the kubelet.  Those of a
 * user's own containers lie in that user's home: what stands in them is what the user says.
 */
#define _GNU_SOURCE
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "host.h"
#include "json.h"
#include "names.h"

#define RUNTIME_K8S "io.kubernetes.cri."
#define RUNTIME_CRIO "io.kubernetes.cri-o."

static const char runtime_tasks[] = "/run/containerd/io.containerd.runtime.v2.task";

/* Keeps the first answer. */
static void runtime_keep(char **to, const char *text)
{
	if (!*to && text)
		*to = strdup(text);
}

static struct json_object *runtime_read(struct host *host, const char *path)
{
	size_t len = 0;
	const char *text = host_read(host, &len, "%s", path);

	return text ? json_parse(text, len) : NULL;
}

/* @stamp_ns: when it was written, before it was read. */
static void runtime_keep_source(struct runtime_names *names, const char *path, int64_t stamp_ns)
{
	if (!names->name || names->source)
		return;
	runtime_keep(&names->source, path);
	names->stamp_ns = stamp_ns;
}

/* "k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT": what the kubelet's containers are called. */
static bool runtime_take_k8s_name(struct runtime_names *names, const char *text)
{
	char *copy = strdup(text), *rest = copy, *part[5];
	size_t n = 0;
	bool good;

	while (n < 5 && rest)
		part[n++] = strsep(&rest, "_");
	good = n == 5 && !strcmp(part[0], "k8s");
	if (good) {
		runtime_keep(&names->name, part[1]);
		runtime_keep(&names->pod_name, part[2]);
		runtime_keep(&names->pod_namespace, part[3]);
		runtime_keep(&names->pod_uid, part[4]);
	}
	free(copy);
	return good;
}

static void runtime_take_name(struct runtime_names *names, const char *text)
{
	if (text && *text == '/')
		text++;
	if (text && !runtime_take_k8s_name(names, text))
		runtime_keep(&names->name, text);
}

static void runtime_docker(struct host *host, const char *base, const char *id,
			   struct runtime_names *names)
{
	const char *path = host_text(host, "%s/containers/%s/config.v2.json", base, id);
	int64_t stamp_ns = host_written_ns(host, path);
	struct json_object *json = runtime_read(host, path);

	if (!json)
		return;
	names->runtime = "docker";
	runtime_take_name(names, json_text(json_at(json, "Name")));
	runtime_keep_source(names, path, stamp_ns);
	runtime_keep(&names->image, json_text(json_at(json_at(json, "Config"), "Image")));
	json_free(json);
}

/* One of the containers that containers/storage lists; its metadata is JSON in a string. */
static void runtime_take_stored(struct runtime_names *names, const struct json_object *container)
{
	const char *text = json_text(json_at(container, "metadata"));
	struct json_object *metadata = text ? json_parse(text, strlen(text)) : NULL;

	runtime_take_name(names, json_text(json_item(json_at(container, "names"), 0)));
	runtime_keep(&names->image, json_text(json_at(metadata, "image-name")));
	runtime_keep(&names->name, json_text(json_at(metadata, "name")));
	json_free(metadata);
}

static void runtime_stored_in(struct host *host, const char *path, const char *id,
			      struct runtime_names *names)
{
	int64_t stamp_ns = host_written_ns(host, path);
	struct json_object *json = runtime_read(host, path), *container;
	size_t i;

	for (i = 0; (container = json_item(json, i)); i++) {
		const char *own = json_text(json_at(container, "id"));

		if (own && !strcmp(own, id)) {
			runtime_take_stored(names, container);
			runtime_keep_source(names, path, stamp_ns);
		}
	}
	json_free(json);
}

/* @base/DRIVER-containers/containers.json, and the list of those that are not to survive a boot. */
static void runtime_stored(struct host *host, const char *base, const char *id,
			   struct runtime_names *names)
{
	char **dir;

	for (dir = host_list(host, "%s", base); *dir; dir++) {
		if (!strstr(*dir, "-containers"))
			continue;
		runtime_stored_in(host, host_text(host, "%s/%s/containers.json", base, *dir), id,
				  names);
		runtime_stored_in(host,
				  host_text(host, "%s/%s/volatile-containers.json", base, *dir), id,
				  names);
	}
}

/* What the CRI's runtimes note in a container's OCI configuration. */
static void runtime_annotations(struct host *host, const char *path, const char *runtime,
				struct runtime_names *names)
{
	struct json_object *json = runtime_read(host, path), *notes = json_at(json, "annotations");

	if (json)
		names->runtime = runtime;
	runtime_keep(&names->name, json_text(json_at(notes, RUNTIME_K8S "container-name")));
	runtime_keep(&names->name, json_text(json_at(notes, "io.kubernetes.container.name")));
	runtime_keep(&names->name, json_text(json_at(notes, "nerdctl/name")));
	runtime_keep(&names->image, json_text(json_at(notes, RUNTIME_K8S "image-name")));
	runtime_keep(&names->image, json_text(json_at(notes, RUNTIME_CRIO "ImageName")));
	runtime_keep(&names->pod_uid, json_text(json_at(notes, RUNTIME_K8S "sandbox-uid")));
	runtime_keep(&names->pod_uid, json_text(json_at(notes, "io.kubernetes.pod.uid")));
	runtime_keep(&names->pod_name, json_text(json_at(notes, RUNTIME_K8S "sandbox-name")));
	runtime_keep(&names->pod_name, json_text(json_at(notes, "io.kubernetes.pod.name")));
	runtime_keep(&names->pod_namespace,
		     json_text(json_at(notes, RUNTIME_K8S "sandbox-namespace")));
	runtime_keep(&names->pod_namespace,
		     json_text(json_at(notes, "io.kubernetes.pod.namespace")));
	json_free(json);
}

static void runtime_containerd(struct host *host, const char *id, struct runtime_names *names)
{
	char **space;

	for (space = host_list(host, "%s", runtime_tasks); *space; space++)
		if (strcmp(*space, "moby")) /* docker's, which has its own files */
			runtime_annotations(host,
					    host_text(host, "%s/%s/%s/config.json", runtime_tasks,
						      *space, id),
					    "containerd", names);
}

/* The kubelet keeps a directory of logs for each pod: NAMESPACE_NAME_UID. */
static void runtime_pod(struct host *host, const char *uid, struct runtime_names *names)
{
	char **dir;

	for (dir = host_list(host, "/var/log/pods"); *dir; dir++) {
		char *own = strrchr(*dir, '_'), *name = strchr(*dir, '_');

		if (!own || own == name || strcmp(own + 1, uid))
			continue;
		*own = '\0';
		*name = '\0';
		runtime_keep(&names->pod_namespace, *dir);
		runtime_keep(&names->pod_name, name + 1);
		return;
	}
}

/* Podman's pods stand only in its database. */
static void runtime_podman_pod_in(struct host *host, const char *base, const char *id,
				  struct runtime_names *names)
{
	size_t len = 0;
	char *bytes = names->pod_name ? NULL : host_read(host, &len, "%s/db.sql", base);

	if (bytes)
		names->pod_name = database_text((unsigned char *)bytes, len,
						"SELECT Name FROM PodConfig WHERE ID = ?", id);
}

static void runtime_podman_pod(struct host *host, const struct procmon_place *place,
			       struct runtime_names *names)
{
	const char *home = place->owner != PROCMON_UNKNOWN32 ? names_home(place->owner) : NULL;

	runtime_podman_pod_in(host, "/var/lib/containers/storage", place->pod_uid, names);
	if (home)
		runtime_podman_pod_in(host,
				      host_text(host, "%s/.local/share/containers/storage", home),
				      place->pod_uid, names);
}

/* The files of the machine's runtimes, and of those of the user that the cgroup belongs to. */
static void runtime_look_everywhere(struct host *host, const struct procmon_place *place,
				    struct runtime_names *names)
{
	const char *runtime = place->runtime, *id = place->container_id;
	const char *home = place->owner != PROCMON_UNKNOWN32 ? names_home(place->owner) : NULL;

	if (!runtime || !strcmp(runtime, "docker")) {
		runtime_docker(host, "/var/lib/docker", id, names);
		if (home)
			runtime_docker(host, host_text(host, "%s/.local/share/docker", home), id,
				       names);
	}
	if (!runtime || !strcmp(runtime, "containerd"))
		runtime_containerd(host, id, names);
	if (runtime && strcmp(runtime, "podman") && strcmp(runtime, "crio"))
		return;
	runtime_stored(host, "/var/lib/containers/storage", id, names);
	runtime_stored(host, "/run/containers/storage", id, names);
	if (!home)
		return;
	runtime_stored(host, host_text(host, "%s/.local/share/containers/storage", home), id,
		       names);
	runtime_stored(host, host_text(host, "/run/user/%u/containers", place->owner), id, names);
}

static bool runtime_is_its_own_name(const char *runtime)
{
	return runtime && (!strcmp(runtime, "lxc") || !strcmp(runtime, "systemd-nspawn") ||
			   !strcmp(runtime, "runc") || !strcmp(runtime, "crun"));
}

bool runtime_look(const char *root, const struct procmon_place *place, struct runtime_names *names)
{
	bool pod = *place->pod_uid, kubernetes = strchr(place->pod_uid, '-');
	struct host host;

	if (runtime_is_its_own_name(place->runtime)) {
		runtime_keep(&names->name, place->container_id);
		return true;
	}
	if (!host_open(&host, root))
		return true;
	if (*place->container_id && !(names->name && names->image))
		runtime_look_everywhere(&host, place, names);
	if (pod && !names->pod_name && kubernetes)
		runtime_pod(&host, place->pod_uid, names);
	else if (pod && !names->pod_name)
		runtime_podman_pod(&host, place, names);
	host_close(&host);
	return (!*place->container_id || (names->name && names->image)) &&
	       (!pod || names->pod_name);
}

bool runtime_look_again(const char *root, const struct procmon_place *place,
			struct runtime_names *names)
{
	struct runtime_names fresh = { 0 };
	struct host host;
	bool renamed = false;

	if (!host_open(&host, root))
		return false;
	if (host_written_ns(&host, names->source) != names->stamp_ns) {
		runtime_look_everywhere(&host, place, &fresh);
		renamed = fresh.name && strcmp(fresh.name, names->name);
		if (fresh.name) { /* one that is gone keeps its name */
			free(names->name);
			names->name = fresh.name;
			fresh.name = NULL;
		}
		free(names->source);
		names->source = fresh.source;
		names->stamp_ns = fresh.stamp_ns;
		fresh.source = NULL;
		runtime_forget(&fresh);
	}
	host_close(&host);
	return renamed;
}

/*
 * Containers that are called anything, in a cgroup of that name: only the files of those that run tell.
 * The directory of one is there before its cgroup, what is in it comes later.
 */
static const char *runtime_find_in(struct host *host, const char *parent, const char *name)
{
	if (host_exists(host, "/run/runc/%s", name))
		return "runc";
	if (host_exists(host, "/run/crun/%s", name))
		return "crun";
	if (host_exists(host, "%s/%s/%s/config.json", runtime_tasks, parent, name))
		return "containerd";
	return NULL;
}

bool runtime_find(const char *root, const char *path, struct procmon_place *place)
{
	const char *name = strrchr(path, '/'), *parent = name;
	char *copy;
	struct host host;

	if (!name || strlen(name + 1) >= sizeof(place->container_id) || !name[1] ||
	    !host_open(&host, root))
		return false;
	while (parent > path && parent[-1] != '/')
		parent--;
	copy = host_text(&host, "%.*s", (int)(name - parent), parent);
	place->runtime = runtime_find_in(&host, copy, name + 1);
	if (place->runtime)
		memcpy(place->container_id, name + 1, strlen(name + 1) + 1);
	host_close(&host);
	return place->runtime;
}

void runtime_forget(struct runtime_names *names)
{
	free(names->name);
	free(names->image);
	free(names->pod_uid);
	free(names->pod_name);
	free(names->pod_namespace);
	free(names->source);
	*names = (struct runtime_names){ 0 };
}
