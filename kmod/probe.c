// SPDX-License-Identifier: GPL-2.0
/*
 * Probes on tracepoints.
 *
 * No sched or cgroup tracepoint is exported to modules, but all are in the kernel's own list.  Each
 * probe has exactly the prototype that the kernel's header gives the tracepoint, so that indirect
 * call checks (kCFI) hold and a change of the prototype does not compile.
 */
#include "log.h"

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/cgroup.h>
#include <trace/events/sched.h>

#include "uapi/procmon.h"
#include "compat.h"
#include "probe.h"
#include "record.h"

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	record_fork(child);
}

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	record_exec(task, old_pid, bprm);
}

static void probe_exit_told(void *data, struct task_struct *task, bool group_dead)
{
	record_exit(task, group_dead);
}

static void probe_exit_untold(void *data, struct task_struct *task)
{
	record_exit(task, !atomic_read(&task->signal->live));
}

static void probe_cgroup_mkdir(void *data, struct cgroup *cgrp, const char *path)
{
	record_cgroup(PROCMON_CGROUP_MKDIR, cgrp, path, NULL);
}

static void probe_cgroup_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	record_cgroup(PROCMON_CGROUP_RMDIR, cgrp, path, NULL);
}

static void probe_cgroup_rename(void *data, struct cgroup *cgrp, const char *path)
{
	record_cgroup(PROCMON_CGROUP_RENAME, cgrp, path, NULL);
}

static void probe_cgroup_attach(void *data, struct cgroup *cgrp, const char *path,
				struct task_struct *task, bool threadgroup)
{
	record_cgroup(PROCMON_CGROUP_ATTACH, cgrp, path, task);
}

#define PROBE_EXIT                                                                                 \
	__builtin_choose_expr(COMPAT_EXIT_HAS_GROUP_DEAD, probe_exit_told, probe_exit_untold)

/* Never called: a probe that does not fit its tracepoint does not compile. */
static void __maybe_unused probe_check_prototypes(void)
{
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_sched_process_exit(PROBE_EXIT);
	check_trace_callback_type_cgroup_mkdir(probe_cgroup_mkdir);
	check_trace_callback_type_cgroup_rmdir(probe_cgroup_rmdir);
	check_trace_callback_type_cgroup_rename(probe_cgroup_rename);
	check_trace_callback_type_cgroup_attach_task(probe_cgroup_attach);
}

/**
 * struct probe - one of the probes
 * @name: of its tracepoint
 * @event: bit of the event it records
 * @call: the probe
 * @tracepoint: found in the kernel's list
 * @on: it is registered
 */
struct probe {
	const char *name;
	unsigned int event;
	void *call;
	struct tracepoint *tracepoint;
	bool on;
};

static struct probe probe_table[] = {
	{ "sched_process_fork", BIT(PROCMON_FORK), probe_fork },
	{ "sched_process_exec", BIT(PROCMON_EXEC), probe_exec },
	{ "sched_process_exit", BIT(PROCMON_EXIT), PROBE_EXIT },
	{ "cgroup_mkdir", BIT(PROCMON_CGROUP_MKDIR), probe_cgroup_mkdir },
	{ "cgroup_rmdir", BIT(PROCMON_CGROUP_RMDIR), probe_cgroup_rmdir },
	{ "cgroup_rename", BIT(PROCMON_CGROUP_RENAME), probe_cgroup_rename },
	{ "cgroup_attach_task", BIT(PROCMON_CGROUP_ATTACH), probe_cgroup_attach },
};

static void probe_find(struct tracepoint *tracepoint, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probe_table); i++)
		if (!strcmp(tracepoint->name, probe_table[i].name))
			probe_table[i].tracepoint = tracepoint;
}

static int probe_switch(struct probe *probe, bool on)
{
	int err;

	if (probe->on == on)
		return 0;
	if (on)
		err = tracepoint_probe_register(probe->tracepoint, probe->call, NULL);
	else
		err = tracepoint_probe_unregister(probe->tracepoint, probe->call, NULL);
	if (err)
		pr_err("tracepoint %s cannot be switched %s: error %d\n", probe->name,
		       on ? "on" : "off", err);
	else
		probe->on = on;
	return err;
}

/**
 * probe_update - record these events from now on
 * @events: bits of enum procmon_type
 *
 * Context: may sleep; one caller at a time.  When it returns, no probe that was switched off runs.
 *
 * Return: 0, or an error with a message; some probes may have been switched then.
 */
int probe_update(unsigned int events)
{
	int err = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(probe_table); i++) {
		int ret = probe_switch(&probe_table[i], events & probe_table[i].event);

		err = err ?: ret; /* what can be switched off must be: the module may be going */
	}
	tracepoint_synchronize_unregister();
	return err;
}

/**
 * probe_start - find the tracepoints
 *
 * Return: 0, -ENOENT with a message when this kernel lacks one.
 */
int probe_start(void)
{
	int i;

	for_each_kernel_tracepoint(probe_find, NULL);
	for (i = 0; i < ARRAY_SIZE(probe_table); i++) {
		if (probe_table[i].tracepoint)
			continue;
		pr_err("this kernel has no tracepoint %s (CONFIG_TRACEPOINTS and CONFIG_CGROUPS are needed)\n",
		       probe_table[i].name);
		return -ENOENT;
	}
	return 0;
}

/**
 * probe_stop - switch all probes off; none runs when it returns
 */
void probe_stop(void)
{
	probe_update(0);
}
