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

/* The string @name, NULL unless it is there as a whole. */
static const char *script_part(const struct procmon_event *ev, const char *name, size_t *len)
{
	struct procmon_value value;

	procmon_get(ev, procmon_field_by_name(PROCMON_EXEC, name), &value);
	*len = value.len;
	return value.flags & (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE) ? NULL : value.str;
}

ssize_t procmon_script(const struct procmon_event *ev, char *buf, size_t size)
{
	size_t len, dir_len, slash;
	const char *dir, *name;

	if (ev->head.type != PROCMON_EXEC || !(ev->head.flags & PROCMON_F_SCRIPT))
		return 0;
	dir_len = 0;
	dir = "";
	name = script_part(ev, "script", &len);
	if (!name) {
		name = script_part(ev, "filename", &len);
		if (!name || !len || ev->head.flags & PROCMON_F_BY_FD)
			return -ENODATA;
		if (*name != '/') {
			dir = script_part(ev, "cwd", &dir_len);
			if (!dir)
				return -ENODATA;
			if (dir_len == 1)
				dir_len = 0; /* "/" */
			name = script_climb(name, dir, &dir_len);
			len = strlen(name);
		}
	}
	slash = *name != '/';
	if (dir_len + slash + len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, dir, dir_len);
	memcpy(buf + dir_len, "/", slash);
	memcpy(buf + dir_len + slash, name, len + 1);
	return (ssize_t)(dir_len + slash + len);
}
