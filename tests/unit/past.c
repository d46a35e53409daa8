// SPDX-License-Identifier: MIT
/* procmon tree of recordings, and what is kept of processes to draw them. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "draft.h"
#include "fake.h"
#include "film.h"
#include "life.h"
#include "tap.h"
#include "text.h"

#define WHAT 44 /* columns before the program */

static char directory[64], file[128];
static struct command command;

static void end(void)
{
	command_free(&command);
	unlink(file);
}

static bool is_tree(const char *tree)
{
	bool good = command.status == 0 && !strcmp(command.out, tree);

	if (!good)
		diag("%d %s\n%s", command.status, command.err, command.out);
	return good;
}

/* A shell that was there runs make, which runs two compilers and a lot of the same. */
static void put_family(void)
{
	uint32_t i;

	film_begin(file);
	film_snapshot(10, 1, -1000000, "/usr/bin/bash");
	film_snapshot(11, 1, -2000000, "/usr/sbin/sshd");
	film_fork(20, 10, 0);
	film_exec(20, 100, "/usr/bin/make", "make all");
	film_process(21, 20, 1000, 2000, "/usr/bin/cc", "cc -c a.c", 0);
	film_threads(1);
	film_fork(22, 20, 1500);
	film_threads(0);
	for (i = 0; i < 5; i++)
		film_process(30 + i, 20, 4000 + i * 100, 1000 + i * 100, "/usr/bin/sed",
			     i ? "sed -n p" : "sed s/a/b/", 0);
	film_process(36, 20, 6000, 100, "/usr/bin/sed", "sed -x", 1);
	for (i = 0; i < 3; i++)
		film_process(40 + i, 20, 7000 + i * 100, 1000, "/usr/bin/true", "true", 0);
	film_fork(50, 20, 9000);
	film_process(51, 50, 9100, 100, "/usr/bin/true", "true", 0);
	film_exit(50, 9300, 0, SIGSEGV);
	film_fork(60, 20, 9400);
	film_exit(20, 10000, 2, 0);
	film_end();
}

#define TREE_TOP                                                                                   \
	"10 running  /usr/bin/bash\n"                                                              \
	"└─ 20 2 10.0ms  /usr/bin/make all\n"                                                  \
	"   ├─ 21 0 2.00ms  /usr/bin/cc -c a.c\n"
#define TREE_END                                                                                   \
	"   ├─ 50 SIGSEGV (core dumped) 300us  (fork)\n"                                       \
	"   │  └─ 51 0 100us  /usr/bin/true\n"                                               \
	"   └─ 60 running  (fork)\n"

static void trees(void)
{
	put_family();
	COMMAND(&command, "tree", file);
	ok(is_tree(TREE_TOP "   ├─ x 5  0 1.00ms to 1.40ms  /usr/bin/sed\n"
			    "   ├─ 36 1 100us  /usr/bin/sed -x\n"
			    "   ├─ x 3  0 1.00ms to 1.00ms  /usr/bin/true\n" TREE_END
			    "11 running  /usr/sbin/sshd\n"),
	   "a_recording_is_drawn_as_a_tree_and_repeats_share_a_line");
	command_free(&command);
	COMMAND(&command, "tree", "--merge=never", "--exe=/usr/bin/true", file);
	ok(is_tree("10 running  /usr/bin/bash\n"
		   "└─ 20 2 10.0ms  /usr/bin/make all\n"
		   "   ├─ 40 0 1.00ms  /usr/bin/true\n"
		   "   ├─ 41 0 1.00ms  /usr/bin/true\n"
		   "   ├─ 42 0 1.00ms  /usr/bin/true\n"
		   "   └─ 50 SIGSEGV (core dumped) 300us  (fork)\n"
		   "      └─ 51 0 100us  /usr/bin/true\n"),
	   "or_each_has_its_own_and_filters_leave_those_above");
	command_free(&command);
	COMMAND(&command, "tree", "-Q", "event = exit and exit_code = 1", file);
	ok(is_tree("10 running  /usr/bin/bash\n"
		   "└─ 20 2 10.0ms  /usr/bin/make all\n"
		   "   └─ 36 1 100us  /usr/bin/sed -x\n"),
	   "an_expression_may_ask_for_the_end");
	end();
}

static void put_hour(void)
{
	uint32_t i;

	film_begin(file);
	film_snapshot(10, 1, -1000000, "/usr/bin/bash");
	for (i = 0; i < 3600; i++)
		film_process(100 + i, 10, (int64_t)i * 1000000, 900000, "/usr/bin/date", "date", 0);
	film_fork(99, 10, 3600000000);
	film_end();
}

/* Lines of show, from the program on. */
static bool shows(const char *const *programs)
{
	const char *line = command.out;
	bool good = true;

	for (; *programs; programs++) {
		good &= strcspn(line, "\n") > WHAT &&
			!strncmp(line + WHAT, *programs, strlen(*programs));
		line += strcspn(line, "\n") + (*line != '\0');
	}
	if (!good || *line)
		diag("%s", command.out);
	return good && !*line;
}

/* The wall clock of FILM_BEGIN_NS, and so many milliseconds more, as --since takes it. */
static const char *when(const char *option, int ms)
{
	static char text[2][64];
	static int turn;
	time_t sec;
	struct tm tm;

	turn = !turn;
	sec = (time_t)((FAKE_WALL_NS - FAKE_BOOT_NS + FILM_BEGIN_NS) / 1000000000 + ms / 1000);
	localtime_r(&sec, &tm);
	strftime(text[turn] + snprintf(text[turn], sizeof(text[turn]), "--%s=", option), 40,
		 "%Y-%m-%d %H:%M:%S", &tm);
	return text[turn];
}

/* Threes that run, and that lived shorter and shorter; a loss before what is asked for. */
static void threes(void)
{
	uint32_t i;

	film_begin(file);
	film_lose(7, 0);
	film_snapshot(10, 1, -1000000, "/usr/bin/bash");
	for (i = 0; i < 3; i++) {
		film_fork(20 + i, 10, 0);
		film_process(30 + i, 10, 0, 3000 - i * 1000, "/bin/date", "date", 0);
	}
	film_end();
	COMMAND(&command, "tree", file);
	ok(is_tree("10 running  /usr/bin/bash\n"
		   "├─ x 3  running  (fork)\n"
		   "└─ x 3  0 1.00ms to 3.00ms  /bin/date\n"),
	   "those_that_run_share_a_line_too");
	ok(command_said(&command, 0, "7 events were lost"), "losses_are_noted");
	command_free(&command);
	COMMAND(&command, "tree", when("since", 1000), file);
	ok(command_said(&command, 0, "no process") && !strstr(command.err, "lost"),
	   "losses_before_the_span_are_not");
	end();
}

static void indents(void)
{
	static const char *const below[] = { "/usr/bin/make", "  /usr/bin/cc", NULL };
	static const char *const all[] = { "/usr/bin/bash", "  /usr/bin/make", "    /usr/bin/cc",
					   NULL };

	put_family();
	COMMAND(&command, "show", "-otree", "--no-headings", "--utc", "-Q",
		"pid in (10, 20, 21) and (event = exec or event = snapshot)", file);
	ok(shows(all), "a_stream_is_indented_below_what_is_known");
	command_free(&command);
	COMMAND(&command, "show", "-otree", "--no-headings", "--tree=20", "-Q",
		"pid in (10, 20, 21) and (event = exec or event = snapshot)", file);
	ok(shows(below), "of_a_subtree_from_its_root_on");
	end();
}

static void spans(void)
{
	put_hour();
	/* the wall clock is half a second ahead of whole ones */
	COMMAND(&command, "tree", when("since", 100000), when("until", 103000), file);
	ok(is_tree("10 running  /usr/bin/bash\n"
		   "├─ x 3  0 900ms to 900ms  /usr/bin/date\n"
		   "└─ 202 running  /usr/bin/date\n"),
	   "a_span_has_who_ran_in_it");
	command_free(&command);
	COMMAND(&command, "tree", when("since", 7200000), file);
	ok(is_tree("") && command_said(&command, 0, "no process"), "a_span_may_have_none");
	end();
}

static struct draft draft;

/* Takes in an event of @pid. */
static int take(unsigned int type, uint32_t pid, uint32_t parent, uint64_t ns, const char *exe)
{
	struct procmon_event ev;

	draft_start(&draft, type);
	draft_process(&draft, pid, ns);
	draft.head.time_ns = ns;
	if (type == PROCMON_FORK)
		draft_number(&draft, "fork_pid", parent);
	if (type == PROCMON_EXEC)
		draft_text(&draft, "exe", exe);
	if (type == PROCMON_EXIT)
		draft_number(&draft, "exit_code", 0);
	ev = draft_event(&draft);
	return life_note(&ev, true);
}

/* A fork, an exec and an exit; its index. */
static int take_all(uint32_t pid, uint32_t parent, uint64_t ns, const char *exe)
{
	take(PROCMON_FORK, pid, parent, ns, NULL);
	take(PROCMON_EXEC, pid, parent, ns, exe);
	return take(PROCMON_EXIT, pid, parent, ns, NULL);
}

/* What nobody asks for is forgotten, however much it is; what somebody does is kept with who is above it. */
static void forgetting(void)
{
	uint32_t i;
	int shell, index;

	shell = take(PROCMON_FORK, 10, 1, 1, NULL);
	for (i = 0; i < 3 * LIFE_MAX; i++) {
		index = take_all(20 + i % 1000, 10, 2 + i, "/bin/true");
		if (i % 100000 == 7)
			lives[index].wanted = true;
	}
	ok(life_count <= LIFE_MAX && !life_left_out, "what_nobody_asks_for_makes_room");
	life_end_all(life_ns(4 * LIFE_MAX));
	ok(life_count == 1 + (3 * LIFE_MAX + 99992) / 100000 && lives[shell].tgid == 10 &&
		   lives[1].parent == 0 && lives[1].tgid == 27 &&
		   !strcmp(lives[life_count - 1].what, "/bin/true") &&
		   life_execs[lives[1].execs].what == lives[1].what,
	   "what_somebody_does_stays_with_its_execs_and_who_is_above_it");
	life_free();
	life_begin(life_ns(1000));
	index = take_all(20, 1, 500, "/bin/early");
	lives[index].wanted = true;
	index = take_all(21, 1, 1500, "/bin/late");
	lives[index].wanted = true;
	life_end_all(life_ns(2000));
	ok(life_count == 1 && lives[0].tgid == 21, "what_ended_before_is_not_asked_for");
	life_free();
}

static void limits(void)
{
	uint64_t left_out;
	uint32_t i;

	for (i = 0; i < 2 * LIFE_MAX + 5; i++) { /* in no time: nothing may be done for each */
		int index = take(PROCMON_FORK, 20 + i, 1, 2 + i, NULL);

		if (index >= 0)
			lives[index].wanted = true;
	}
	left_out = life_left_out;
	ok(life_count == LIFE_MAX && left_out == LIFE_MAX + 5, "there_is_an_end_and_it_is_told");
	for (i = 0; i < LIFE_MAX + 5; i++)
		take(PROCMON_EXEC, 20, 1, 2, "/bin/true");
	ok(!strcmp(lives[0].what, "/bin/true"), "so_is_there_of_execs");
	life_free();
}

/* Texts that are all different. */
static void texts(void)
{
	static char path[4000];
	uint32_t i;

	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	for (i = 0; i < 2 * (LIFE_TEXT_MAX / sizeof(path)) + 1000; i++) {
		snprintf(path + 1, 9, "%08x", i);
		path[9] = '/';
		take(PROCMON_EXEC, 20, 1, 2, path);
	}
	ok(!strcmp(lives[0].what, "(not kept)"), "texts_have_an_end_too");
	life_free();
}

int main(void)
{
	tap_theme("past");
	text_init();
	snprintf(directory, sizeof(directory), "/tmp/procmon-past-XXXXXX");
	if (!mkdtemp(directory))
		bail("mkdtemp");
	snprintf(file, sizeof(file), "%s/film", directory);
	trees();
	threes();
	indents();
	spans();
	forgetting();
	limits();
	texts();
	rmdir(directory);
	return tap_done();
}
