/* SPDX-License-Identifier: MIT */
/* distro.h - how a distribution names its packages and installs them */
#ifndef CMD_DISTRO_H
#define CMD_DISTRO_H

#include <stdbool.h>

#include "host.h"

struct distro;

/* By /etc/os-release; an unknown one gets words instead of commands. */
const struct distro *distro_find(struct host *host);
/* The package of headers of a kernel. */
const char *distro_headers(struct host *host, const struct distro *distro, const char *release);
/* Are there packages of procmon for it? */
bool distro_has_procmon(const struct distro *distro);
/* The command that installs packages, NULL where it is not known. */
const char *distro_install(struct host *host, const struct distro *distro, const char *packages);

#endif
