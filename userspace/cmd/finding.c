// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink.h"
#include "text.h"

static const char *const finding_levels[] = {
	[FINDING_OK] = "ok",
	[FINDING_NOTE] = "note",
	[FINDING_PROBLEM] = "problem",
};

static void finding_put_text(struct out *out, enum finding_level level, const char *command,
			     const char *cause)
{
	out_printf(out, "%-8s ", finding_levels[level]);
	text_put(out, cause, strlen(cause));
	out_char(out, '\n');
	if (!command)
		return;
	out_printf(out, "%8s ", "");
	text_put(out, command, strlen(command));
	out_char(out, '\n');
}

static void finding_put_json(struct findings *findings, enum finding_level level, const char *name,
			     const char *command, const char *cause)
{
	struct sink sink = {
		.format = findings->format == FORMAT_JSON_PRETTY ? SINK_JSON_PRETTY : SINK_JSON,
		.out = &findings->out,
	};

	sink_begin(&sink);
	sink_text(&sink, "finding", name);
	sink_text(&sink, "level", finding_levels[level]);
	sink_bytes(&sink, "cause", cause, strlen(cause));
	if (command)
		sink_bytes(&sink, "command", command, strlen(command));
	sink_end(&sink);
}

void finding(struct findings *findings, enum finding_level level, const char *name,
	     const char *command, const char *format, ...)
{
	va_list args;
	char *cause;
	int len;

	va_start(args, format);
	len = vasprintf(&cause, format, args);
	va_end(args);
	if (len < 0)
		return;
	findings->problems += level == FINDING_PROBLEM;
	if (findings->format == FORMAT_JSON || findings->format == FORMAT_JSON_PRETTY)
		finding_put_json(findings, level, name, command, cause);
	else
		finding_put_text(&findings->out, level, command, cause);
	free(cause);
}
