// SPDX-License-Identifier: MIT
#include "usage.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <procmon.h>

#include "complete.h"
#include "reference.h"
#include "value.h"

/* A screen, and where in it the texts begin. */
#define USAGE_COLUMNS 79
#define USAGE_LINES 23 /* and the prompt after them */
#define USAGE_TEXT 27
#define USAGE_OTHER_LINES 3 /* before and after the options */
#define USAGE_GROUPS 8

static _Noreturn void usage_end(void)
{
	exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* "--output=FORMAT", "--help[=all]" */
static const char *usage_spelling(const struct option_row *row)
{
	static char text[64];
	bool can_do_without = row->arg && row->arg[0] == '[';

	snprintf(text, sizeof(text), "--%s%s%s", row->name,
		 can_do_without ? "[=" :
		 row->arg	? "=" :
				  "",
		 row->arg ? row->arg + can_do_without : "");
	return text;
}

static bool usage_is_of(const struct option_row *row, const struct command_row *command)
{
	return row->commands & command->command;
}

/* Prints @text from column @indent on, in lines of USAGE_COLUMNS, the first of which stands at @column. */
static unsigned int usage_wrap(const char *text, size_t column, size_t indent, bool print)
{
	unsigned int lines = 1;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + 1 + len > USAGE_COLUMNS) {
			if (print)
				printf("\n%*s", (int)indent, "");
			column = indent;
			lines++;
		}
		if (print)
			printf("%s%.*s", column > indent ? " " : "", (int)len, text);
		column += len + (column > indent);
		text += len;
		text += strspn(text, " ");
	}
	if (print)
		putchar('\n');
	return lines;
}

/* An option with what it does.  Return: lines. */
static unsigned int usage_option(const struct option_row *row, bool print)
{
	const char *spelling = usage_spelling(row);

	if (print && row->letter)
		printf("  -%c, %-*s", row->letter, USAGE_TEXT - 6, spelling);
	else if (print)
		printf("  %-*s", USAGE_TEXT - 2, spelling);
	return usage_wrap(row->help, USAGE_TEXT, USAGE_TEXT, print);
}

/* The spellings of a group, one after the other.  Return: lines. */
static unsigned int usage_names(const struct option_row *row, const struct option_row *end,
				const struct command_row *command, bool print)
{
	char text[2048] = "";
	size_t len = 0;

	for (; row < end; row++) {
		if (!usage_is_of(row, command))
			continue;
		if (row->letter)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "-%c,",
						row->letter);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s ", usage_spelling(row));
	}
	if (print)
		fputs("  ", stdout);
	return usage_wrap(text, 2, 2, print);
}

/**
 * struct usage_group - a group of options as it is told of a command
 * @row, @end: its rows
 * @lines: that it takes with what each does, 0: no option of it is one of the command
 * @brief: only their names are told
 * @own: see struct option_group
 */
struct usage_group {
	const struct option_row *row, *end;
	unsigned int lines;
	bool brief, own;
};

static const struct option_row *usage_find(const char *name)
{
	const struct option_row *row = option_rows;

	while (row->name && (!name || strcmp(row->name, name)))
		row++;
	return row;
}

/* Tells a group, or only counts.  Return: lines. */
static unsigned int usage_group(const struct usage_group *group, const struct command_row *command,
				bool print)
{
	const struct option_row *row;
	unsigned int lines = 0;

	if (group->brief)
		return usage_names(group->row, group->end, command, print);
	for (row = group->row; row < group->end; row++)
		if (usage_is_of(row, command))
			lines += usage_option(row, print);
	return lines;
}

static unsigned int usage_lines(const struct usage_group *groups, const struct command_row *command)
{
	unsigned int lines = USAGE_OTHER_LINES, i;

	for (i = 0; i < USAGE_GROUPS; i++)
		if (groups[i].lines)
			lines += 1 + usage_group(&groups[i], command, false);
	return lines;
}

/* The group to tell in brief next: the longest, the command's own last.  NULL: all are. */
static struct usage_group *usage_longest(struct usage_group *groups)
{
	struct usage_group *longest = NULL;
	unsigned int i;

	for (i = 0; i < USAGE_GROUPS; i++) {
		struct usage_group *group = &groups[i];

		if (!group->lines || group->brief)
			continue;
		if (!longest || longest->own || (!group->own && group->lines > longest->lines))
			longest = group;
	}
	return longest;
}

static void usage_command(const struct command_row *command, bool all)
{
	struct usage_group groups[USAGE_GROUPS] = { 0 };
	struct usage_group *group;
	bool brief = false;
	unsigned int i;

	for (i = 0; option_groups[i].first; i++) {
		groups[i].own = option_groups[i].own;
		groups[i].row = usage_find(option_groups[i].first);
		groups[i].end = usage_find(option_groups[i + 1].first);
		groups[i].lines = usage_group(&groups[i], command, false);
	}
	while (!all && usage_lines(groups, command) > USAGE_LINES &&
	       (group = usage_longest(groups)))
		group->brief = brief = true;
	printf("procmon %s\n  %s\n", command->usage, command->help);
	for (i = 0; i < USAGE_GROUPS; i++) {
		if (!groups[i].lines)
			continue;
		printf("%s:\n", option_groups[i].title);
		usage_group(&groups[i], command, true);
	}
	printf("%sman procmon-%s tells more.\n",
	       brief ? "--help=all tells what each option does; " : "", command->name);
}

static void usage_commands(void)
{
	const struct command_row *row;

	fputs("Shows every process that starts and ends, with the exact path of what it runs.\n"
	      "\nUsage: procmon [COMMAND] [OPTION]...\n\n",
	      stdout);
	for (row = command_rows; row->name; row++)
		printf("  %-9s%s\n", row->name, row->help);
	fputs("\nprocmon COMMAND --help tells the options of a command; man procmon everything.\n"
	      "Exit status: 0 fine, 1 failure, 2 usage, 3 events were lost (--fail-on-loss);\n"
	      "run passes on the status of its command.\n",
	      stdout);
}

void usage_tell(const struct command_row *row, bool all)
{
	if (row)
		usage_command(row, all);
	else
		usage_commands();
	usage_end();
}

static const struct command_row *usage_named(const struct options *options)
{
	const struct command_row *row = command_rows;

	while (row->command != options->command)
		row++;
	return options->named ? row : NULL;
}

/* The options of @commands. */
static void reference_man(unsigned int commands)
{
	const struct option_row *row;

	for (row = option_rows; row->name; row++) {
		bool can_do_without = row->arg && row->arg[0] == '[';

		if (!(row->commands & commands))
			continue;
		fputs(".It ", stdout);
		if (row->letter)
			printf("Fl %c%s%s , ", row->letter,
			       row->arg && !can_do_without ? " Ar " : "",
			       row->arg && !can_do_without ? row->arg : "");
		printf("Fl -%s", row->name);
		if (can_do_without)
			printf(" Ns Op = Ns Ar %.*s", (int)strlen(row->arg) - 2, row->arg + 1);
		else if (row->arg)
			printf(" Ns = Ns Ar %s", row->arg);
		printf("\n%s.\n", row->help);
	}
}

static void reference_commands(void)
{
	const struct command_row *row;

	for (row = command_rows; row->name; row++)
		puts(row->name);
}

void usage_help(struct options *options, const struct option_row *row, const char *text)
{
	if (text && strcmp(text, row->choices))
		value_bad_choice(row, text);
	usage_tell(text && !options->named ? command_rows : usage_named(options), text);
}

void usage_version(struct options *options, const struct option_row *row, const char *text)
{
	(void)options, (void)row, (void)text;
	printf("procmon %s (ABI %u.%u)\n", PROCMON_VERSION, PROCMON_ABI_MAJOR, PROCMON_ABI_MINOR);
	usage_end();
}

void usage_reference(struct options *options, const struct option_row *row, const char *text)
{
	if (!strcmp(text, "man"))
		reference_man(options->named ? options->command : UINT_MAX);
	else if (!strcmp(text, "bash"))
		complete_bash();
	else if (!strcmp(text, "zsh"))
		complete_zsh();
	else if (!strcmp(text, "fields"))
		reference_fields();
	else if (!strcmp(text, "commands"))
		reference_commands();
	else
		value_bad_choice(row, text);
	usage_end();
}
