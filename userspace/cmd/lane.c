// SPDX-License-Identifier: MIT
#include "lane.h"

#include <stdlib.h>
#include <string.h>

#include "need.h"
#include "words.h"

#define LANE_FEW 40 /* so many processes have a row each */
#define LANE_ALIKE                                                                                 \
	8 /* so many siblings that run the same are told one by one, where there is room */
#define LANE_LONG 3 /* of more only those that ran so many times longer than the mean */

/**
 * struct lane_plan - while rows are sought
 * @of: of each process its row
 * @key: of each row its first process
 * @above: of each row its parent
 * @count: rows
 * @alone_ns: of each process how long it ran if it may have a row of its own, -1: it may not
 */
struct lane_plan {
	int *of, *key, *above;
	int count;
	int64_t *alone_ns;
	int *slots;
	size_t size;
};

static int64_t lane_ns(const struct life *life)
{
	return life->end_ns - life->start_ns;
}

/* Where the row of such processes below @above is, or is to be. */
static int *lane_slot(struct lane_plan *plan, int above, const struct life *life)
{
	size_t at = words_slot(life_program(life), above, plan->size);

	for (; plan->slots[at] >= 0; at = (at + 1) & (plan->size - 1)) {
		int row = plan->slots[at];

		if (plan->above[row] == above && life_is_alike(&lives[plan->key[row]], life))
			break;
	}
	return &plan->slots[at];
}

/* Those that may, and ran for @least_ns, have their own row, the others share them. */
static void lane_plan_rows(struct lane_plan *plan, int64_t least_ns)
{
	int i;

	memset(plan->slots, 0xff, plan->size * sizeof(*plan->slots));
	plan->count = 0;
	for (i = 0; i < life_count; i++) {
		int above = lives[i].parent < 0 ? -1 : plan->of[lives[i].parent];
		bool alone = plan->alone_ns[i] >= least_ns;
		int *slot = alone ? NULL : lane_slot(plan, above, &lives[i]);

		if (slot && *slot >= 0) {
			plan->of[i] = *slot;
			continue;
		}
		if (slot)
			*slot = plan->count;
		plan->of[i] = plan->count;
		plan->key[plan->count] = i;
		plan->above[plan->count++] = above;
	}
}

/* Who may have a row of its own: by how many share it otherwise, and how long those ran. */
static void lane_choose(struct lane_plan *plan)
{
	int *count = need_array((size_t)life_count, sizeof(*count)), i;
	int64_t *sum_ns = need_array((size_t)life_count, sizeof(*sum_ns));

	lane_plan_rows(plan, INT64_MAX);
	for (i = 0; i < life_count; i++) {
		count[plan->of[i]]++;
		sum_ns[plan->of[i]] += lane_ns(&lives[i]);
	}
	for (i = 0; i < life_count; i++) {
		int row = plan->of[i];
		int64_t ns = lane_ns(&lives[i]);

		if (life_count <= LANE_FEW || count[row] <= LANE_ALIKE ||
		    ns / LANE_LONG > sum_ns[row] / count[row])
			plan->alone_ns[i] = ns;
	}
	free(count);
	free(sum_ns);
}

static int lane_longest_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* As many as there is room for, those that ran longest. */
static void lane_search(struct lane_plan *plan, int most)
{
	int64_t *ns = need_array((size_t)life_count, sizeof(*ns));
	int low = 0, high = life_count < most ? life_count : most;

	memcpy(ns, plan->alone_ns, (size_t)life_count * sizeof(*ns));
	qsort(ns, (size_t)life_count, sizeof(*ns), lane_longest_first);
	while (low < high) { /* with the @low longest it fits */
		int middle = (low + high + 1) / 2;

		lane_plan_rows(plan, ns[middle - 1] < 0 ? 0 : ns[middle - 1]);
		if (plan->count <= most)
			low = middle;
		else
			high = middle - 1;
	}
	lane_plan_rows(plan, !low ? INT64_MAX : ns[low - 1] < 0 ? 0 : ns[low - 1]);
	free(ns);
}

struct lane_weight {
	int64_t ns;
	int row;
};

static int lane_heaviest_first(const void *a, const void *b)
{
	const struct lane_weight *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return x->row - y->row;
}

/* Which rows took the most time, with those below them: those above them did too. */
static bool *lane_weigh(const struct lane_plan *plan, int most)
{
	struct lane_weight *weight = need_array((size_t)plan->count, sizeof(*weight));
	bool *stays = need_array((size_t)plan->count, sizeof(*stays));
	int i;

	for (i = 0; i < plan->count; i++)
		weight[i].row = i;
	for (i = 0; i < life_count; i++)
		weight[plan->of[i]].ns += lane_ns(&lives[i]);
	for (i = plan->count; i-- > 0;)
		if (plan->above[i] >= 0)
			weight[plan->above[i]].ns += weight[i].ns;
	qsort(weight, (size_t)plan->count, sizeof(*weight), lane_heaviest_first);
	for (i = 0; i < plan->count && i < most; i++)
		stays[weight[i].row] = true;
	free(weight);
	return stays;
}

/* The rows that stay, and below each what does not, as one. */
static void lane_fold(struct lanes *lanes, const struct lane_plan *plan, int most)
{
	bool *stays = lane_weigh(plan, plan->count <= most ? plan->count :
				       most < 4		   ? 1 :
							     (most - 1) / 2);
	int *now = need_array((size_t)plan->count, sizeof(*now));
	int *rest = need_array((size_t)plan->count + 1, sizeof(*rest)); /* below row - 1; 0: none */
	int i;

	lanes->lane = need_array((size_t)plan->count, sizeof(*lanes->lane));
	lanes->count = 0;
	for (i = 0; i < plan->count; i++) {
		int above = plan->above[i] < 0 ? -1 : now[plan->above[i]];
		bool fold = !stays[i];
		int row;

		if (fold && above >= 0 && lanes->lane[above].programs)
			rest[above + 1] = above + 1; /* with what it was forked by */
		row = fold && rest[above + 1] ? rest[above + 1] - 1 : lanes->count++;
		if (fold && !rest[above + 1])
			rest[above + 1] = row + 1;
		if (row != above) {
			lanes->lane[row].parent = above;
			lanes->lane[row].depth = above < 0 ? 0 : lanes->lane[above].depth + 1;
		}
		lanes->lane[row].programs += fold;
		now[i] = row;
	}
	for (i = 0; i < lanes->count; i++)
		if (lanes->lane[i].programs == 1)
			lanes->lane[i].programs = 0; /* one that would have been told anyhow */
	for (i = 0; i < life_count; i++)
		lanes->of[i] = now[plan->of[i]];
	free(stays);
	free(now);
	free(rest);
}

/* The places of rows in the end: each after its parent, and after its elder siblings' descendants. */
static void lane_place(const struct lanes *lanes, int *at)
{
	int *size =
		need_array((size_t)lanes->count, sizeof(*size)); /* of each with those below it */
	int *next = need_array((size_t)lanes->count, sizeof(*next)), root = 0, i, rest;

	for (i = lanes->count; i-- > 0;) {
		size[i]++;
		if (lanes->lane[i].parent >= 0)
			size[lanes->lane[i].parent] += size[i];
	}
	for (rest = 0; rest < 2;
	     rest++) { /* what is told together comes last: nothing is below it */
		for (i = 0; i < lanes->count; i++) {
			int parent = lanes->lane[i].parent;
			int *place = parent < 0 ? &root : &next[parent];

			if (!lanes->lane[i].programs != !rest)
				continue;
			at[i] = *place;
			*place += size[i];
			next[i] = at[i] + 1;
		}
	}
	free(size);
	free(next);
}

static void lane_sort(struct lanes *lanes)
{
	struct lane *sorted = need_array((size_t)lanes->count, sizeof(*sorted));
	int *at = need_array((size_t)lanes->count, sizeof(*at)), i;

	lane_place(lanes, at);
	for (i = 0; i < lanes->count; i++) {
		sorted[at[i]] = lanes->lane[i];
		if (lanes->lane[i].parent >= 0)
			sorted[at[i]].parent = at[lanes->lane[i].parent];
	}
	for (i = 0; i < life_count; i++)
		lanes->of[i] = at[lanes->of[i]];
	free(lanes->lane);
	lanes->lane = sorted;
	free(at);
}

static void lane_count(struct lane *lane, int index)
{
	const struct life *life = &lives[index];
	int64_t ns = lane_ns(life);

	if (!lane->count++) {
		lane->first = index;
		lane->shortest_ns = lane->longest_ns = ns;
		lane->start_ns = life->start_ns;
		lane->end_ns = life->end_ns;
	}
	lane->ended[life->end]++;
	lane->wanted |= life->wanted;
	lane->total_ns += ns;
	if (ns < lane->shortest_ns)
		lane->shortest_ns = ns;
	if (ns > lane->longest_ns)
		lane->longest_ns = ns;
	if (life->start_ns < lane->start_ns)
		lane->start_ns = life->start_ns;
	if (life->end_ns > lane->end_ns)
		lane->end_ns = life->end_ns;
}

void lanes_make(struct lanes *lanes, int most)
{
	struct lane_plan plan = { .size = 64 };
	int i;

	while (plan.size < 2 * (size_t)life_count)
		plan.size *= 2;
	plan.of = need_array((size_t)life_count, sizeof(*plan.of));
	plan.key = need_array((size_t)life_count, sizeof(*plan.key));
	plan.above = need_array((size_t)life_count, sizeof(*plan.above));
	plan.alone_ns = need_array((size_t)life_count, sizeof(*plan.alone_ns));
	plan.slots = need(malloc(plan.size * sizeof(*plan.slots)));
	lanes->of = need_array((size_t)life_count, sizeof(*lanes->of));
	for (i = 0; i < life_count; i++)
		plan.alone_ns[i] = -1;
	lane_choose(&plan);
	lane_search(&plan, most);
	lane_fold(lanes, &plan, most);
	lane_sort(lanes);
	for (i = 0; i < life_count; i++)
		lane_count(&lanes->lane[lanes->of[i]], i);
	free(plan.of);
	free(plan.key);
	free(plan.above);
	free(plan.alone_ns);
	free(plan.slots);
}

void lanes_free(struct lanes *lanes)
{
	free(lanes->lane);
	free(lanes->of);
	*lanes = (struct lanes){ 0 };
}
