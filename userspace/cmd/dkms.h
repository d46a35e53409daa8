/* SPDX-License-Identifier: MIT */
/* dkms.h - how far DKMS has come with the module for a kernel */
#ifndef CMD_DKMS_H
#define CMD_DKMS_H

#include "host.h"

enum dkms_state {
	DKMS_NONE, /* does not know the module */
	DKMS_ADDED, /* has its sources */
	DKMS_FAILED, /* could not build it */
	DKMS_BUILT, /* has built it */
};

/**
 * struct dkms - the module in DKMS
 * @state: for the kernel asked for
 * @version: of the sources, the newest
 * @log: of the build that failed
 * @error: the log's first error, NULL when none is to be seen
 */
struct dkms {
	enum dkms_state state;
	const char *version;
	const char *log;
	const char *error;
};

void dkms_look(struct host *host, const char *release, struct dkms *dkms);
/* The command that builds the module for a kernel that has none. */
const char *dkms_build(struct host *host, const struct dkms *dkms, const char *release);

#endif
