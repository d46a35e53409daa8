// SPDX-License-Identifier: MIT
/* procmon ps and procmon tree: the processes that run now. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "filter.h"
#include "hash.h"
#include "life.h"
#include "redact.h"
#include "show.h"
#include "snapshot.h"
#include "tree.h"

/* Whoever is above one that is wanted is drawn, too. */
static void ps_draw(struct show *show)
{
	int64_t now_ns = life_ns(clock_boot_ns());

	life_end_all(now_ns);
	tree_put(&show->out, show->width, now_ns, show->options->merge == DECIDE_ALWAYS);
}

static void ps_keep(const struct event *event, bool wanted)
{
	int index = life_note(event->ev, true);

	if (index >= 0)
		lives[index].wanted = wanted;
}

int ps_main(struct procmon *pm, const struct options *options)
{
	bool tree = (options->command == COMMAND_TREE || options->indent) &&
		    options->format == FORMAT_SHORT;
	struct procmon_event ev;
	struct procmon_info info;
	struct show show;

	if (procmon_info(pm, &info) || snapshot_begin(pm, options)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return EXIT_FAILURE;
	}
	show_start(&show, options, pm, info.instance);
	while (procmon_next(pm, &ev, 0) == 1 && ev.head.type == PROCMON_SNAPSHOT) {
		struct event event = event_know(pm, &ev);
		bool wanted = filter_wants(&show, &event);

		if (wanted)
			hash_of(&ev); /* by its path as it is */
		event = redact_event(&event);

		if (tree)
			ps_keep(&event, wanted);
		else if (wanted)
			show_event(&show, &event);
	}
	if (tree)
		ps_draw(&show);
	out_flush(&show.out);
	life_free();
	proc_free_all();
	free(show.out.buf);
	return show_status(&show);
}
