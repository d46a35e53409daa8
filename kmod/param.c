// SPDX-License-Identifier: GPL-2.0
/* The module's parameters: bad values are refused with a message that names them. */
#include "log.h"

#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "uapi/procmon.h"
#include "param.h"

#define RING_KIB_MIN 64 /* four times the largest event must leave room for long paths */
#define RING_KIB_MAX (1024 * 1024) /* lengths in a ring are 32 bits, with room to spare */
#define ARGS_MAX_MAX (RING_KIB_MAX * 256) /* an event is at most a quarter of the ring */

struct param param = {
	.ring_kib = 4096,
	.args_max = 32768,
	.events = PARAM_FORK | PARAM_EXEC | PARAM_EXIT | PARAM_CGROUP,
};

static const struct {
	const char *name;
	unsigned int events;
} param_groups[] = {
	{ "fork", PARAM_FORK },
	{ "exec", PARAM_EXEC },
	{ "exit", PARAM_EXIT },
	{ "cgroup", PARAM_CGROUP },
};

static int (*param_apply)(void);

int param_start(int (*apply)(void))
{
	int err;

	kernel_param_lock(THIS_MODULE);
	err = apply();
	if (!err)
		param_apply = apply;
	kernel_param_unlock(THIS_MODULE);
	return err;
}

void param_stop(void)
{
	kernel_param_lock(THIS_MODULE);
	param_apply = NULL;
	kernel_param_unlock(THIS_MODULE);
}

/* All that changes at run time; probes read it meanwhile. */
static void param_store(const struct param *from)
{
	WRITE_ONCE(param.args_max, from->args_max);
	WRITE_ONCE(param.events, from->events);
	WRITE_ONCE(param.threads, from->threads);
}

/* Takes @new over; takes the change back when it cannot be applied.  Holds the parameters' lock. */
static int param_change(const struct param *new)
{
	struct param old = param;
	int err;

	param_store(new);
	if (!param_apply)
		return 0; /* being loaded or unloaded */
	err = param_apply();
	if (err)
		param_store(&old);
	return err;
}

static int param_set_ring_kib(const char *text, const struct kernel_param *kp)
{
	unsigned int kib;

	if (kstrtouint(text, 0, &kib) || kib < RING_KIB_MIN || kib > RING_KIB_MAX ||
	    !is_power_of_2(kib)) {
		pr_err("ring_kib=%.32s: must be a power of two from %u to %u (KiB for each CPU)\n",
		       text, RING_KIB_MIN, RING_KIB_MAX);
		return -EINVAL;
	}
	param.ring_kib = kib;
	return 0;
}

static int param_set_args_max(const char *text, const struct kernel_param *kp)
{
	struct param new = param;

	if (kstrtouint(text, 0, &new.args_max) || new.args_max > ARGS_MAX_MAX) {
		pr_err("args_max=%.32s: must be a number from 0 to %u (bytes)\n", text,
		       ARGS_MAX_MAX);
		return -EINVAL;
	}
	return param_change(&new);
}

static int param_set_threads(const char *text, const struct kernel_param *kp)
{
	struct param new = param;

	if (!text || kstrtobool(text, &new.threads)) {
		pr_err("threads=%.32s: must be 0 or 1\n", text ? text : "");
		return -EINVAL;
	}
	return param_change(&new);
}

static unsigned int param_group(const char *name, size_t len)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(param_groups); i++)
		if (strlen(param_groups[i].name) == len && !memcmp(name, param_groups[i].name, len))
			return param_groups[i].events;
	return 0;
}

/* Takes no memory: a parameter of the kernel's command line comes before there is any. */
static int param_set_events(const char *text, const struct kernel_param *kp)
{
	const char *name = skip_spaces(text);
	struct param new = param;
	size_t len;

	for (new.events = 0;; name += len + 1) {
		unsigned int events;

		len = strcspn(name, ", \t\n");
		events = param_group(name, len);
		if (!events) {
			pr_err("events=%.64s: '%.*s' is not one of fork, exec, exit, cgroup\n",
			       text, (int)min_t(size_t, len, 32), name);
			return -EINVAL;
		}
		new.events |= events;
		if (name[len] != ',')
			break;
	}
	if (*skip_spaces(name + len)) {
		pr_err("events=%.64s: '%.32s' does not belong there\n", text, name + len);
		return -EINVAL;
	}
	return param_change(&new);
}

static int param_get_uint_at(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%u\n", *(unsigned int *)kp->arg);
}

static int param_get_threads(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%d\n", param.threads);
}

static int param_get_events(char *buffer, const struct kernel_param *kp)
{
	int len = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(param_groups); i++)
		if (param.events & param_groups[i].events)
			len += sprintf(buffer + len, "%s%s", len ? "," : "", param_groups[i].name);
	return len + sprintf(buffer + len, "\n");
}

#define PARAM(name, getter, arg, mode)                                                             \
	static const struct kernel_param_ops param_ops_of_##name = {                               \
		.set = param_set_##name,                                                           \
		.get = getter,                                                                     \
	};                                                                                         \
	module_param_cb(name, &param_ops_of_##name, arg, mode)

PARAM(ring_kib, param_get_uint_at, &param.ring_kib, 0444);
MODULE_PARM_DESC(ring_kib, "size of each CPU's ring in KiB, a power of two (default 4096)");
PARAM(args_max, param_get_uint_at, &param.args_max, 0644);
MODULE_PARM_DESC(args_max, "bytes of arguments recorded at most (default 32768)");
PARAM(threads, param_get_threads, NULL, 0644);
MODULE_PARM_DESC(threads, "record the start and end of threads too (default 0)");
PARAM(events, param_get_events, NULL, 0644);
MODULE_PARM_DESC(events, "what is recorded (default fork,exec,exit,cgroup)");
