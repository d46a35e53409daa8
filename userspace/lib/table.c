// SPDX-License-Identifier: MIT
#include "table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procmon.h"

struct table_text {
	char *text;
	size_t len, size;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void table_print(struct table_text *to,
							      const char *format, ...)
{
	char line[128];
	va_list args;
	size_t n;
	char *more;

	va_start(args, format);
	n = (size_t)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (to->size - to->len <= n) {
		to->size = 2 * to->size + sizeof(line);
		more = realloc(to->text, to->size);
		if (!more) {
			to->failed = true;
			return;
		}
		to->text = more;
	}
	memcpy(to->text + to->len, line, n + 1);
	to->len += n;
}

static void table_print_field(struct table_text *to, const struct procmon_field *field)
{
	unsigned int offset = field->offset + (field->head ? 0 : sizeof(struct procmon_head));

	if (field->kind == PROCMON_KIND_STRING)
		table_print(to, "string %s %u\n", field->name, offset);
	else
		table_print(to, "%c%u %s %u %" PRIu64 "\n",
			    field->kind == PROCMON_KIND_S64 ? 's' : 'u', 8u * field->size,
			    field->name, offset, field->unknown);
}

/* Is it told by other means? */
static bool table_is_frame(const struct procmon_field *field)
{
	return field->head && (!strcmp(field->name, "len") || !strcmp(field->name, "type") ||
			       !strcmp(field->name, "body_len"));
}

/* tgid and time_ns come first: others are expected by them. */
static void table_print_type(struct table_text *to, unsigned int type, const char *name)
{
	const struct procmon_field *field;
	unsigned int i;

	table_print(to, "type %u %s\n", type, name);
	table_print_field(to, procmon_field_by_name(PROCMON_FORK, "tgid"));
	table_print_field(to, procmon_field_by_name(PROCMON_FORK, "time_ns"));
	for (i = 0; (field = procmon_field(type, i)); i++)
		if (!table_is_frame(field) && !(field->head && (!strcmp(field->name, "tgid") ||
								!strcmp(field->name, "time_ns"))))
			table_print_field(to, field);
}

char *table_of_fields(void)
{
	struct table_text to = { 0 };
	unsigned int type;

	for (type = 1; procmon_type_name(type); type++)
		table_print_type(&to, type, procmon_type_name(type));
	table_print_type(&to, PROCMON_SNAPSHOT, "snapshot");
	table_print_type(&to, PROCMON_NAMED, "named");
	table_print_type(&to, PROCMON_LOST, "lost");
	table_print(&to, "u64 count %zu 0\n", sizeof(struct procmon_head));
	if (to.failed) {
		free(to.text);
		return NULL;
	}
	return to.text;
}
