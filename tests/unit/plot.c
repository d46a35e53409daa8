// SPDX-License-Identifier: MIT
/* procmon plot.  "plot film KIND COUNT FILE" writes a recording of many, for tests/plot/run. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "axis.h"
#include "command.h"
#include "fake.h"
#include "film.h"
#include "hostile.h"
#include "rings.h"
#include "tap.h"
#include "text.h"
#include "xml.h"

#define SECOND 1000000000ll
#define SIZE_MOST 150000 /* bytes */

static char directory[64], file[128], picture[128];
static struct command command;

static const struct {
	const char *name;
	uint32_t (*film)(uint32_t count);
} films[] = { { "demo", film_demo },
	      { "loop", film_loop },
	      { "build", film_build },
	      { "zoo", film_zoo } };

/* Return: how many processes it tells of, 0: there is no such film. */
static uint32_t film(const char *kind, uint32_t count, const char *path)
{
	uint32_t told;
	size_t i;

	for (i = 0; i < sizeof(films) / sizeof(films[0]); i++) {
		if (strcmp(films[i].name, kind))
			continue;
		film_begin(path);
		told = films[i].film(count);
		film_end();
		return told;
	}
	return 0;
}

static bool is_step(int64_t span_ns, int64_t step_ns)
{
	int64_t got_ns = axis_step(span_ns, 10);

	if (got_ns != step_ns)
		diag("a step of %lld for %lld", (long long)got_ns, (long long)span_ns);
	return got_ns == step_ns;
}

static bool is_tick(int64_t ns, int64_t step_ns, const char *text)
{
	struct out out = { .fd = -1 };
	bool good;

	axis_put(&out, ns, step_ns);
	out_char(&out, '\0');
	good = !strcmp(out.buf, text);
	if (!good)
		diag("'%s', not '%s'", out.buf, text);
	free(out.buf);
	return good;
}

static void axes(void)
{
	ok(is_step(0, 1) && is_step(10, 1) && is_step(11, 2) && is_step(20, 2) &&
		   is_step(999999999, 100000000) && is_step(14 * SECOND, 2 * SECOND) &&
		   is_step(134 * SECOND, 30 * SECOND) && is_step(86400 * SECOND, 21600 * SECOND) &&
		   is_step(365 * 86400 * SECOND, 64 * 86400 * SECOND),
	   "steps_of_an_axis_are_round");
	ok(is_tick(0, SECOND, "0") && is_tick(250000000, 50000000, "250ms") &&
		   is_tick(1250000000, 50000000, "1.25s") && is_tick(1500, 500, "1.5us") &&
		   is_tick(7, 1, "7ns") && is_tick(12 * SECOND, 2 * SECOND, "12s"),
	   "ticks_have_the_digits_that_they_need");
	ok(is_tick(120 * SECOND, 30 * SECOND, "2m") && is_tick(150 * SECOND, SECOND, "2m30s") &&
		   is_tick(123500000000, 500000000, "2m03.5s") &&
		   is_tick(3900 * SECOND, 300 * SECOND, "1h05m") &&
		   is_tick(3605 * SECOND, SECOND, "1h00m05s") &&
		   is_tick(90000 * SECOND, 3600 * SECOND, "1d01h"),
	   "also_minutes_hours_and_days");
}

static void escapes(void)
{
	static const char text[] = "<a href=\"x\" b='y'>&\x01\xff\xef\xbf\xbe]]>\xc3\xa9";
	struct out out = { .fd = -1 };

	xml_put(&out, text, sizeof(text) - 1);
	out_char(&out, '\0');
	ok(!strcmp(out.buf, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;]]&gt;\xc3\xa9"),
	   "nothing_is_markup_and_what_xml_cannot_hold_is_left_out");
	free(out.buf);
}

/* The picture at hand is a good one of @count processes. */
static bool is_picture(unsigned int count, unsigned int rows)
{
	char shell[512];

	snprintf(shell, sizeof(shell), "python3 '%s/check_svg.py' '%s' %u %u >/dev/null", UNIT_DIR,
		 picture, count, rows);
	return command_said(&command, 0, "") && !system(shell);
}

static bool holds(const char *text)
{
	static char svg[4 << 20];
	FILE *from = fopen(picture, "r");
	size_t len = from ? fread(svg, 1, sizeof(svg) - 1, from) : 0;

	if (from)
		fclose(from);
	svg[len] = '\0';
	return strstr(svg, text);
}

static size_t size(void)
{
	struct stat st;

	return stat(picture, &st) ? 0 : (size_t)st.st_size;
}

static void end(void)
{
	command_free(&command);
	unlink(file);
	unlink(picture);
}

static void sizes(void)
{
	static const struct {
		const char *kind;
		uint32_t count;
	} sizes[] = { { "demo", 0 },	 { "loop", 0 },	   { "loop", 9 },  { "build", 3 },
		      { "loop", 999 },	 { "build", 333 }, { "zoo", 999 }, { "loop", 9999 },
		      { "build", 3333 }, { "zoo", 9999 } };
	uint32_t told;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		told = film(sizes[i].kind, sizes[i].count, file);
		COMMAND(&command, "plot", picture, file);
		ok(is_picture(told, 100) && size() < SIZE_MOST,
		   "%u_processes_of_a_%s_are_all_told_and_no_labels_overlap", told, sizes[i].kind);
		end();
	}
	film("zoo", 10000, file);
	COMMAND(&command, "plot", "--rows=2", picture, file);
	ok(is_picture(10001, 2) && holds("10000 others of 10000 programs"),
	   "two_rows_are_enough_if_need_be");
	command_free(&command);
	COMMAND(&command, "plot", "--rows=2000", picture, file);
	ok(is_picture(10001, 2000) && size() > SIZE_MOST, "there_may_be_more_rows");
	end();
	told = film("build", 200, file);
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(told, 100) && holds(">x86_64-linux-gnu-gcc-14 x 190</text>") &&
		   holds("1 row (x N)") == false && holds("3 rows (x N) tell of many"),
	   "many_of_the_same_share_a_row_and_the_longest_do_not");
	end();
}

/* Every kind of bar. */
static void put_kinds(void)
{
	film_begin(file);
	film_snapshot(10, 1, -1000000, "/usr/bin/bash");
	film_fork(20, 10, 0);
	film_exec(20, 100, "/usr/bin/env", "env make");
	film_process(21, 20, 1000, 2000, "/usr/bin/cc", "cc <a>.c", 1);
	film_fork(22, 20, 3000);
	film_exit(22, 4000, 0, SIGSEGV);
	film_exec(20, 4500, "/usr/bin/make", "make all");
	film_container(77, "web&co");
	film_process(23, 20, 5000, 1000, "/usr/bin/nginx", "nginx", 0);
	film_container(0, NULL);
	film_lose(5, 7000);
	film_exit(20, 10000, 0, 0);
	film_end();
}

static void kinds(void)
{
	put_kinds();
	COMMAND(&command, "plot", "-q", "--utc", picture, file);
	ok(is_picture(5, 5), "each_process_has_a_row");
	ok(holds(">cc &#39;&lt;a&gt;.c&#39;</text>") && holds("2.00ms exit 1</text>"),
	   "names_are_escaped_and_a_failure_is_told");
	ok(holds("env (fork)</text>") && holds("1.00ms SIGSEGV (core dumped)</text>") &&
		   holds("class=\"killed"),
	   "so_is_a_signal_of_one_that_was_only_forked");
	ok(holds("1.00ms in web&amp;co</text>") && holds("\ncontainer web&amp;co"),
	   "so_is_a_container");
	ok(holds("url(#past)") && holds("url(#future)") && holds("1.01s running</text>"),
	   "what_was_there_and_stays_has_open_ends");
	ok(holds(" before\"") && holds("<path class=\"exec\""), "execs_are_marked");
	ok(holds("5 processes in 10.0ms") && holds(" UTC, 1 failed, 1 killed, 1 still running, "
						   "5 events lost"),
	   "it_says_how_many_and_when_and_what_was_lost");
	command_free(&command);
	COMMAND(&command, "plot", "--exe=/usr/bin/nginx", picture, file);
	ok(is_picture(3, 3) && holds("class=\"name above\"") && holds(" context\"") &&
		   holds("3 processes in 1.00ms"),
	   "filters_leave_those_above_paler_and_time_is_that_of_the_rest");
	ok(command_said(&command, 0, "5 events were lost"), "losses_are_noted");
	command_free(&command);
	COMMAND(&command, "plot", "--exe=/nothing", picture, file);
	ok(is_picture(0, 0) && holds("no process in") && command_said(&command, 0, "no process"),
	   "a_picture_may_be_empty");
	end();
}

/* Many that were only forked, of which no path is known, that lived for no time at all. */
static void crowds(void)
{
	uint32_t i;

	film_begin(file);
	film_snapshot(10, 1, -1000, "/usr/bin/bash");
	for (i = 0; i < 30; i++) {
		film_fork(100 + i, 10, i);
		film_process(200 + i, 10, i, 1000, NULL, "kworker", 0);
		film_process(300 + i, 10, 500 * i, 0, "/bin/true", "true", 0);
		film_exit(100 + i, 1000 + i, 0, 0);
	}
	film_fork(400, 10, 15000);
	film_exec(400, 15000, NULL, "only");
	film_exit(400, 15001, 0, 0);
	film_end();
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(92, 5) && holds(">bash (fork) x 30<") && holds(">[kworker] x 30<") &&
		   holds(">true x 30<") && holds(">[only]<"),
	   "crowds_of_every_kind_have_a_name");
	ok(holds("<title>[kworker]\n30 processes") && holds("<title>[only]\npid 400"),
	   "and_are_told_when_pointed_at");
	end();
}

/* However many rows there may be. */
static void rows(void)
{
	char option[32];
	unsigned int most;
	bool good = true;

	film("demo", 0, file);
	for (most = 2; most < 28; most++) {
		snprintf(option, sizeof(option), "--rows=%u", most);
		COMMAND(&command, "plot", option, picture, file);
		good &= is_picture(27, most);
		command_free(&command);
	}
	ok(good, "any_number_of_rows_is_enough");
	end();
}

/* What --redact hides is in no picture, no export and no tree. */
static void redacted(void)
{
	static const char *const hide[] = { "--redact=hunter2", "--redact=/secret/[a-z]*" };
	static const char *const ways[][3] = { { "plot", "-" },
					       { "export", "--perfetto" },
					       { "export", "--folded" },
					       { "tree", "--merge=never" } };
	bool good = true, told = true;
	size_t i;

	film_begin(file);
	film_fork(20, 1, 0);
	film_exec(20, 100, "/secret/tool", "tool --password=hunter2");
	film_fork(21, 20, 200);
	film_exit(21, 5000, 0, 0);
	film_exit(20, 9000, 0, 0);
	film_end();
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		COMMAND(&command, ways[i][0], ways[i][1], file);
		told &= strstr(command.out, "hunter2") || strstr(command.out, "tool");
		command_free(&command);
		COMMAND(&command, ways[i][0], hide[0], hide[1], ways[i][1], file);
		good &= command.status == 0 && *command.out && !strstr(command.out, "hunter2") &&
			!strstr(command.out, "secret") && !strstr(command.out, "tool<") &&
			!strstr(command.out, "tool\"");
		if (!good)
			diag("%s: %s", ways[i][1], command.out);
		command_free(&command);
	}
	ok(good && told, "what_is_redacted_is_in_no_picture");
	end();
}

/* The picture in the manual is what is drawn; GOLDEN_WRITE=1 writes it anew. */
static void example(void)
{
	char shell[512];

	film("demo", 0, file);
	COMMAND(&command, "plot", "--utc", picture, file);
	snprintf(shell, sizeof(shell), "%s '%s' '%s/../../docs/plot.svg' >/dev/null",
		 getenv("GOLDEN_WRITE") ? "cp" : "cmp", picture, UNIT_DIR);
	ok(command_said(&command, 0, "") && !system(shell), "the_example_is_what_is_drawn");
	end();
}

static void hostile(void)
{
	const char *name;
	uint32_t i;

	film_begin(file);
	for (i = 0; (name = hostile_name(i)); i++)
		film_process(100 + i, 1, 1000 * i, 900, name, "x", 0);
	film_end();
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(i, 100), "hostile_names_do_no_harm");
	command_free(&command);
	setenv("LC_ALL", "C", 1);
	COMMAND(&command, "plot", picture, file);
	setenv("LC_ALL", "C.UTF-8", 1);
	ok(is_picture(i, 100), "nor_do_they_in_another_locale");
	end();
}

/* A chain of forks, deeper than is drawn. */
static void deep(void)
{
	uint32_t i;

	film_begin(file);
	for (i = 0; i < 60; i++)
		film_fork(100 + i, 99 + i, 1000 * i);
	for (i = 60; i-- > 0;)
		film_exit(100 + i, 100000, 0, 0);
	film_end();
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(60, 100), "what_is_deep_is_indented_no_more");
	end();
}

/* The machine was started anew in between: pids and times begin again. */
static void reboot(void)
{
	film_begin(file);
	film_fork(21, 1, 100000000);
	film_process(20, 1, 100000000, 50000000, "/usr/bin/make", "make", 0);
	film_reboot();
	film_snapshot(21, 1, -2000, "/usr/bin/bash");
	film_process(20, 1, 1000, 2000, "/usr/bin/make", "make", 0);
	film_exit(21, 3000, 0, 0);
	film_end();
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(4, 4) && holds("50.0s</text>") && holds("50.0s end unknown</text>") &&
		   holds("2.00ms</text>") && holds("5.00ms</text>"),
	   "a_restart_of_the_machine_ends_all");
	end();
}

static void put_text(const char *text)
{
	int fd = open(picture, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail("%s", picture);
	close(fd);
}

static void files(void)
{
	char missing[160];
	int fd[2];

	film("loop", 3, file);
	COMMAND(&command, "plot", "-", file);
	ok(command_said(&command, 0, "") && !strncmp(command.out, "<svg ", 5) &&
		   strstr(command.out, "</svg>\n"),
	   "a_picture_can_go_to_standard_output");
	command_free(&command);
	put_text("something else");
	COMMAND(&command, "plot", picture, file);
	ok(command_said(&command, 1, "plot.svg: holds something else than a picture") &&
		   size() == 14,
	   "what_is_no_picture_is_not_replaced");
	command_free(&command);
	put_text("<svg>a longer picture, of which nothing may stay: 0123456789</svg>");
	COMMAND(&command, "plot", picture, file);
	ok(is_picture(4, 4) && !holds("0123456789"), "a_picture_is");
	command_free(&command);
	COMMAND(&command, "plot", file, file);
	ok(command_said(&command, 1, "not replaced"), "a_recording_is_safe");
	command_free(&command);
	COMMAND(&command, "plot", "/dev/full", file);
	ok(command_said(&command, 1, "/dev/full: No space left on device"), "a_full_disk_is_told");
	command_free(&command);
	snprintf(missing, sizeof(missing), "%s/none/x.svg", directory);
	COMMAND(&command, "plot", missing, file);
	ok(command_said(&command, 1, "x.svg: No such file or directory"),
	   "so_is_a_place_that_is_not_there");
	command_free(&command);
	COMMAND(&command, "plot", picture, missing);
	ok(command_said(&command, 1, "x.svg: No such file or directory"), "so_is_a_recording");
	command_free(&command);
	if (pipe(fd))
		bail("pipe");
	close(fd[0]);
	command_run_to(&command, (const char *const[]){ "plot", "-", file, NULL }, fd[1]);
	close(fd[1]);
	ok(command_said(&command, 0, "") && !*command.err, "a_reader_that_has_gone_is_no_failure");
	command_free(&command);
	COMMAND(&command, "plot");
	ok(command_said(&command, 2, "no picture to draw"), "a_picture_needs_a_name");
	end();
}

static void damaged(void)
{
	film("build", 300, file);
	if (truncate(file, 20000))
		bail("truncate");
	COMMAND(&command, "plot", picture, file);
	ok(command.status == 0 && holds("</svg>") && command_said(&command, 0, "no whole block"),
	   "of_a_file_that_was_cut_the_rest_is_drawn");
	end();
}

/* Live: what the rings hold. */
static void live(void)
{
	struct rings rings;
	char device[128];
	uint32_t i;

	rings_in_file(&rings, 2, 4096);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	for (i = 0; i < 20; i++)
		rings_put_small(&rings, i % 2, PROCMON_FORK, 100 + i,
				FAKE_BOOT_NS - 1000000000ull + i * 1000);
	COMMAND(&command, "plot", device, "--history", "--for=10ms", picture);
	ok(is_picture(20, 20), "what_the_rings_hold_is_drawn");
	rings_free(&rings);
	end();
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "film"))
		return !film(argv[2], (uint32_t)atoi(argv[3]), argv[4]);
	tap_theme("plot");
	text_init();
	snprintf(directory, sizeof(directory), "/tmp/procmon-plot-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	snprintf(file, sizeof(file), "%s/film", directory);
	snprintf(picture, sizeof(picture), "%s/plot.svg", directory);
	axes();
	escapes();
	sizes();
	kinds();
	crowds();
	redacted();
	rows();
	example();
	hostile();
	deep();
	reboot();
	files();
	damaged();
	live();
	rmdir(directory);
	return tap_done();
}
