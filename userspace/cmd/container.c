// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "container.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *kind;
	const char *file; /* it leaves this one in its containers */
	const char *pass;
} containers[] = {
	{ "docker", "/.dockerenv", "docker run --device=/dev/procmon:/dev/procmon:r IMAGE" },
	{ "podman", "/run/.containerenv",
	  "sudo podman run --device=/dev/procmon:/dev/procmon:r IMAGE" },
	{ "lxc", NULL, "lxc config device add NAME procmon unix-char path=/dev/procmon mode=0440" },
	{ "systemd-nspawn", NULL,
	  "sudo systemd-nspawn --bind-ro=/dev/procmon --property='DeviceAllow=/dev/procmon r' -D DIR" },
};

#define CONTAINERS (sizeof(containers) / sizeof(containers[0]))

/* Its manager tells process 1: systemd writes it down, others leave it in the environment. */
static const char *container_told(struct host *host)
{
	const char *told = host_read(host, NULL, "/run/systemd/container");
	const char *environ;
	size_t len = 0;

	if (told)
		return host_text(host, "%.*s", (int)strcspn(told, "\n"), told);
	environ = host_read(host, &len, "/proc/1/environ");
	told = environ ? memmem(environ, len, "container=", strlen("container=")) : NULL;
	return told && (told == environ || !told[-1]) ? told + strlen("container=") : NULL;
}

/* Only in the first user namespace every ID stands for itself. */
static bool container_is_user_namespace(struct host *host)
{
	const char *map = host_read(host, NULL, "/proc/self/uid_map");

	return map && !host_has_line(map, "0", "0") && *map;
}

const char *container_find(struct host *host)
{
	const char *told = container_told(host);
	size_t i;

	if (told && *told)
		return told;
	for (i = 0; i < CONTAINERS; i++)
		if (containers[i].file && host_exists(host, "%s", containers[i].file))
			return containers[i].kind;
	return container_is_user_namespace(host) ? "user namespace" : NULL;
}

const char *container_pass(const char *kind)
{
	size_t i;

	for (i = 0; i < CONTAINERS; i++)
		if (!strcmp(containers[i].kind, kind))
			return containers[i].pass;
	return NULL;
}
