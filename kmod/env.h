/* SPDX-License-Identifier: GPL-2.0 */
/* env.h - the environment variables that are recorded: those that the parameter `env` names */
#ifndef _PROCMON_ENV_H
#define _PROCMON_ENV_H

#include <linux/types.h>

struct draft;
struct procmon_str;

/**
 * env_put - append the chosen variables of the program that was started
 * @draft: the event
 * @str: in its body: each NAME=VALUE ended by a NUL; absent when none is chosen
 * @room: bytes of the event that the environment may take while it is looked at
 *
 * Context: under rcu_read_lock(), of the current task right after its exec; takes no page fault.
 */
void env_put(struct draft *draft, struct procmon_str *str, u32 room);

#endif
