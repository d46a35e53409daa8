/* SPDX-License-Identifier: MIT */
/* event.h - an event as keys and values, the same for every format that tells all of it */
#ifndef CMD_EVENT_H
#define CMD_EVENT_H

#include <procmon.h>

#include "cpid.h"
#include "proc.h"
#include "sink.h"
#include "where.h"

#define EVENT_SCHEMA "procmon/1" /* of the keys; it changes when one changes its meaning */

#define EVENT_NAME_LEN 16
#define EVENT_ID_LEN 64

/**
 * struct event - an event and all that is known with it
 * @ev: as it came
 * @proc: its process, or NULL
 * @where: its cgroup, or NULL
 */
struct event {
	const struct procmon_event *ev;
	const struct proc *proc;
	const struct where *where;
};

/* Takes in the next event of @pm; proc_forget() it when it has been shown. */
struct event event_know(const struct procmon *pm, const struct procmon_event *ev);
void event_put(struct sink *sink, const struct event *event, uint64_t instance, const char *cursor);
/* "exec"; for a type without a name "type100", written to @unknown. */
const char *event_name(unsigned int type, char unknown[EVENT_NAME_LEN]);
/* "deleted"; for a flag without a name "bit29". */
const char *event_flag(unsigned int bit, char unknown[EVENT_NAME_LEN]);
/* A process is named by the load of the module, its pid and its start. */
void event_id(char id[EVENT_ID_LEN], uint64_t instance, uint32_t tgid, uint64_t start_ns);
#define EVENT_ANCESTORS 64 /* that are told */

/* Its Common Process Identifier, if it can be told. */
bool event_cpid(const struct event *event, char text[CPID_LEN]);
/* Who was its parent when it was forked, if it is another one now. */
bool event_was_child_of(const struct event *event, uint32_t *tgid, uint64_t *start_ns);
/* How long the process lived.  Return: false: its start is unknown, or only a thread has ended. */
bool event_duration(const struct procmon_event *exit, uint64_t *ns);
struct options_globs;
/* Of the environment only these variables are told from now on; none: all. */
void event_show_env(const struct options_globs *names);
/* Is this one told?  @variable: NAME=VALUE */
bool event_env_wants(const char *variable, size_t len);
/* Calls @item for every argument.  A last one without its NUL was cut. */
void event_args(const char *args, size_t len, void (*item)(void *data, const char *arg, size_t len),
		void *data);

#endif
