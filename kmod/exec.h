/* SPDX-License-Identifier: GPL-2.0 */
/* exec.h - the paths of an exec event, put in by the probe or by the late worker */
#ifndef _PROCMON_EXEC_H
#define _PROCMON_EXEC_H

struct late_refs;
struct lane;

void exec_put_paths(struct lane *lane, const struct late_refs *refs);

#endif
