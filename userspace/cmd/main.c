// SPDX-License-Identifier: MIT
#include "commands.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cpid.h"
#include "event.h"
#include "files.h"
#include "hash.h"
#include "names.h"
#include "progress.h"
#include "text.h"
#include "where.h"

void note(const struct options *options, const char *format, ...)
{
	va_list args;

	if (options->quiet)
		return;
	progress_clear();
	fputs("procmon: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void tell_what_is_off(struct procmon *pm, const struct options *options)
{
	struct procmon_info info;
	unsigned int type;

	if (procmon_info(pm, &info))
		return;
	for (type = PROCMON_FORK; type <= PROCMON_EXIT; type++)
		if (!(info.events & 1u << type) &&
		    (!options->events || options->events & 1u << type))
			note(options,
			     "the module does not record %s now: see "
			     "/sys/module/procmon/parameters/events",
			     procmon_type_name(type));
}

int64_t wake_ns(const struct procmon *pm, int64_t end_ns)
{
	int timeout_ms = procmon_poll_timeout(pm);
	int64_t held_ns = (int64_t)clock_boot_ns() + timeout_ms * 1000000ll;

	return timeout_ms < 0 || (end_ns >= 0 && end_ns < held_ns) ? end_ns : held_ns;
}

/* What a crash left unfinished. */
static void tell_what_is_missing(struct procmon *pm, const struct options *options, int left_out)
{
	struct procmon_ring_status rs;
	uint32_t i;
	int r;

	if (left_out)
		note(options, "%d rings are left out: pages of theirs are not in the dump",
		     left_out);
	for (i = 0; (r = procmon_ring(pm, i, &rs)) >= 0; i++) {
		if (r && rs.resv != rs.commit)
			note(options, "CPU %u was writing an event", rs.cpu);
		if (r && rs.pending)
			note(options, "%llu exec events were waiting for their paths",
			     (unsigned long long)rs.pending);
	}
}

static int open_stream(struct procmon **pm, const struct options *options, bool history)
{
	int r;

	if (!options->reads_files)
		return procmon_open(pm, options->device, history ? PROCMON_HISTORY : 0);
	r = files_open(pm, options);
	if (r >= 0)
		tell_what_is_missing(*pm, options, r);
	return r;
}

/* What the stream's cgroups are called, and who made them.  A dump is of another machine. */
static void name_cgroups(struct procmon *pm, const struct options *options)
{
	char mount[PATH_MAX];
	const char *root = options->root ? options->root : "";

	if (options->root)
		names_use_root(root);
	if (!options->reads_files) {
		where_start(root);
		cpid_start(root);
		if (options->hash)
			hash_start(root);
	}
	snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup", root);
	if (procmon_name_cgroups(pm, options->root ? mount : NULL) < 0)
		note(options, "%s", procmon_error(pm));
}

static int main_run(const struct options *options)
{
	bool history = options->history;
	struct procmon *pm;
	int status;

	if (options->command == COMMAND_DOCTOR)
		return doctor_main(options);
	if (options->command == COMMAND_RECORD && record_begin(options, &history))
		return EXIT_FAILURE;
	event_show_env(&options->env);
	if (options->command == COMMAND_LOG)
		return log_main(options);
	if (options->command == COMMAND_SQL)
		return sql_main(options);
	if (open_stream(&pm, options, history) < 0) {
		fprintf(stderr, "procmon: %s\n", procmon_error(NULL));
		return EXIT_FAILURE;
	}
	if (options->command & (STREAM | COMMAND_RECORD | COMMAND_TOP))
		name_cgroups(pm, options);
	switch (options->command) {
	case COMMAND_RUN:
		status = run_main(pm, options);
		break;
	case COMMAND_PS:
	case COMMAND_TREE:
		status = options->reads_files ? past_tree_main(pm, options) : ps_main(pm, options);
		break;
	case COMMAND_EXPORT:
		status = export_main(pm, options);
		break;
	case COMMAND_PLOT:
		status = plot_main(pm, options);
		break;
	case COMMAND_RECORD:
		status = record_main(pm, options);
		break;
	case COMMAND_TOP:
		status = top_main(pm, options);
		break;
	case COMMAND_STATUS:
		status = status_main(pm, options);
		break;
	default:
		status = watch_main(pm, options);
	}
	where_end();
	procmon_close(pm);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	int status;

	text_init();
	options_parse(&options, argc, argv);
	status = main_run(&options);
	options_free(&options);
	return status;
}
