// SPDX-License-Identifier: MIT
/* procmon export: traces are what Perfetto wants, and stacks have each moment of a process once. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "film.h"
#include "form.h"
#include "hostile.h"
#include "rings.h"
#include "tap.h"
#include "text.h"

static char directory[64], file[128];
static struct command command;

static void end(void)
{
	command_free(&command);
	unlink(file);
}

/* What was printed is a trace of @count processes. */
static bool is_trace(unsigned int count)
{
	char shell[512];
	FILE *check;
	bool good;

	snprintf(shell, sizeof(shell), "python3 '%s/check_trace.py' %u", UNIT_DIR, count);
	check = popen(shell, "w");
	if (!check || fwrite(command.out, 1, command.out_len, check) != command.out_len)
		return false;
	good = !pclose(check);
	return command_said(&command, 0, "") && good;
}

static bool has(const char *text)
{
	if (!strstr(command.out, text))
		diag("no %s in\n%.4000s", text, command.out);
	return strstr(command.out, text);
}

/*
 * A shell from before runs make, which runs two at the same time, of which the second outlives it; a pid
 * comes back; one has a name that ends a frame.
 */
static void put_family(void)
{
	film_begin(file);
	film_snapshot(10, 1, -1000000, "/usr/bin/bash");
	film_fork(20, 10, 0);
	film_exec(20, 100, "/usr/bin/env", "env make");
	film_exec(20, 200, "/usr/bin/make", "make all");
	film_process(21, 20, 1000, 3000, "/usr/bin/cc", "cc", 1);
	film_container(77, "web");
	film_process(22, 20, 2000, 9000, "/opt/a;b\nc", "x", 0);
	film_container(0, NULL);
	film_fork(21, 20, 5000);
	film_exit(21, 6000, 0, SIGKILL);
	film_lose(3, 7000);
	film_exit(20, 10000, 0, 0);
	film_fork(30, 10, 12000);
	film_end();
}

static void traces(void)
{
	put_family();
	COMMAND(&command, "export", "--perfetto", file);
	ok(is_trace(6), "a_trace_is_what_perfetto_wants");
	ok(has("\"events_lost\":3") && has("\"begin\":\"2026-11-12T19:46:29.500000000Z\""),
	   "it_tells_when_it_began_and_what_was_lost");
	ok(has("\"name\":\"make\",\"ts\":0.000,\"dur\":10000.000,\"args\":{\"pid\":20,"
	       "\"forked_by\":10,\"exe\":\"/usr/bin/make\",\"command\":\"/usr/bin/make all\","
	       "\"duration_ns\":10000000,\"status\":\"0\"}"),
	   "a_process_is_a_slice");
	ok(has("\"cat\":\"exec\",\"name\":\"/usr/bin/env make\",\"ts\":100.000,\"dur\":100.000}") &&
		   has("\"name\":\"/usr/bin/make all\",\"ts\":200.000,\"dur\":9800.000}"),
	   "so_is_each_program_in_it");
	ok(has("\"pid\":4194309,\"tid\":4194309,\"cat\":\"process\"") &&
		   has("\"pid\":21,\"forked_by\":20,") && has("\"status\":\"SIGKILL\""),
	   "a_pid_that_comes_back_is_another_process");
	ok(has("\"container\":\"web\"") && has("\"before\":true,\"running\":true") &&
		   has("\"duration_ns\":0,\"running\":true"),
	   "containers_and_open_ends_are_told");
	command_free(&command);
	COMMAND(&command, "export", "--perfetto", "--exe=/usr/bin/cc", file);
	ok(is_trace(3), "filters_leave_those_above");
	end();
}

static void stacks(void)
{
	put_family();
	COMMAND(&command, "export", "--folded", file);
	ok(command_said(&command, 0, "3 events were lost") &&
		   !strcmp(command.out,
			   "bash 2000\n" /* of 12 ms 10 are those of make */
			   "bash;make 1000\n" /* 0 to 1, and from 1 on there is a child */
			   "bash;make;a\\x3bb\\x0ac 9000\n"
			   "bash;make;cc 3000\n"
			   "bash;make;make 1000\n"),
	   "stacks_have_the_time_that_each_had_for_itself");
	command_free(&command);
	COMMAND(&command, "export", "--folded", "-q", "--exe=/usr/bin/cc", file);
	ok(command_said(&command, 0, "") && !strcmp(command.out, "bash;make;cc 3000\n"),
	   "with_filters_only_those_who_pass_have_time");
	end();
}

static void deep(void)
{
	const char *at;
	unsigned int frames = 1;
	uint32_t i;

	film_begin(file);
	for (i = 0; i < 1000; i++) {
		film_fork(100 + i, 99 + i, 1000 * i);
		film_exec(100 + i, 1000 * i + 1, "/bin/sh", "sh");
	}
	for (i = 1000; i-- > 0;)
		film_exit(100 + i, 2000000, 0, 0);
	film_end();
	COMMAND(&command, "export", "--folded", file);
	for (at = command.out; *at && *at != ' '; at++)
		frames += *at == ';';
	ok(command_said(&command, 0, "") && frames <= 256, "stacks_have_an_end");
	end();
}

static void sizes(void)
{
	static const struct {
		uint32_t (*film)(uint32_t count);
		uint32_t count;
	} sizes[] = { { film_loop, 0 },	   { film_loop, 9 },	 { film_build, 333 },
		      { film_loop, 9999 }, { film_build, 3333 }, { film_zoo, 9999 } };
	uint32_t told;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		film_begin(file);
		told = sizes[i].film(sizes[i].count);
		film_end();
		COMMAND(&command, "export", "--perfetto", file);
		ok(is_trace(told), "a_trace_of_%u_processes", told);
		end();
	}
}

/* Each line is a stack, then a number. */
static bool is_folded(const char *text)
{
	for (; *text; text = strchr(text, '\n') + 1) {
		const char *space = strchr(text, '\n') - 1;

		while (space > text && *space >= '0' && *space <= '9')
			space--;
		if (*space != ' ' || space == text || space[1] == '\n')
			return false;
	}
	return true;
}

static void hostile(void)
{
	const char *name;
	uint32_t i;

	film_begin(file);
	for (i = 0; (name = hostile_name(i)); i++)
		film_process(100 + i, 1, 1000 * i, 900, name, "x", 0);
	film_end();
	COMMAND(&command, "export", "--perfetto", file);
	ok(is_trace(i), "hostile_names_do_no_harm_in_a_trace");
	command_free(&command);
	COMMAND(&command, "export", "--folded", file);
	ok(command_said(&command, 0, "") && is_folded(command.out) &&
		   form_is_good(FORMAT_SHORT, command.out, command.out_len),
	   "nor_in_stacks");
	end();
}

static void live(void)
{
	struct rings rings;
	char device[128];

	rings_in_file(&rings, 1, 4096);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	rings_put_small(&rings, 0, PROCMON_FORK, 100, FAKE_BOOT_NS - 1000000000ull);
	COMMAND(&command, "export", "--perfetto", device, "--history", "--for=10ms");
	ok(is_trace(1), "what_the_rings_hold_is_exported");
	rings_free(&rings);
	end();
}

static void mistakes(void)
{
	COMMAND(&command, "export", "x");
	ok(command_said(&command, 2, "--perfetto: or --folded must say what to export"),
	   "what_to_export_must_be_said");
	command_free(&command);
	COMMAND(&command, "export", "--perfetto", "--folded", "x");
	ok(command_said(&command, 2, "--folded: not together with --perfetto"), "but_not_both");
	command_free(&command);
	COMMAND(&command, "export", "--folded", "--for=1s", "x");
	ok(command_said(&command, 2, "--for: a recording has its own end"), "a_file_has_an_end");
	command_free(&command);
	COMMAND(&command, "export", "--folded", "/nonexistent/x");
	ok(command_said(&command, 1, "/nonexistent/x: No such file"),
	   "a_file_that_is_not_there_is_told");
	command_free(&command);
}

int main(void)
{
	tap_theme("export");
	text_init();
	signal(SIGPIPE, SIG_IGN); /* of a check that has ended */
	snprintf(directory, sizeof(directory), "/tmp/procmon-export-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	snprintf(file, sizeof(file), "%s/film", directory);
	traces();
	stacks();
	deep();
	sizes();
	hostile();
	live();
	mistakes();
	rmdir(directory);
	return tap_done();
}
