// SPDX-License-Identifier: MIT
#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define DRAFT_TYPES 8

static const struct procmon_field *draft_field(struct draft *draft, const char *name, void **at)
{
	const struct procmon_field *field = procmon_field_by_name(draft->head.type, name);

	if (!field)
		bail("type %u has no field '%s'", draft->head.type, name);
	*at = draft->bytes + (field->head ? 0 : sizeof(draft->head)) + field->offset;
	return field;
}

/* A head and a body of nothing known. */
static void draft_make_blank(struct draft *draft, unsigned int type)
{
	const struct procmon_field *field;
	unsigned int i;

	draft->head.type = (uint16_t)type;
	for (i = 0; (field = procmon_field(type, i)); i++) {
		if (!field->head)
			draft->head.body_len = (uint16_t)(field->offset + field->size);
		if (field->kind == PROCMON_KIND_STRING)
			draft_str(draft, field->name)->flags = PROCMON_STR_ABSENT;
		else if (strcmp(field->name, "type") && strcmp(field->name, "body_len"))
			draft_number(draft, field->name, field->unknown);
	}
	draft->head.flags = 0;
	draft->head.len = (uint32_t)sizeof(draft->head) + draft->head.body_len;
}

void draft_start(struct draft *draft, unsigned int type)
{
	static struct draft blank[DRAFT_TYPES];
	uint32_t used = draft->used;

	if (type >= DRAFT_TYPES) {
		memset(draft, 0, sizeof(*draft));
		draft_make_blank(draft, type);
		return;
	}
	if (!blank[type].head.len)
		draft_make_blank(&blank[type], type);
	if (used > blank[type].head.len)
		memset(draft->bytes, 0, used);
	memcpy(draft->bytes, blank[type].bytes, blank[type].head.len);
	draft->used = draft->head.len;
}

void draft_number(struct draft *draft, const char *name, uint64_t number)
{
	void *at;
	const struct procmon_field *field = draft_field(draft, name, &at);

	memcpy(at, &number, field->size); /* little-endian, as every machine of the tests */
}

struct procmon_str *draft_str(struct draft *draft, const char *name)
{
	void *at;

	draft_field(draft, name, &at);
	return at;
}

void draft_string(struct draft *draft, const char *name, const void *bytes, size_t len)
{
	struct procmon_str *str = draft_str(draft, name);

	if (draft->head.len + len + 1 > sizeof(draft->bytes))
		bail("'%s' is too long", name);
	*str = (struct procmon_str){
		.off = draft->head.len,
		.len = (uint32_t)len,
		.full_len = (uint32_t)len,
	};
	memcpy(draft->bytes + draft->head.len, bytes, len);
	draft->head.len += (uint32_t)len + 1;
	draft->used = draft->head.len;
}

void draft_text(struct draft *draft, const char *name, const char *text)
{
	draft_string(draft, name, text, strlen(text));
}

void draft_process(struct draft *draft, uint32_t tgid, uint64_t start_ns)
{
	draft->head.tgid = tgid;
	draft->head.tid = tgid;
	draft->head.start_ns = start_ns;
}

struct procmon_event draft_event(const struct draft *draft)
{
	return (struct procmon_event){ .head = draft->head, .data = draft->bytes };
}

struct procmon_event draft_event_exact(const struct draft *draft)
{
	void *copy = malloc(draft->head.len);

	if (!copy)
		bail("out of memory");
	memcpy(copy, draft->bytes, draft->head.len);
	return (struct procmon_event){ .head = draft->head, .data = copy };
}

void draft_event_free(struct procmon_event *ev)
{
	free((void *)ev->data);
	ev->data = NULL;
}
