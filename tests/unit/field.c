// SPDX-License-Identifier: MIT
/* The tables of the ABI as the library tells them, and values out of events of strangers. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "tap.h"

/* The rows once more, straight from the tables and the structs. */
static const struct row {
	unsigned int type;
	const char *name;
	size_t offset, size;
	uint64_t unknown;
	bool string;
} rows[] = {
/* clang-format off */
#define N(ctype, fname, funknown, doc) { TYPE, #fname, offsetof(struct STRUCT, fname), \
	sizeof(ctype), (uint64_t)(funknown), false },
#define S(fname, doc) { TYPE, #fname, offsetof(struct STRUCT, fname), \
	sizeof(struct procmon_str), 0, true },
#define TYPE 0
#define STRUCT procmon_head
	PROCMON_HEAD_FIELDS(N, S)
#undef TYPE
#undef STRUCT
#define TYPE PROCMON_FORK
#define STRUCT procmon_fork
	PROCMON_FORK_FIELDS(N, S)
#undef TYPE
#undef STRUCT
#define TYPE PROCMON_EXEC
#define STRUCT procmon_exec
	PROCMON_EXEC_FIELDS(N, S)
#undef TYPE
#undef STRUCT
#define TYPE PROCMON_EXIT
#define STRUCT procmon_exit
	PROCMON_EXIT_FIELDS(N, S)
#undef TYPE
#undef STRUCT
#define TYPE PROCMON_CGROUP_ATTACH
#define STRUCT procmon_cgroup
	PROCMON_CGROUP_FIELDS(N, S)
	/* clang-format on */
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static unsigned int head_fields(void)
{
	unsigned int n = 0;

	while (n < ROWS && !rows[n].type)
		n++;
	return n;
}

static bool row_is(const struct row *row, const struct procmon_field *field)
{
	return field && !strcmp(field->name, row->name) && field->offset == row->offset &&
	       field->size == row->size && field->head == !row->type && *field->doc &&
	       (field->kind == PROCMON_KIND_STRING) == row->string &&
	       (row->string || field->unknown == row->unknown);
}

static void every_row(void)
{
	unsigned int i, at = 0, type = 0, bad = 0;

	for (i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		unsigned int asked = row->type ? row->type : PROCMON_EXEC;

		at = row->type && row->type != type ? head_fields() : at;
		type = row->type;
		if (!row_is(row, procmon_field(asked, at++)) ||
		    !row_is(row, procmon_field_by_name(asked, row->name))) {
			diag("%s of type %u", row->name, row->type);
			bad++;
		}
		if (i + 1 == ROWS || (type && rows[i + 1].type != type))
			bad += procmon_field(type, at) != NULL;
	}
	ok(!bad, "every_row_of_the_tables_is_reached_by_index_and_by_name");
	ok(!procmon_field_by_name(PROCMON_FORK, "exe") && !procmon_field_by_name(PROCMON_EXEC, ""),
	   "a_name_of_another_type_is_none");
	ok(procmon_field(77, 0) && procmon_field(77, head_fields() - 1) &&
		   !procmon_field(77, head_fields()) && !procmon_field(77, 4000000000u),
	   "an_unknown_type_has_the_fields_of_the_head");
}

static void names(void)
{
	unsigned int i, types = 0, flags = 0, bad = 0;
	const char *doc;

	for (i = 0; i < 70000; i++) {
		const char *name = procmon_type_name(i);

		types += name != NULL;
		bad += name && procmon_type_by_name(name) != i;
	}
	ok(!bad && types == PROCMON_CGROUP_ATTACH, "types_have_names_that_lead_back");
	ok(!procmon_type_name(0) && !procmon_type_name(PROCMON_LOST) && !procmon_type_by_name("") &&
		   !procmon_type_by_name("Exec"),
	   "other_types_and_names_are_unknown");
	for (i = 0; i < 100; i++)
		flags += procmon_flag_name(i) != NULL;
	ok(flags == 14 && !strcmp(procmon_flag_name(31), "unordered") && !procmon_flag_name(28) &&
		   !procmon_flag_name(32),
	   "flags_have_names");
	for (i = 0; i < PROCMON_NR_COUNTERS; i++)
		bad += !*procmon_counter_name(i, &doc) || !*doc;
	ok(!bad && !procmon_counter_name(i, &doc) && !procmon_counter_name(-1, NULL) &&
		   procmon_counter_name(0, NULL),
	   "counters_have_names_and_descriptions");
}

static void unknown_values(void)
{
	static struct draft draft;
	const struct procmon_field *field;
	struct procmon_value value;
	struct procmon_event ev;
	unsigned int type, i, bad = 0;

	for (type = PROCMON_FORK; procmon_type_name(type); type++) {
		draft_start(&draft, type);
		ev = draft_event(&draft);
		for (i = 0; (field = procmon_field(type, i)); i++) {
			procmon_get(&ev, field, &value);
			if (!field->head && (value.known || value.number || value.str)) {
				diag("%s of type %u", field->name, type);
				bad++;
			}
		}
	}
	ok(!bad, "unknown_values_are_unknown");
	draft_start(&draft, PROCMON_EXIT);
	ev = draft_event(&draft);
	ok(procmon_number(&ev, "exit_code") == UINT64_MAX &&
		   procmon_number(&ev, "nope") == UINT64_MAX,
	   "unknown_numbers_are_all_ones");
	ok(!procmon_string(&ev, "comm", &(size_t){ 1 }) && !procmon_string(&ev, "exe", NULL),
	   "unknown_strings_are_null");
}

static void known_values(void)
{
	static struct draft draft;
	const struct procmon_field *field;
	struct procmon_event ev;
	unsigned int type, i, bad = 0;
	size_t len;

	for (type = PROCMON_FORK; procmon_type_name(type); type++) {
		for (i = 0; (field = procmon_field(type, i)); i++) {
			if (field->kind == PROCMON_KIND_STRING || (field->head && i < 3))
				continue;
			draft_start(&draft, type);
			draft_number(&draft, field->name, 0x1234 + i);
			ev = draft_event(&draft);
			if (procmon_number(&ev, field->name) != 0x1234 + i) {
				diag("%s of type %u", field->name, type);
				bad++;
			}
		}
	}
	ok(!bad, "every_number_comes_back");
	draft_start(&draft, PROCMON_EXIT);
	draft_number(&draft, "exit_code", (uint64_t)-7);
	draft_text(&draft, "comm", "cat");
	ev = draft_event(&draft);
	ok((int64_t)procmon_number(&ev, "exit_code") == -7, "negative_numbers_keep_their_sign");
	ok(!strcmp(procmon_string(&ev, "comm", &len), "cat") && len == 3, "a_string_comes_back");
	ok(procmon_number(&ev, "comm") == UINT64_MAX && !procmon_string(&ev, "exit_code", NULL),
	   "a_string_is_no_number_and_a_number_no_string");
	draft_text(&draft, "comm", "");
	ev = draft_event(&draft);
	ok(procmon_string(&ev, "comm", &len) && !len, "an_empty_string_is_known");
}

static void notes(void)
{
	static struct draft draft;
	struct procmon_value value;
	struct procmon_event ev;

	draft_start(&draft, PROCMON_EXEC);
	draft_text(&draft, "args", "abc");
	draft_str(&draft, "args")->full_len = 999;
	draft_str(&draft, "args")->flags = PROCMON_STR_CUT | PROCMON_STR_UNREADABLE;
	draft_str(&draft, "args")->err = EFAULT;
	draft_str(&draft, "exe")->flags = PROCMON_STR_ABSENT | PROCMON_STR_UNREADABLE;
	draft_str(&draft, "exe")->err = ENOENT;
	ev = draft_event(&draft);
	procmon_get(&ev, procmon_field_by_name(PROCMON_EXEC, "args"), &value);
	ok(value.known && value.full_len == 999 && value.err == EFAULT &&
		   value.flags == (PROCMON_STR_CUT | PROCMON_STR_UNREADABLE),
	   "a_string_that_was_cut_or_unreadable_says_so");
	procmon_get(&ev, procmon_field_by_name(PROCMON_EXEC, "exe"), &value);
	ok(!value.known && value.err == ENOENT && !value.full_len,
	   "a_string_that_is_absent_says_why");
}

static volatile unsigned int sum;

/* The event is in memory of exactly its length: every byte that a value has is read. */
static void read_everything(struct draft *draft)
{
	struct procmon_event ev = draft_event_exact(draft);
	const struct procmon_field *field;
	struct procmon_value value;
	unsigned int type, i;
	size_t at;

	for (type = PROCMON_FORK; procmon_type_name(type); type++) {
		for (i = 0; (field = procmon_field(type, i)); i++) {
			procmon_get(&ev, field, &value);
			for (at = 0; value.str && at <= value.len; at++)
				sum += (unsigned char)value.str[at];
			if (value.str && value.str[value.len])
				bail("no NUL after a string");
		}
	}
	draft_event_free(&ev);
}

static void hostile_strings(void)
{
	static const uint32_t odd[] = { 0,
					1,
					63,
					64,
					65,
					175,
					240,
					241,
					1u << 31,
					(1u << 31) + 1,
					UINT32_MAX,
					UINT32_MAX - 1,
					UINT32_MAX - 63,
					UINT32_MAX - 64 };
	static struct draft draft;
	size_t i, j, n = sizeof(odd) / sizeof(odd[0]);

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			draft_start(&draft, PROCMON_EXEC);
			draft_text(&draft, "exe", "/bin/true");
			draft_str(&draft, "exe")->off = odd[i];
			draft_str(&draft, "exe")->len = odd[j];
			read_everything(&draft);
			draft_str(&draft, "exe")->off = draft.head.len - odd[i];
			read_everything(&draft);
		}
	}
	ok(true, "no_place_or_length_of_a_string_leads_outside");
	draft_start(&draft, PROCMON_EXEC);
	draft_text(&draft, "exe", "/bin/true");
	draft.bytes[draft.head.len - 1] = 'x';
	struct procmon_event ev = draft_event(&draft);

	ok(!procmon_string(&ev, "exe", NULL), "a_string_without_its_nul_is_unknown");
}

static void hostile_lengths(void)
{
	static struct draft draft;
	uint32_t len;

	for (len = 64; len < 300; len++) {
		draft_start(&draft, PROCMON_EXEC);
		draft_text(&draft, "exe", "/bin/true");
		draft.head.len = len;
		draft.head.body_len = 0xffff;
		read_everything(&draft);
	}
	ok(true, "a_body_longer_than_the_event_leads_nowhere");
}

static void random_bytes(void)
{
	static struct draft draft;
	unsigned int round, i;

	srand(5);
	for (round = 0; round < 20000; round++) {
		draft.head.len = 64 + (uint32_t)rand() % 400;
		for (i = 4; i < draft.head.len; i++)
			draft.bytes[i] = (unsigned char)(rand() >> 7);
		for (i = 64; i + 8 <= draft.head.len; i += 4)
			if (rand() & 1)
				memcpy(draft.bytes + i, &(uint32_t){ (uint32_t)rand() % 500 }, 4);
		read_everything(&draft);
	}
	ok(true, "random_bytes_lead_nowhere");
}

static void other_versions(void)
{
	static struct draft draft;
	const struct procmon_field *last = procmon_field_by_name(PROCMON_EXEC, "nlink");
	struct procmon_event ev;

	draft_start(&draft, PROCMON_EXEC);
	draft_number(&draft, "mode", 0100755);
	draft_number(&draft, "nlink", 3);
	draft_text(&draft, "exe", "/bin/true");
	draft.head.body_len = last->offset;
	ev = draft_event(&draft);
	ok(procmon_number(&ev, "mode") == 0100755 && procmon_number(&ev, "nlink") == UINT64_MAX &&
		   !procmon_string(&ev, "exe", NULL),
	   "the_shorter_body_of_an_older_module_lacks_its_last_fields");
	draft.head.body_len = (uint16_t)(last->offset + last->size - 1);
	ev = draft_event(&draft);
	ok(procmon_number(&ev, "nlink") == UINT64_MAX, "half_a_field_is_none");
	draft_start(&draft, PROCMON_EXEC);
	draft.head.len += 40;
	draft.head.body_len += 40;
	memset(draft.bytes + draft.head.len - 40, 0xff, 40);
	draft_number(&draft, "nlink", 3);
	draft_text(&draft, "exe", "/bin/true");
	ev = draft_event(&draft);
	ok(procmon_number(&ev, "nlink") == 3 &&
		   !strcmp(procmon_string(&ev, "exe", NULL), "/bin/true"),
	   "the_longer_body_of_a_newer_module_has_all_we_know");
	draft_start(&draft, 1234);
	draft.head.tgid = 7;
	ev = draft_event(&draft);
	ok(procmon_number(&ev, "tgid") == 7 && !procmon_string(&ev, "comm", NULL),
	   "the_head_of_an_unknown_type_can_be_read");
	ev = (struct procmon_event){ .head.type = PROCMON_LOST, .head.cpu = 3, .count = 9 };
	ok(procmon_number(&ev, "cpu") == 3 && !procmon_string(&ev, "comm", NULL),
	   "a_gap_has_a_head_and_no_body");
	ev = (struct procmon_event){ .head.type = PROCMON_EXEC };
	ok(procmon_number(&ev, "ino") == UINT64_MAX, "an_event_without_data_has_no_body");
}

int main(void)
{
	tap_theme("field");
	every_row();
	names();
	unknown_values();
	known_values();
	notes();
	hostile_strings();
	hostile_lengths();
	random_bytes();
	other_versions();
	return tap_done();
}
