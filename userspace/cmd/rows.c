// SPDX-License-Identifier: MIT
/* rows.c - the commands and their options */
#include <stdint.h>

#include "options.h"
#include "usage.h"
#include "value.h"

#define NOW (COMMAND_PS | COMMAND_TREE)
#define DEVICE                                                                                     \
	(COMMAND_WATCH | COMMAND_RUN | COMMAND_RECORD | NOW | COMMAND_TOP | COMMAND_PLOT |         \
	 COMMAND_STATUS | COMMAND_DOCTOR)
#define ALL (DEVICE | COMMAND_SHOW)
#define PICTURE (COMMAND_PLOT)
#define FORMATTED (ALL & ~(COMMAND_TOP | COMMAND_RECORD | PICTURE))
#define FOLLOWING (COMMAND_WATCH | COMMAND_RECORD | COMMAND_TOP | COMMAND_PLOT)
#define TIMED (FOLLOWING | COMMAND_RUN | COMMAND_SHOW)
#define FILTERED (STREAM | COMMAND_RECORD | COMMAND_TOP)
#define PAST READS_FILES
#define WATCH (COMMAND_WATCH | COMMAND_SHOW)

#define AT(field) offsetof(struct options, field)

const struct option_row option_rows[] = {
	{ 'o', "output", "FORMAT", value_format, AT(format), FORMATTED,
	  "short tree verbose json json-pretty",
	  "short (columns), tree (indented), verbose (every field), json (JSON Lines) or json-pretty" },
	{ 'n', "lines", "N", value_count, AT(count), WATCH | COMMAND_TOP, NULL,
	  "end after N events (--reverse: the newest N), top after N tables" },
	{ 0, "for", "TIME", value_duration, AT(for_ns), FOLLOWING, NULL,
	  "end after TIME: 10s, 500ms, 2m, 1h" },
	{ 0, "history", NULL, value_yes, AT(history), FOLLOWING, NULL,
	  "begin with the oldest event that is still in the rings" },
	{ 0, "no-snapshot", NULL, value_no, AT(snapshot), FOLLOWING, NULL,
	  "do not begin with the processes that run already" },
	{ 'f', "follow", NULL, value_yes, AT(follow), COMMAND_SHOW, NULL,
	  "go on with what is appended, and with the file that takes its place" },
	{ 'r', "reverse", NULL, value_yes, AT(reverse), COMMAND_SHOW, NULL,
	  "the newest event first" },
	{ 0, "since", "WHEN", value_when, AT(since_ns), PAST, "today yesterday -1h",
	  "only events from then on: 2026-11-26 14:00:00, 14:00, today, yesterday, -1h" },
	{ 0, "until", "WHEN", value_when, AT(until_ns), PAST, "today yesterday -1h",
	  "only events until then" },
	{ 0, "rotate", "SIZE", value_size, AT(rotate), COMMAND_RECORD, NULL,
	  "begin a new file when it has SIZE (100M): FILE becomes FILE.000001, FILE.000002, ..." },
	{ 0, "keep", "N", value_keep, AT(keep), COMMAND_RECORD, NULL,
	  "keep the newest N of those" },
	{ 0, "max-size", "SIZE", value_size, AT(max_size), COMMAND_RECORD, NULL,
	  "with --rotate keep no more than SIZE of those, without it end at SIZE" },
	{ 0, "fail-on-loss", NULL, value_yes, AT(fail_on_loss), TIMED, NULL,
	  "exit 3 when events were lost" },
	{ 0, "event", "LIST", value_events, AT(events), TIMED,
	  "fork exec exit snapshot cgroup_mkdir cgroup_rmdir cgroup_rename cgroup_attach",
	  "only these events: fork,exec,exit,snapshot,cgroup_mkdir,… (default the first four)" },
	{ 0, "pid", "PID", value_pid, AT(pid), FILTERED, NULL, "only this process" },
	{ 0, "ppid", "PID", value_pid, AT(ppid), FILTERED, NULL, "only children of this process" },
	{ 0, "uid", "USER", value_uid, AT(uid), FILTERED, NULL,
	  "only this user, by number or name" },
	{ 0, "user", "USER", value_uid, AT(uid), FILTERED, NULL, "the same as --uid" },
	{ 0, "tree", "PID", value_pid, AT(tree), FILTERED, NULL,
	  "only this process and its descendants" },
	{ 0, "comm", "GLOB", value_glob, AT(comm), FILTERED, NULL, "only processes of this name" },
	{ 0, "exe", "GLOB", value_glob, AT(exe), FILTERED, NULL,
	  "only processes that run this executable" },
	{ 'Q', "query", "EXPR", value_query, AT(query_text), FILTERED, NULL,
	  "only events for which EXPR holds, like: exe ~ \"^/tmp/\" and uid != 0" },
	{ 0, "container", "GLOB", value_glob, AT(container), FILTERED, NULL,
	  "only in containers of this name or ID, or an ID that begins so" },
	{ 0, "pod", "GLOB", value_glob, AT(pod), FILTERED, NULL,
	  "only in pods of this name or UID" },
	{ 0, "unit", "GLOB", value_glob, AT(unit), FILTERED, NULL,
	  "only in this systemd unit, also of a user" },
	{ 0, "cgroup", "PATH", value_cgroup, AT(cgroup), FILTERED, NULL,
	  "only in this cgroup and those below it" },
	{ 0, "output-fields", "LIST", value_fields, AT(fields), STREAM & ~PICTURE, NULL,
	  "only these keys, comma-separated (json and verbose)" },
	{ 0, "env", "NAME", value_glob, AT(env), STREAM, NULL,
	  "of the environment variables that the module records, only this one" },
	{ 0, "after-cursor", "CURSOR", value_text, AT(cursor), WATCH, NULL,
	  "go on right after the event this cursor stands for" },
	{ 0, "cursor-file", "FILE", value_text, AT(cursor_file), COMMAND_WATCH, NULL,
	  "go on after the cursor in FILE, and keep the newest one there" },
	{ 0, "color", "WHEN", value_decide, AT(color), FILTERED & ~(COMMAND_RECORD | PICTURE),
	  "auto always never", "auto, always or never" },
	{ 0, "plot", "FILE", value_text, AT(picture), COMMAND_RUN, NULL,
	  "run: draw who ran when into FILE, as plot does" },
	{ 0, "rows", "N", value_rows, AT(rows), COMMAND_PLOT | COMMAND_RUN, NULL,
	  "plot: at most N rows (default 100); processes share rows where they are more" },
	{ 0, "merge", "WHEN", value_decide, AT(merge), COMMAND_TREE | COMMAND_RUN,
	  "auto always never",
	  "one line for siblings that are alike: auto (not of what runs now), always or never" },
	{ 0, "utc", NULL, value_yes, AT(utc), FILTERED & ~COMMAND_RECORD, NULL,
	  "times in UTC, not in local time" },
	{ 0, "no-headings", NULL, value_no, AT(headings), STREAM & ~PICTURE, NULL,
	  "no line of column names" },
	{ 'q', "quiet", NULL, value_yes, AT(quiet), FILTERED, NULL,
	  "no notes on stderr, and no tree after run" },
	{ 0, "device", "PATH", value_text, AT(device), DEVICE, NULL,
	  "another device than /dev/procmon" },
	{ 0, "root", "DIR", value_text, AT(root), COMMAND_DOCTOR | FOLLOWING | COMMAND_RUN | NOW,
	  NULL, "the system is below DIR: an image, or in a container what is mounted there" },
	{ 'b', "batch", NULL, value_yes, AT(batch), COMMAND_TOP, NULL,
	  "top: print each table as text, for pipes and plain terminals" },
	{ 'd', "delay", "TIME", value_delay, AT(delay_ns), COMMAND_TOP, NULL,
	  "top: time from one table to the next (default 2s)" },
	{ 0, "sort", "KEY", value_sort, AT(sort), COMMAND_TOP,
	  "rate execs forks failed killed shortest mean last name",
	  "top: order by rate, execs, forks, failed, killed, shortest, mean, last or name" },
	{ 0, "by", "WHAT", value_by, AT(by), COMMAND_TOP, "exe comm container unit user",
	  "top: a row for each exe (the default), comm, container, unit or user" },
	{ 0, "prometheus", "FILE", value_text, AT(prometheus), COMMAND_STATUS, NULL,
	  "status: the counters for Prometheus, into FILE in one step (-: standard output)" },
	{ 'h', "help", NULL, usage_help, AT(command), ALL, NULL, "this text" },
	{ 'V', "version", NULL, usage_version, AT(command), ALL, NULL, "the version" },
	{ 0, "reference", "WHAT", usage_reference, AT(command), 0, "man bash fields", "" },
	{ 0 },
};

const struct command_row command_rows[] = {
	{ "watch", COMMAND_WATCH, 0, NULL, "[watch] [OPTION]...",
	  "show events as they happen (the default)" },
	{ "run", COMMAND_RUN, SIZE_MAX, "no command to run: procmon run -- COMMAND [ARG]...",
	  "run [OPTION]... -- COMMAND [ARG]...",
	  "run COMMAND, show it and its descendants, then their tree" },
	{ "ps", COMMAND_PS, 0, NULL, "ps [OPTION]...", "show the processes that run now" },
	{ "tree", COMMAND_TREE, SIZE_MAX, NULL, "tree [OPTION]... [FILE]...",
	  "the same, each below its parent; of recordings all that ran" },
	{ "top", COMMAND_TOP, 0, NULL, "top [OPTION]...",
	  "show which programs start, fail and end most" },
	{ "plot", COMMAND_PLOT, SIZE_MAX, "no picture to draw: procmon plot OUT.svg [FILE]...",
	  "plot [OPTION]... OUT.svg [FILE]...", "draw who ran when, from now on or in recordings" },
	{ "record", COMMAND_RECORD, 1, "no file to record into: procmon record FILE",
	  "record [OPTION]... FILE", "record events into FILE, or go on there" },
	{ "show", COMMAND_SHOW, SIZE_MAX, "no file to show: procmon show FILE...",
	  "show [OPTION]... FILE...", "show recordings, or what the rings held in a memory dump" },
	{ "status", COMMAND_STATUS, 0, NULL, "status [OPTION]...",
	  "show the module, its rings and counters" },
	{ "doctor", COMMAND_DOCTOR, 0, NULL, "doctor [OPTION]...",
	  "tell why it does not work here, and what mends it" },
	{ 0 },
};
