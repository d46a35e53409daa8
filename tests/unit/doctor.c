// SPDX-License-Identifier: MIT
/* procmon doctor: each thing that can be wrong, on a made-up system. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "debian.h"
#include "fake.h"
#include "form.h"
#include "rings.h"
#include "system.h"
#include "tap.h"
#include "text.h"

#define RELEASE DEBIAN_RELEASE
#define MODULES DEBIAN_MODULES
#define MODULE DEBIAN_MODULE
#define DKMS DEBIAN_DKMS
#define REBUILD                                                                                    \
	"sudo dkms build --force procmon/1.2 -k " RELEASE                                          \
	" && sudo dkms install --force procmon/1.2 -k " RELEASE
#define ENFORCE "/sys/module/module/parameters/sig_enforce"
#define EFIVARS "/sys/firmware/efi/efivars/"
#define CERT "0123 serial-number-1 the rest of a certificate"
#define SERIAL "serial-number-1"
#define SIGNER "DKMS module signing key"
#define LONG_SIGNER                                                                                \
	"a key whose name is so long that the lengths around it need two bytes, as those of real " \
	"signatures do, with all that openssl puts there"

static const struct system_module signed_by_dkms = { RELEASE, PROCMON_VERSION, SIGNER, SERIAL };
static struct command command;

static void doctor(const char *format)
{
	char root[128];

	snprintf(root, sizeof(root), "--root=%s", system_dir);
	COMMAND(&command, "doctor", root, format);
}

/* What it prints holds each of the texts. */
static bool tells(int status, const char *first, const char *second)
{
	bool good = command_said(&command, status, "") && strstr(command.out, first) &&
		    (!second || strstr(command.out, second));

	if (!good)
		diag("no '%s' or no '%s' in %s", first, second ? second : "", command.out);
	return good;
}

/* The only finding that is not good is this one, with a cause and a command of these words. */
static bool finds(const char *name, const char *cause, const char *mend)
{
	char text[64];
	const char *other;
	bool good;

	doctor("-ojson");
	snprintf(text, sizeof(text), "{\"finding\":\"%s\",\"level\":\"problem\",", name);
	other = strstr(command.out, text);
	good = tells(1, text, cause) && !strstr(other + strlen(text), "\"problem\"");
	if (mend) {
		snprintf(text, sizeof(text), "\"command\":\"");
		other = strstr(command.out, text);
		good &= other && !strncmp(other + strlen(text), mend, strlen(mend));
	} else {
		good &= !strstr(command.out, "\"command\":");
	}
	if (!good)
		diag("wanted %s, '%s', '%s': %s", name, cause, mend ? mend : "no command",
		     command.out);
	command_free(&command);
	return good;
}

/* finds() as a test that ends the system. */
#define FINDS(name, cause, mend)                                                                   \
	do {                                                                                       \
		ok(finds(name, cause, mend), "%s", name);                                          \
		system_end();                                                                      \
	} while (0)

static void not_loaded(void)
{
	debian_begin();
	ok(finds("not_loaded", "installed for Linux " RELEASE ", but not loaded",
		 "sudo modprobe procmon\""),
	   "not_loaded");
	doctor("-oshort");
	ok(tells(1, "problem  the module is installed", "\n         sudo modprobe procmon\n"),
	   "text_has_the_cause_in_one_line_and_the_command_in_the_next");
	command_free(&command);
	doctor("-ojson-pretty");
	ok(tells(1, "{\n\t\"finding\": \"not_loaded\",\n", NULL), "json_can_be_pretty");
	command_free(&command);
	system_put("/proc/sys/kernel/modules_disabled", "1\n");
	FINDS("modules_disabled", "no module can be loaded before the next boot", "sudo reboot");
}

static void no_module(void)
{
	debian_begin();
	system_remove(MODULE);
	ok(finds("not_installed", "DKMS has built the module", "sudo dkms install --force "),
	   "built_but_not_installed");
	system_remove(DKMS "/" RELEASE);
	ok(finds("not_built", "DKMS has not built",
		 "sudo dkms install procmon/1.2 -k " RELEASE "\""),
	   "not_built");
	system_put("/usr/lib/procmon-dkms/modules", "#!/bin/sh\n");
	ok(finds("not_built", "", "sudo /usr/lib/procmon-dkms/modules install " RELEASE "\""),
	   "not_built_by_the_package");
	system_remove("/usr/lib/procmon-dkms");
	system_put(DKMS "/build/make.log",
		   "DKMS make.log for procmon-1.2 for kernel 5.10.0-1-amd64 "
		   "(x86_64)\nx.c:1: error: of another kernel\n");
	ok(finds("not_built", "DKMS has not built", "sudo dkms "),
	   "log_of_another_kernel_does_not_count");
	system_put(DKMS "/build/make.log",
		   "DKMS make.log for procmon-1.2 for kernel " RELEASE " (x86_64)\nmake[1]: x\n"
		   "kmod/main.c:7:2: error: no such thing\nkmod/main.c:8:2: error: nor this\n"
		   "make: *** [all] Error 2\n");
	ok(finds("build_failed", "a newer version may: kmod/main.c:7:2: error: no such thing (/",
		 "sudo apt install procmon-dkms\""),
	   "build_failed_with_its_first_error");
	system_put(DKMS "/build/make.log",
		   "DKMS make.log for procmon-1.2 for kernel " RELEASE " (x86_64)\nKilled\n");
	ok(finds("build_failed", "its log names no error", "sudo apt install"),
	   "build_failed_without_a_word");
	system_remove(DKMS "/build");
	system_put("/var/log/procmon-dkms/" RELEASE ".log",
		   "DKMS make.log for procmon-1.2 for kernel " RELEASE " (x86_64)\n"
		   "/bin/sh: 1: gcc-12: not found\nmake: *** [all] Error 127\n");
	ok(finds("build_failed", "a newer version may: /bin/sh: 1: gcc-12: not found (/",
		 "sudo apt install"),
	   "build_failed_for_want_of_a_compiler");
	system_remove("/usr/src");
	ok(finds("headers_missing", "headers (linux-headers-" RELEASE ") are not installed",
		 "sudo apt install linux-headers-" RELEASE
		 " && sudo dkms install procmon/1.2 -k " RELEASE),
	   "headers_missing");
	system_remove("/var/lib/dkms");
	ok(finds("not_installed", "the package procmon-dkms is not installed",
		 "sudo apt install linux-headers-" RELEASE " procmon-dkms\""),
	   "nothing_installed");
	system_make_dir(MODULES "/../6.1.0-57-amd64/kernel");
	system_remove(MODULES);
	ok(finds("kernel_removed", "have been removed", "sudo reboot"), "kernel_removed");
	system_remove("/lib/modules");
	FINDS("no_modules", "no modules of Linux " RELEASE, NULL);
}

static void distributions(void)
{
	static const struct {
		const char *name, *os, *release, *mend;
	} table[] = {
		{ "ubuntu", "ID=ubuntu\nID_LIKE=debian\n", "6.8.0-1-generic",
		  "sudo apt install linux-headers-6.8.0-1-generic procmon-dkms\"" },
		{ "a_derivative", "ID=pop\nID_LIKE=\"ubuntu debian\"\n", "6.8.0",
		  "sudo apt install linux-headers-6.8.0 procmon-dkms\"" },
		{ "fedora", "ID=fedora\n", "6.9.4-200.fc40.x86_64",
		  "sudo dnf install kernel-devel-6.9.4-200.fc40.x86_64 procmon-dkms\"" },
		{ "rocky", "ID='rocky'\nID_LIKE='rhel centos fedora'\n", "5.14.0-427.el9.x86_64",
		  "sudo dnf install kernel-devel-5.14.0-427.el9.x86_64 procmon-dkms\"" },
		{ "suse", "ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n",
		  "6.4.0-150600.21-default",
		  "sudo zypper install kernel-default-devel && make KVER=6.4.0-150600.21-default" },
		{ "arch", "ID=arch\n", "6.9.1-arch1-1",
		  "sudo pacman -S linux-headers && make KVER=6.9.1-arch1-1 && sudo make install" },
		{ "arch_lts", "ID=arch\n", "6.6.30-1-lts", "sudo pacman -S linux-lts-headers && " },
		{ "alpine", "ID=alpine\n", "6.6.30-0-lts", "sudo apk add linux-lts-dev && " },
		{ "an_unknown_one", "ID=mine\n", "6.6.1", "make KVER=6.6.1 && sudo make install" },
		{ "none_at_all", "", "6.6.1", "make KVER=6.6.1 && sudo make install" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char dir[128];

		debian_begin();
		snprintf(dir, sizeof(dir), "/lib/modules/%s", table[i].release);
		system_make_dir(dir);
		system_remove("/var/lib/dkms");
		system_remove(MODULES);
		system_put("/proc/sys/kernel/osrelease", "%s\n", table[i].release);
		system_put("/etc/os-release", "%s", table[i].os);
		ok(finds("not_installed", "there is no module for Linux", table[i].mend),
		   "packages_of_%s_are_named", table[i].name);
		system_end();
	}
}

static void another_kernel(void)
{
	static const struct system_module other = { "6.1.0-55-amd64", "1.2", NULL, NULL };

	debian_begin();
	system_put_module(MODULE, &other);
	ok(finds("other_kernel", "was built for Linux 6.1.0-55-amd64, this is " RELEASE,
		 REBUILD "\""),
	   "other_kernel");
	system_remove("/var/lib/dkms");
	ok(finds("other_kernel", "was built for", "make clean && make KVER=" RELEASE),
	   "other_kernel_without_dkms");
	system_remove(MODULES "/updates");
	system_put_module(MODULES "/weak-updates/procmon/procmon.ko", &other);
	FINDS("not_loaded", "", "sudo modprobe procmon");
}

static void config(void)
{
	debian_begin();
	system_put("/boot/config-" RELEASE, "CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_CGROUPS=y\n"
					    "# CONFIG_TRACEPOINTS is not set\n");
	ok(finds("kernel_config", "built without CONFIG_TRACEPOINTS", NULL), "kernel_config");
	system_remove("/boot");
	system_put(MODULES "/config", "CONFIG_64BIT=y\nCONFIG_MODULES=n\n");
	FINDS("kernel_config", "without CONFIG_MODULES", NULL);
}

static void modprobe(void)
{
	debian_begin();
	system_put(MODULES "/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
	ok(finds("not_indexed", "modprobe does not know /lib", "sudo depmod " RELEASE "\""),
	   "not_indexed");
	system_put(MODULES "/modules.dep", "updates/dkms/procmon.ko:\n");
	system_put("/etc/modprobe.d/no.conf", "# install procmon\n  install\tprocmon /bin/false\n");
	ok(finds("forbidden", "/etc/modprobe.d/no.conf says", "sudo sed -i "), "forbidden");
	system_put("/etc/modprobe.d/no.conf", "install procmonx /bin/false\n");
	FINDS("not_loaded", "", "sudo modprobe procmon");
}

static void unsigned_module(void)
{
	debian_begin();
	system_put(ENFORCE, "N\n");
	system_put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	ok(finds("not_loaded", "", "sudo modprobe procmon"),
	   "signature_does_not_matter_where_none_is_wanted");
	system_put(ENFORCE, "Y\n");
	system_put("/proc/cmdline", "quiet module.sig_enforce=1\n");
	ok(finds("not_signed",
		 "only signed modules (module.sig_enforce on its command line), and " MODULE
		 " is not signed",
		 "sudo apt install openssl && " REBUILD),
	   "not_signed_without_a_key");
	system_put("/var/lib/dkms/mok.key", "secret");
	ok(finds("not_signed", "is not signed", "sudo " MODULES "/build/scripts/sign-file sha256 "),
	   "not_signed_with_a_key");
	system_put(ENFORCE, "N\n");
	system_put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	ok(finds("not_signed", "(lockdown=integrity)", "sudo "), "lockdown");
	system_put_bytes(EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "\6\0\0\0\1",
			 5);
	ok(finds("not_signed", "(lockdown=integrity, as Secure Boot is on)", "sudo "),
	   "secure_boot");
	system_remove("/sys");
	system_put("/boot/config-" RELEASE,
		   "CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_TRACEPOINTS=y\n"
		   "CONFIG_CGROUPS=y\nCONFIG_MODULE_SIG_FORCE=y\n");
	system_remove("/var/lib/dkms");
	FINDS("not_signed", "(CONFIG_MODULE_SIG_FORCE)", "sudo apt install procmon-dkms openssl\"");
}

static void key(void)
{
	static const char keys[] = "1f I------ 1 perm 1f030000 0 0 asymmetri %s: 00aabb: "
				   "X509.rsa 00aabb []\n";

	debian_begin();
	system_put(ENFORCE, "Y\n");
	system_put_module(MODULE, &signed_by_dkms);
	ok(finds("not_loaded", "", "sudo modprobe"), "key_that_nothing_is_known_of_is_not_blamed");
	system_put("/proc/keys", keys, "Debian Secure Boot CA");
	ok(finds("key_unknown", "'" SIGNER "', who signed " MODULE ", is none of them",
		 "sudo apt install openssl"),
	   "key_unknown");
	system_put("/var/lib/dkms/mok.pub", CERT);
	ok(finds("key_not_enrolled", "without UEFI no key can be enrolled", NULL),
	   "key_not_enrolled_and_no_way_to");
	system_make_dir(EFIVARS);
	ok(finds("key_not_enrolled", "is signed by '" SIGNER "', not enrolled yet",
		 "sudo mokutil --import /var/lib/dkms/mok.pub && sudo reboot\""),
	   "key_not_enrolled");
	system_put(EFIVARS "MokNew-605dab50-e046-4300-abb6-3dd810dd8b23", "guid" CERT);
	ok(finds("key_waiting", "choose Enroll MOK", "sudo reboot"), "key_waiting");
	system_put(EFIVARS "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23", "guid" CERT);
	ok(finds("key_ignored", "the firmware has the key", "sudo mokutil --enable-validation"),
	   "key_ignored");
	system_put("/proc/keys", keys, SIGNER);
	ok(finds("not_loaded", "", "sudo modprobe"), "key_that_the_kernel_knows_is_good");
	system_remove("/proc/keys");
	ok(finds("not_loaded", "", "sudo modprobe"), "key_that_the_firmware_has_is_good");
	system_remove(EFIVARS "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23");
	system_remove(EFIVARS "MokNew-605dab50-e046-4300-abb6-3dd810dd8b23");
	system_put("/var/lib/dkms/mok.pub", "of somebody else");
	system_put("/var/lib/shim-signed/mok/MOK.der", CERT);
	FINDS("key_not_enrolled", "", "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der");
}

static void long_name(void)
{
	static const struct system_module module = { RELEASE, PROCMON_VERSION, LONG_SIGNER,
						     SERIAL };

	debian_begin();
	system_put(ENFORCE, "Y\n");
	system_put_module(MODULE, &module);
	system_put("/var/lib/dkms/mok.pub", CERT);
	FINDS("key_not_enrolled", "is signed by '" LONG_SIGNER "'", NULL);
}

static void opaque_module(void)
{
	debian_begin();
	system_remove(MODULE);
	system_put(MODULE ".xz", "\3757zXZ");
	ok(finds("not_loaded", "", "sudo modprobe"), "compressed_module_is_found");
	system_put(ENFORCE, "Y\n");
	system_put("/var/lib/dkms/mok.pub", CERT);
	system_make_dir(EFIVARS);
	FINDS("key_not_enrolled", MODULE ".xz is signed by 'this machine's key'", "sudo mokutil ");
}

/* Whatever the bytes of the module, it is read within its bounds (the sanitizer looks on). */
static void damaged_modules(void)
{
	char path[256], bytes[2048];
	size_t len, i;
	bool good = true;
	FILE *file;

	debian_begin();
	system_put(ENFORCE, "Y\n");
	system_put_module(MODULE, &signed_by_dkms);
	snprintf(path, sizeof(path), "%s" MODULE, system_dir);
	file = fopen(path, "r");
	len = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
	if (!len || fclose(file))
		bail("cannot read %s", path);
	for (i = 0; i < len && good; i += i < 700 ? 13 : 1) {
		char old = bytes[i];

		bytes[i] = (char)0xff;
		system_put_bytes(MODULE, bytes, len);
		bytes[i] = old;
		doctor("-ojson");
		good = command_said(&command, 1, "");
		command_free(&command);
	}
	for (i = 0; i < len && good; i += 37) {
		system_put_bytes(MODULE, bytes, i);
		doctor("-ojson");
		good = command_said(&command, 1, "");
		command_free(&command);
	}
	ok(good, "damaged_modules_are_read_within_their_bounds");
	system_end();
}

static void container(void)
{
	debian_begin();
	system_put("/.dockerenv", "%s", "");
	ok(finds("container", "a container (docker)", "docker run --device=/dev/procmon"),
	   "docker");
	system_put("/proc/1/environ", "PATH=/bin%ccontainer=lxc", 0);
	ok(finds("container", "a container (lxc)", "lxc config device add"), "lxc");
	system_put("/run/systemd/container", "systemd-nspawn\n");
	ok(finds("container", "(systemd-nspawn)", "sudo systemd-nspawn --bind-ro"), "nspawn");
	system_make_dir("/sys/module/procmon");
	ok(finds("not_passed_in", "the host has the module", "sudo systemd-nspawn"),
	   "not_passed_in");
	system_remove("/run");
	system_remove("/.dockerenv");
	system_remove("/proc/1");
	system_remove("/sys");
	system_put("/proc/self/uid_map", "         0       1000          1\n");
	FINDS("container", "a container (user namespace)", NULL);
}

static struct rings rings;

/* The module is loaded and its device is there. */
static void begin_loaded(mode_t mode)
{
	debian_begin();
	rings_in_file(&rings, 1, 64);
	snprintf((char *)rings.info->version, sizeof(rings.info->version), PROCMON_VERSION);
	fchmod(rings.fd, mode);
	system_link("/dev/procmon", rings.path);
	system_put("/sys/module/procmon/initstate", "live\n");
	system_put("/sys/module/procmon/version", "0.0.old\n");
	system_put("/sys/class/misc/procmon/dev", "10:122\n");
	system_put("/usr/lib/udev/rules.d/60-procmon.rules", "\n");
}

static void end_loaded(void)
{
	rings_free(&rings);
	system_end();
}

static bool is_well(const char *text)
{
	bool good;

	doctor("-oshort");
	good = tells(0, text, NULL);
	command_free(&command);
	return good;
}

static void loaded(void)
{
	begin_loaded(0440);
	rings.info->events = 1u << PROCMON_FORK | 1u << PROCMON_EXEC;
	doctor("-oshort");
	ok(tells(0,
		 "ok       the module " PROCMON_VERSION
		 " is loaded, ABI 1.0, and records fork exec\n",
		 NULL) &&
		   !strstr(command.out, "note"),
	   "when_all_is_well_it_says_so");
	command_free(&command);
	rings.info->events = 0;
	ok(is_well("\n         echo fork,exec,exit,cgroup | sudo tee /sys/module/procmon/"),
	   "module_that_records_nothing_is_noted");
	snprintf((char *)rings.info->version, sizeof(rings.info->version), "9.9");
	ok(is_well("note     the loaded module is version 9.9, this command " PROCMON_VERSION),
	   "another_version_is_noted");
	system_remove("/etc/modules-load.d");
	ok(is_well("note     the module is not loaded at boot\n         echo procmon | sudo tee "),
	   "module_that_the_next_boot_lacks_is_noted");
	system_remove("/sys/module/procmon/initstate");
	doctor("-oshort");
	ok(tells(0, "ok ", NULL) && !strstr(command.out, "at boot"),
	   "but_not_when_the_kernel_has_it_built_in");
	command_free(&command);
	system_make_dir("/lib/modules/6.1.0-57-amd64/kernel");
	ok(is_well("note     DKMS cannot build the module for Linux 6.1.0-57-amd64"),
	   "another_kernel_without_the_module_is_noted");
	end_loaded();
}

static void other_abi(void)
{
	static const struct system_module older = { RELEASE, "0.0.older", NULL, NULL };

	begin_loaded(0440);
	rings.info->abi_major = 99;
	ok(finds("abi_differs", "the loaded module (version 0.0.old) and this command",
		 "sudo modprobe -r procmon && sudo modprobe procmon\""),
	   "abi_differs_and_the_installed_module_is_right");
	system_put_module(MODULE, &older);
	ok(finds("abi_differs", "do not speak the same ABI",
		 "sudo apt install procmon procmon-dkms && sudo modprobe -r procmon && "),
	   "abi_differs_and_the_installed_module_is_wrong_too");
	end_loaded();
}

/* What the module's own calls say, although its device opens. */
static void failing_device(void)
{
	begin_loaded(0440);
	fake_fail_ioctl_later(1, EIO);
	ok(finds("device_error", "the module does not answer: Input/output error", NULL),
	   "module_that_does_not_answer");
	fake_fail_ioctl(0);
	fake_fail_ring_mmap(EACCES);
	ok(finds("refused", "may be read by its mode, and yet we are refused", NULL), "refused");
	system_put("/run/systemd/container", "docker\n");
	ok(finds("not_passed_in", "was not given the device", "docker run --device"),
	   "refused_in_a_container");
	system_remove("/run");
	fake_fail_ring_mmap(ENOMEM);
	ok(finds("device_error", "ring 0 cannot be mapped: Cannot allocate memory", NULL),
	   "device_that_cannot_be_mapped");
	fake_fail_ring_mmap(0);
	end_loaded();
}

static void no_device(void)
{
	char path[128];

	begin_loaded(0440);
	system_remove("/dev");
	doctor("-ojson");
	ok(tells(1, "no_device", "&& sudo mknod -m 0440 "), "device_is_missing");
	ok(tells(1, "/dev/procmon c 10 122 && ", NULL), "its_number_is_told");
	command_free(&command);
	system_put("/dev/procmon", "somebody wrote here before the module was loaded");
	snprintf(path, sizeof(path), "%s/dev/procmon", system_dir);
	chmod(path, 0440);
	ok(finds("no_device", "is not its device", "sudo rm -f "), "file_in_place_of_the_device");
	end_loaded();
}

static void become(const char *groups, const char *caps)
{
	system_put("/proc/self/status",
		   "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\n"
		   "Groups:\t%s \nCapEff:\t%s\n",
		   groups, caps);
}

static void permission(void)
{
	char group[32];

	begin_loaded(0440);
	snprintf(group, sizeof(group), "24 %u", getegid());
	become(group, "0000000000000000");
	ok(is_well("ok  "), "member_of_the_group_may_read");
	become("24", "0000000000000004");
	ok(is_well("ok  "), "so_may_who_has_the_capability");
	system_put("/proc/self/status", "Name:\tx\nUid:\t%u\t0\t0\t0\nCapEff:\t0\n", geteuid());
	ok(is_well("ok  "), "so_may_its_owner");
	system_put("/proc/self/status", "Name:\tx\nUid:\t%u\t0\t0\t0\n", geteuid() + 7);
	ok(finds("not_in_group", "$USER is not in the group", "sudo usermod -aG procmon $USER\""),
	   "user_without_a_name");
	become("24", "0000000000000000");
	ok(finds("not_in_group", "alice is not in the group procmon",
		 "sudo usermod -aG procmon alice\""),
	   "not_in_group");
	system_put("/etc/group", "procmon:x:%u:bob,alice\n", getegid());
	ok(finds("session_older", "after this session began", "newgrp procmon\""), "session_older");
	fchmod(rings.fd, 0400);
	ok(finds("device_mode", "and mode 0400, not group", "sudo udevadm control --reload && "),
	   "device_mode");
	system_remove("/usr/lib/udev");
	ok(finds("device_mode", "there is no udev rule", "sudo chgrp procmon "),
	   "device_mode_without_a_rule");
	system_put("/etc/group", "root:x:0:\n");
	ok(finds("group_missing", "no group procmon", "sudo groupadd -rf procmon && "),
	   "group_missing");
	system_put("/usr/lib/sysusers.d/procmon.conf", "g procmon\n");
	ok(finds("group_missing", "no group procmon", "sudo systemd-sysusers procmon.conf && "),
	   "group_missing_with_sysusers");
	become("24", "000001ffffffffff");
	ok(is_well("note     there is no group procmon"), "root_is_told_in_a_note");
	end_loaded();
}

/* Files larger than any buffer, more than any list, and none where it should be. */
static void sizes(void)
{
	char path[256];
	unsigned int i;

	debian_begin();
	system_put("/proc/cmdline", "%8000s module.sig_enforce=1\n", "");
	system_put(ENFORCE, "Y\n");
	ok(finds("not_signed", "(module.sig_enforce on its command line)", "sudo apt install"),
	   "long_file_is_read_to_its_end");
	system_remove("/sys");
	for (i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/etc/modprobe.d/%03u.conf", i);
		system_put(path, "%s", i == 199 ? "install procmon /bin/false\n" : "# nothing\n");
	}
	ok(finds("forbidden", "/etc/modprobe.d/199.conf says", "sudo sed"),
	   "long_list_is_looked_through_to_its_end");
	system_remove("/etc/modprobe.d");
	snprintf(path, sizeof(path), "%s" MODULES "/modules.dep", system_dir);
	if (truncate(path, 65l << 20))
		bail("truncate");
	ok(finds("not_indexed", "", "sudo depmod"), "file_of_absurd_length_is_as_none");
	system_put(MODULES "/modules.dep", "updates/dkms/procmon.ko:\n");
	system_remove("/etc/os-release");
	system_put("/usr/lib/os-release", "ID=fedora\n");
	system_remove(MODULE);
	system_remove("/var/lib/dkms");
	system_remove(MODULES "/build");
	FINDS("not_installed", "", "sudo dnf install kernel-devel-" RELEASE " procmon-dkms");
}

/* Whatever it says of the machine that the test runs on, and of its module if it has one. */
static void this_machine(void)
{
	COMMAND(&command, "doctor");
	ok(command_said(&command, command.status ? 1 : 0, "") &&
		   form_is_good(FORMAT_SHORT, command.out, command.out_len) && *command.out,
	   "it_looks_at_the_machine_it_runs_on");
	command_free(&command);
}

static void image(void)
{
	debian_begin();
	system_remove("/proc");
	system_make_dir("/lib/modules/6.1.0-57-amd64/kernel");
	doctor("-ojson");
	ok(tells(1,
		 "\"installed\",\"level\":\"ok\",\"cause\":\"the module is installed for Linux " RELEASE,
		 "\"headers_missing\",\"level\":\"problem\""),
	   "each_kernel_of_an_image_is_looked_at");
	command_free(&command);
	system_remove("/lib/modules/6.1.0-57-amd64");
	ok(is_well("ok       the module is installed for Linux " RELEASE "\n"),
	   "image_with_the_module_is_well");
	system_remove(MODULES);
	system_put(MODULES "/modules.builtin", "kernel/drivers/procmon/procmon.ko\n");
	ok(is_well("ok       the module is installed for Linux " RELEASE "\n"),
	   "so_is_one_whose_kernel_has_it_built_in");
	system_remove("/lib/modules");
	FINDS("no_kernel", "there is no kernel in ", NULL);
	COMMAND(&command, "doctor", "--root=/nonexistent");
	ok(command_said(&command, 1, "/nonexistent: No such file"), "missing_root_is_told");
	command_free(&command);
}

/* Commands are copied into a shell: no file of an image may bring in words of its own. */
static void hostile_names(void)
{
	debian_begin();
	system_put(DKMS "/../9;reboot/source/dkms.conf", "\n");
	system_put(MODULES "/extra/$(reboot)/procmon.ko", "\n");
	system_put("/etc/modprobe.d/no;reboot;.conf", "install procmon /bin/false\n");
	ok(finds("forbidden", "/etc/modprobe.d/no;reboot;.conf says", NULL),
	   "file_whose_name_is_a_command_is_told_without_one");
	system_remove("/etc/modprobe.d");
	system_remove(MODULES "/updates");
	ok(finds("not_installed", "", "sudo dkms install --force procmon/1.2 -k " RELEASE "\""),
	   "version_and_module_that_are_commands_are_none");
	system_put("/proc/sys/kernel/osrelease", "6.1;reboot\n");
	system_make_dir("/lib/modules/6.1;reboot/kernel");
	system_put_module(MODULE, &debian_module);
	ok(is_well("ok       the module is installed for Linux " RELEASE "\n"),
	   "kernel_that_is_a_command_is_none");
	system_end();
	begin_loaded(0440);
	become("24", "0000000000000000");
	system_put("/etc/passwd", "alice;reboot:x:1000:1000::/:/bin/sh\n");
	ok(finds("not_in_group", "$USER is not in", "sudo usermod -aG procmon $USER\""),
	   "user_who_is_a_command_is_not_named");
	system_remove("/dev");
	system_put("/sys/class/misc/procmon/dev", "10:122;reboot\n");
	ok(finds("no_device", "", NULL), "number_that_is_a_command_is_not_told");
	end_loaded();
}

int main(void)
{
	tap_theme("doctor");
	text_init();
	not_loaded();
	no_module();
	distributions();
	another_kernel();
	config();
	modprobe();
	unsigned_module();
	key();
	long_name();
	opaque_module();
	damaged_modules();
	container();
	loaded();
	other_abi();
	failing_device();
	no_device();
	permission();
	image();
	hostile_names();
	sizes();
	this_machine();
	return tap_done();
}
