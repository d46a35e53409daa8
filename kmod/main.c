// SPDX-License-Identifier: GPL-2.0
/* procmon: records every fork, exec and exit.  Here: set up in order, tear down in mirror order. */
#include "log.h"

#include <linux/module.h>

#include "claim.h"
#include "device.h"
#include "lane.h"
#include "late.h"
#include "param.h"
#include "probe.h"

static_assert(IS_ENABLED(CONFIG_64BIT), "positions are 64-bit words, read and written whole");
static_assert(sizeof(struct procmon_head) == PROCMON_REC, "the head is one record");

static int main_apply(void)
{
	int err = probe_update(param.events);

	if (!err)
		lane_tell_params();
	return err;
}

static int __init main_start(void)
{
	int err;

	claim_start();
	err = lane_start();
	if (err)
		return err;
	err = late_start();
	if (err)
		goto err_stop_lanes;
	err = probe_start();
	if (err)
		goto err_stop_late;
	err = param_start(main_apply);
	if (err)
		goto err_stop_probes;
	err = device_start();
	if (err)
		goto err_stop_params;
	return 0;

err_stop_params:
	param_stop();
err_stop_probes:
	probe_stop();
err_stop_late:
	late_stop();
err_stop_lanes:
	lane_stop();
	return err;
}

static void __exit main_stop(void)
{
	device_stop();
	param_stop();
	probe_stop();
	late_stop();
	lane_stop();
}

module_init(main_start);
module_exit(main_stop);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("records every process: fork, exec with the exact path, exit");
MODULE_AUTHOR("the procmon authors");
MODULE_VERSION(PROCMON_VERSION);
