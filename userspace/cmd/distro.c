// SPDX-License-Identifier: MIT
#include "distro.h"

#include <ctype.h>
#include <string.h>

/* The part of a package's name that tells the kernel. */
enum distro_kernel {
	KERNEL_RELEASE, /* as uname -r */
	KERNEL_FLAVOUR, /* the last word of it */
	KERNEL_FLAVOUR_DASH, /* the same and a dash; nothing for the ordinary kernel */
};

static const struct distro {
	const char *ids; /* ID or ID_LIKE of os-release */
	const char *install;
	const char *headers; /* @ stands for the kernel */
	enum distro_kernel kernel;
	bool has_procmon;
} distros[] = {
	{ " debian ubuntu ", "sudo apt install", "linux-headers-@", KERNEL_RELEASE, true },
	{ " fedora rhel centos ", "sudo dnf install", "kernel-devel-@", KERNEL_RELEASE, true },
	{ " suse opensuse sles ", "sudo zypper install", "kernel-@-devel", KERNEL_FLAVOUR, false },
	{ " arch ", "sudo pacman -S", "linux-@headers", KERNEL_FLAVOUR_DASH, false },
	{ " alpine ", "sudo apk add", "linux-@-dev", KERNEL_FLAVOUR, false },
	{ "", NULL, "", KERNEL_RELEASE, false },
};

#define DISTROS (sizeof(distros) / sizeof(distros[0]))

static const struct distro *distro_by_id(struct host *host, const char *id, size_t len)
{
	const char *word = host_text(host, " %.*s ", (int)len, id);
	size_t i;

	for (i = 0; len && i < DISTROS - 1; i++)
		if (strstr(distros[i].ids, word))
			return &distros[i];
	return NULL;
}

const struct distro *distro_find(struct host *host)
{
	const char *text = host_read(host, NULL, "/etc/os-release");
	const char *id, *like, *words;
	const struct distro *distro = NULL;
	size_t len;

	if (!text)
		text = host_read(host, NULL, "/usr/lib/os-release");
	id = host_value(host, text, "ID");
	like = host_value(host, text, "ID_LIKE");
	words = host_text(host, "%s %s", id ? id : "", like ? like : "");
	for (; *words && !distro; words += len) {
		words += strspn(words, " ");
		len = strcspn(words, " ");
		distro = distro_by_id(host, words, len);
	}
	return distro ? distro : &distros[DISTROS - 1];
}

/* "6.6.30-0-lts": lts; NULL when the last word is a number. */
static const char *distro_flavour(const char *release)
{
	const char *dash = strrchr(release, '-');

	return dash && isalpha((unsigned char)dash[1]) ? dash + 1 : NULL;
}

/* Arch's ordinary kernel is 6.9.1-arch1-1, its others end in their name. */
static const char *distro_kernel(struct host *host, const struct distro *distro,
				 const char *release)
{
	const char *flavour = distro_flavour(release);

	switch (distro->kernel) {
	case KERNEL_FLAVOUR:
		return flavour ? flavour : "default";
	case KERNEL_FLAVOUR_DASH:
		return flavour ? host_text(host, "%s-", flavour) : "";
	case KERNEL_RELEASE:
		break;
	}
	return release;
}

const char *distro_headers(struct host *host, const struct distro *distro, const char *release)
{
	const char *at = strchr(distro->headers, '@');

	if (!at)
		return NULL;
	return host_text(host, "%.*s%s%s", (int)(at - distro->headers), distro->headers,
			 distro_kernel(host, distro, release), at + 1);
}

bool distro_has_procmon(const struct distro *distro)
{
	return distro->has_procmon;
}

const char *distro_install(struct host *host, const struct distro *distro, const char *packages)
{
	if (!distro->install || !packages)
		return NULL;
	return host_text(host, "%s %s", distro->install, packages);
}
