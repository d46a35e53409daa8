// SPDX-License-Identifier: MIT
/*
 * An event is one or more records with the same time and serial number.  What a process chose is in
 * quotes, or, with any character in it that is a space, a quote, no ASCII or does not print, in
 * hexadecimal without them: the rule of the kernel, by which parsers tell one from the other.  (Single
 * quotes, too: they would end the message of an application.)
 */
#include "audit.h"

#include <elf.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/syscall.h>

#include "clock.h"
#include "key.h"

#define AUDIT_RECORD 7500 /* bytes of arguments in a record: readers have buffers of about 9000 */
#define AUDIT_TITLE 128 /* bytes of a title, as in the kernel */
#define AUDIT_KEY "procmon_"
#define AUDIT_KEYS 32 /* more than are asked for */

#if defined(__x86_64__)
#define AUDIT_MACHINE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define AUDIT_MACHINE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define AUDIT_MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define AUDIT_MACHINE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define AUDIT_MACHINE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define AUDIT_MACHINE AUDIT_ARCH_S390X
#else
#define AUDIT_MACHINE 0
#endif

/**
 * struct audit - an event being told
 * @serial: its number
 */
struct audit {
	struct out *out;
	struct key_event on;
	uint64_t serial;
};

/* A field of a record and the key that it is had from. */
struct audit_field {
	const char *name, *key;
};

static void audit_begin(const struct audit *audit, const char *type)
{
	int64_t wall_ns = clock_wall_ns(audit->on.ev->head.time_ns);

	out_printf(audit->out, "type=%s msg=audit(%lld.%03d:%llu):", type,
		   (long long)(wall_ns / NSEC_PER_SEC),
		   (int)(wall_ns % NSEC_PER_SEC / (NSEC_PER_SEC / 1000)),
		   (unsigned long long)audit->serial);
}

static void audit_end(const struct audit *audit)
{
	out_char(audit->out, '\n');
}

static bool audit_is_plain(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] < 0x21 || bytes[i] > 0x7e || bytes[i] == '"' || bytes[i] == '\'')
			return false;
	return true;
}

static void audit_hex(struct out *out, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = out_room(out, 2 * len);
	size_t i;

	for (i = 0; i < len; i++) {
		*to++ = digits[(unsigned char)bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	out->len += 2 * len;
}

static void audit_text(struct out *out, const char *bytes, size_t len)
{
	if (!audit_is_plain(bytes, len)) {
		audit_hex(out, bytes, len);
		return;
	}
	out_char(out, '"');
	out_put(out, bytes, len);
	out_char(out, '"');
}

/* Looked up once; @name is always the same literal where it is asked for again. */
static const struct key *audit_key(const char *name)
{
	static struct audit_known {
		const char *name;
		struct key key;
	} known[AUDIT_KEYS];
	size_t i;

	for (i = 0; i < AUDIT_KEYS - 1 && known[i].name && strcmp(known[i].name, name); i++)
		;
	if (!known[i].name || strcmp(known[i].name, name)) {
		known[i].name = name;
		key_find(&known[i].key, name, strlen(name));
	}
	return &known[i].key;
}

static bool audit_get(const struct audit *audit, const char *name, struct key_value *value)
{
	const struct key *key = audit_key(name);

	*value = (struct key_value){ 0 };
	return key->get(key, &audit->on, value);
}

/* " name=value", nothing when it is not known. */
static void audit_put(const struct audit *audit, const char *name, const char *key_name)
{
	const struct key *key = audit_key(key_name);
	struct out *out = audit->out;
	struct key_value value;

	if (!audit_get(audit, key_name, &value))
		return;
	out_char(out, ' ');
	out_str(out, name);
	out_char(out, '=');
	if (key->kind == KEY_TEXT)
		audit_text(out, value.text, value.len);
	else
		out_u64(out, value.number);
}

static void audit_put_all(const struct audit *audit, const struct audit_field *field)
{
	for (; field->name; field++)
		audit_put(audit, field->name, field->key);
}

/* The kernel tells these also when there is none. */
static void audit_put_session(const struct audit *audit)
{
	static const struct audit_field fields[] = { { "auid", "loginuid" }, { "ses", "session" } };
	struct key_value value;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		out_printf(audit->out, " %s=%u", fields[i].name,
			   audit_get(audit, fields[i].key, &value) ? (unsigned int)value.number :
								     PROCMON_UNKNOWN32);
}

static void audit_put_key(const struct audit *audit)
{
	struct key_value value;

	audit_get(audit, "event", &value);
	OUT_LITERAL(audit->out, " key=\"" AUDIT_KEY);
	out_put(audit->out, value.text, value.len);
	out_char(audit->out, '"');
}

/* Readers want a call with arguments; which variant of it was called is not known. */
static void audit_call(const struct audit *audit, long number, const char *args)
{
	static const struct audit_field who[] = {
		{ "ppid", "ppid" },
		{ "pid", "pid" },
		{ NULL, NULL },
	};
	static const struct audit_field ids[] = {
		{ "uid", "uid" },   { "gid", "gid" }, { "euid", "euid" }, { "egid", "egid" },
		{ "comm", "comm" }, { "exe", "exe" }, { NULL, NULL },
	};

	audit_begin(audit, "SYSCALL");
	if (AUDIT_MACHINE)
		out_printf(audit->out, " arch=%x", (unsigned int)AUDIT_MACHINE);
	out_printf(audit->out, " syscall=%ld%s", number, args);
	audit_put_all(audit, who);
	audit_put_session(audit);
	audit_put_all(audit, ids);
	audit_put_key(audit);
	audit_end(audit);
}

/* The bytes that an argument takes, in quotes or in hexadecimal. */
static size_t audit_room(const char *arg, size_t len)
{
	return audit_is_plain(arg, len) ? len : 2 * len;
}

/* One that is too long for a record: its length, then as many records as it takes. */
static void audit_long_arg(const struct audit *audit, unsigned int n, const char *arg, size_t len)
{
	size_t part = AUDIT_RECORD / (audit_is_plain(arg, len) ? 1 : 2), at;
	bool plain = audit_is_plain(arg, len);
	unsigned int i;

	out_printf(audit->out, " a%u_len=%zu", n, audit_room(arg, len));
	for (i = 0, at = 0; at < len; i++, at += part) {
		size_t left = len - at < part ? len - at : part;

		if (i) {
			audit_end(audit);
			audit_begin(audit, "EXECVE");
		}
		out_printf(audit->out, " a%u[%u]=", n, i);
		if (plain)
			audit_text(audit->out, arg + at, left);
		else
			audit_hex(audit->out, arg + at, left);
	}
}

static void audit_args(const struct audit *audit)
{
	struct key_value args, argc;
	const char *at, *end;
	size_t used = 0;
	unsigned int n;

	if (!audit_get(audit, "args", &args) || !args.len)
		return;
	audit_begin(audit, "EXECVE");
	if (audit_get(audit, "argc", &argc))
		out_printf(audit->out, " argc=%llu", (unsigned long long)argc.number);
	end = args.text + args.len;
	for (n = 0, at = args.text; at < end; n++) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		size_t len = (size_t)((nul ? nul : end) - at);

		if (used && used + audit_room(at, len) > AUDIT_RECORD) {
			audit_end(audit);
			audit_begin(audit, "EXECVE");
			used = 0;
		}
		if (audit_room(at, len) > AUDIT_RECORD) {
			audit_long_arg(audit, n, at, len);
			used = AUDIT_RECORD;
		} else {
			out_printf(audit->out, " a%u=", n);
			audit_text(audit->out, at, len);
			used += audit_room(at, len) + 8;
		}
		at += len + 1;
	}
	audit_end(audit);
}

static void audit_cwd(const struct audit *audit)
{
	struct key_value value;

	if (!audit_get(audit, "cwd", &value))
		return;
	audit_begin(audit, "CWD");
	audit_put(audit, "cwd", "cwd");
	audit_end(audit);
}

/* The file that runs: item 0 in its place, by its exact path. */
static void audit_path(const struct audit *audit)
{
	uint64_t major = procmon_number(audit->on.ev, "dev_major");
	uint64_t minor = procmon_number(audit->on.ev, "dev_minor");
	uint64_t mode = procmon_number(audit->on.ev, "mode");
	struct key_value value;

	if (!audit_get(audit, "exe", &value))
		return;
	audit_begin(audit, "PATH");
	OUT_LITERAL(audit->out, " item=0");
	audit_put(audit, "name", "exe");
	audit_put(audit, "inode", "ino");
	if (major != UINT64_MAX && minor != UINT64_MAX)
		out_printf(audit->out, " dev=%02x:%02x", (unsigned int)major, (unsigned int)minor);
	if (mode != UINT64_MAX)
		out_printf(audit->out, " mode=0%o", (unsigned int)mode);
	OUT_LITERAL(audit->out, " nametype=NORMAL");
	audit_end(audit);
}

static void audit_title(const struct audit *audit)
{
	struct key_value args;
	size_t len;

	if (!audit_get(audit, "args", &args) || !args.len)
		return;
	len = args.len - !args.text[args.len - 1];
	len = len > AUDIT_TITLE ? AUDIT_TITLE : len;
	audit_begin(audit, "PROCTITLE");
	OUT_LITERAL(audit->out, " proctitle=");
	audit_text(audit->out, args.text, len);
	audit_end(audit);
}

static void audit_exec(const struct audit *audit)
{
	audit_call(audit, SYS_execve, " success=yes exit=0 a0=? a1=? a2=? a3=? items=1");
	audit_args(audit);
	audit_cwd(audit);
	audit_path(audit);
	audit_title(audit);
}

static void audit_fork(const struct audit *audit)
{
	audit_call(audit, SYS_clone, " success=yes a0=? a1=? a2=? a3=? items=0");
}

static void audit_killed(const struct audit *audit)
{
	static const struct audit_field fields[] = {
		{ "pid", "pid" },    { "comm", "comm" }, { "exe", "exe" },
		{ "sig", "signal" }, { NULL, NULL },
	};

	audit_begin(audit, "ANOM_ABEND");
	audit_put(audit, "uid", "uid");
	audit_put_session(audit);
	audit_put_all(audit, fields);
	OUT_LITERAL(audit->out, " res=1");
	audit_put_key(audit);
	audit_end(audit);
}

static void audit_exit(const struct audit *audit)
{
	uint64_t code = procmon_number(audit->on.ev, "exit_code");
	char args[64];

	if (procmon_number(audit->on.ev, "signal") != UINT64_MAX) {
		audit_killed(audit);
		return;
	}
	if (code == UINT64_MAX)
		snprintf(args, sizeof(args), " a0=? a1=? a2=? a3=? items=0");
	else
		snprintf(args, sizeof(args), " a0=%x a1=? a2=? a3=? items=0", (unsigned int)code);
	audit_call(audit, SYS_exit_group, args);
}

static void audit_lost(const struct audit *audit)
{
	audit_begin(audit, "DAEMON_ERR");
	OUT_LITERAL(audit->out, " op=lost");
	audit_put(audit, "cpu", "cpu");
	audit_put(audit, "count", "count");
	OUT_LITERAL(audit->out, " res=failed");
	audit_end(audit);
}

/* cgroups have no record in the log: one that an application might have written. */
static void audit_other(const struct audit *audit)
{
	static const struct audit_field fields[] = {
		{ "cgroup", "target_cgroup" },
		{ "cgroup_id", "target_cgroup_id" },
		{ "member", "member_pid" },
		{ "comm", "comm" },
		{ NULL, NULL },
	};
	struct key_value event;

	audit_begin(audit, "TRUSTED_APP");
	audit_put(audit, "pid", "pid");
	audit_put(audit, "uid", "uid");
	audit_put_session(audit);
	audit_get(audit, "event", &event);
	out_printf(audit->out, " msg='op=%s", event.text);
	audit_put_all(audit, fields);
	OUT_LITERAL(audit->out, " res=success'");
	audit_end(audit);
}

void audit_event(struct show *show, const struct event *event)
{
	static uint64_t serial;
	const struct audit audit = {
		.out = &show->out,
		.on = key_shown(show, event),
		.serial = serial + 1,
	};

	serial++;
	switch (event->ev->head.type) {
	case PROCMON_EXEC:
	case PROCMON_SNAPSHOT:
		audit_exec(&audit);
		break;
	case PROCMON_FORK:
		audit_fork(&audit);
		break;
	case PROCMON_EXIT:
		audit_exit(&audit);
		break;
	case PROCMON_LOST:
		audit_lost(&audit);
		break;
	default:
		audit_other(&audit);
	}
}
