// SPDX-License-Identifier: MIT
/* Probes that do nothing on the tracepoints of fork, exec and exit: what being called costs. */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

/* One for all: on amd64 a probe may leave arguments alone. */
static void empty_probe(void *data)
{
}

static const char *const empty_names[] = {
	"sched_process_fork",
	"sched_process_exec",
	"sched_process_exit",
};

static struct tracepoint *empty_found[ARRAY_SIZE(empty_names)];

static void empty_find(struct tracepoint *tracepoint, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(empty_names); i++)
		if (!strcmp(tracepoint->name, empty_names[i]))
			empty_found[i] = tracepoint;
}

static void empty_stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(empty_names); i++)
		if (empty_found[i])
			tracepoint_probe_unregister(empty_found[i], empty_probe, NULL);
	tracepoint_synchronize_unregister();
}

static int __init empty_start(void)
{
	int i, err;

	for_each_kernel_tracepoint(empty_find, NULL);
	for (i = 0; i < ARRAY_SIZE(empty_names); i++) {
		err = empty_found[i] ?
			      tracepoint_probe_register(empty_found[i], empty_probe, NULL) :
			      -ENOENT;
		if (err) {
			empty_stop();
			return err;
		}
	}
	return 0;
}

module_init(empty_start);
module_exit(empty_stop);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("empty probes");
