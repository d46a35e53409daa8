// SPDX-License-Identifier: MIT
/* Fields, flags, types and counters: all from the tables of the ABI. */
#include "procmon.h"

#include <stddef.h>
#include <string.h>

#include "str.h"

/* clang-format off */
#define KIND(type) _Generic((type)0, __s32: PROCMON_KIND_S64, default: PROCMON_KIND_U64)
#define ROW(strct, fname, fkind, funknown, fdoc, fhead) \
	{ .name = #fname, .doc = fdoc, .kind = fkind, .unknown = (uint64_t)(funknown), \
	  .offset = offsetof(struct strct, fname), .size = sizeof(((struct strct *)0)->fname), \
	  .head = fhead },

#define N(type, name, unknown, doc) ROW(procmon_head, name, KIND(type), unknown, doc, true)
#define S(name, doc)
static const struct procmon_field field_head[] = { PROCMON_HEAD_FIELDS(N, S) };
#undef N
#undef S

#define BODY_TABLE(strct, FIELDS) \
	static const struct procmon_field field_##strct[] = { FIELDS(N_##strct, S_##strct) };
#define N_fork(type, name, unknown, doc) ROW(procmon_fork, name, KIND(type), unknown, doc, false)
#define S_fork(name, doc) ROW(procmon_fork, name, PROCMON_KIND_STRING, 0, doc, false)
#define N_exec(type, name, unknown, doc) ROW(procmon_exec, name, KIND(type), unknown, doc, false)
#define S_exec(name, doc) ROW(procmon_exec, name, PROCMON_KIND_STRING, 0, doc, false)
#define N_exit(type, name, unknown, doc) ROW(procmon_exit, name, KIND(type), unknown, doc, false)
#define S_exit(name, doc) ROW(procmon_exit, name, PROCMON_KIND_STRING, 0, doc, false)
#define N_cgroup(type, name, unknown, doc) ROW(procmon_cgroup, name, KIND(type), unknown, doc, false)
#define S_cgroup(name, doc) ROW(procmon_cgroup, name, PROCMON_KIND_STRING, 0, doc, false)
#define N_named(type, name, unknown, doc) ROW(procmon_named, name, KIND(type), unknown, doc, false)
#define S_named(name, doc) ROW(procmon_named, name, PROCMON_KIND_STRING, 0, doc, false)
BODY_TABLE(fork, PROCMON_FORK_FIELDS)
BODY_TABLE(exec, PROCMON_EXEC_FIELDS)
BODY_TABLE(exit, PROCMON_EXIT_FIELDS)
BODY_TABLE(cgroup, PROCMON_CGROUP_FIELDS)
BODY_TABLE(named, PROCMON_NAMED_FIELDS)

#define field_FORK field_fork
#define field_EXEC field_exec
#define field_EXIT field_exit
#define field_CGROUP field_cgroup

static const struct {
	const char *name;
	const struct procmon_field *body;
	unsigned int nr_body;
} field_type[] = {
#define T(number, NAME, tname, BODY) \
	[number] = { #tname, field_##BODY, sizeof(field_##BODY) / sizeof(field_##BODY[0]) },
	PROCMON_TYPES(T)
#undef T
};

/* The library's own types have the fields of another one. */
static unsigned int field_body_of(unsigned int type)
{
	return type == PROCMON_SNAPSHOT ? PROCMON_EXEC : type;
}

static const char *const field_flag[32] = {
#define F(bit, NAME, name, doc) [bit] = #name,
	PROCMON_FLAGS(F)
#undef F
};

static const struct {
	const char *name, *doc;
} field_counter[] = {
#define C(NAME, cname, cdoc) { #cname, cdoc },
	PROCMON_COUNTERS(C)
#undef C
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *procmon_type_name(unsigned int type)
{
	return type < COUNT(field_type) ? field_type[type].name : NULL;
}

unsigned int procmon_type_by_name(const char *name)
{
	unsigned int type;

	for (type = 0; type < COUNT(field_type); type++)
		if (field_type[type].name && !strcmp(field_type[type].name, name))
			return type;
	return 0;
}

const char *procmon_flag_name(unsigned int bit)
{
	return bit < COUNT(field_flag) ? field_flag[bit] : NULL;
}

const char *procmon_counter_name(unsigned int counter, const char **doc)
{
	if (counter >= COUNT(field_counter))
		return NULL;
	if (doc)
		*doc = field_counter[counter].doc;
	return field_counter[counter].name;
}

const struct procmon_field *procmon_field(unsigned int type, unsigned int index)
{
	if (index < COUNT(field_head))
		return &field_head[index];
	index -= COUNT(field_head);
	if (type == PROCMON_NAMED)
		return index < COUNT(field_named) ? &field_named[index] : NULL;
	type = field_body_of(type);
	if (!procmon_type_name(type) || index >= field_type[type].nr_body)
		return NULL;
	return &field_type[type].body[index];
}

static const struct procmon_field *field_search(unsigned int type, const char *name)
{
	const struct procmon_field *field;
	unsigned int i;

	for (i = 0; (field = procmon_field(type, i)); i++)
		if (!strcmp(field->name, name))
			return field;
	return NULL;
}

#define FIELD_CACHE 256
#define FIELD_NAME 24

/* Both ends of @name, mixed; of eight bytes each, where it has so many. */
static uint64_t field_hash(unsigned int type, const char *name, size_t len)
{
	uint64_t first = 0, last = 0;

	if (len >= sizeof(uint64_t)) {
		memcpy(&first, name, sizeof(uint64_t));
		memcpy(&last, name + len - sizeof(uint64_t), sizeof(uint64_t));
	} else if (len >= sizeof(uint32_t)) {
		memcpy(&first, name, sizeof(uint32_t));
		memcpy(&last, name + len - sizeof(uint32_t), sizeof(uint32_t));
	} else {
		first = (unsigned char)name[0];
		last = (uint64_t)(unsigned char)name[len - 1] << 8 | (unsigned char)name[len / 2];
	}
	return ((first ^ last * 0x9e3779b97f4a7c15ull) + type) * 0xd6e8feb86659fd93ull >> 40;
}

/* Callers ask for the same few over and over, also for those that the type has not. */
const struct procmon_field *procmon_field_by_name(unsigned int type, const char *name)
{
	static _Thread_local struct {
		char name[FIELD_NAME];
		unsigned int type;
		const struct procmon_field *field;
	} cache[FIELD_CACHE], *hit;
	size_t len = strlen(name);

	if (!len || len >= FIELD_NAME)
		return field_search(type, name);
	hit = &cache[field_hash(type, name, len) % FIELD_CACHE];
	if (hit->type != type || memcmp(hit->name, name, len + 1)) {
		memcpy(hit->name, name, len + 1);
		hit->type = type;
		hit->field = field_search(type, name);
	}
	return hit->field;
}

static uint64_t field_number(const void *at, const struct procmon_field *field)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (field->size) {
	case 8:
		memcpy(&u64, at, 8);
		return u64;
	case 4:
		memcpy(&u32, at, 4);
		return field->kind == PROCMON_KIND_S64 ? (uint64_t)(int64_t)(int32_t)u32 : u32;
	default:
		memcpy(&u16, at, 2);
		return u16;
	}
}

static void field_get_string(const struct procmon_event *ev, const struct procmon_str *str,
			     struct procmon_value *value)
{
	const char *text = str_text(ev->data, ev->head.len, str);

	value->flags = str->flags;
	value->err = str->err;
	if (!text)
		return;
	value->known = true;
	value->str = text;
	value->len = str->len;
	value->full_len = str->full_len;
}

/* Is the field within the event?  An older module's body ends before it. */
static bool field_is_there(const struct procmon_event *ev, const struct procmon_field *field)
{
	uint32_t end = (uint32_t)field->offset + field->size;

	if (field->head)
		return true;
	return ev->data && end <= ev->head.body_len && sizeof(ev->head) + end <= ev->head.len;
}

void procmon_get(const struct procmon_event *ev, const struct procmon_field *field,
		 struct procmon_value *value)
{
	const char *base;
	struct procmon_str str;

	memset(value, 0, sizeof(*value));
	if (!field_is_there(ev, field))
		return;
	base = field->head ? (const char *)&ev->head : (const char *)ev->data + sizeof(ev->head);
	if (field->kind == PROCMON_KIND_STRING) {
		memcpy(&str, base + field->offset, sizeof(str));
		field_get_string(ev, &str, value);
		return;
	}
	value->number = field_number(base + field->offset, field);
	value->known = value->number != field->unknown;
	if (!value->known)
		value->number = 0;
}

uint64_t procmon_number(const struct procmon_event *ev, const char *name)
{
	const struct procmon_field *field = procmon_field_by_name(ev->head.type, name);
	struct procmon_value value;

	if (!field)
		return UINT64_MAX;
	procmon_get(ev, field, &value);
	return value.known && !value.str ? value.number : UINT64_MAX;
}

const char *procmon_string(const struct procmon_event *ev, const char *name, size_t *len)
{
	const struct procmon_field *field = procmon_field_by_name(ev->head.type, name);
	struct procmon_value value = { 0 };

	if (field)
		procmon_get(ev, field, &value);
	if (len)
		*len = value.len;
	return value.str;
}
