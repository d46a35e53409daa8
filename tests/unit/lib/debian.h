/* SPDX-License-Identifier: MIT */
/* debian.h - a made-up Debian host, with the module installed by DKMS and not loaded */
#ifndef UNIT_DEBIAN_H
#define UNIT_DEBIAN_H

#include "system.h"

#define DEBIAN_RELEASE "6.1.0-56-amd64"
#define DEBIAN_MODULES "/lib/modules/" DEBIAN_RELEASE
#define DEBIAN_MODULE DEBIAN_MODULES "/updates/dkms/procmon.ko"
#define DEBIAN_DKMS "/var/lib/dkms/procmon/1.2"

extern const struct system_module debian_module; /* what it has installed */

/* Makes it; system_end() ends it. */
void debian_begin(void);

#endif
