// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "text.h"

#define TREE_BUCKETS 16384
#define TREE_DEPTH 64 /* levels that are drawn; what is deeper is drawn there */

struct tree_node *tree_nodes;
int tree_count;
static int tree_room;
static int tree_newest[TREE_BUCKETS]; /* in each bucket: index + 1, 0: none */
static int tree_root = -1; /* the newest one without a parent */

int tree_find(uint32_t tgid)
{
	int i;

	for (i = tree_newest[tgid % TREE_BUCKETS] - 1; i >= 0; i = tree_nodes[i].older)
		if (tree_nodes[i].tgid == tgid)
			return tree_nodes[i].status ? -1 : i;
	return -1;
}

/* Makes @node the youngest child of its parent and the newest of its bucket. */
static void tree_link(int node)
{
	int *newest = &tree_newest[tree_nodes[node].tgid % TREE_BUCKETS];
	int parent = tree_nodes[node].parent;

	tree_nodes[node].older = *newest - 1;
	*newest = node + 1;
	tree_nodes[node].drawn = node;
	if (parent < 0) {
		if (tree_root >= 0)
			tree_nodes[tree_root].next = node;
		tree_root = node;
		return;
	}
	tree_nodes[node].depth = tree_nodes[parent].depth + 1;
	if (tree_nodes[node].depth > TREE_DEPTH)
		tree_nodes[node].drawn = tree_nodes[parent].drawn;
	if (tree_nodes[parent].last < 0)
		tree_nodes[parent].first = node;
	else
		tree_nodes[tree_nodes[parent].last].next = node;
	tree_nodes[parent].last = node;
}

int tree_add(uint32_t tgid, uint64_t start_ns, int parent)
{
	if (tree_count == tree_room) {
		struct tree_node *more;

		tree_room = tree_room ? tree_room * 2 : 64;
		more = realloc(tree_nodes, (size_t)tree_room * sizeof(*tree_nodes));
		if (!more) {
			fputs("procmon: out of memory\n", stderr);
			exit(EXIT_FAILURE);
		}
		tree_nodes = more;
	}
	tree_nodes[tree_count] = (struct tree_node){
		.tgid = tgid,
		.start_ns = start_ns,
		.parent = parent,
		.first = -1,
		.last = -1,
		.next = -1,
	};
	tree_link(tree_count);
	return tree_count++;
}

char *tree_text(struct out *out)
{
	char *text;

	out_char(out, '\0');
	text = strdup(out->buf);
	free(out->buf);
	if (!text) {
		fputs("procmon: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return text;
}

static void tree_put_branch(struct out *out, int node)
{
	bool younger = tree_nodes[node].next >= 0;

	if (tree_nodes[node].parent < 0)
		return;
	if (text_unicode())
		out_str(out, younger ? "├─ " : "└─ ");
	else
		out_str(out, younger ? "|- " : "`- ");
}

/* The lines that pass by on the left of a child of @node, outermost first. */
static void tree_put_indent(struct out *out, int node)
{
	node = node < 0 ? -1 : tree_nodes[node].drawn;
	if (node < 0 || tree_nodes[node].parent < 0)
		return;
	tree_put_indent(out, tree_nodes[node].parent);
	if (tree_nodes[node].next >= 0)
		out_str(out, text_unicode() ? "│  " : "|  ");
	else
		OUT_LITERAL(out, "   ");
}

static void tree_put_node(struct out *out, int index, unsigned int width, uint64_t now_ns)
{
	const struct tree_node *node = &tree_nodes[index];
	size_t start = out->len;

	tree_put_indent(out, node->parent);
	tree_put_branch(out, index);
	out_printf(out, "%u ", node->tgid);
	if (node->status) {
		out_str(out, node->status);
		out_char(out, ' ');
		clock_put_duration(out, node->end_ns - node->start_ns);
	} else if (now_ns) {
		clock_put_duration(out, now_ns - node->start_ns);
	} else {
		OUT_LITERAL(out, "running");
	}
	OUT_LITERAL(out, "  ");
	out_str(out, node->what ? node->what : "(fork)");
	if (width)
		text_fit(out, start, width);
	out_char(out, '\n');
}

/* Every node after its parent and its elder siblings' descendants; the first one is a root. */
void tree_put(struct out *out, unsigned int width, uint64_t now_ns)
{
	int node = tree_count ? 0 : -1;

	while (node >= 0) {
		tree_put_node(out, node, width, now_ns);
		if (tree_nodes[node].first >= 0) {
			node = tree_nodes[node].first;
			continue;
		}
		while (node >= 0 && tree_nodes[node].next < 0)
			node = tree_nodes[node].parent;
		node = node < 0 ? -1 : tree_nodes[node].next;
	}
}

void tree_free(void)
{
	int i;

	for (i = 0; i < tree_count; i++) {
		free(tree_nodes[i].what);
		free(tree_nodes[i].status);
	}
	free(tree_nodes);
	tree_nodes = NULL;
	tree_count = tree_room = 0;
	tree_root = -1;
	memset(tree_newest, 0, sizeof(tree_newest));
}
