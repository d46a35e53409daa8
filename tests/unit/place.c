// SPDX-License-Identifier: MIT
/* What the path of a cgroup tells. */
#include <procmon.h>
#include <string.h>

#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID "3a2b1c0d-1111-2222-3333-444455556666"
#define UID_ "3a2b1c0d_1111_2222_3333_444455556666"
#define SYSTEM .slice = "system.slice"
#define NOBODY .owner = PROCMON_UNKNOWN32

static const struct {
	const char *name, *path;
	struct procmon_place place;
} places[] = {
	{ "root", "/", { NOBODY } },
	{ "service", "/system.slice/ssh.service", { .unit = "ssh.service", SYSTEM, NOBODY } },
	{ "instance_in_a_slice_in_a_slice",
	  "/system.slice/system-getty.slice/getty@tty1.service",
	  { .unit = "getty@tty1.service", .slice = "system-getty.slice", NOBODY } },
	{ "first_process", "/init.scope", { .unit = "init.scope", NOBODY } },
	{ "session",
	  "/user.slice/user-1000.slice/session-3.scope",
	  { .unit = "session-3.scope", .slice = "user-1000.slice", .owner = 1000 } },
	{ "unit_of_a_user",
	  "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.service/sub",
	  { .unit = "user@1000.service",
	    .user_unit = "app-x.service",
	    .slice = "user-1000.slice",
	    .owner = 1000 } },
	{ "name_that_the_kernel_reserves",
	  "/system.slice/_cpu.service",
	  { .unit = "cpu.service", SYSTEM, NOBODY } },
	{ "docker",
	  "/system.slice/docker-" ID ".scope",
	  { "docker", ID, .unit = "docker-" ID ".scope", SYSTEM, NOBODY } },
	{ "docker_without_systemd", "/docker/" ID "/inner", { "docker", ID, NOBODY } },
	{ "docker_of_a_user",
	  "/user.slice/user-7.slice/user@7.service/user.slice/docker-" ID ".scope",
	  { "docker", ID, .unit = "user@7.service", .user_unit = "docker-" ID ".scope",
	    .slice = "user-7.slice", .owner = 7 } },
	{ "systemd_in_docker",
	  "/system.slice/docker-" ID ".scope/system.slice/x.service",
	  { "docker", ID, .unit = "docker-" ID ".scope", SYSTEM, NOBODY } },
	{ "podman",
	  "/machine.slice/libpod-" ID ".scope/container",
	  { "podman", ID, .unit = "libpod-" ID ".scope", .slice = "machine.slice", NOBODY } },
	{ "podman_without_systemd", "/libpod_parent/libpod-" ID, { "podman", ID, NOBODY } },
	{ "podman_pod",
	  "/machine.slice/machine-libpod_pod_" OTHER ".slice/libpod-" ID ".scope",
	  { "podman", ID, OTHER, .unit = "libpod-" ID ".scope",
	    .slice = "machine-libpod_pod_" OTHER ".slice", NOBODY } },
	{ "podman_pod_of_a_user",
	  "/user.slice/user-7.slice/user@7.service/user.slice/user-libpod_pod_" OTHER
	  ".slice/libpod-" ID ".scope/container",
	  { "podman", ID, OTHER, .unit = "user@7.service", .user_unit = "libpod-" ID ".scope",
	    .slice = "user-7.slice", .owner = 7 } },
	{ "podman_pod_without_systemd",
	  "/libpod_parent/" OTHER "/libpod-" ID,
	  { "podman", ID, OTHER, NOBODY } },
	{ "podman_split",
	  "/system.slice/web.service/libpod-payload-" ID,
	  { "podman", ID, .unit = "web.service", SYSTEM, NOBODY } },
	{ "podmans_monitor_is_no_container",
	  "/machine.slice/libpod-conmon-" ID ".scope",
	  { .unit = "libpod-conmon-" ID ".scope", .slice = "machine.slice", NOBODY } },
	{ "kubernetes", "/kubepods/besteffort/pod" UID "/" ID, { NULL, ID, UID, NOBODY } },
	{ "kubernetes_by_systemd",
	  "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  { "containerd", ID, UID, .unit = "cri-containerd-" ID ".scope",
	    .slice = "kubepods-burstable-pod" UID_ ".slice", NOBODY } },
	{ "kubernetes_guaranteed",
	  "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope",
	  { "crio", ID, UID, .unit = "crio-" ID ".scope", .slice = "kubepods-pod" UID_ ".slice",
	    NOBODY } },
	{ "kubernetes_crio_without_systemd",
	  "/kubepods/pod" UID "/crio-" ID,
	  { "crio", ID, UID, NOBODY } },
	{ "static_pod",
	  "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID,
	  { NULL, ID, "0123456789abcdef0123456789abcdef", NOBODY } },
	{ "pod_without_a_container", "/kubepods/besteffort/pod" UID, { NULL, "", UID, NOBODY } },
	{ "triple",
	  "/system.slice/containerd.service/kubepods-besteffort-pod" UID_
	  ".slice:cri-containerd:" ID,
	  { "containerd", ID, UID, .unit = "containerd.service", SYSTEM, NOBODY } },
	{ "kubernetes_in_docker",
	  "/system.slice/docker-" OTHER ".scope/kubelet.slice/kubelet-kubepods-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  { "containerd", ID, UID, .unit = "docker-" OTHER ".scope", SYSTEM, NOBODY } },
	{ "ctr", "/default/web", { "containerd", "web", NOBODY } },
	{ "directory_of_that_name_deeper", "/a/default/web", { NOBODY } },
	{ "lxc", "/lxc.payload.my-box/init.scope", { "lxc", "my-box", NOBODY } },
	{ "lxc_monitor_is_no_container", "/lxc.monitor.my-box", { NOBODY } },
	{ "lxc_of_old", "/lxc/box", { "lxc", "box", NOBODY } },
	{ "nspawn",
	  "/machine.slice/systemd-nspawn@my\\x2dbox.service/payload",
	  { "systemd-nspawn", "my-box", .unit = "systemd-nspawn@my\\x2dbox.service",
	    .slice = "machine.slice", NOBODY } },
	{ "nspawn_itself_is_no_container",
	  "/machine.slice/systemd-nspawn@box.service/supervisor",
	  { .unit = "systemd-nspawn@box.service", .slice = "machine.slice", NOBODY } },
	{ "nspawn_by_hand",
	  "/machine.slice/machine-box.scope/payload",
	  { "systemd-nspawn", "box", .unit = "machine-box.scope", .slice = "machine.slice",
	    NOBODY } },
	{ "virtual_machine_is_no_container",
	  "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt",
	  { .unit = "machine-qemu\\x2d1\\x2dvm.scope", .slice = "machine.slice", NOBODY } },
	{ "runc",
	  "/system.slice/runc-box.scope",
	  { "runc", "box", .unit = "runc-box.scope", SYSTEM, NOBODY } },
	{ "crun",
	  "/system.slice/crun-box.scope/container",
	  { "crun", "box", .unit = "crun-box.scope", SYSTEM, NOBODY } },
	{ "id_that_is_too_short", "/docker/0123", { NOBODY } },
	{ "id_that_is_none", "/docker/" UID "-0123456789abcdef01234567890", { NOBODY } },
	{ "uid_that_is_none", "/kubepods/podx", { NOBODY } },
	{ "user_that_is_none", "/user.slice/user-x.slice", { .slice = "user-x.slice", NOBODY } },
	{ "slashes_without_names", "//docker///" ID "/", { "docker", ID, NOBODY } },
	{ "unfinished_escape",
	  "/machine.slice/machine-a\\x2.scope",
	  { "systemd-nspawn", "a\\x2", .unit = "machine-a\\x2.scope", .slice = "machine.slice",
	    NOBODY } },
};

static bool same(const struct procmon_place *a, const struct procmon_place *b)
{
	if ((a->runtime == NULL) != (b->runtime == NULL) ||
	    (a->runtime && strcmp(a->runtime, b->runtime)))
		return false;
	return !strcmp(a->container_id, b->container_id) && !strcmp(a->pod_uid, b->pod_uid) &&
	       !strcmp(a->unit, b->unit) && !strcmp(a->user_unit, b->user_unit) &&
	       !strcmp(a->slice, b->slice) && a->owner == b->owner;
}

static void long_names(void)
{
	struct procmon_place place;
	char path[2048];
	size_t i;

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	memcpy(path, "/lxc.payload.", 13);
	procmon_place(path, &place);
	for (i = 0; place.container_id[i] == 'x';)
		i++;
	ok(i == sizeof(place.container_id) - 1 && !place.container_id[i],
	   "a_name_longer_than_any_is_cut");
}

int main(void)
{
	struct procmon_place place;
	size_t i;

	tap_theme("place");
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		procmon_place(places[i].path, &place);
		if (!ok(same(&place, &places[i].place), "%s", places[i].name))
			diag("%s: runtime %s, container %s, pod %s, unit %s, user's %s, slice %s, "
			     "owner %u",
			     places[i].path, place.runtime ? place.runtime : "-",
			     place.container_id, place.pod_uid, place.unit, place.user_unit,
			     place.slice, place.owner);
	}
	long_names();
	return tap_done();
}
