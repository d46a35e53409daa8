// SPDX-License-Identifier: MIT
#include "complete.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

static bool complete_has_value(const struct option_row *row)
{
	return row->arg && row->arg[0] != '[';
}

void complete_bash(void)
{
	const struct command_row *command;
	const struct option_row *row;

	fputs("commands='", stdout);
	for (command = command_rows; command->name; command++)
		printf("%s ", command->name);
	fputs("help'\ncase $command in\n", stdout);
	for (command = command_rows; command->name; command++) {
		printf("%s) options='", command->name);
		for (row = option_rows; row->name; row++)
			if (row->commands & command->command)
				printf("--%s%s ", row->name, complete_has_value(row) ? "=" : "");
		fputs("' ;;\n", stdout);
	}
	fputs("esac\ncase $prev in\n", stdout);
	for (row = option_rows; row->name; row++) {
		if (!row->choices || !row->commands || !complete_has_value(row))
			continue;
		if (row->letter)
			printf("-%c|", row->letter);
		printf("--%s) words='%s' ;;\n", row->name, row->choices);
	}
	fputs("esac\n", stdout);
}

/* Within single quotes; with a backslash what means something to _arguments and _describe. */
static void complete_quote(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr("[]:\\", *text) ? "\\" : "", *text);
}

/* How zsh finds values of this kind; a space: not at all. */
static const char *complete_action(const char *arg)
{
	static const char *const kinds[][2] = {
		{ "FILE", "_files" }, { "PATH", "_files" }, { "DIR", "_files -/" },
		{ "PID", "_pids" },   { "USER", "_users" },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(arg, kinds[i][0]))
			return kinds[i][1];
	return " ";
}

static void complete_zsh_option(const struct option_row *row, const char *dashes, const char *name,
				const char *joins)
{
	bool value = complete_has_value(row);

	printf("'*%s%s%s[", dashes, name, value ? joins : "");
	complete_quote(row->help);
	putchar(']');
	if (value && row->choices)
		printf(":%s:(%s)", row->arg, row->choices);
	else if (value)
		printf(":%s:%s", row->arg, complete_action(row->arg));
	fputs("'\n", stdout);
}

/* What is no option: nothing, a command with its own completion, or files. */
static const char *complete_operands(const struct command_row *command)
{
	if (!command->operands)
		return "";
	return command->command == COMMAND_RUN ? "'*::command:_normal'\n" : "'*:file:_files'\n";
}

void complete_zsh(void)
{
	const struct command_row *command;
	const struct option_row *row;

	fputs("commands=(\n", stdout);
	for (command = command_rows; command->name; command++) {
		printf("'%s:", command->name);
		complete_quote(command->help);
		fputs("'\n", stdout);
	}
	fputs("'help:tell the options of a command'\n)\ncase $command in\n", stdout);
	for (command = command_rows; command->name; command++) {
		printf("%s) options=(\n", command->name);
		for (row = option_rows; row->name; row++) {
			char letter[2] = { row->letter };

			if (!(row->commands & command->command))
				continue;
			complete_zsh_option(row, "--", row->name, "=");
			if (row->letter)
				complete_zsh_option(row, "-", letter, "+");
		}
		printf("%s) ;;\n", complete_operands(command));
	}
	fputs("esac\n", stdout);
}
