// SPDX-License-Identifier: MIT
/* procmon status --prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
#define _GNU_SOURCE
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "out.h"

#define SECONDS 1e-9

/* What a ring's line tells. */
static const struct metric {
	const char *name, *type, *help;
} metrics_of_rings[] = {
	{ "events_total", "counter", "Events recorded." },
	{ "ring_used_ratio", "gauge", "Records of the ring that hold events." },
	{ "history_seconds", "gauge", "Age of the oldest event that the ring still has." },
};

static double metric_of_ring(const struct procmon_ring_status *rs, unsigned int metric)
{
	switch (metric) {
	case 0:
		return (double)rs->seq;
	case 1:
		return (double)(rs->commit - rs->tail) / (double)rs->nrec;
	default:
		return rs->oldest_ns ?
			       (double)(int64_t)(clock_boot_ns() - rs->oldest_ns) * SECONDS :
			       0;
	}
}

static void metric_head(struct out *out, const char *name, const char *type, const char *help)
{
	out_printf(out, "# HELP procmon_%s %s\n# TYPE procmon_%s %s\n", name, help, name, type);
}

static void metric_one(struct out *out, const char *name, const char *type, const char *help,
		       double value)
{
	metric_head(out, name, type, help);
	out_printf(out, "procmon_%s %.17g\n", name, value);
}

static void metrics_put_version(struct out *out, const struct procmon_info *info)
{
	const char *p = (const char *)info->version, *end = p + strnlen(p, sizeof(info->version));

	metric_head(out, "info", "gauge", "The module that is loaded.");
	OUT_LITERAL(out, "procmon_info{version=\"");
	for (; p < end; p++)
		if (*p > ' ' && *p < '\x7f' && *p != '"' && *p != '\\')
			out_char(out, *p);
		else
			out_char(out, '?');
	out_printf(out, "\",abi=\"%u.%u\",instance=\"%016llx\"} 1\n", info->abi_major,
		   info->abi_minor, (unsigned long long)info->instance);
}

static void metrics_put_rings(struct procmon *pm, struct out *out, const struct metric *metric)
{
	struct procmon_ring_status rs;
	uint32_t i;
	int r;

	metric_head(out, metric->name, metric->type, metric->help);
	for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++) {
		if (!r)
			continue;
		out_printf(out, "procmon_%s{cpu=\"", metric->name);
		if (rs.flags & PROCMON_RING_LATE)
			OUT_LITERAL(out, "late");
		else
			out_u64(out, rs.cpu);
		out_printf(out, "\"} %.17g\n",
			   metric_of_ring(&rs, (unsigned int)(metric - metrics_of_rings)));
	}
}

static void metrics_put_counters(struct procmon *pm, struct out *out)
{
	struct procmon_ring_status rs;
	const char *name, *doc;
	unsigned int c;

	for (c = 0; (name = procmon_counter_name(c, &doc)); c++) {
		char full[64];
		uint64_t sum = 0;
		uint32_t i;
		int r;

		for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++)
			sum += r ? rs.counter[c] : 0;
		snprintf(full, sizeof(full), "%s_total", name);
		metric_one(out, full, "counter", doc, (double)sum);
	}
}

void metrics_put(struct procmon *pm, const struct procmon_info *info, struct out *out)
{
	unsigned int i;

	metrics_put_version(out, info);
	metric_one(out, "load_time_seconds", "gauge", "When the module was loaded, since 1970.",
		   (double)info->load_wall_ns * SECONDS);
	metric_one(out, "no_ring_total", "counter",
		   "Events lost on CPUs without a ring, for want of memory.",
		   (double)info->no_ring);
	metrics_put_counters(pm, out);
	for (i = 0; i < sizeof(metrics_of_rings) / sizeof(metrics_of_rings[0]); i++)
		metrics_put_rings(pm, out, &metrics_of_rings[i]);
}

/* Return: 0, or -errno. */
static int metrics_fill(int fd, struct out *out)
{
	out->fd = fd;
	if (out_flush(out))
		return -out->err;
	return fchmod(fd, 0644) ? -errno : 0;
}

int metrics_write(const char *path, struct out *out)
{
	char *temporary;
	int fd, err;

	if (!strcmp(path, "-")) {
		out->fd = STDOUT_FILENO;
		return out_flush(out);
	}
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -1;
	fd = mkostemp(temporary, O_CLOEXEC);
	err = fd < 0 ? -errno : metrics_fill(fd, out);
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err && rename(temporary, path))
		err = -errno;
	if (err) {
		fprintf(stderr, "procmon: %s: %s\n", path, strerror(-err));
		if (fd >= 0)
			unlink(temporary);
	}
	free(temporary);
	return err ? -1 : 0;
}
