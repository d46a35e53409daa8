// SPDX-License-Identifier: MIT
/* Hostile names in every format: nothing reaches the terminal, no line and no key is forged. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "debian.h"
#include "fake.h"
#include "form.h"
#include "hostile.h"
#include "rings.h"
#include "system.h"
#include "tap.h"
#include "text.h"

#define NREC 8192
#define PAST (FAKE_BOOT_NS - 1000000000ull)

static struct rings rings;
static struct command command;
static unsigned int names;
static char device[128], count[32];

/* An exec, an exit and a cgroup of that name, each string of them. */
static void put(const char *name, uint32_t pid)
{
	static const char *const strings[] = { "comm", "exe", "filename", "script", "cwd" };
	static struct draft draft;
	char args[300];
	int len = snprintf(args, sizeof(args), "%s%c%s", name, 0, name) + 1;
	size_t i;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, pid, PAST);
	draft.head.flags = PROCMON_F_SCRIPT;
	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		draft_text(&draft, strings[i], name);
	draft_string(&draft, "args", args, (size_t)len);
	rings_put(&rings, 0, &draft, PAST + 3 * pid);
	rings_put_small(&rings, 0, PROCMON_EXIT, pid, PAST + 3 * pid + 1);
	draft_start(&draft, PROCMON_CGROUP_RENAME);
	draft_text(&draft, "target_cgroup", name);
	rings_put(&rings, 0, &draft, PAST + 3 * pid + 2);
}

static void begin(void)
{
	const char *name;

	rings_in_file(&rings, 1, NREC);
	for (names = 0; (name = hostile_name(names)); names++)
		put(name, names);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(count, sizeof(count), "-n%u", 3 * names);
}

static unsigned int lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Does @text come so often in what was printed? */
static bool comes(const char *text, unsigned int times)
{
	const char *at = command.out;
	unsigned int n = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		n++;
	}
	if (n != times)
		diag("'%s' comes %u times, not %u", text, n, times);
	return n == times;
}

static bool tell(enum options_format format, const char *output, const char *more)
{
	bool good;

	COMMAND(&command, device, count, "--history", "--utc", "--event=exec,exit,cgroup_rename",
		output, more);
	good = command_said(&command, 0, "") && form_is_good(format, command.out, command.out_len);
	if (!good)
		diag("%.2000s", command.out);
	return good;
}

static bool python_reads_it(void)
{
	char shell[512];
	FILE *file;

	snprintf(shell, sizeof(shell), "python3 '%s/check_json.py' lines >/dev/null", UNIT_DIR);
	file = popen(shell, "w");
	return file && fwrite(command.out, 1, command.out_len, file) == command.out_len &&
	       !pclose(file);
}

static void streams(void)
{
	ok(tell(FORMAT_SHORT, "-oshort", "-q") && lines(command.out) == 3 * names + 1,
	   "short_is_a_line_for_each_event_and_printable");
	command_free(&command);
	ok(tell(FORMAT_VERBOSE, "-overbose", "-q") && comes("\n\n", 3 * names) &&
		   comes("\n  pid   ", 3 * names) && comes("\n  event   ", 3 * names - 1),
	   "verbose_has_each_key_once_and_is_printable");
	command_free(&command);
	ok(tell(FORMAT_JSON, "-ojson", "-q") && lines(command.out) == 3 * names &&
		   comes("{\"schema\":\"procmon/1\",", 3 * names) && python_reads_it(),
	   "json_is_a_line_for_each_event_and_harmless_to_a_terminal");
	command_free(&command);
	ok(tell(FORMAT_JSON_PRETTY, "-ojson-pretty", "-q") && comes("\n}\n", 3 * names) &&
		   form_json(command.out, command.out_len) == (int)(3 * names),
	   "pretty_json_is_an_object_for_each_event_and_harmless_to_a_terminal");
	command_free(&command);
	ok(tell(FORMAT_ECS, "-oecs", "-q") && lines(command.out) == 3 * names && python_reads_it(),
	   "ecs_is_a_line_for_each_event_and_harmless_to_a_terminal");
	command_free(&command);
	ok(tell(FORMAT_OCSF, "-oocsf", "-q") && lines(command.out) == 3 * names &&
		   python_reads_it(),
	   "ocsf_is_a_line_for_each_event_and_harmless_to_a_terminal");
	command_free(&command);
	ok(tell(FORMAT_CSV, "-ocsv", "-q") && lines(command.out) == 3 * names + 1,
	   "csv_is_a_line_for_each_event_and_harmless_to_a_terminal");
	command_free(&command);
	ok(tell(FORMAT_AUDIT, "-oaudit", "-q") && comes("type=EXECVE", names) &&
		   comes("type=TRUSTED_APP", names) && comes("'\n", names),
	   "audit_has_its_records_for_each_event_and_is_ascii");
	command_free(&command);
}

/* Our own colours are the only escape sequences. */
static void colors(void)
{
	char *from, *to;
	unsigned int ours = 0;

	COMMAND(&command, device, count, "--history", "--event=exec,exit,cgroup_rename",
		"--color=always");
	for (from = to = command.out; *from; *to++ = *from++)
		while (!strncmp(from, "\033[", 2) && from[2 + strspn(from + 2, "0123;")] == 'm') {
			from += 3 + strspn(from + 2, "0123;");
			ours++;
		}
	ok(ours == 6 * names && form_is_good(FORMAT_SHORT, command.out, (size_t)(to - command.out)),
	   "only_our_own_colours_reach_the_terminal");
	command_free(&command);
}

static void status(void)
{
	static const struct {
		enum options_format format;
		const char *output;
	} table[] = { { FORMAT_SHORT, "-oshort" },
		      { FORMAT_JSON, "-ojson" },
		      { FORMAT_JSON_PRETTY, "-ojson-pretty" } };
	unsigned int i, bad = 0;
	const char *name;
	size_t k;

	for (i = 0; (name = hostile_name(i)); i += 5) {
		snprintf((char *)rings.info->version, sizeof(rings.info->version), "%s", name);
		for (k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
			COMMAND(&command, "status", device, table[k].output);
			bad += !command_said(&command, 0, "") ||
			       !form_is_good(table[k].format, command.out, command.out_len);
			command_free(&command);
		}
	}
	ok(!bad, "status_is_harmless_whatever_the_module_says");
}

/* What it tells of logs, of signers, of files and of users. */
static void doctor(void)
{
	char root[128], log[256], file[256];
	unsigned int i, bad = 0;
	const char *name;

	debian_begin();
	snprintf(root, sizeof(root), "--root=%s", system_dir);
	system_remove(DEBIAN_MODULE);
	system_remove(DEBIAN_DKMS "/" DEBIAN_RELEASE);
	for (i = 0; (name = hostile_name(i)); i += 3) {
		bool json = i % 2;

		snprintf(log, sizeof(log), "make for " DEBIAN_RELEASE " (x86)\nerror: %s\n", name);
		system_put(DEBIAN_DKMS "/build/make.log", "%s", log);
		snprintf(file, sizeof(file), "/run/systemd/container");
		if (i % 4 == 0)
			system_put(file, "%s", name);
		COMMAND(&command, "doctor", root, json ? "-ojson" : "-oshort");
		bad += !command_said(&command, 1, "") ||
		       !form_is_good(json ? FORMAT_JSON : FORMAT_SHORT, command.out,
				     command.out_len);
		command_free(&command);
		system_remove("/run");
	}
	ok(!bad, "doctor_is_harmless_whatever_files_say");
	system_end();
}

/* A check that nothing fails proves nothing. */
static void forms(void)
{
	static const struct {
		enum options_format format;
		const char *bytes;
	} table[] = {
		{ FORMAT_SHORT, "a\033[0m\n" },
		{ FORMAT_SHORT, "a\xc2\x9b\n" },
		{ FORMAT_VERBOSE, "a\u202e\n" },
		{ FORMAT_VERBOSE, "\xc0\x8a\n" },
		{ FORMAT_JSON, "{\"a\":1}" },
		{ FORMAT_JSON, "{\"a\":1,\"a\":2}\n" },
		{ FORMAT_JSON, "{\"a\":\"\xc2\x85\"}\n" },
		{ FORMAT_JSON, "{\"a\":\"\u2028\"}\n" },
		{ FORMAT_JSON, "{\"a\":\"\n\"}\n" },
		{ FORMAT_JSON, "{\"a\":\"\\x\"}\n" },
		{ FORMAT_JSON, "{\"a\":[1,]}\n" },
		{ FORMAT_JSON, "{\"a\":\"\xff\"}\n" },
		{ FORMAT_JSON_PRETTY, "{\n\t\"a\": 1\n}\n}\n" },
		{ FORMAT_OCSF, "{\"a\":1}" },
		{ FORMAT_CSV, "a\n" },
		{ FORMAT_CSV, "a\nb\r\n" },
		{ FORMAT_CSV, "a\tb\r\n" },
		{ FORMAT_AUDIT, "é\n" },
	};
	static const char good[] = "{\"a\":[true,-1,\"\\u009b\",[]],\"b\":{}}\n{}\n";
	size_t i;
	unsigned int bad = 0;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		bad += form_is_good(table[i].format, table[i].bytes, strlen(table[i].bytes));
	ok(!bad, "what_is_not_harmless_is_seen");
	ok(form_is_good(FORMAT_SHORT, "日 é\n", strlen("日 é\n")) &&
		   form_json(good, strlen(good)) == 2,
	   "what_is_harmless_too");
}

int main(void)
{
	tap_theme("inject");
	text_init();
	if (!text_unicode())
		bail("this test needs LC_ALL=C.UTF-8");
	forms();
	begin();
	streams();
	colors();
	status();
	doctor();
	rings_free(&rings);
	return tap_done();
}
