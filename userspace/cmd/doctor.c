// SPDX-License-Identifier: MIT
/* procmon doctor: why it does not work here, and what mends it.  Reads files, changes nothing. */
#define _GNU_SOURCE
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access.h"
#include "container.h"
#include "distro.h"
#include "finding.h"
#include "host.h"
#include "kernel.h"
#include "module.h"

/**
 * struct doctor - the patient
 * @release: the running kernel, NULL when none runs there: an image
 * @device: path of the device
 * @container: what kind of container we are in, NULL for none
 */
struct doctor {
	struct host host;
	struct findings findings;
	const char *release;
	const char *device;
	const char *container;
};

#define DOCTOR_RELOAD "sudo modprobe -r procmon && sudo modprobe procmon"

static char *doctor_line(struct host *host, const char *path)
{
	char *text = host_read(host, NULL, "%s", path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool doctor_is_loaded(struct host *host)
{
	return host_exists(host, "/sys/module/procmon") ||
	       host_has_line(host_read(host, NULL, "/proc/modules"), "procmon", NULL);
}

static const char *doctor_types(struct host *host, uint32_t events)
{
	const char *list = "";
	unsigned int type;

	for (type = 0; type < 32; type++)
		if (events & 1u << type && procmon_type_name(type))
			list = host_text(host, "%s%s%s", list, *list ? " " : "",
					 procmon_type_name(type));
	return list;
}

static void doctor_compare_versions(struct doctor *doctor, const char *version)
{
	if (strcmp(version, PROCMON_VERSION))
		finding(&doctor->findings, FINDING_NOTE, "version_differs", DOCTOR_RELOAD,
			"the loaded module is version %s, this command %s: they understand each "
			"other; the installed module is loaded by:",
			version, PROCMON_VERSION);
}

static void doctor_tell_good(struct doctor *doctor, struct procmon *pm)
{
	struct procmon_info info;
	const char *version;

	if (procmon_info(pm, &info)) {
		finding(&doctor->findings, FINDING_PROBLEM, "device_error", NULL, "%s",
			procmon_error(pm));
		return;
	}
	version = host_text(&doctor->host, "%.*s", (int)sizeof(info.version),
			    (const char *)info.version);
	finding(&doctor->findings, FINDING_OK, "works", NULL,
		"the module %s is loaded, ABI %u.%u, and records %s", version, info.abi_major,
		info.abi_minor, info.events ? doctor_types(&doctor->host, info.events) : "nothing");
	doctor_compare_versions(doctor, version);
	if (!info.events)
		finding(&doctor->findings, FINDING_NOTE, "records_nothing",
			"echo fork,exec,exit,cgroup | sudo tee "
			"/sys/module/procmon/parameters/events",
			"the module was told to record no events");
}

/* Is the module that this command belongs to already installed, and only an older one loaded? */
static void doctor_tell_abi(struct doctor *doctor)
{
	struct host *host = &doctor->host;
	const char *loaded = doctor_line(host, "/sys/module/procmon/version");
	const char *command = DOCTOR_RELOAD;
	struct module module = { 0 };

	if (doctor->release)
		module_find(host, doctor->release, &module);
	if (!module.version || strcmp(module.version, PROCMON_VERSION))
		command = distro_install(host, distro_find(host), "procmon procmon-dkms");
	if (command && strcmp(command, DOCTOR_RELOAD))
		command = host_text(host, "%s && " DOCTOR_RELOAD, command);
	finding(&doctor->findings, FINDING_PROBLEM, "abi_differs", command,
		"the loaded module (version %s) and this command (%s) do not speak the same ABI",
		loaded ? loaded : "unknown", PROCMON_VERSION);
}

/* The number of the device is the loaded module's own; devtmpfs makes the node where it is used. */
static void doctor_tell_no_node(struct doctor *doctor)
{
	char *number = doctor_line(&doctor->host, "/sys/class/misc/procmon/dev");
	char *colon = number ? strchr(number, ':') : NULL;
	const char *command = NULL;

	if (doctor->container) {
		finding(&doctor->findings, FINDING_PROBLEM, "not_passed_in",
			container_pass(doctor->container),
			"the host has the module, but this container (%s) was not given the "
			"device; on the host:",
			doctor->container);
		return;
	}
	if (colon && host_is_plain(number)) {
		*colon = ' ';
		command = host_text(&doctor->host,
				    "sudo rm -f %s && sudo mknod -m 0440 %s c %s && "
				    "sudo chgrp procmon %s",
				    doctor->device, doctor->device, number, doctor->device);
	}
	finding(&doctor->findings, FINDING_PROBLEM, "no_device", command,
		"the module is loaded, but %s is not its device", doctor->device);
}

static void doctor_tell_open_error(struct doctor *doctor, int err)
{
	switch (err) {
	case EPROTO:
		doctor_tell_abi(doctor);
		break;
	case ENOTTY:
	case ENXIO:
	case ENODEV:
		doctor_tell_no_node(doctor);
		break;
	case EACCES:
	case EPERM:
		if (doctor->container)
			doctor_tell_no_node(doctor);
		else
			finding(&doctor->findings, FINDING_PROBLEM, "refused", NULL,
				"%s may be read by its mode, and yet we are refused: by SELinux, "
				"AppArmor or the sandbox of a service (the kernel's log tells)",
				doctor->device);
		break;
	default:
		finding(&doctor->findings, FINDING_PROBLEM, "device_error", NULL, "%s",
			procmon_error(NULL));
	}
}

static void doctor_look_at_device(struct doctor *doctor)
{
	struct procmon *pm;
	struct stat st;
	int err;

	if (stat(doctor->device, &st)) {
		doctor_tell_no_node(doctor);
		return;
	}
	if (!access_look(&doctor->host, &doctor->findings, &st))
		return;
	err = procmon_open(&pm, doctor->device, 0);
	if (err) {
		doctor_tell_open_error(doctor, -err);
		return;
	}
	doctor_tell_good(doctor, pm);
	procmon_close(pm);
}

static void doctor_look_at_kernel(struct doctor *doctor)
{
	struct host *host = &doctor->host;

	if (doctor->container) {
		finding(&doctor->findings, FINDING_PROBLEM, "container",
			container_pass(doctor->container),
			"this is a container (%s), which has its host's kernel: there procmon must "
			"be loaded (sudo modprobe procmon), and its device be passed in:",
			doctor->container);
		return;
	}
	if (kernel_look(host, &doctor->findings, doctor->release, FINDING_PROBLEM, true))
		finding(&doctor->findings, FINDING_PROBLEM, "not_loaded", "sudo modprobe procmon",
			"the module is installed for Linux %s, but not loaded", doctor->release);
}

/* Only what was loaded has a state. */
static bool doctor_is_built_in(struct host *host)
{
	return host_exists(host, "/sys/module/procmon") &&
	       !host_exists(host, "/sys/module/procmon/initstate");
}

/* Will the next boot have it? */
static void doctor_look_at_boot(struct doctor *doctor)
{
	static const char *const dirs[] = { "/etc/modules-load.d", "/run/modules-load.d",
					    "/usr/lib/modules-load.d", "/lib/modules-load.d" };
	struct host *host = &doctor->host;
	char **name;
	size_t i;

	if (doctor_is_built_in(host) ||
	    host_has_line(host_read(host, NULL, "/etc/modules"), "procmon", NULL) ||
	    host_has_line(host_read(host, NULL, "/etc/initramfs-tools/modules"), "procmon", NULL))
		return;
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		for (name = host_list(host, "%s", dirs[i]); *name; name++)
			if (host_has_line(host_read(host, NULL, "%s/%s", dirs[i], *name), "procmon",
					  NULL))
				return;
	finding(&doctor->findings, FINDING_NOTE, "not_at_boot",
		"echo procmon | sudo tee /etc/modules-load.d/procmon.conf",
		"the module is not loaded at boot");
}

static void doctor_look_at_running(struct doctor *doctor)
{
	bool loaded = doctor_is_loaded(&doctor->host);
	char **release;

	if (loaded || !access(doctor->device, F_OK))
		doctor_look_at_device(doctor);
	else
		doctor_look_at_kernel(doctor);
	if (doctor->container)
		return;
	for (release = kernel_list(&doctor->host); *release; release++)
		if (strcmp(*release, doctor->release))
			kernel_look(&doctor->host, &doctor->findings, *release, FINDING_NOTE,
				    false);
	if (!doctor->findings.problems)
		doctor_look_at_boot(doctor);
}

static void doctor_look_at_image(struct doctor *doctor)
{
	char **release = kernel_list(&doctor->host);

	if (!*release)
		finding(&doctor->findings, FINDING_PROBLEM, "no_kernel", NULL,
			"there is no kernel in %s/lib/modules", doctor->host.root);
	for (; *release; release++)
		if (kernel_look(&doctor->host, &doctor->findings, *release, FINDING_PROBLEM, false))
			finding(&doctor->findings, FINDING_OK, "installed", NULL,
				"the module is installed for Linux %s", *release);
	doctor_look_at_boot(doctor);
}

int doctor_main(const struct options *options)
{
	struct doctor doctor = {
		.findings = { .out = { .fd = STDOUT_FILENO }, .format = options->format },
	};
	int err;

	if (!host_open(&doctor.host, options->root)) {
		fprintf(stderr, "procmon: %s: %s\n", options->root ? options->root : "/",
			strerror(errno));
		return EXIT_FAILURE;
	}
	doctor.release = doctor_line(&doctor.host, "/proc/sys/kernel/osrelease");
	if (doctor.release && !host_is_plain(doctor.release))
		doctor.release = NULL;
	doctor.container = container_find(&doctor.host);
	doctor.device = options->device ?
				options->device :
				host_text(&doctor.host, "%s" PROCMON_DEVICE, doctor.host.root);
	if (doctor.release)
		doctor_look_at_running(&doctor);
	else
		doctor_look_at_image(&doctor);
	err = out_flush(&doctor.findings.out);
	free(doctor.findings.out.buf);
	host_close(&doctor.host);
	return err || doctor.findings.problems ? EXIT_FAILURE : EXIT_SUCCESS;
}
