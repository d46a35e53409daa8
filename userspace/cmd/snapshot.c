// SPDX-License-Identifier: MIT
#include "snapshot.h"

#include <limits.h>
#include <stdio.h>

#include "commands.h"

int snapshot_begin(struct procmon *pm, const struct options *options)
{
	char proc[PATH_MAX];
	int r;

	snprintf(proc, sizeof(proc), "%s/proc", options->root ? options->root : "");
	r = procmon_snapshot(pm, proc);
	if (r > 0)
		note(options,
		     "%s hides the processes of others (hidepid=): those that run already are not "
		     "told",
		     proc);
	return r < 0 ? r : 0;
}
