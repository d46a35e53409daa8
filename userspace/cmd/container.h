/* SPDX-License-Identifier: MIT */
/* container.h - whether we are in a container, which shares its host's kernel and modules */
#ifndef CMD_CONTAINER_H
#define CMD_CONTAINER_H

#include "host.h"

/* The kind of container, NULL when we are in none. */
const char *container_find(struct host *host);
/* The command, for the host, that passes the device in. */
const char *container_pass(const char *kind);

#endif
