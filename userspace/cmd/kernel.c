// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "kernel.h"

#include <string.h>

#include "distro.h"
#include "dkms.h"
#include "module.h"
#include "trust.h"

/**
 * struct kernel - a kernel, and what has been found of the module for it
 * @level: of what stands in the way
 * @config: its configuration, NULL when it is not to be found
 */
struct kernel {
	struct host *host;
	struct findings *findings;
	enum finding_level level;
	const char *release;
	const char *config;
	const struct distro *distro;
	struct dkms dkms;
	struct module module;
};

#define KERNEL_FINDING(kernel, name, command, ...)                                                 \
	finding((kernel)->findings, (kernel)->level, name, command, __VA_ARGS__)

/* /proc/config.gz is compressed: we cannot read it. */
static const char *kernel_read_config(struct host *host, const char *release)
{
	const char *config = host_read(host, NULL, "/boot/config-%s", release);

	if (!config)
		config = host_read(host, NULL, "/lib/modules/%s/config", release);
	if (!config)
		config = host_read(host, NULL, "/lib/modules/%s/build/.config", release);
	return config;
}

/* The options that kmod/Kconfig depends on. */
static bool kernel_is_unable(struct kernel *kernel)
{
	static const char *const needed[] = {
		"CONFIG_64BIT",
		"CONFIG_MODULES",
		"CONFIG_TRACEPOINTS",
		"CONFIG_CGROUPS",
	};
	const char *value;
	size_t i;

	for (i = 0; kernel->config && i < sizeof(needed) / sizeof(needed[0]); i++) {
		value = host_value(kernel->host, kernel->config, needed[i]);
		if (value && *value == 'y')
			continue;
		KERNEL_FINDING(kernel, "kernel_config", NULL,
			       "Linux %s was built without %s, which the module needs: boot "
			       "another kernel",
			       kernel->release, needed[i]);
		return true;
	}
	return false;
}

/* After an update some distributions remove the modules of the kernel that still runs. */
static bool kernel_is_gone(struct kernel *kernel)
{
	if (host_exists(kernel->host, "/lib/modules/%s", kernel->release))
		return false;
	if (*kernel_list(kernel->host))
		KERNEL_FINDING(kernel, "kernel_removed", "sudo reboot",
			       "the modules of the running Linux %s have been removed, as those of "
			       "another kernel were installed",
			       kernel->release);
	else
		KERNEL_FINDING(kernel, "no_modules", NULL,
			       "there are no modules of Linux %s in /lib/modules: install the rest "
			       "of the kernel's packages",
			       kernel->release);
	return true;
}

static bool kernel_is_sealed(struct kernel *kernel)
{
	const char *text = host_read(kernel->host, NULL, "/proc/sys/kernel/modules_disabled");

	if (!text || *text != '1')
		return false;
	KERNEL_FINDING(kernel, "modules_disabled", "sudo reboot",
		       "kernel.modules_disabled is set: no module can be loaded before the next "
		       "boot; let procmon be loaded before it is set (/etc/modules-load.d)");
	return true;
}

/* The command that builds it from its sources, where there are no packages. */
static const char *kernel_make(struct kernel *kernel, const char *headers)
{
	const char *install = distro_install(kernel->host, kernel->distro, headers);

	return host_text(kernel->host, "%s%smake KVER=%s && sudo make install KVER=%s",
			 install ? install : "", install ? " && " : "", kernel->release,
			 kernel->release);
}

static void kernel_tell_not_installed(struct kernel *kernel, const char *headers)
{
	const char *packages = host_text(kernel->host, "%s%sprocmon-dkms", headers ? headers : "",
					 headers ? " " : "");

	if (distro_has_procmon(kernel->distro))
		KERNEL_FINDING(kernel, "not_installed",
			       distro_install(kernel->host, kernel->distro, packages),
			       "there is no module for Linux %s: the package procmon-dkms is not "
			       "installed",
			       kernel->release);
	else
		KERNEL_FINDING(kernel, "not_installed", kernel_make(kernel, headers),
			       "there is no module for Linux %s; in the directory of procmon's "
			       "sources:",
			       kernel->release);
}

static void kernel_tell_no_headers(struct kernel *kernel, const char *headers)
{
	const char *install = distro_install(kernel->host, kernel->distro, headers);

	if (install)
		install = host_text(kernel->host, "%s && %s", install,
				    dkms_build(kernel->host, &kernel->dkms, kernel->release));
	KERNEL_FINDING(kernel, "headers_missing", install,
		       "DKMS cannot build the module for Linux %s: the kernel's headers (%s) are "
		       "not installed",
		       kernel->release, headers ? headers : "its package for building modules");
}

static void kernel_tell_build_failed(struct kernel *kernel)
{
	const struct dkms *dkms = &kernel->dkms;

	KERNEL_FINDING(kernel, "build_failed",
		       distro_install(kernel->host, kernel->distro, "procmon-dkms"),
		       "DKMS could not build procmon %s for Linux %s, a newer version may: %s (%s)",
		       dkms->version, kernel->release,
		       dkms->error ? dkms->error : "its log names no error", dkms->log);
}

static const char *kernel_dkms_install(struct kernel *kernel)
{
	return host_text(kernel->host, "sudo dkms install --force procmon/%s -k %s",
			 kernel->dkms.version, kernel->release);
}

static void kernel_tell_missing(struct kernel *kernel)
{
	bool built = host_exists(kernel->host, "/lib/modules/%s/build/Makefile", kernel->release);
	const char *headers = built ? NULL :
				      distro_headers(kernel->host, kernel->distro, kernel->release);

	if (kernel->dkms.state == DKMS_NONE)
		kernel_tell_not_installed(kernel, headers);
	else if (kernel->dkms.state == DKMS_BUILT)
		KERNEL_FINDING(kernel, "not_installed", kernel_dkms_install(kernel),
			       "DKMS has built the module for Linux %s, but it is not installed",
			       kernel->release);
	else if (!built)
		kernel_tell_no_headers(kernel, headers);
	else if (kernel->dkms.state == DKMS_FAILED)
		kernel_tell_build_failed(kernel);
	else
		KERNEL_FINDING(kernel, "not_built",
			       dkms_build(kernel->host, &kernel->dkms, kernel->release),
			       "DKMS has not built the module for Linux %s", kernel->release);
}

/* The command that builds the module anew. */
static const char *kernel_rebuild(struct kernel *kernel)
{
	const char *version = kernel->dkms.version, *release = kernel->release;

	if (!version)
		return host_text(kernel->host, "make clean && %s", kernel_make(kernel, NULL));
	return host_text(kernel->host, "sudo dkms build --force procmon/%s -k %s && %s", version,
			 release, kernel_dkms_install(kernel));
}

/* Modules in weak-updates are of another kernel, and known to fit. */
static bool kernel_is_another(struct kernel *kernel)
{
	const struct module *module = &kernel->module;

	if (!module->release || !strcmp(module->release, kernel->release) ||
	    strstr(module->path, "/weak-updates/"))
		return false;
	KERNEL_FINDING(kernel, "other_kernel", kernel_rebuild(kernel),
		       "%s was built for Linux %s, this is %s", module->path, module->release,
		       kernel->release);
	return true;
}

static bool kernel_does_not_list(struct kernel *kernel)
{
	const char *list =
		host_read(kernel->host, NULL, "/lib/modules/%s/modules.dep", kernel->release);

	if (list && strstr(list, "/procmon.ko"))
		return false;
	KERNEL_FINDING(kernel, "not_indexed",
		       host_text(kernel->host, "sudo depmod %s", kernel->release),
		       "modprobe does not know %s: the list of modules is older",
		       kernel->module.path);
	return true;
}

/* Files of modprobe.d can say what is done instead of loading it. */
static bool kernel_is_told_not_to(struct kernel *kernel)
{
	static const char *const dirs[] = { "/etc/modprobe.d", "/run/modprobe.d",
					    "/usr/lib/modprobe.d", "/lib/modprobe.d" };
	const char *path;
	char **name;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		for (name = host_list(kernel->host, "%s", dirs[i]); *name; name++) {
			path = host_text(kernel->host, "%s/%s", dirs[i], *name);
			if (!host_has_line(host_read(kernel->host, NULL, "%s", path), "install",
					   "procmon"))
				continue;
			KERNEL_FINDING(kernel, "forbidden",
				       !host_is_plain(path) ?
					       NULL :
					       host_text(kernel->host,
							 "sudo sed -i '/install.*procmon/d' %s",
							 path),
				       "%s says that modprobe must not load it", path);
			return true;
		}
	}
	return false;
}

/* How an unsigned module gets its signature: DKMS signs what it builds, if it has openssl. */
static const char *kernel_sign(struct kernel *kernel)
{
	const char *packages = kernel->dkms.version ? "openssl" : "procmon-dkms openssl";
	const char *install = distro_install(kernel->host, kernel->distro, packages);

	if (host_exists(kernel->host, "/var/lib/dkms/mok.key"))
		return host_text(kernel->host,
				 "sudo /lib/modules/%s/build/scripts/sign-file sha256 "
				 "/var/lib/dkms/mok.key /var/lib/dkms/mok.pub %s",
				 kernel->release, kernel->module.path);
	if (!install || !kernel->dkms.version)
		return install;
	return host_text(kernel->host, "%s && %s", install, kernel_rebuild(kernel));
}

static void kernel_tell_unknown_key(struct kernel *kernel, const struct trust *trust,
				    const char *cert)
{
	const char *signer = kernel->module.signer ? kernel->module.signer : "this machine's key";

	if (trust->efi)
		KERNEL_FINDING(kernel, "key_not_enrolled",
			       host_text(kernel->host, "sudo mokutil --import %s && sudo reboot",
					 cert),
			       "Linux %s takes only modules signed by a key that it knows (%s); %s "
			       "is signed by '%s', not enrolled yet (the reboot asks: Enroll MOK)",
			       kernel->release, trust->why, kernel->module.path, signer);
	else
		KERNEL_FINDING(kernel, "key_not_enrolled", NULL,
			       "Linux %s takes only modules signed by a key that it knows (%s); %s "
			       "is signed by '%s', and without UEFI no key can be enrolled: boot "
			       "without that demand, or a kernel with the key %s built in",
			       kernel->release, trust->why, kernel->module.path, signer, cert);
}

static bool kernel_distrusts_key(struct kernel *kernel, const struct trust *trust)
{
	const struct module *module = &kernel->module;
	const char *cert;

	switch (trust_look_for_key(kernel->host, module, &cert)) {
	case TRUST_KEY_FOREIGN:
		kernel_tell_unknown_key(kernel, trust, cert);
		return true;
	case TRUST_KEY_NONE:
		KERNEL_FINDING(
			kernel, "key_unknown", kernel_sign(kernel),
			"Linux %s takes only modules signed by a key that it knows (%s), and "
			"'%s', who signed %s, is none of them",
			kernel->release, trust->why, module->signer, module->path);
		return true;
	case TRUST_KEY_WAITING:
		KERNEL_FINDING(kernel, "key_waiting", "sudo reboot",
			       "the key that the module is signed by is enrolled by the next boot: "
			       "choose Enroll MOK there");
		return true;
	case TRUST_KEY_IGNORED:
		KERNEL_FINDING(
			kernel, "key_ignored", "sudo mokutil --enable-validation",
			"the firmware has the key that %s is signed by, but Linux %s has not "
			"taken it over, as it does with Secure Boot",
			module->path, kernel->release);
		return true;
	case TRUST_KEY_UNTOLD:
	case TRUST_KEY_GOOD:
		break;
	}
	return false;
}

static bool kernel_distrusts(struct kernel *kernel)
{
	const struct module *module = &kernel->module;
	struct trust trust;

	trust_look(kernel->host, kernel->config, &trust);
	if (!trust.why)
		return false;
	if (module->is_signed || module->opaque)
		return kernel_distrusts_key(kernel, &trust);
	KERNEL_FINDING(kernel, "not_signed", kernel_sign(kernel),
		       "Linux %s takes only signed modules (%s), and %s is not signed",
		       kernel->release, trust.why, module->path);
	return true;
}

/* Is the module part of the kernel itself (CONFIG_PROCMON=y)? */
static bool kernel_has_built_in(struct host *host, const char *release)
{
	const char *list = host_read(host, NULL, "/lib/modules/%s/modules.builtin", release);

	return list && strstr(list, "/procmon.ko");
}

bool kernel_look(struct host *host, struct findings *findings, const char *release,
		 enum finding_level level, bool running)
{
	struct kernel kernel = {
		.host = host,
		.findings = findings,
		.level = level,
		.release = release,
		.config = kernel_read_config(host, release),
		.distro = distro_find(host),
	};
	bool bad;

	if (kernel_has_built_in(host, release))
		return true;
	dkms_look(host, release, &kernel.dkms);
	if (kernel_is_unable(&kernel) || (running && kernel_is_gone(&kernel)))
		return false;
	if (!module_find(host, release, &kernel.module)) {
		kernel_tell_missing(&kernel);
		return false;
	}
	bad = kernel_is_another(&kernel) || kernel_does_not_list(&kernel);
	bad |= kernel_is_told_not_to(&kernel);
	if (running)
		bad |= kernel_is_sealed(&kernel) || kernel_distrusts(&kernel);
	return !bad;
}

char **kernel_list(struct host *host)
{
	char **names = host_list(host, "/lib/modules"), **from, **to = names;

	for (from = names; *from; from++)
		if (host_is_plain(*from) &&
		    (host_exists(host, "/lib/modules/%s/kernel", *from) ||
		     host_exists(host, "/lib/modules/%s/modules.builtin", *from)))
			*to++ = *from;
	*to = NULL;
	return names;
}
