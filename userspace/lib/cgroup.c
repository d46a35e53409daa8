// SPDX-License-Identifier: MIT
/*
 * The names of cgroups: those that are there when a reader starts, and what the stream tells of since.
 * A name outlives its cgroup for a while: events about it may still come.
 */
#define _GNU_SOURCE
#include "reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CGROUPS_BUCKETS 4096
#define CGROUPS_MAX 131072 /* names kept; beyond it the oldest is forgotten */
#define CGROUPS_GONE 8192 /* of them, names of cgroups that have been removed */
#define CGROUPS_DEPTH 64 /* directories below each other that are looked into */
#define CGROUPS_CONTROLLERS 128 /* room for the names of the controllers of one hierarchy */
#define CGROUPS_ROOT_ID 1 /* of the root of every hierarchy: cgroup_setup_root() */

/**
 * struct cgroup - a cgroup and its path
 * @older, @newer: in the list of the living or of the gone, by arrival
 */
struct cgroup {
	uint64_t id;
	struct cgroup *next; /* in its bucket */
	struct cgroup *older, *newer;
	bool gone;
	size_t len;
	char path[];
};

struct cgroups_list {
	struct cgroup *oldest, *newest;
	size_t count;
};

/**
 * struct cgroups - the names of the cgroups of one hierarchy
 * @hierarchy: its ID, as the module tells it
 */
struct cgroups {
	uint32_t hierarchy;
	struct cgroup *table[CGROUPS_BUCKETS];
	struct cgroups_list living, gone;
};

static struct cgroup **cgroups_slot(struct cgroups *cgroups, uint64_t id)
{
	struct cgroup **slot = &cgroups->table[(id * 0x9e3779b97f4a7c15ull) >> 52];

	while (*slot && (*slot)->id != id)
		slot = &(*slot)->next;
	return slot;
}

static struct cgroups_list *cgroups_list_of(struct cgroups *cgroups, const struct cgroup *cgroup)
{
	return cgroup->gone ? &cgroups->gone : &cgroups->living;
}

static void cgroups_link(struct cgroups *cgroups, struct cgroup *cgroup)
{
	struct cgroups_list *list = cgroups_list_of(cgroups, cgroup);

	cgroup->newer = NULL;
	cgroup->older = list->newest;
	if (list->newest)
		list->newest->newer = cgroup;
	else
		list->oldest = cgroup;
	list->newest = cgroup;
	list->count++;
}

static void cgroups_unlink(struct cgroups *cgroups, struct cgroup *cgroup)
{
	struct cgroups_list *list = cgroups_list_of(cgroups, cgroup);

	*(cgroup->older ? &cgroup->older->newer : &list->oldest) = cgroup->newer;
	*(cgroup->newer ? &cgroup->newer->older : &list->newest) = cgroup->older;
	list->count--;
}

static void cgroups_drop(struct cgroups *cgroups, struct cgroup *cgroup)
{
	*cgroups_slot(cgroups, cgroup->id) = cgroup->next;
	cgroups_unlink(cgroups, cgroup);
	free(cgroup);
}

/* Makes room for one more. */
static void cgroups_trim(struct cgroups *cgroups)
{
	while (cgroups->gone.count >= CGROUPS_GONE)
		cgroups_drop(cgroups, cgroups->gone.oldest);
	while (cgroups->living.count + cgroups->gone.count >= CGROUPS_MAX)
		cgroups_drop(cgroups,
			     cgroups->gone.oldest ? cgroups->gone.oldest : cgroups->living.oldest);
}

/* Without memory a name stays unknown.  An ID is never used again: what is gone stays so. */
static void cgroups_set(struct cgroups *cgroups, uint64_t id, const char *path, size_t len,
			bool gone)
{
	struct cgroup **slot = cgroups_slot(cgroups, id);
	struct cgroup *cgroup = *slot;

	gone |= cgroup && cgroup->gone;
	if (cgroup && cgroup->gone == gone && cgroup->len == len &&
	    !memcmp(cgroup->path, path, len))
		return;
	if (cgroup)
		cgroups_drop(cgroups, cgroup);
	cgroups_trim(cgroups);
	cgroup = malloc(sizeof(*cgroup) + len + 1);
	if (!cgroup)
		return;
	cgroup->id = id;
	cgroup->gone = gone;
	cgroup->len = len;
	memcpy(cgroup->path, path, len);
	cgroup->path[len] = '\0';
	slot = cgroups_slot(cgroups, id);
	cgroup->next = *slot;
	*slot = cgroup;
	cgroups_link(cgroups, cgroup);
}

static void cgroups_drop_all(struct cgroups *cgroups, const struct cgroups_list *list)
{
	struct cgroup *cgroup, *newer;

	for (cgroup = list->oldest; cgroup; cgroup = newer) {
		newer = cgroup->newer;
		cgroups_drop(cgroups, cgroup);
	}
}

static void cgroups_clear(struct cgroups *cgroups)
{
	cgroups_drop_all(cgroups, &cgroups->living);
	cgroups_drop_all(cgroups, &cgroups->gone);
}

/* Names are of this hierarchy from now on. */
static void cgroups_begin(struct cgroups *cgroups, uint32_t hierarchy)
{
	cgroups_clear(cgroups);
	cgroups->hierarchy = hierarchy;
	cgroups_set(cgroups, CGROUPS_ROOT_ID, "/", 1, false);
}

/* Takes in a cgroup event: only what its path, whole and of the hierarchy of cgroup_id, tells. */
void cgroups_note(struct procmon *pm, const struct procmon_event *ev)
{
	uint32_t hierarchy = __atomic_load_n(&pm->info->cgroup_hierarchy, __ATOMIC_RELAXED);
	unsigned int type = ev->head.type;
	struct procmon_value path, of;

	if (type != PROCMON_NAMED && (type < PROCMON_CGROUP_MKDIR || type > PROCMON_CGROUP_ATTACH))
		return;
	procmon_get(ev, procmon_field_by_name(type, "target_cgroup"), &path);
	if (type == PROCMON_NAMED) {
		if (path.known && !path.flags)
			cgroups_set(pm->cgroups, procmon_number(ev, "target_cgroup_id"), path.str,
				    path.len, false);
		return;
	}
	procmon_get(ev, procmon_field_by_name(type, "hierarchy"), &of);
	if (pm->cgroups->hierarchy != hierarchy)
		cgroups_begin(pm->cgroups, hierarchy);
	if (path.known && !path.flags && of.number == hierarchy)
		cgroups_set(pm->cgroups, procmon_number(ev, "target_cgroup_id"), path.str, path.len,
			    type == PROCMON_CGROUP_RMDIR);
}

static void cgroups_visit(void *data, const struct procmon_event *ev)
{
	cgroups_note(data, ev);
}

/*
 * Takes in the directory @fd, which it closes, and what is below it.  @path has room for PATH_MAX
 * bytes.  Names that are known already are newer than what stands here.
 */
static void cgroups_scan(struct cgroups *cgroups, int fd, char *path, size_t len,
			 unsigned int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || len + n + 2 > PATH_MAX)
			continue;
		path[len] = '/';
		memcpy(path + len + 1, entry->d_name, n + 1);
		/* the number of the inode is the ID: kernfs_ino() */
		if (!*cgroups_slot(cgroups, entry->d_ino))
			cgroups_set(cgroups, entry->d_ino, path, len + 1 + n, false);
		fd = depth ? openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
			     -1;
		if (fd >= 0)
			cgroups_scan(cgroups, fd, path, len + 1 + n, depth - 1);
	}
	closedir(dir);
}

/* Is it the root of a hierarchy, and not the part of it that a container may see? */
static int cgroups_open_root(const char *path, uint32_t hierarchy)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd >= 0 && !fstatfs(fd, &fs) &&
	    fs.f_type == (hierarchy ? CGROUP_SUPER_MAGIC : CGROUP2_SUPER_MAGIC) &&
	    !fstat(fd, &st) && st.st_ino == CGROUPS_ROOT_ID)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The controllers of a hierarchy of the first version: "4:pids:/init.scope". */
static bool cgroups_controllers(uint32_t hierarchy, char controllers[CGROUPS_CONTROLLERS])
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (!found && file && getline(&line, &size, file) > 0)
		found = strtoul(line, NULL, 10) == hierarchy &&
			sscanf(line, "%*[0-9]:%127[^:\n]", controllers) == 1;
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Is one of the options, after a comma, this one? */
static bool cgroups_has_option(const char *options, const char *option)
{
	size_t len = strlen(option);

	for (; (options = strchr(options, ',')); options++)
		if (!strncmp(options + 1, option, len) && strchr(",\n", options[1 + len]))
			return true;
	return false;
}

/*
 * Where a hierarchy is mounted: "36 25 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", or in the
 * first version "36 25 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids".
 */
static int cgroups_find_root(uint32_t hierarchy, const char *controllers)
{
	const char *wanted = hierarchy ? " - cgroup " : " - cgroup2 ";
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, path[PATH_MAX];
	size_t size = 0;
	int fd = -1;

	while (fd < 0 && mounts && getline(&line, &size, mounts) > 0) {
		const char *type = strstr(line, wanted);

		if (type && (!hierarchy || cgroups_has_option(type, controllers)) &&
		    sscanf(line, "%*s %*s %*s %*s %4095s", path) == 1)
			fd = cgroups_open_root(path, hierarchy);
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return fd;
}

/* @mount: where the hierarchies are mounted, NULL: look. */
static int cgroups_root(uint32_t hierarchy, const char *mount)
{
	char controllers[CGROUPS_CONTROLLERS] = "", path[PATH_MAX];

	if (hierarchy && !cgroups_controllers(hierarchy, controllers))
		return -1;
	if (!mount)
		return cgroups_find_root(hierarchy, controllers);
	snprintf(path, sizeof(path), "%s/%s", mount, controllers);
	return cgroups_open_root(path, hierarchy);
}

int procmon_name_cgroups(struct procmon *pm, const char *mount)
{
	char path[PATH_MAX];
	uint32_t hierarchy;
	int fd, err;

	if (!pm->cgroups)
		pm->cgroups = calloc(1, sizeof(*pm->cgroups));
	if (!pm->cgroups)
		return reader_fail(pm, ENOMEM, "out of memory");
	hierarchy = __atomic_load_n(&pm->info->cgroup_hierarchy, __ATOMIC_RELAXED);
	cgroups_begin(pm->cgroups, hierarchy);
	err = reader_peek(pm, cgroups_visit, pm);
	if (err || pm->fd < 0)
		return err;
	fd = cgroups_root(hierarchy, mount);
	if (fd < 0)
		return reader_fail(
			pm, ENOENT,
			"%s: no root of a cgroup hierarchy can be seen here: only cgroups "
			"that are made from now on have a name",
			mount ? mount : "/sys/fs/cgroup");
	cgroups_scan(pm->cgroups, fd, path, 0, CGROUPS_DEPTH);
	return 0;
}

const char *procmon_cgroup(const struct procmon *pm, uint64_t id, size_t *len)
{
	const struct cgroup *cgroup = pm->cgroups ? *cgroups_slot(pm->cgroups, id) : NULL;

	if (len)
		*len = cgroup ? cgroup->len : 0;
	return cgroup ? cgroup->path : NULL;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	cgroups_clear(cgroups);
	free(cgroups);
}
