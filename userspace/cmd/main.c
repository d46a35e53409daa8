// SPDX-License-Identifier: MIT
#include "commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
