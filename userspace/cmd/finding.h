/* SPDX-License-Identifier: MIT */
/* finding.h - what doctor has found: a cause in one line, and the command that mends it */
#ifndef CMD_FINDING_H
#define CMD_FINDING_H

#include "options.h"
#include "out.h"

enum finding_level {
	FINDING_OK, /* a fact */
	FINDING_NOTE, /* may be wanted so */
	FINDING_PROBLEM,
};

/**
 * struct findings - where findings go
 * @out, @format: how they are printed
 * @problems: how many there have been
 */
struct findings {
	struct out out;
	enum options_format format;
	unsigned int problems;
};

/* @name: for programs, never changes its meaning.  @command: NULL when no command mends it. */
__attribute__((format(printf, 5, 6))) void finding(struct findings *findings,
						   enum finding_level level, const char *name,
						   const char *command, const char *cause, ...);

#endif
