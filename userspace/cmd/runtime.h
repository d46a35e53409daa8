/* SPDX-License-Identifier: MIT */
/* runtime.h - what the container runtimes keep on disk about their containers; no daemon is asked */
#ifndef CMD_RUNTIME_H
#define CMD_RUNTIME_H

#include <procmon.h>

/**
 * struct runtime_names - names that the files told, NULL when they did not; freed by runtime_forget()
 * @source: the file that told the name, where a container can get another one
 * @stamp_ns: when it had been written
 */
struct runtime_names {
	const char *runtime; /* a constant */
	char *name, *image;
	char *pod_uid, *pod_name, *pod_namespace;
	char *source;
	int64_t stamp_ns;
};

/*
 * Looks below @root ("" for /) for the container of a cgroup that the path does not tell: one of runc,
 * crun or containerd that is called like the cgroup.  Return: @place tells it now.
 */
bool runtime_find(const char *root, const char *path, struct procmon_place *place);
/* Looks below @root.  Return: everything that there can be has been found. */
bool runtime_look(const char *root, const struct procmon_place *place, struct runtime_names *names);
/* Takes over another name that the file that told it has got since.  Return: there was one. */
bool runtime_look_again(const char *root, const struct procmon_place *place,
			struct runtime_names *names);
void runtime_forget(struct runtime_names *names);

#endif
