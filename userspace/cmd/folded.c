// SPDX-License-Identifier: MIT
/*
 * Stacks of processes with the time that each had for itself: the time of its life, within the span, in
 * which none of its children lived.  Children that live at the same time count each in full.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "life.h"
#include "need.h"
#include "words.h"

#define FOLDED_DEPTH 256 /* frames of a stack; what is deeper is told there */

/**
 * struct folded_frame - a program below those that forked it
 * @above: the one that it is below, -1: none
 * @name: of the program
 * @own_ns: time of all such processes for themselves
 */
struct folded_frame {
	int above;
	int depth;
	const char *name;
	int64_t own_ns;
};

/**
 * struct folded_child - when a child lived
 */
struct folded_child {
	int parent;
	int64_t start_ns, end_ns;
};

static int folded_by_parent(const void *a, const void *b)
{
	const struct folded_child *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

static int64_t folded_within(int64_t ns, int64_t begin_ns, int64_t end_ns)
{
	return ns < begin_ns ? begin_ns : ns > end_ns ? end_ns : ns;
}

/* Of each process the time for itself. */
static int64_t *folded_own(const struct past *span)
{
	struct folded_child *child = need_array((size_t)life_count, sizeof(*child));
	int64_t *own_ns = need_array((size_t)life_count, sizeof(*own_ns));
	int64_t until_ns = INT64_MIN; /* to here the parent's time is that of children */
	int i, above = -1;

	for (i = 0; i < life_count; i++) {
		child[i] = (struct folded_child){
			lives[i].parent,
			folded_within(lives[i].start_ns, span->begin_ns, span->end_ns),
			folded_within(lives[i].end_ns, span->begin_ns, span->end_ns),
		};
		own_ns[i] = child[i].end_ns - child[i].start_ns;
	}
	qsort(child, (size_t)life_count, sizeof(*child), folded_by_parent);
	for (i = 0; i < life_count; i++) {
		int64_t end_ns;

		if (child[i].parent < 0)
			continue;
		if (child[i].parent != above)
			until_ns = INT64_MIN;
		above = child[i].parent;
		end_ns = folded_within(child[i].end_ns, span->begin_ns, lives[above].end_ns);
		if (until_ns < child[i].start_ns)
			until_ns = child[i].start_ns;
		if (end_ns > until_ns) {
			own_ns[above] -= end_ns - until_ns;
			until_ns = end_ns;
		}
	}
	free(child);
	return own_ns;
}

/* A name in which nothing ends a frame. */
static const char *folded_name(struct words *words, const struct life *life)
{
	struct out text = { .fd = -1 }, name = { .fd = -1 };
	const char *kept;
	size_t i;

	export_put_name(&text, life);
	for (i = 0; i < text.len; i++) {
		if (text.buf[i] == ';')
			OUT_LITERAL(&name, "\\x3b");
		else
			out_char(&name, text.buf[i]);
	}
	kept = words_keep(words, name.buf ? name.buf : "", name.len);
	free(text.buf);
	free(name.buf);
	return kept;
}

/* The frame of that name below another one, made when there is none. */
static int folded_frame(struct folded_frame *frame, int *count, int *slots, size_t size, int above,
			const char *name)
{
	size_t at = words_slot(name, above, size);

	while (slots[at] >= 0 && (frame[slots[at]].above != above || frame[slots[at]].name != name))
		at = (at + 1) & (size - 1);
	if (slots[at] >= 0)
		return slots[at];
	slots[at] = *count;
	frame[*count] = (struct folded_frame){
		.above = above,
		.depth = above < 0 ? 1 : frame[above].depth + 1,
		.name = name,
	};
	return (*count)++;
}

static void folded_put_stack(struct out *out, const struct folded_frame *frame, int index)
{
	if (frame[index].above >= 0) {
		folded_put_stack(out, frame, frame[index].above);
		out_char(out, ';');
	}
	out_str(out, frame[index].name);
}

static int folded_by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A line for each frame that has time for itself, sorted. */
static void folded_put_lines(struct out *out, const struct folded_frame *frame, int count)
{
	char **lines = need_array((size_t)count, sizeof(*lines));
	size_t n = 0, i;
	int f;

	for (f = 0; f < count; f++) {
		struct out line = { .fd = -1 };

		if (frame[f].own_ns < 1000)
			continue;
		folded_put_stack(&line, frame, f);
		out_printf(&line, " %lld\n", (long long)(frame[f].own_ns / 1000));
		lines[n++] = line.buf;
	}
	qsort(lines, n, sizeof(*lines), folded_by_text);
	for (i = 0; i < n; i++) {
		out_str(out, lines[i]);
		if (out->len >= OUT_FULL)
			out_flush(out);
		free(lines[i]);
	}
	free(lines);
}

void folded_put(struct out *out, const struct past *span)
{
	size_t all = (size_t)life_count + 1, size = 64;
	struct folded_frame *frame = need_array(all, sizeof(*frame));
	int *of = need_array(all, sizeof(*of)), *slots, count = 0, i;
	int64_t *own_ns = folded_own(span);
	struct words words = { 0 };

	while (size < 2 * all)
		size *= 2;
	slots = need(malloc(size * sizeof(*slots)));
	memset(slots, 0xff, size * sizeof(*slots));
	for (i = 0; i < life_count; i++) {
		int above = lives[i].parent < 0 ? -1 : of[lives[i].parent];

		if (above >= 0 && frame[above].depth == FOLDED_DEPTH)
			above = frame[above].above;
		of[i] = folded_frame(frame, &count, slots, size, above,
				     folded_name(&words, &lives[i]));
		if (lives[i].wanted)
			frame[of[i]].own_ns += own_ns[i];
	}
	folded_put_lines(out, frame, count);
	words_free(&words);
	free(frame);
	free(of);
	free(slots);
	free(own_ns);
}
