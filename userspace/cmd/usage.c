// SPDX-License-Identifier: MIT
#include "usage.h"

#include <stdlib.h>
#include <string.h>

#include <procmon.h>

#include "reference.h"
#include "value.h"

static _Noreturn void usage_end(void)
{
	exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void help(void)
{
	size_t i;

	fputs("Usage:\n", stdout);
	for (i = 0; command_rows[i].name; i++)
		printf("  procmon %-38s %s\n", command_rows[i].usage, command_rows[i].help);
	fputs("\nOptions:\n", stdout);
	for (i = 0; option_rows[i].name; i++) {
		const struct option_row *row = &option_rows[i];
		char name[40];

		if (!row->commands)
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", row->name, row->arg ? "=" : "",
			 row->arg ? row->arg : "");
		if (row->letter)
			printf("  -%c, ", row->letter);
		else
			fputs("      ", stdout);
		printf("%-22s %s\n", name, row->help);
	}
	fputs("\nExit status: 0 fine, 1 failure, 2 usage, 3 events were lost (--fail-on-loss);\n"
	      "run passes on the status of COMMAND.  More: man procmon\n",
	      stdout);
}

static void reference_man(void)
{
	size_t i;

	for (i = 0; option_rows[i].name; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->commands)
			continue;
		fputs(".It ", stdout);
		if (row->letter)
			printf("Fl %c%s%s , ", row->letter, row->arg ? " Ar " : "",
			       row->arg ? row->arg : "");
		printf("Fl -%s", row->name);
		if (row->arg)
			printf(" Ns = Ns Ar %s", row->arg);
		printf("\n%s.\n", row->help);
	}
}

static void reference_bash(void)
{
	size_t i;

	fputs("commands='", stdout);
	for (i = 0; command_rows[i].name; i++)
		printf("%s%s", i ? " " : "", command_rows[i].name);
	fputs("'\noptions='", stdout);
	for (i = 0; option_rows[i].name; i++)
		if (option_rows[i].commands)
			printf("--%s%s ", option_rows[i].name, option_rows[i].arg ? "=" : "");
	fputs("'\ncase $prev in\n", stdout);
	for (i = 0; option_rows[i].name; i++)
		if (option_rows[i].choices)
			printf("--%s) words='%s' ;;\n", option_rows[i].name,
			       option_rows[i].choices);
	fputs("esac\n", stdout);
}

void usage_help(struct options *options, const struct option_row *row, const char *text)
{
	(void)options, (void)row, (void)text;
	help();
	usage_end();
}

void usage_version(struct options *options, const struct option_row *row, const char *text)
{
	(void)options, (void)row, (void)text;
	printf("procmon %s (ABI %u.%u)\n", PROCMON_VERSION, PROCMON_ABI_MAJOR, PROCMON_ABI_MINOR);
	usage_end();
}

void usage_reference(struct options *options, const struct option_row *row, const char *text)
{
	(void)options;
	if (!strcmp(text, "man"))
		reference_man();
	else if (!strcmp(text, "bash"))
		reference_bash();
	else if (!strcmp(text, "fields"))
		reference_fields();
	else
		value_bad_choice(row, text);
	usage_end();
}
