// SPDX-License-Identifier: MIT
#include "key.h"

#include <string.h>

#include "clock.h"
#include "event.h"
#include "hash.h"
#include "names.h"
#include "redact.h"
#include "reference.h"

#define KEY_SCRIPT_LEN 65536 /* as event_put() has it */
#define KEY_SHORT 4 /* letters of a name that may be mistyped twice; else once */

static struct out key_made = { .fd = -1 }; /* a value that had to be put together */

static const struct procmon_field *key_field(const struct key *key, const struct key_event *on)
{
	unsigned int type = on->ev->head.type;

	if (type == PROCMON_SNAPSHOT)
		type = PROCMON_EXEC;
	return key->field[type < KEY_TYPES ? type : 0]; /* 0: the fields of every event */
}

/* All zero when the event has no such field. */
static struct procmon_value key_ask(const struct key *key, const struct key_event *on)
{
	const struct procmon_field *field = key_field(key, on);
	struct procmon_value got = { 0 };

	if (field)
		procmon_get(on->ev, field, &got);
	return got;
}

static bool key_get_field(const struct key *key, const struct key_event *on,
			  struct key_value *value)
{
	struct procmon_value got = key_ask(key, on);

	*value = (struct key_value){ got.number, got.str, got.len };
	return got.known;
}

/* KEY_full_len, of a string that was cut. */
static bool key_get_full_len(const struct key *key, const struct key_event *on,
			     struct key_value *value)
{
	struct procmon_value got = key_ask(key, on);

	value->number = got.full_len;
	return got.flags & PROCMON_STR_CUT;
}

static bool key_give_text(struct key_value *value, const char *text)
{
	if (!text)
		return false;
	value->text = text;
	value->len = strlen(text);
	return true;
}

/* KEY_error, of a string that could not be read. */
static bool key_get_error(const struct key *key, const struct key_event *on,
			  struct key_value *value)
{
	struct procmon_value got = key_ask(key, on);
	const char *name = names_errno(got.err);

	return got.flags & PROCMON_STR_UNREADABLE && key_give_text(value, name ? name : "unknown");
}

static struct out *key_make(void)
{
	key_made.len = 0;
	return &key_made;
}

static bool key_give_made(struct key_value *value)
{
	value->len = key_made.len;
	out_char(&key_made, '\0');
	value->text = key_made.buf;
	return true;
}

static bool key_get_schema(const struct key *key, const struct key_event *on,
			   struct key_value *value)
{
	(void)key;
	(void)on;
	return key_give_text(value, EVENT_SCHEMA);
}

static bool key_get_event(const struct key *key, const struct key_event *on,
			  struct key_value *value)
{
	static char unknown[EVENT_NAME_LEN];

	(void)key;
	return key_give_text(value, event_name(on->ev->head.type, unknown));
}

static bool key_get_time(const struct key *key, const struct key_event *on, struct key_value *value)
{
	(void)key;
	clock_put(key_make(), on->ev->head.time_ns, CLOCK_STYLE_UTC);
	return key_give_made(value);
}

static bool key_get_boot_ns(const struct key *key, const struct key_event *on,
			    struct key_value *value)
{
	(void)key;
	value->number = on->ev->head.time_ns;
	return true;
}

static bool key_get_cursor(const struct key *key, const struct key_event *on,
			   struct key_value *value)
{
	(void)key;
	return key_give_text(value, procmon_cursor(on->show->pm));
}

static bool key_get_pid(const struct key *key, const struct key_event *on, struct key_value *value)
{
	(void)key;
	value->number = on->ev->head.tgid;
	return true;
}

static bool key_give_id(const struct key_event *on, struct key_value *value, uint32_t tgid,
			uint64_t start_ns)
{
	static char id[EVENT_ID_LEN];

	event_id(id, on->show->instance, tgid, start_ns);
	return key_give_text(value, id);
}

static bool key_get_id(const struct key *key, const struct key_event *on, struct key_value *value)
{
	const struct procmon_head *head = &on->ev->head;

	(void)key;
	return head->start_ns && key_give_id(on, value, head->tgid, head->start_ns);
}

static bool key_get_parent_id(const struct key *key, const struct key_event *on,
			      struct key_value *value)
{
	uint64_t start_ns = procmon_number(on->ev, "parent_start_ns");
	uint32_t ppid = on->ev->head.ppid;

	(void)key;
	return ppid != PROCMON_UNKNOWN32 && start_ns != UINT64_MAX &&
	       key_give_id(on, value, ppid, start_ns);
}

static bool key_get_cpid(const struct key *key, const struct key_event *on, struct key_value *value)
{
	static char text[CPID_LEN];

	(void)key;
	return event_cpid(&(struct event){ on->ev, on->proc, on->where }, text) &&
	       key_give_text(value, text);
}

static bool key_get_reparented(const struct key *key, const struct key_event *on,
			       struct key_value *value)
{
	const struct event event = { on->ev, on->proc, on->where };
	uint64_t start_ns;
	uint32_t ppid;

	(void)key;
	return event_was_child_of(&event, &ppid, &start_ns) &&
	       key_give_id(on, value, ppid, start_ns);
}

/* Their executables, or names. */
static bool key_get_ancestors(const struct key *key, const struct key_event *on,
			      struct key_value *value)
{
	const struct proc *proc = on->proc;
	struct out *out = key_make();
	unsigned int n;

	(void)key;
	if (!proc)
		return false;
	for (n = 0; n < EVENT_ANCESTORS && (proc = proc_parent(proc)); n++) {
		const struct proc *told = on->shown ? redact_proc(proc) : proc;

		out_str(out, told->exe ? told->exe : told->comm);
		out_char(out, '\0');
	}
	return key_give_made(value);
}

static bool key_get_user(const struct key *key, const struct key_event *on, struct key_value *value)
{
	uint32_t uid = on->ev->head.uid;

	(void)key;
	return uid != PROCMON_UNKNOWN32 && key_give_text(value, names_user(uid));
}

static bool key_get_flags(const struct key *key, const struct key_event *on,
			  struct key_value *value)
{
	uint32_t flags = on->ev->head.flags;
	struct out *out = key_make();
	unsigned int bit;

	(void)key;
	for (bit = 0; bit < 32; bit++) {
		char unknown[EVENT_NAME_LEN];

		if (!(flags & 1u << bit))
			continue;
		out_str(out, event_flag(bit, unknown));
		out_char(out, '\0');
	}
	return flags && key_give_made(value);
}

static bool key_get_thread(const struct key *key, const struct key_event *on,
			   struct key_value *value)
{
	const struct procmon_head *head = &on->ev->head;

	(void)key;
	value->number = head->flags & PROCMON_F_THREAD;
	return head->type == PROCMON_FORK || head->type == PROCMON_EXIT;
}

static bool key_get_dev(const struct key *key, const struct key_event *on, struct key_value *value)
{
	uint64_t major = procmon_number(on->ev, "dev_major");
	uint64_t minor = procmon_number(on->ev, "dev_minor");

	(void)key;
	if (major == UINT64_MAX || minor == UINT64_MAX)
		return false;
	out_printf(key_make(), "%u:%u", (unsigned int)major, (unsigned int)minor);
	return key_give_made(value);
}

static bool key_get_script(const struct key *key, const struct key_event *on,
			   struct key_value *value)
{
	char *room = out_room(key_make(), KEY_SCRIPT_LEN);
	ssize_t len = procmon_script(on->ev, room, KEY_SCRIPT_LEN);

	(void)key;
	value->text = room;
	value->len = (size_t)len;
	return len > 0;
}

/* An exit has it of its process. */
static bool key_get_exe(const struct key *key, const struct key_event *on, struct key_value *value)
{
	if (on->ev->head.type != PROCMON_EXIT)
		return key_get_field(key, on, value);
	if (!on->proc || !on->proc->exe)
		return false;
	value->text = on->proc->exe;
	value->len = on->proc->exe_len;
	return true;
}

static bool key_get_args(const struct key *key, const struct key_event *on, struct key_value *value)
{
	if (on->ev->head.type != PROCMON_EXIT)
		return key_get_field(key, on, value);
	if (!on->proc || !on->proc->args)
		return false;
	value->text = on->proc->args;
	value->len = on->proc->args_len;
	return true;
}

static void key_put_variable(void *data, const char *variable, size_t len)
{
	if (!event_env_wants(variable, len))
		return;
	out_put(data, variable, len);
	out_char(data, '\0');
}

static bool key_get_env(const struct key *key, const struct key_event *on, struct key_value *value)
{
	if (!key_get_field(key, on, value) || !on->shown)
		return value->text;
	event_args(value->text, value->len, key_put_variable, key_make());
	return key_give_made(value);
}

static bool key_get_sha256(const struct key *key, const struct key_event *on,
			   struct key_value *value)
{
	(void)key;
	return key_give_text(value, hash_of(on->ev));
}

static bool key_get_signal_name(const struct key *key, const struct key_event *on,
				struct key_value *value)
{
	uint64_t signal = procmon_number(on->ev, "signal");

	(void)key;
	return signal != UINT64_MAX && key_give_text(value, names_signal((unsigned int)signal));
}

static bool key_get_duration(const struct key *key, const struct key_event *on,
			     struct key_value *value)
{
	(void)key;
	return on->ev->head.type == PROCMON_EXIT && event_duration(on->ev, &value->number);
}

static bool key_get_count(const struct key *key, const struct key_event *on,
			  struct key_value *value)
{
	(void)key;
	value->number = on->ev->count;
	return on->ev->head.type == PROCMON_LOST;
}

#define KEY_OF_WHERE(key_name, text_of)                                                            \
	static bool key_get_##key_name(const struct key *key, const struct key_event *on,          \
				       struct key_value *value)                                    \
	{                                                                                          \
		const char *text = on->where ? (text_of) : NULL;                                   \
                                                                                                   \
		(void)key;                                                                         \
		return text && *text && key_give_text(value, text);                                \
	}
KEY_OF_WHERE(cgroup, on->where->path)
KEY_OF_WHERE(container_id, on->where->place.container_id)
KEY_OF_WHERE(container_runtime, where_runtime(on->where))
KEY_OF_WHERE(container_name, on->where->names.name)
KEY_OF_WHERE(container_image, on->where->names.image)
KEY_OF_WHERE(pod_uid, where_pod_uid(on->where))
KEY_OF_WHERE(pod_name, on->where->names.pod_name)
KEY_OF_WHERE(pod_namespace, on->where->names.pod_namespace)
KEY_OF_WHERE(unit, on->where->place.unit)
KEY_OF_WHERE(user_unit, on->where->place.user_unit)
KEY_OF_WHERE(slice, on->where->place.slice)

/* Whatever it is called. */
static bool key_give_either(struct key_value *value, const char *id, const char *name)
{
	struct out *out = key_make();

	if (id && *id)
		out_put(out, id, strlen(id) + 1);
	if (name && *name)
		out_put(out, name, strlen(name) + 1);
	return out->len && key_give_made(value);
}

static bool key_get_container(const struct key *key, const struct key_event *on,
			      struct key_value *value)
{
	const struct where *where = on->where;

	(void)key;
	return where && *where->place.container_id &&
	       key_give_either(value, where->place.container_id, where->names.name);
}

static bool key_get_pod(const struct key *key, const struct key_event *on, struct key_value *value)
{
	(void)key;
	return on->where &&
	       key_give_either(value, where_pod_uid(on->where), on->where->names.pod_name);
}

static const char *key_event_word(unsigned int number)
{
	if (number == KEY_WORDS - 1)
		return "snapshot";
	return number ? procmon_type_name(number) : "lost";
}

/*
 * Keys that are more than a field of their name.  A new one takes a row and its getter, which sees all
 * that the event is shown with; and the words it can have, if they are few.
 */
static const struct key_row {
	const char *name;
	enum key_kind kind;
	bool (*get)(const struct key *key, const struct key_event *on, struct key_value *value);
	const char *(*word)(unsigned int number);
} key_rows[] = {
	{ "schema", KEY_TEXT, key_get_schema, NULL },
	{ "event", KEY_TEXT, key_get_event, key_event_word },
	{ "time", KEY_TEXT, key_get_time, NULL },
	{ "boot_ns", KEY_NUMBER, key_get_boot_ns, NULL },
	{ "cursor", KEY_TEXT, key_get_cursor, NULL },
	{ "pid", KEY_NUMBER, key_get_pid, NULL },
	{ "id", KEY_TEXT, key_get_id, NULL },
	{ "cpid", KEY_TEXT, key_get_cpid, NULL },
	{ "parent_id", KEY_TEXT, key_get_parent_id, NULL },
	{ "reparented_from", KEY_TEXT, key_get_reparented, NULL },
	{ "ancestors", KEY_LIST, key_get_ancestors, NULL },
	{ "user", KEY_TEXT, key_get_user, NULL },
	{ "flags", KEY_LIST, key_get_flags, procmon_flag_name },
	{ "thread", KEY_BOOL, key_get_thread, NULL },
	{ "dev", KEY_TEXT, key_get_dev, NULL },
	{ "script", KEY_TEXT, key_get_script, NULL },
	{ "exe", KEY_TEXT, key_get_exe, NULL },
	{ "args", KEY_LIST, key_get_args, NULL },
	{ "env", KEY_LIST, key_get_env, NULL },
	{ "hash.sha256", KEY_TEXT, key_get_sha256, NULL },
	{ "signal_name", KEY_TEXT, key_get_signal_name, names_signal },
	{ "core", KEY_BOOL, key_get_field, NULL },
	{ "duration_ns", KEY_NUMBER, key_get_duration, NULL },
	{ "count", KEY_NUMBER, key_get_count, NULL },
	{ "cgroup", KEY_TEXT, key_get_cgroup, NULL },
	{ "container", KEY_LIST, key_get_container, NULL },
	{ "container.id", KEY_TEXT, key_get_container_id, NULL },
	{ "container.runtime", KEY_TEXT, key_get_container_runtime, NULL },
	{ "container.name", KEY_TEXT, key_get_container_name, NULL },
	{ "container.image", KEY_TEXT, key_get_container_image, NULL },
	{ "pod", KEY_LIST, key_get_pod, NULL },
	{ "pod.uid", KEY_TEXT, key_get_pod_uid, NULL },
	{ "pod.name", KEY_TEXT, key_get_pod_name, NULL },
	{ "pod.namespace", KEY_TEXT, key_get_pod_namespace, NULL },
	{ "unit", KEY_TEXT, key_get_unit, NULL },
	{ "user_unit", KEY_TEXT, key_get_user_unit, NULL },
	{ "slice", KEY_TEXT, key_get_slice, NULL },
};

/* How JSON tells them. */
static const struct {
	const char *name;
	bool id, asked;
} key_manners[] = {
	{ "boot_ns", true, false },	     { "start_ns", true, false },
	{ "cgroup_id", true, false },	     { "ino", true, false },
	{ "target_cgroup_id", true, false }, { "member_start_ns", true, false },
	{ "cursor", false, true },	     { "cpid", false, true },
	{ "ancestors", false, true },
};

/* Looks up the field of that name.  Return: its kind, or -1. */
static int key_find_fields(struct key *key, const char *name)
{
	unsigned int type;
	int kind = -1;

	for (type = 0; type < KEY_TYPES; type++) {
		key->field[type] = procmon_field_by_name(type, name);
		if (key->field[type])
			kind = (int)key->field[type]->kind;
	}
	return kind;
}

/* "exe" of "exe_error": which strings have such a key? */
static bool key_find_note(struct key *key, const char *suffix)
{
	size_t len = strlen(key->name), suffix_len = strlen(suffix);
	char name[KEY_NAME_LEN];

	if (len <= suffix_len || strcmp(key->name + len - suffix_len, suffix))
		return false;
	memcpy(name, key->name, len - suffix_len);
	name[len - suffix_len] = '\0';
	return key_find_fields(key, name) == PROCMON_KIND_STRING && strcmp(name, "script");
}

static bool key_is(struct key *key, const struct key_row *row)
{
	key->kind = row->kind;
	key->get = row->get;
	key->word = row->word;
	return true;
}

bool key_find(struct key *key, const char *name, size_t len)
{
	static const struct key_row full_len = { .kind = KEY_NUMBER, .get = key_get_full_len };
	static const struct key_row error = { .kind = KEY_TEXT, .get = key_get_error };
	static const struct key_row fields[] = {
		[PROCMON_KIND_U64] = { .kind = KEY_NUMBER, .get = key_get_field },
		[PROCMON_KIND_S64] = { .kind = KEY_SIGNED, .get = key_get_field },
		[PROCMON_KIND_STRING] = { .kind = KEY_TEXT, .get = key_get_field },
	};
	size_t i;
	int kind;

	memset(key, 0, sizeof(*key));
	if (len >= sizeof(key->name) || memchr(name, '\0', len))
		return false;
	memcpy(key->name, name, len);
	for (i = 0; i < sizeof(key_manners) / sizeof(key_manners[0]); i++) {
		if (strcmp(key_manners[i].name, key->name))
			continue;
		key->id = key_manners[i].id;
		key->asked = key_manners[i].asked;
	}
	if (key_find_note(key, "_full_len"))
		return key_is(key, &full_len);
	if (key_find_note(key, "_error"))
		return key_is(key, &error);
	kind = key_find_fields(key, key->name);
	for (i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++)
		if (!strcmp(key_rows[i].name, key->name))
			return key_is(key, &key_rows[i]);
	return kind >= 0 && reference_has_key(key->name) && key_is(key, &fields[kind]);
}

bool key_is_of_gap(const struct key *key)
{
	static const char *const names[] = { "time", "boot_ns", "event", "count", "cpu", "schema" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(key->name, names[i]))
			return true;
	return false;
}

/* How many letters must be put in, left out or changed to make one name of the other. */
static size_t key_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[KEY_NAME_LEN + 1], i, j;

	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			corner = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[b_len];
}

const char *key_nearest(const char *name, size_t len)
{
	const char *key, *doc, *nearest = NULL;
	size_t i, least = len < KEY_SHORT ? 2 : 3;

	if (len >= KEY_NAME_LEN)
		return NULL;
	for (i = 0; (key = reference_key(i, &doc)); i++) {
		size_t distance = key_distance(name, len, key, strlen(key));

		if (distance >= least)
			continue;
		least = distance;
		nearest = key;
	}
	return nearest;
}
