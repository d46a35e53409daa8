// SPDX-License-Identifier: MIT
/* Everything read may be damaged: what a table says is checked here, what the bytes say when they are used. */
#include "layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT_STEP 16 /* fields for which memory is taken at a time */
#define LAYOUT_BODY 4096

/* Numbers that others are expected to be like. */
static const struct {
	const char *name;
	enum layout_role role;
} layout_roles[] = {
	{ "time_ns", LAYOUT_TIME },	 { "seq", LAYOUT_SEQ },
	{ "tgid", LAYOUT_TGID },	 { "ppid", LAYOUT_PPID },
	{ "start_ns", LAYOUT_START },	 { "parent_start_ns", LAYOUT_PARENT_START },
	{ "tid", LAYOUT_LIKE_TGID },	 { "ns_pid", LAYOUT_LIKE_TGID },
	{ "old_tid", LAYOUT_LIKE_TGID },
};

unsigned int layout_column(struct layout *layout, const char *name)
{
	unsigned int i;

	for (i = 0; i < layout->nr_columns; i++)
		if (!strcmp(layout->column[i], name))
			return i;
	if (i < LAYOUT_COLUMNS)
		snprintf(layout->column[layout->nr_columns++], LAYOUT_NAME, "%s", name);
	return i;
}

static bool layout_add_type(struct layout *layout, const char *line)
{
	struct layout_type *type;
	unsigned int number;

	/* NOLINTNEXTLINE(cert-err34-c): a number that is too large is none of ours */
	if (sscanf(line, "type %u", &number) != 1 || !number || number > UINT16_MAX ||
	    layout->nr_types == LAYOUT_TYPES)
		return false;
	type = calloc(1, sizeof(*type));
	if (!type)
		return false;
	type->number = number;
	type->end = sizeof(struct procmon_head);
	layout->type[layout->nr_types++] = type;
	return true;
}

static bool layout_field_fits(const struct layout_field *field, unsigned int len)
{
	return len == 2 || len == 4 || len == 8 ?
		       field->offset <= sizeof(struct procmon_head) + LAYOUT_BODY - len &&
			       !(field->offset < sizeof(struct procmon_head) &&
				 field->offset + len > sizeof(struct procmon_head)) :
		       false;
}

static bool layout_read_field(struct layout_field *field, const char *line, unsigned int *len)
{
	unsigned int bits;

	/* NOLINTNEXTLINE(cert-err34-c): what does not fit is refused */
	if (sscanf(line, "string %31s %u", field->name, &field->offset) == 2) {
		*len = sizeof(struct procmon_str);
		return field->offset >= sizeof(struct procmon_head) &&
		       field->offset <= sizeof(struct procmon_head) + LAYOUT_BODY - *len;
	}
	/* NOLINTNEXTLINE(cert-err34-c): the same */
	if (sscanf(line, "%*1[us]%u %31s %u %" SCNu64, &bits, field->name, &field->offset,
		   &field->unknown) != 4)
		return false;
	*len = field->size = bits / 8;
	return layout_field_fits(field, *len);
}

/* Room for one more.  NULL: there are too many, or no memory. */
static struct layout_field *layout_next_field(struct layout_type *type)
{
	struct layout_field *field = type->field;

	if (type->nr == LAYOUT_FIELDS)
		return NULL;
	if (type->nr % LAYOUT_STEP == 0)
		field = realloc(field, (type->nr + LAYOUT_STEP) * sizeof(*field));
	if (!field)
		return NULL;
	type->field = field;
	memset(&field[type->nr], 0, sizeof(*field));
	return &field[type->nr];
}

static bool layout_add_field(struct layout *layout, const char *line)
{
	struct layout_type *type = layout->nr_types ? layout->type[layout->nr_types - 1] : NULL;
	struct layout_field *field;
	unsigned int len, i;

	field = type ? layout_next_field(type) : NULL;
	if (!field || !layout_read_field(field, line, &len))
		return false;
	for (i = 0; i < sizeof(layout_roles) / sizeof(layout_roles[0]); i++)
		if (field->size && !strcmp(field->name, layout_roles[i].name))
			field->role = layout_roles[i].role;
	field->column = field->size ? layout_column(layout, field->name) : LAYOUT_COLUMNS;
	field->bit = field->column < LAYOUT_COLUMNS ? 1ull << field->column : 0;
	field->end = field->offset + len;
	field->spare = 64 - 8 * field->size;
	if (field->end > type->end)
		type->end = (field->end + 7) / 8 * 8;
	type->nr++;
	return true;
}

bool layout_read(struct layout *layout, const char *table)
{
	const char *line, *end;
	bool good = true;
	char copy[128];

	for (line = table; good && *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || (size_t)(end - line) >= sizeof(copy))
			return false;
		memcpy(copy, line, (size_t)(end - line));
		copy[end - line] = '\0';
		good = !strncmp(copy, "type ", 5) ? layout_add_type(layout, copy) :
						    layout_add_field(layout, copy);
	}
	return good;
}

void layout_free(struct layout *layout)
{
	unsigned int i;

	for (i = 0; i < layout->nr_types; i++) {
		free(layout->type[i]->field);
		free(layout->type[i]);
	}
}
