// SPDX-License-Identifier: MIT
/* A command line, its arguments ended by NUL; then a stream, filtered and shown as it says. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define OPTIONS_ARGS 32
#define OPTIONS_TEXT 1024

struct line {
	struct options options;
	char *args[OPTIONS_ARGS + 1];
	int n;
};

static void options_run(void *data)
{
	struct line *line = data;

	options_parse(&line->options, line->n, line->args);
}

static void options_show(const struct options *options)
{
	struct procmon *pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);

	events_show_as(pm, options);
	procmon_close(pm);
}

static void options_fuzz(const unsigned char *data, size_t len)
{
	char text[OPTIONS_TEXT], name[] = "procmon";
	struct line line = { .args = { name }, .n = 1 };
	size_t at;

	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	for (at = 0; at < len && line.n < OPTIONS_ARGS; at += strlen(text + at) + 1)
		line.args[line.n++] = text + at;
	optind = 0;
	if (fuzz_ends(options_run, &line))
		options_show(&line.options);
	options_free(&line.options);
}

static void options_begin(void)
{
	fuzz_rings_begin();
	fuzz_rings_put_story();
}

static void options_seed(void)
{
	static const char run[] = "run\0-o\0json\0--event=fork,exec\0--pid=7\0--uid=0\0"
				  "--output-fields=pid,exe\0--color=never\0--\0ls";
	static const char watch[] = "-n\0"
				    "9\0--exe=/usr/*\0--comm=[a-z]*\0--ppid=1\0--for=1.5m\0-q\0"
				    "--after-cursor=p1-\0--utc\0--no-headings\0--output=verbose";
	static const char query[] =
		"-Qexe ~ usr and pid = 7\0--query\0not thread\0--event=exec,exit";
	static const char show[] = "show\0--fail-on-loss\0-ojson-pretty\0file";
	static const char doctor[] = "doctor\0--root=/\0--device=/dev/x\0--help";

	fuzz_seed("run", run, sizeof(run));
	fuzz_seed("watch", watch, sizeof(watch));
	fuzz_seed("query", query, sizeof(query));
	fuzz_seed("show", show, sizeof(show));
	fuzz_seed("doctor", doctor, sizeof(doctor));
}

const struct target target_options = { "options", options_begin, options_fuzz, options_seed };
