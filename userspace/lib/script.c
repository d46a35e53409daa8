// SPDX-License-Identifier: MIT
/* The path of a script, from what the kernel could tell. */
#include "procmon.h"

#include <errno.h>
#include <string.h>

/* Takes a leading "./" off @name, and for a leading "../" the last part off @dir. */
static const char *script_climb(const char *name, const char *dir, size_t *dir_len)
{
	for (;;) {
		while (*name == '/')
			name++;
		if (!strncmp(name, "./", 2)) {
			name += 2;
		} else if (!strncmp(name, "../", 3)) {
			name += 3;
			while (*dir_len && dir[--*dir_len] != '/')
				;
		} else {
			return name;
		}
	}
}

ssize_t procmon_script(const struct procmon_event *ev, char *buf, size_t size)
{
	size_t len, dir_len;
	const char *dir, *name;

	if (ev->head.type != PROCMON_EXEC || !(ev->head.flags & PROCMON_F_SCRIPT))
		return 0;
	dir_len = 0;
	dir = "";
	name = procmon_string(ev, "script", &len);
	if (!name) {
		name = procmon_string(ev, "filename", &len);
		if (!name || !len || ev->head.flags & PROCMON_F_BY_FD)
			return -ENODATA;
		if (*name != '/') {
			dir = procmon_string(ev, "cwd", &dir_len);
			if (!dir)
				return -ENODATA;
			if (dir_len == 1)
				dir_len = 0; /* "/" */
			name = script_climb(name, dir, &dir_len);
			len = strlen(name);
		}
	}
	if (dir_len + 1 + len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, dir, dir_len);
	if (*name != '/')
		buf[dir_len++] = '/';
	memcpy(buf + dir_len, name, len);
	buf[dir_len + len] = '\0';
	return (ssize_t)(dir_len + len);
}
