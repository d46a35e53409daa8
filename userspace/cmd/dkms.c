// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "dkms.h"

#include <string.h>

#define DKMS_PACKAGE "/usr/lib/procmon-dkms/modules" /* what the package procmon-dkms builds with */
#define DKMS_TREE "/var/lib/dkms/procmon"

/* What compilers, make and modpost say, the telling ones first. */
static const char *const dkms_errors[] = { "error:", "ERROR:", ": not found", "*** ", "Error " };

static const char *dkms_first_error(struct host *host, const char *log)
{
	const char *at = NULL, *start;
	size_t i;

	for (i = 0; i < sizeof(dkms_errors) / sizeof(dkms_errors[0]) && !at; i++)
		at = strstr(log, dkms_errors[i]);
	if (!at)
		return NULL;
	start = memrchr(log, '\n', (size_t)(at - log));
	start = start ? start + 1 : log;
	return host_text(host, "%.*s", (int)strcspn(start, "\n"), start);
}

/* Takes a log of a failed build, if it is of this kernel: its first line names it. */
static void dkms_look_at_log(struct host *host, const char *release, const char *path,
			     struct dkms *dkms)
{
	const char *log = host_read(host, NULL, "%s", path);
	const char *head = log ? host_text(host, "%.*s ", (int)strcspn(log, "\n"), log) : NULL;

	if (!head || !strstr(head, host_text(host, " %s ", release)))
		return;
	dkms->state = DKMS_FAILED;
	dkms->log = host_text(host, "%s%s", host->root, path);
	dkms->error = dkms_first_error(host, log);
}

/* DKMS keeps the log of its last failure in build/, procmon-dkms those of all kernels. */
static void dkms_look_for_log(struct host *host, const char *release, struct dkms *dkms)
{
	const char *path = host_text(host, DKMS_TREE "/%s/build/make.log", dkms->version);

	dkms_look_at_log(host, release, path, dkms);
	path = host_text(host, "/var/log/procmon-dkms/%s.log", release);
	dkms_look_at_log(host, release, path, dkms);
}

void dkms_look(struct host *host, const char *release, struct dkms *dkms)
{
	char **name;

	*dkms = (struct dkms){ 0 };
	for (name = host_list(host, DKMS_TREE); *name; name++)
		if (host_is_plain(*name) && host_exists(host, DKMS_TREE "/%s/source", *name)) {
			dkms->state = DKMS_ADDED;
			dkms->version = *name;
		}
	if (!dkms->version)
		return;
	if (*host_list(host, DKMS_TREE "/%s/%s", dkms->version, release))
		dkms->state = DKMS_BUILT;
	else
		dkms_look_for_log(host, release, dkms);
}

const char *dkms_build(struct host *host, const struct dkms *dkms, const char *release)
{
	if (host_exists(host, DKMS_PACKAGE))
		return host_text(host, "sudo " DKMS_PACKAGE " install %s", release);
	return host_text(host, "sudo dkms install procmon/%s -k %s", dkms->version, release);
}
