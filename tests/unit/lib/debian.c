// SPDX-License-Identifier: MIT
#include "debian.h"

#include <unistd.h>

const struct system_module debian_module = { DEBIAN_RELEASE, PROCMON_VERSION, NULL, NULL };

void debian_begin(void)
{
	system_begin();
	system_put("/etc/os-release", "NAME=\"Debian\"\nID=debian\n");
	system_put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n");
	system_put("/etc/group", "root:x:0:\nprocmon:x:%u:bob\n", getegid());
	system_put("/etc/modules-load.d/procmon.conf", "# at boot\nprocmon\n");
	system_put("/proc/sys/kernel/osrelease", DEBIAN_RELEASE "\n");
	system_put("/proc/self/uid_map", "         0          0 4294967295\n");
	system_put("/proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
					"Groups:\t0 \nCapEff:\t000001ffffffffff\n");
	system_put("/proc/cmdline", "quiet\n");
	system_put("/boot/config-" DEBIAN_RELEASE,
		   "CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_TRACEPOINTS=y\nCONFIG_CGROUPS=y\n");
	system_make_dir(DEBIAN_MODULES "/kernel");
	system_put("/usr/src/linux-headers-" DEBIAN_RELEASE "/Makefile", "all:\n");
	system_link(DEBIAN_MODULES "/build", "/usr/src/linux-headers-" DEBIAN_RELEASE);
	system_put(DEBIAN_MODULES "/modules.dep", "updates/dkms/procmon.ko:\n");
	system_put(DEBIAN_DKMS "/source/dkms.conf", "\n");
	system_put(DEBIAN_DKMS "/" DEBIAN_RELEASE "/x86_64/module/procmon.ko", "\n");
	system_put_module(DEBIAN_MODULE, &debian_module);
}
