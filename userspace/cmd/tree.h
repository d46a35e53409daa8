/* SPDX-License-Identifier: MIT */
/* tree.h - processes drawn below the ones that forked them */
#ifndef CMD_TREE_H
#define CMD_TREE_H

#include <stdint.h>

#include "out.h"

/**
 * struct tree_node - a process
 * @parent, @first, @last, @next: the one above, those below, the next one beside it; -1: none
 * @older: the node before it in its bucket, -1: none
 * @depth: levels above it
 * @drawn: the node at whose depth it is drawn, itself up to a limit
 * @what: its program, or NULL
 * @status: how it ended, NULL while it lives
 */
struct tree_node {
	uint32_t tgid;
	uint64_t start_ns;
	uint64_t end_ns;
	int parent, first, last, next;
	int older;
	int depth, drawn;
	char *what;
	char *status;
};

/* All nodes, in order of arrival; there is one tree. */
extern struct tree_node *tree_nodes;
extern int tree_count;

/* Return: its index. */
int tree_add(uint32_t tgid, uint64_t start_ns, int parent);
/* The living node of @tgid, -1: none.  Newest first: pids come back. */
int tree_find(uint32_t tgid);
/* The text in @out, which it frees, as a string to be freed. */
char *tree_text(struct out *out);
/*
 * Draws all, lines cut at @width (0: not).  @now_ns: how long the living have lived until then, 0: not
 * told.
 */
void tree_put(struct out *out, unsigned int width, uint64_t now_ns);
void tree_free(void);

#endif
