/* SPDX-License-Identifier: MIT */
/* nest.h - JSON objects within objects, written by the paths of their values: "process.parent.pid" */
#ifndef CMD_NEST_H
#define CMD_NEST_H

#include <stdbool.h>

#include "out.h"

#define NEST_DEPTH 8

/**
 * struct nest - an object being written, at first all zero but for @out
 * @open: names of the objects that are open within it, @depth of them, each @len long
 * @some: of each of them, and of the whole: it has a value
 *
 * Values of one object must come one after the other.  A name that ends in [] is a list of one object.
 */
struct nest {
	struct out *out;
	const char *open[NEST_DEPTH];
	size_t len[NEST_DEPTH];
	unsigned int depth;
	bool some[NEST_DEPTH + 1];
};

void nest_begin(struct nest *nest);
/* Writes the key of a value, which the caller writes then; @path must live as long as the object is open. */
void nest_key(struct nest *nest, const char *path);
/* Closes everything, and ends the line. */
void nest_end(struct nest *nest);

#endif
