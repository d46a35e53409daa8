// SPDX-License-Identifier: MIT
/* procmon status: the module, its rings, its counters. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "metrics.h"
#include "out.h"
#include "sink.h"
#include "text.h"

static void status_put_recorded(struct out *out, uint32_t events)
{
	unsigned int type;
	bool some = false;

	for (type = 0; type < 32; type++) {
		const char *name = events & 1u << type ? procmon_type_name(type) : NULL;

		if (!name)
			continue;
		out_printf(out, "%s%s", some ? " " : "", name);
		some = true;
	}
	out_str(out, some ? "\n" : "nothing\n");
}

static void status_put_ring(struct out *out, const struct procmon_ring_status *rs)
{
	const char *name, *doc;
	char cpu[16];
	unsigned int i;

	if (rs->flags & PROCMON_RING_LATE)
		snprintf(cpu, sizeof(cpu), "late");
	else
		snprintf(cpu, sizeof(cpu), "%u", rs->cpu);
	out_printf(out, "%6s %12llu %12llu %7llu%%  ", cpu, (unsigned long long)rs->seq,
		   (unsigned long long)(rs->commit - rs->tail),
		   (unsigned long long)((rs->commit - rs->tail) * 100 / rs->nrec));
	if (rs->oldest_ns)
		clock_put_duration(out, clock_boot_ns() - rs->oldest_ns);
	else
		OUT_LITERAL(out, "empty");
	out_char(out, '\n');
	for (i = 0; (name = procmon_counter_name(i, &doc)); i++)
		if (rs->counter[i])
			out_printf(out, "       %llu %s: %s\n", (unsigned long long)rs->counter[i],
				   name, doc);
}

static size_t status_version_len(const struct procmon_info *info)
{
	return strnlen((const char *)info->version, sizeof(info->version));
}

static void status_put_text(struct procmon *pm, struct out *out, const struct procmon_info *info)
{
	struct procmon_ring_status rs;
	unsigned int rings = 0;
	uint32_t i;
	int r;

	OUT_LITERAL(out, "module    ");
	text_put(out, (const char *)info->version, status_version_len(info));
	out_printf(out, ", ABI %u.%u, instance %016llx, loaded ", info->abi_major, info->abi_minor,
		   (unsigned long long)info->instance);
	clock_put_duration(out, clock_boot_ns() - info->load_ns);
	OUT_LITERAL(out, " ago\nrecords   ");
	status_put_recorded(out, info->events);
	out_printf(out, "arguments up to %u bytes, threads %s\n", info->args_max,
		   info->threads ? "yes" : "no");
	for (i = 0; i < info->nr_rings; i++)
		rings += procmon_ring(pm, i, &rs) == 1;
	out_printf(out, "rings     %u of %llu KiB, for events of up to %u KiB\n", rings,
		   (unsigned long long)(info->ring_len / 1024), info->max_event / 1024);
	if (info->cgroup_version == 1)
		out_printf(out, "cgroups   of hierarchy %u (/proc/PID/cgroup), cgroups version 1\n",
			   info->cgroup_hierarchy);
	if (info->no_ring)
		out_printf(out, "LOST      %llu events on CPUs without a ring (no memory)\n",
			   (unsigned long long)info->no_ring);
	out_printf(out, "\n%6s %12s %12s %8s  %s\n", "CPU", "EVENTS", "RECORDS", "FULL",
		   "OLDEST EVENT");
	for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++)
		if (r)
			status_put_ring(out, &rs);
}

static void status_put_json(struct procmon *pm, struct out *out, const struct procmon_info *info,
			    bool pretty)
{
	struct sink sink = { .format = pretty ? SINK_JSON_PRETTY : SINK_JSON, .out = out };
	uint64_t counter[PROCMON_NR_COUNTERS] = { 0 }, events = 0;
	struct procmon_ring_status rs;
	const char *name;
	uint32_t i, rings = 0;
	unsigned int c;
	int r;

	for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++) {
		if (!r)
			continue;
		rings++;
		events += rs.seq;
		for (c = 0; c < PROCMON_NR_COUNTERS; c++)
			counter[c] += rs.counter[c];
	}
	sink_begin(&sink);
	sink_bytes(&sink, "version", (const char *)info->version, status_version_len(info));
	sink_number(&sink, "abi_major", info->abi_major);
	sink_number(&sink, "abi_minor", info->abi_minor);
	sink_id(&sink, "instance", info->instance);
	sink_id(&sink, "load_ns", info->load_ns);
	sink_number(&sink, "rings", rings);
	sink_number(&sink, "ring_bytes", info->ring_len);
	sink_number(&sink, "max_event", info->max_event);
	sink_number(&sink, "args_max", info->args_max);
	sink_bool(&sink, "threads", info->threads);
	sink_number(&sink, "cgroup_version", info->cgroup_version);
	sink_number(&sink, "cgroup_hierarchy", info->cgroup_hierarchy);
	sink_number(&sink, "events", events);
	sink_number(&sink, "no_ring", info->no_ring);
	for (c = 0; (name = procmon_counter_name(c, NULL)); c++)
		sink_number(&sink, name, counter[c]);
	sink_end(&sink);
}

int status_main(struct procmon *pm, const struct options *options)
{
	struct out out = { .fd = STDOUT_FILENO };
	struct procmon_info info;
	int err;

	if (procmon_info(pm, &info)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return EXIT_FAILURE;
	}
	if (options->prometheus) {
		metrics_put(pm, &info, &out);
		err = metrics_write(options->prometheus, &out);
	} else {
		if (options->format == FORMAT_JSON || options->format == FORMAT_JSON_PRETTY)
			status_put_json(pm, &out, &info, options->format == FORMAT_JSON_PRETTY);
		else
			status_put_text(pm, &out, &info);
		err = out_flush(&out);
	}
	free(out.buf);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
