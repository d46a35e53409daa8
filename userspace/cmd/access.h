/* SPDX-License-Identifier: MIT */
/* access.h - whether we may read the device, and what would have to change */
#ifndef CMD_ACCESS_H
#define CMD_ACCESS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "finding.h"
#include "host.h"

/* Tells what is wrong with owner and mode of the device, or with us.  Return: we may read it. */
bool access_look(struct host *host, struct findings *findings, const struct stat *device);

#endif
