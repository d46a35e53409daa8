/* SPDX-License-Identifier: MIT */
/* question.h - filters and expressions, asked of a part of the history: can any event of it pass? */
#ifndef CMD_QUESTION_H
#define CMD_QUESTION_H

#include "grammar.h"
#include "needle.h"
#include "options.h"
#include "where.h"

#define QUESTION_TESTS 24 /* what else is asked leaves nothing out */

/* What is known of a part: these numbers, times and texts come in it. */
enum question_kind {
	QUESTION_PID,
	QUESTION_PPID,
	QUESTION_UID,
	QUESTION_STATUS, /* see filter_status(), and exit codes themselves */
	QUESTION_EXE,
	QUESTION_COMM,
	QUESTION_PARENT,
	QUESTION_PLACE,
	QUESTION_TIME,
	QUESTION_TRIGRAM, /* three bytes of a path or an argument */
	QUESTION_BYTES, /* any of its texts, somewhere */
};

/**
 * struct question_thread - the trigrams of a needle, in order, each once
 * @found: so many of them have come; those of a part come in order too
 */
struct question_thread {
	uint32_t trigram[NEEDLE_LEN];
	size_t count, found;
};

/**
 * struct question_test - something that an event must be
 * @node: of an expression, NULL: a filter
 * @needles: of what is sought by bytes, @thread: of each
 * @found: something that can be it
 */
struct question_test {
	enum question_kind kind;
	const struct query_node *node;
	struct needles *needles;
	struct question_thread *thread;
	bool found;
};

struct question {
	const struct options *options;
	struct question_test test[QUESTION_TESTS];
	size_t count;
};

void question_make(struct question *question, const struct options *options);
void question_free(struct question *question);

/* Asks a part that begins and ends then. */
void question_begin(struct question *question, int64_t first_ns, int64_t last_ns);
void question_number(struct question *question, enum question_kind kind, uint64_t number);
/* @text: with a NUL after it. */
void question_text(struct question *question, enum question_kind kind, const char *text,
		   size_t len);
void question_place(struct question *question, const struct where *where);
/* They come in order. */
void question_trigram(struct question *question, uint32_t trigram);
uint32_t question_trigram_at(const char *text);
/* Has something come for all that must be? */
bool question_is_answered(const struct question *question);

/*
 * From now on of what is sought by bytes only bytes of the part itself count.  If nothing is, it stays
 * answered, or not.
 */
void question_seek(struct question *question);
/* Return: something of that is there. */
bool question_bytes(struct question *question, const void *bytes, size_t len);

#endif
