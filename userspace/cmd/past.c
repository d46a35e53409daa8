// SPDX-License-Identifier: MIT
/* procmon tree of recordings; reading for whatever else tells of processes that have ended. */
#include "past.h"

#include <stdlib.h>

#include "clock.h"
#include "commands.h"
#include "filter.h"
#include "life.h"
#include "tree.h"
#include "watch.h"

static struct past past_told; /* from the first event that is asked for to the last one */

static int past_take(struct show *show, const struct event *event, bool wanted)
{
	const struct options *options = show->options;
	int64_t now_ns = life_ns(event->ev->head.time_ns);
	int index;

	if (now_ns > options->until_ns)
		return 1; /* the next file may be older */
	if (event->ev->head.type == PROCMON_LOST && now_ns < options->since_ns)
		return 1;
	index = life_note(event->ev, true);
	if (index >= 0) {
		lives[index].wanted |= wanted;
		life_place(index, event->where);
	}
	if (now_ns < options->since_ns)
		return 1;
	if (now_ns < past_told.begin_ns)
		past_told.begin_ns = now_ns;
	if (now_ns > past_told.end_ns)
		past_told.end_ns = now_ns;
	return 1;
}

void past_fit(struct past *past)
{
	struct past all = { INT64_MAX, INT64_MIN };
	int i;

	for (i = 0; i < life_count; i++) {
		if (!lives[i].wanted)
			continue;
		if (lives[i].start_ns < all.begin_ns)
			all.begin_ns = lives[i].start_ns;
		if (lives[i].end_ns > all.end_ns)
			all.end_ns = lives[i].end_ns;
	}
	if (all.begin_ns > all.end_ns)
		all = *past;
	past->begin_ns = all.begin_ns > past->begin_ns ? all.begin_ns : past->begin_ns;
	past->end_ns = all.end_ns < past->end_ns ? all.end_ns : past->end_ns;
}

static void past_note(const struct options *options)
{
	if (life_lost)
		note(options, "%llu events were lost: some processes may be missing or without end",
		     (unsigned long long)life_lost);
	if (!life_count)
		note(options, "no process is left: none ran then, or passes the filters");
	if (life_left_out)
		note(options,
		     "%llu processes are left out: no more than %d are kept; ask for less by "
		     "--since, --until or a filter",
		     (unsigned long long)life_left_out, LIFE_MAX);
}

int past_read(struct procmon *pm, const struct options *options, struct show *show,
	      struct past *past)
{
	int err;

	past_told = (struct past){ INT64_MAX, INT64_MIN };
	life_begin(options->since_ns);
	err = watch_read(pm, options, show, past_take);
	*past = past_told;
	if (past->begin_ns > past->end_ns)
		past->begin_ns = past->end_ns = 0;
	life_end_all(past->end_ns);
	past_fit(past);
	past_note(options);
	proc_free_all();
	return err;
}

int past_tree_main(struct procmon *pm, const struct options *options)
{
	struct show show;
	struct past past;
	int err = past_read(pm, options, &show, &past);

	tree_put(&show.out, show.width, 0, options->merge != DECIDE_NEVER);
	out_flush(&show.out);
	life_free();
	free(show.out.buf);
	return err ? EXIT_FAILURE : show_status(&show);
}
