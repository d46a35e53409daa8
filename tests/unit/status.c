// SPDX-License-Identifier: MIT
/* procmon status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define PAST (FAKE_BOOT_NS - 90000000000ull)

static struct rings rings;
static struct command command;
static char device[128];

static void begin(void)
{
	rings_in_file(&rings, 3, NREC);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	memset(rings.shared[2]->magic, 0, sizeof(rings.shared[2]->magic));
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings_put_small(&rings, 0, PROCMON_EXIT, 1, PAST + 1);
	rings.shared[0]->counter[PROCMON_C_ARGS_CUT] = 12;
	rings.shared[1]->flags = PROCMON_RING_LATE;
	rings.shared[1]->counter[PROCMON_C_ARGS_CUT] = 3;
	rings.info->threads = 1;
}

static void end(void)
{
	command_free(&command);
	rings_free(&rings);
}

static bool says(const char *text)
{
	bool good = command_said(&command, 0, "") && strstr(command.out, text);

	if (!good)
		diag("no '%s' in %s", text, command.out);
	return good;
}

static void text(void)
{
	begin();
	COMMAND(&command, "status", device);
	ok(says("module    0.0.test, ABI 1.0, instance 1234567890abcdef, loaded 5d18h ago\n"),
	   "the_module_is_told");
	ok(says("records   fork exec exit\narguments up to 4096 bytes, threads yes\n"),
	   "what_is_recorded_is_told");
	ok(says("rings     2 of 8 KiB, for events of up to 1 KiB\n"),
	   "rings_that_exist_are_counted");
	ok(says("\n     0            2            5       7%  1m30s\n"), "a_ring_has_its_line");
	ok(says("\n  late            0            0       0%  empty\n"), "so_has_the_late_ring");
	ok(says("\n       12 args_cut: "), "counters_that_count_are_told");
	ok(!strstr(command.out, "exe_failed") && !strstr(command.out, "LOST"),
	   "the_others_are_not");
	command_free(&command);
	rings.info->no_ring = 5;
	rings.info->events = 0;
	COMMAND(&command, "status", device);
	ok(says("LOST      5 events on CPUs without a ring"), "events_without_a_ring_are_told");
	ok(says("records   nothing\n"), "recording_nothing_is_told");
	command_free(&command);
	rings.info->cgroup_version = 1;
	rings.info->cgroup_hierarchy = 4;
	COMMAND(&command, "status", device);
	ok(says("cgroups   of hierarchy 4 (/proc/PID/cgroup), cgroups version 1\n"),
	   "cgroups_of_the_first_version_are_told");
	command_free(&command);
	rings.shared[0]->nrec = 0;
	COMMAND(&command, "status", device);
	ok(says("\n     0            2            5       7%  1m30s\n"),
	   "a_ring_that_says_it_has_no_records_is_survived");
	end();
}

static void json(void)
{
	begin();
	memset(rings.info->version, 'v', sizeof(rings.info->version)); /* without its NUL */
	COMMAND(&command, "status", device, "-ojson");
	ok(says("{\"version\":\"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\",\"abi_major\":1,\"abi_minor\":0,"
		"\"instance\":\"1311768467294899695\",\"load_ns\":\"500000000000000\",\"rings\":2,"
		"\"ring_bytes\":8192,\"max_event\":1024,\"args_max\":4096,\"threads\":true,"
		"\"cgroup_version\":2,\"cgroup_hierarchy\":0,"
		"\"events\":2,\"no_ring\":0,\"late_full\":0,\"args_cut\":15,"),
	   "json_tells_the_same");
	ok(strchr(command.out, '\n') == command.out + command.out_len - 1, "in_one_line");
	command_free(&command);
	COMMAND(&command, "status", device, "-ojson-pretty");
	ok(says("{\n\t\"version\": ") && says("\"args_cut\": 15,\n"), "or_in_many");
	end();
}

/* $UNIT_OUT: where the file is left for whoever checks it with another tool. */
static void prometheus(void)
{
	const char *dir = getenv("UNIT_OUT");
	char path[256], option[300], text[16384];
	struct stat st = { 0 };
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/status.prom", dir ? dir : "/tmp");
	snprintf(option, sizeof(option), "--prometheus=%s", path);
	begin();
	strcpy((char *)rings.info->version, "1\"\n");
	rings.info->no_ring = 7;
	COMMAND(&command, "status", device, option);
	file = fopen(path, "r");
	if (file) {
		len = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	ok(command_said(&command, 0, "") && !command.out_len && !stat(path, &st) &&
		   (st.st_mode & 0777) == 0644,
	   "a_file_for_prometheus_is_written_for_all_to_read");
	ok(strstr(text,
		  "\nprocmon_info{version=\"1??\",abi=\"1.0\",instance=\"1234567890abcdef\"} 1\n"),
	   "the_module_is_a_label_and_cannot_break_it");
	ok(strstr(text, "\n# TYPE procmon_events_total counter\nprocmon_events_total{cpu=\"0\"} 2\n"
			"procmon_events_total{cpu=\"late\"} 0\n"),
	   "each_ring_has_its_line_of_events");
	ok(strstr(text, "\nprocmon_args_cut_total 15\n") &&
		   strstr(text, "\nprocmon_no_ring_total 7\n"),
	   "counters_are_sums");
	ok(strstr(text, "\nprocmon_history_seconds{cpu=\"0\"} 90") &&
		   strstr(text, "\nprocmon_ring_used_ratio{cpu=\"0\"} 0.078125\n"),
	   "a_ring_tells_how_far_back_it_goes");
	command_free(&command);
	COMMAND(&command, "status", device, "--prometheus=-");
	ok(says("# HELP procmon_info ") && says("\nprocmon_args_cut_total 15\n"),
	   "it_can_be_printed_too");
	command_free(&command);
	COMMAND(&command, "status", device, "--prometheus=/nonexistent/x.prom");
	ok(command_said(&command, 1, "/nonexistent/x.prom: No such file or directory"),
	   "a_place_that_is_not_there_is_told");
	command_free(&command);
	COMMAND(&command, "status", device, "--prometheus=/dev");
	ok(command_said(&command, 1, "/dev: ") && access("/dev.XXXXXX", F_OK),
	   "what_cannot_be_replaced_is_told_and_nothing_is_left");
	end();
}

int main(void)
{
	tap_theme("status");
	text();
	json();
	prometheus();
	return tap_done();
}
