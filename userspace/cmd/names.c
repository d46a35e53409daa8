// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "names.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_CACHE 256

static bool names_numbers;
static char *names_file; /* instead of the name service */
static struct {
	bool known;
	uint32_t uid;
	char *name;
} names_cache[NAMES_CACHE];

static struct passwd *names_find_in(const char *path, const char *name, uint32_t uid)
{
	FILE *file = fopen(path, "re");
	struct passwd *pw = NULL;

	while (file && (pw = fgetpwent(file)))
		if (name ? !strcmp(pw->pw_name, name) : pw->pw_uid == uid)
			break;
	if (file)
		fclose(file);
	return pw;
}

/* A static program has no name service: it reads the file itself; so does one that looks elsewhere. */
static struct passwd *names_find(const char *name, uint32_t uid)
{
	if (names_file)
		return names_find_in(names_file, name, uid);
#ifdef PROCMON_STATIC
	return names_find_in("/etc/passwd", name, uid);
#else
	return name ? getpwnam(name) : getpwuid(uid);
#endif
}

void names_use_root(const char *root)
{
	if (asprintf(&names_file, "%s/etc/passwd", root) < 0)
		names_file = NULL;
}

const char *names_home(uint32_t uid)
{
	struct passwd *pw = names_find(NULL, uid);

	return pw && pw->pw_dir && pw->pw_dir[0] == '/' ? pw->pw_dir : NULL;
}

void names_use_numbers(void)
{
	names_numbers = true;
}

const char *names_user(uint32_t uid)
{
	unsigned int slot = uid % NAMES_CACHE;
	struct passwd *pw;

	if (names_numbers)
		return NULL;
	if (!names_cache[slot].known || names_cache[slot].uid != uid) {
		free(names_cache[slot].name);
		pw = names_find(NULL, uid);
		names_cache[slot].name = pw ? strdup(pw->pw_name) : NULL;
		names_cache[slot].uid = uid;
		names_cache[slot].known = true;
	}
	return names_cache[slot].name;
}

bool names_uid(const char *text, uint32_t *uid)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	struct passwd *pw;

	if (*text >= '0' && *text <= '9' && !*end && number <= UINT32_MAX) {
		*uid = (uint32_t)number;
		return true;
	}
	pw = names_find(text, 0);
	if (!pw)
		return false;
	*uid = pw->pw_uid;
	return true;
}

const char *names_signal(unsigned int signal)
{
	return sigabbrev_np((int)signal);
}

const char *names_errno(int err)
{
	return strerrorname_np(err);
}
