/* SPDX-License-Identifier: MIT */
/* history.h - the recordings of a directory, and where in them to look for what is asked for */
#ifndef CMD_HISTORY_H
#define CMD_HISTORY_H

#include <procmon.h>

#include "index.h"
#include "watch.h"

/* Where procmon-record.service writes. */
#define HISTORY_DIRECTORY "/var/log/procmon"

/* What is read at least to answer a question, and what one more row of the index is made for; for tests. */
extern uint64_t history_unit_events;
/*
 * The same within that, for what is sought by its bytes; where what is known there takes more than this
 * share of the bytes between, later.
 */
extern uint64_t history_part_events, history_part_share;

struct history_file;

/**
 * struct history - recordings, read unit by unit
 * @options: what was asked for
 * @directory: where they are, NULL: they were named one by one
 * @file: @nr_files of them, in the order of their first events
 * @unit: @nr_units of them, in the order in which they are read
 * @index: where they come from, NULL: each file is one
 * @pm: the stream
 * @open: the file that it reads
 * @next, @next_part: the unit and its part of which all is known that is where it begins; nr_units and
 *	more: none
 * @damaged: the index is
 * @failed: something that was asked for could not be read, which has been told
 */
struct history {
	const struct options *options;
	const char *directory;
	struct history_file *file;
	size_t nr_files;
	struct unit *unit;
	size_t nr_units;
	struct index *index;
	struct procmon *pm;
	size_t open;
	size_t next, next_part;
	bool damaged, failed;
};

/* Opens what the arguments say, and brings its index up to date.  Return: 0; -1: an error, told. */
int history_open(struct history *history, const struct options *options);
/* Gives each event of it to @take.  Return: 1: all; 0: @take said that was all; -1: an error, told. */
int history_read(struct history *history, size_t unit, struct show *show, watch_take *take);
void history_close(struct history *history);

/* What history_read() is made of, for ask.c. */

#define HISTORY_NONE SIZE_MAX /* no file, no unit */

/* For what is read only to know of it; events go to history_pass_by(). */
extern const struct options history_all;
int history_pass_by(struct show *show, const struct event *event, bool wanted);
/* The stream goes on at @offset of @file, whose events are told by the table at @table.  Return: 0; -1. */
int history_enter(struct history *history, size_t file, uint64_t offset, uint64_t table);
/* Makes all known that is where @unit begins.  Return: 0; -1. */
int history_know(struct history *history, size_t unit);
/* Gives events to @take up to offset @end of the file.  Return: as history_read(). */
int history_events(struct history *history, uint64_t end, struct show *show, watch_take *take);

#endif
