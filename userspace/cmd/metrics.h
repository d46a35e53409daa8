/* SPDX-License-Identifier: MIT */
/* metrics.h - the counters as Prometheus reads them */
#ifndef CMD_METRICS_H
#define CMD_METRICS_H

#include <procmon.h>

struct out;

void metrics_put(struct procmon *pm, const struct procmon_info *info, struct out *out);

/*
 * Writes @out to @path ("-": standard output) so that whoever reads it sees the old text or the new one.
 * Return: 0; -1: an error, told; the old text is still there.
 */
int metrics_write(const char *path, struct out *out);

#endif
