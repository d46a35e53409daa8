// SPDX-License-Identifier: MIT
#include "commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "text.h"

void note(const struct options *options, const char *format, ...)
{
	va_list args;

	if (options->quiet)
		return;
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

int main(int argc, char **argv)
{
	struct options options;
	struct procmon *pm;
	int status;

	text_init();
	options_parse(&options, argc, argv);
	if (options.command == COMMAND_DOCTOR)
		return doctor_main(&options);
	if (procmon_open(&pm, options.device, options.history ? PROCMON_HISTORY : 0) < 0) {
		fprintf(stderr, "procmon: %s\n", procmon_error(NULL));
		return EXIT_FAILURE;
	}
	switch (options.command) {
	case COMMAND_RUN:
		status = run_main(pm, &options);
		break;
	case COMMAND_STATUS:
		status = status_main(pm, &options);
		break;
	default:
		status = watch_main(pm, &options);
	}
	procmon_close(pm);
	return status;
}
