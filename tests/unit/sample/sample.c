/* SPDX-License-Identifier: MIT */
/* A program of somebody else, in C and in C++: says what it was linked with, and reads nothing. */
#include <procmon.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	struct procmon *pm;
	struct procmon_event ev;
	const struct procmon_field *field = procmon_field_by_name(PROCMON_EXEC, "exe");
	int err = procmon_open(&pm, "/nonexistent/procmon", PROCMON_HISTORY);

	memset(&ev, 0, sizeof(ev));
	ev.head.type = PROCMON_EXEC;
	if (!err || !strstr(procmon_error(NULL), "modprobe") || procmon_string(&ev, "exe", NULL))
		return 1;
	printf("%s: %s\n", field->name, procmon_error(NULL));
	return 0;
}
