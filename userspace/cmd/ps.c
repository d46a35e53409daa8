// SPDX-License-Identifier: MIT
/* procmon ps and procmon tree: the processes that run now. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "filter.h"
#include "show.h"
#include "snapshot.h"
#include "tree.h"

/**
 * struct ps_row - a process
 * @ev: a copy of its event
 * @wanted: it passes the filters
 * @above: only a descendant of it does
 * @node: in the tree, -1: not yet
 */
struct ps_row {
	struct procmon_event ev;
	bool wanted, above;
	int node;
};

static struct ps_row *ps_rows;
static size_t ps_count, ps_room;

static _Noreturn void ps_no_memory(void)
{
	fputs("procmon: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

static void ps_keep(const struct procmon_event *ev, bool wanted)
{
	void *copy = malloc(ev->head.len);
	struct ps_row *rows = ps_rows;

	if (ps_count == ps_room) {
		ps_room = ps_room ? 2 * ps_room : 256;
		rows = realloc(rows, ps_room * sizeof(*rows));
	}
	if (!copy || !rows)
		ps_no_memory();
	ps_rows = rows;
	memcpy(copy, ev->data, ev->head.len);
	ps_rows[ps_count] = (struct ps_row){ .ev = *ev, .wanted = wanted, .node = -1 };
	ps_rows[ps_count++].ev.data = copy;
}

/* The row of the parent of @row: it has started earlier.  -1: it is not there. */
static ssize_t ps_parent(size_t row)
{
	const struct procmon_event *ev = &ps_rows[row].ev;
	uint64_t start_ns = procmon_number(ev, "parent_start_ns");
	size_t low = 0, high = row;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ps_rows[middle].ev.head.start_ns < start_ns)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < row && ps_rows[low].ev.head.start_ns == start_ns; low++)
		if (ps_rows[low].ev.head.tgid == ev->head.ppid)
			return (ssize_t)low;
	return -1;
}

/* Whoever is above one that is wanted is drawn, too. */
static void ps_draw(struct out *out, unsigned int width)
{
	size_t i;

	for (i = ps_count; i-- > 0;) {
		ssize_t parent = ps_rows[i].wanted || ps_rows[i].above ? ps_parent(i) : -1;

		if (parent >= 0)
			ps_rows[parent].above = true;
	}
	for (i = 0; i < ps_count; i++) {
		struct ps_row *row = &ps_rows[i];
		struct out what = { .fd = -1 };
		ssize_t parent;

		if (!row->wanted && !row->above)
			continue;
		parent = ps_parent(i);
		row->node = tree_add(row->ev.head.tgid, row->ev.head.start_ns,
				     parent < 0 ? -1 : ps_rows[parent].node);
		short_program(&what, &row->ev);
		tree_nodes[row->node].what = tree_text(&what);
	}
	tree_put(out, width, clock_boot_ns());
}

static void ps_free(void)
{
	size_t i;

	for (i = 0; i < ps_count; i++)
		free((void *)ps_rows[i].ev.data);
	free(ps_rows);
	ps_rows = NULL;
	ps_count = ps_room = 0;
	tree_free();
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

		if (tree)
			ps_keep(&ev, wanted);
		else if (wanted)
			show_event(&show, &event);
	}
	if (tree)
		ps_draw(&show.out, show.width);
	out_flush(&show.out);
	ps_free();
	proc_free_all();
	free(show.out.buf);
	return show_status(&show);
}
