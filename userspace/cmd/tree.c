// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "life.h"
#include "need.h"
#include "text.h"
#include "words.h"

#define TREE_REPEATS 3 /* fewer of the same have a line each */

/**
 * struct tree_repeat - those that share a line
 * @count: of them, 0: the process has a line of its own
 * @shortest_ns, @longest_ns: of them
 * @same: they had the same arguments
 */
struct tree_repeat {
	unsigned int count;
	int64_t shortest_ns, longest_ns;
	bool same;
};

static struct tree_repeat *tree_repeats; /* of each process, NULL: each has a line */

static void tree_put_branch(struct out *out, int index)
{
	bool younger = lives[index].next >= 0;

	if (lives[index].parent < 0)
		return;
	if (text_unicode())
		out_str(out, younger ? "├─ " : "└─ ");
	else
		out_str(out, younger ? "|- " : "`- ");
}

/* The lines that pass by on the left of a child of @index, outermost first. */
static void tree_put_indent(struct out *out, int index)
{
	index = index < 0 ? -1 : lives[index].drawn;
	if (index < 0 || lives[index].parent < 0)
		return;
	tree_put_indent(out, lives[index].parent);
	if (lives[index].next >= 0)
		out_str(out, text_unicode() ? "│  " : "|  ");
	else
		OUT_LITERAL(out, "   ");
}

static void tree_put_one(struct out *out, const struct life *life, int64_t now_ns)
{
	out_printf(out, "%u ", life->tgid);
	if (life->status) {
		out_str(out, life->status);
		out_char(out, ' ');
	}
	if (life->status || life->fell)
		clock_put_duration(out, (uint64_t)(life->end_ns - life->start_ns));
	else if (now_ns)
		clock_put_duration(out, (uint64_t)(now_ns - life->start_ns));
	else
		OUT_LITERAL(out, "running");
	OUT_LITERAL(out, "  ");
	out_str(out, life->what ? life->what : "(fork)");
}

static void tree_put_repeat(struct out *out, const struct life *life,
			    const struct tree_repeat *repeat)
{
	out_printf(out, "x %u  ", repeat->count);
	if (life->status) {
		out_str(out, life->status);
		out_char(out, ' ');
		clock_put_duration(out, (uint64_t)repeat->shortest_ns);
		OUT_LITERAL(out, " to ");
		clock_put_duration(out, (uint64_t)repeat->longest_ns);
	} else {
		OUT_LITERAL(out, "running");
	}
	OUT_LITERAL(out, "  ");
	if (repeat->same || !life->exe)
		out_str(out, life->what ? life->what : "(fork)");
	else
		text_put_word(out, life->exe, strlen(life->exe));
}

static void tree_put_line(struct out *out, int index, unsigned int width, int64_t now_ns)
{
	const struct life *life = &lives[index];
	size_t start = out->len;

	tree_put_indent(out, life->parent);
	tree_put_branch(out, index);
	if (tree_repeats && tree_repeats[index].count)
		tree_put_repeat(out, life, &tree_repeats[index]);
	else
		tree_put_one(out, life, now_ns);
	if (width)
		text_fit(out, start, width);
	out_char(out, '\n');
}

static bool tree_is_alike(const struct life *a, const struct life *b)
{
	return a->parent == b->parent && a->status == b->status && life_is_alike(a, b);
}

static void tree_count(struct tree_repeat *repeat, const struct life *first,
		       const struct life *life)
{
	int64_t ns = life->end_ns - life->start_ns;

	if (!repeat->count++)
		*repeat = (struct tree_repeat){ 1, ns, ns, true };
	if (ns < repeat->shortest_ns)
		repeat->shortest_ns = ns;
	if (ns > repeat->longest_ns)
		repeat->longest_ns = ns;
	repeat->same &= life->what == first->what;
}

/* Finds for each childless one the first of its siblings that is like it: @first, itself else. */
static void tree_compare(int *first, int *slots, size_t size)
{
	int i;

	memset(slots, 0xff, size * sizeof(*slots));
	for (i = 0; i < life_count; i++) {
		size_t at = words_slot(life_program(&lives[i]), lives[i].parent, size);

		first[i] = i;
		if (lives[i].first >= 0)
			continue;
		while (slots[at] >= 0 && !tree_is_alike(&lives[slots[at]], &lives[i]))
			at = (at + 1) & (size - 1);
		if (slots[at] < 0)
			slots[at] = i;
		first[i] = slots[at];
		tree_count(&tree_repeats[first[i]], &lives[first[i]], &lives[i]);
	}
}

/* Takes out of the tree those whose line another one has. */
static void tree_take_out(const int *first)
{
	int i, root = -1;

	for (i = 0; i < life_count; i++) {
		if (tree_repeats[i].count < TREE_REPEATS)
			tree_repeats[i].count = 0;
		lives[i].first = lives[i].last = lives[i].next = -1;
	}
	for (i = 0; i < life_count; i++) {
		int parent = lives[i].parent;
		int *last = parent < 0 ? &root : &lives[parent].last;

		if (first[i] != i && tree_repeats[first[i]].count)
			continue;
		if (*last >= 0)
			lives[*last].next = i;
		else if (parent >= 0)
			lives[parent].first = i;
		*last = i;
	}
}

static void tree_merge(void)
{
	size_t count = (size_t)life_count, size = 64;
	int *first = need_array(count, sizeof(*first)), *slots;

	while (size < 2 * count)
		size *= 2;
	slots = need(malloc(size * sizeof(*slots)));
	tree_repeats = need_array(count, sizeof(*tree_repeats));
	tree_compare(first, slots, size);
	tree_take_out(first);
	free(first);
	free(slots);
}

/* Every one after its parent and its elder siblings' descendants; the first one has no parent. */
void tree_put(struct out *out, unsigned int width, int64_t now_ns, bool merge)
{
	int index = life_count ? 0 : -1;

	if (merge)
		tree_merge();
	while (index >= 0) {
		tree_put_line(out, index, width, now_ns);
		if (lives[index].first >= 0) {
			index = lives[index].first;
			continue;
		}
		while (index >= 0 && lives[index].next < 0)
			index = lives[index].parent;
		index = index < 0 ? -1 : lives[index].next;
	}
	free(tree_repeats);
	tree_repeats = NULL;
}
