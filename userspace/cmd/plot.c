// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "plot.h"

#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "clock.h"
#include "lane.h"
#include "text.h"
#include "xml.h"

/* Sizes in the units of the picture, which are pixels unless it is scaled. */
#define PLOT_ROW 18 /* a row */
#define PLOT_BAR 11 /* a bar in it */
#define PLOT_CHAR 6.6 /* a column of text: the font is told to take that much */
#define PLOT_MARGIN 16
#define PLOT_INDENT 14 /* a level of the tree */
#define PLOT_LEVELS 12 /* that are indented */
#define PLOT_NAME 52 /* columns of a name and its indentation, at most */
#define PLOT_INFO 40 /* columns beside a bar, at most */
#define PLOT_WIDTH 840 /* from the first moment to the last one */
#define PLOT_HEAD 100 /* above the rows */
#define PLOT_FOOT 30 /* below them */
#define PLOT_NEAR 8 /* rows */
#define PLOT_TICKS 10
#define PLOT_BIN 3 /* a row of many is told in steps so wide */
#define PLOT_LEAST 2 /* who is there is seen, however short */
#define PLOT_BINS (PLOT_WIDTH / PLOT_BIN)
#define PLOT_NOTHING 1e-6 /* steps, shorter than which nothing is */
#define PLOT_TITLE 400 /* columns of what is told of a row when it is pointed at */
#define PLOT_EXECS 8 /* that are marked */

static const char *const plot_class[] = {
	[LIFE_RUNS] = "runs",
	[LIFE_GOOD] = "good",
	[LIFE_FAILED] = "failed",
	[LIFE_KILLED] = "killed",
};

/**
 * struct plot - a picture
 * @lanes: its rows
 * @left: where time begins
 */
struct plot {
	struct out *out;
	const struct past *span;
	struct lanes lanes;
	bool utc;
	int left, width, height;
};

static struct out plot_text = { .fd = -1 }; /* a text being made */

static int plot_columns(void)
{
	return (int)text_width(plot_text.buf, plot_text.len);
}

/* What was made as text; in @columns: cut to so many, 0: not. */
static void plot_put_text(struct out *out, size_t columns)
{
	if (columns)
		text_fit(&plot_text, 0, columns);
	xml_put(out, plot_text.buf, plot_text.len);
	plot_text.len = 0;
}

/* What was made, at a place; how wide it is is told, so that no other font changes that. */
static void plot_put_label(struct plot *plot, const char *class, double x, double y, size_t columns)
{
	if (!plot_text.len)
		return;
	text_fit(&plot_text, 0, columns);
	out_printf(plot->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\">",
		   class, x, y, plot_columns() * PLOT_CHAR);
	plot_put_text(plot->out, 0);
	OUT_LITERAL(plot->out, "</text>\n");
}

/* Where a time is, from where time begins. */
static double plot_x(const struct plot *plot, int64_t ns)
{
	int64_t span_ns = plot->span->end_ns - plot->span->begin_ns;
	double x =
		(double)(ns - plot->span->begin_ns) * PLOT_WIDTH / (double)(span_ns ? span_ns : 1);

	return x < 0 ? 0 : x > PLOT_WIDTH ? PLOT_WIDTH : x;
}

static int plot_y(int row)
{
	return PLOT_HEAD + row * PLOT_ROW;
}

static void plot_add_duration(int64_t ns)
{
	clock_put_duration(&plot_text, (uint64_t)ns);
}

/* "gcc -c a.c" of "/usr/bin/gcc -c a.c" */
static void plot_add_name(const struct life *life)
{
	struct out path = { .fd = -1 };
	const char *base = life->exe ? strrchr(life->exe, '/') : NULL;
	const char *rest = life->what;

	if (!life->exe) {
		out_str(&plot_text, life->what ? life->what : "?");
		return;
	}
	base = base ? base + 1 : life->exe;
	text_put_word(&plot_text, base, strlen(base));
	text_put_word(&path, life->exe, strlen(life->exe));
	if (!rest)
		OUT_LITERAL(&plot_text, " (fork)");
	else if (!strncmp(rest, path.buf, path.len))
		out_str(&plot_text, rest + path.len);
	free(path.buf);
}

/* The program that all in a row run. */
static void plot_add_program(const struct life *life)
{
	const char *base = life->exe ? strrchr(life->exe, '/') : NULL;

	if (life->exe)
		text_put_word(&plot_text, base ? base + 1 : life->exe,
			      strlen(base ? base + 1 : life->exe));
	else
		out_str(&plot_text, life->what ? life->what : "?");
	if (!life->what)
		OUT_LITERAL(&plot_text, " (fork)");
}

static void plot_add_lane(const struct lane *lane)
{
	if (lane->programs)
		out_printf(&plot_text, "%u others of %u programs", lane->count, lane->programs);
	else if (lane->count == 1)
		plot_add_name(&lives[lane->first]);
	else
		plot_add_program(&lives[lane->first]);
	if (lane->count > 1 && !lane->programs)
		out_printf(&plot_text, " x %u", lane->count);
}

static void plot_add_ended(const struct lane *lane)
{
	static const char *const words[] = {
		[LIFE_RUNS] = "running",
		[LIFE_FAILED] = "failed",
		[LIFE_KILLED] = "killed",
	};
	static const enum life_end order[] = { LIFE_FAILED, LIFE_KILLED, LIFE_RUNS };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (lane->ended[order[i]])
			out_printf(&plot_text, ", %u %s", lane->ended[order[i]], words[order[i]]);
}

static void plot_add_info(const struct lane *lane)
{
	const struct life *life = &lives[lane->first];

	if (lane->count > 1) {
		plot_add_duration(lane->shortest_ns);
		OUT_LITERAL(&plot_text, " to ");
		plot_add_duration(lane->longest_ns);
		plot_add_ended(lane);
		return;
	}
	plot_add_duration(life->end_ns - life->start_ns);
	if (life->end == LIFE_RUNS)
		out_str(&plot_text, life->fell ? " end unknown" : " running");
	if (life->end == LIFE_FAILED)
		OUT_LITERAL(&plot_text, " exit ");
	if (life->end == LIFE_KILLED)
		out_char(&plot_text, ' ');
	if (life->end == LIFE_FAILED || life->end == LIFE_KILLED)
		out_str(&plot_text, life->status);
	if (life->where && (life->parent < 0 || lives[life->parent].where != life->where)) {
		OUT_LITERAL(&plot_text, " in ");
		out_str(&plot_text, life->where);
	}
}

/* A time; lives are told by the wall clock, the clock takes boot time. */
static void plot_add_time(const struct plot *plot, int64_t ns)
{
	uint32_t nsec;
	const struct tm *tm = clock_split((uint64_t)(ns - clock_wall_ns(0)), plot->utc, &nsec);
	char text[40], zone[16] = "";

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", tm);
	strftime(zone, sizeof(zone), "%z", tm);
	out_printf(&plot_text, "%s.%03u %s", text, nsec / 1000000, plot->utc ? "UTC" : zone);
}

/* What is told of a row when it is pointed at. */
static void plot_put_title(struct plot *plot, const struct lane *lane)
{
	const struct life *life = &lives[lane->first];
	struct out *out = plot->out;

	OUT_LITERAL(out, "<title>");
	if (lane->count == 1)
		out_str(&plot_text, life->what ? life->what : life->exe ? life->exe : "?");
	else if (!lane->programs)
		out_str(&plot_text, life->exe ? life->exe : life->what ? life->what : "?");
	else
		plot_add_lane(lane);
	plot_put_text(out, PLOT_TITLE);
	if (lane->count == 1)
		out_printf(out, "\npid %u", life->tgid);
	else
		out_printf(out, "\n%u processes", lane->count);
	if (lane->count == 1 && life->parent >= 0)
		out_printf(out, ", forked by %u", lives[life->parent].tgid);
	OUT_LITERAL(out, "\nsince ");
	plot_add_time(plot, lane->start_ns);
	plot_put_text(out, 0);
	OUT_LITERAL(out, "\n");
	plot_add_info(lane);
	if (lane->count > 1) {
		OUT_LITERAL(&plot_text, ", in all ");
		plot_add_duration(lane->total_ns);
	}
	if (lane->count == 1 && life->where) {
		OUT_LITERAL(&plot_text, "\ncontainer ");
		out_str(&plot_text, life->where);
	}
	plot_put_text(out, 0);
	OUT_LITERAL(out, "</title>\n");
}

static int plot_indent(const struct lane *lane)
{
	return PLOT_INDENT * (lane->depth < PLOT_LEVELS ? lane->depth : PLOT_LEVELS);
}

/* Columns that are left for a name. */
static size_t plot_name_columns(const struct lane *lane)
{
	return (size_t)(PLOT_NAME - plot_indent(lane) / PLOT_CHAR);
}

static void plot_put_bar(struct plot *plot, const char *class, const char *more, double from,
			 double to)
{
	out_printf(plot->out,
		   "<rect class=\"%s%s\" x=\"%.4g\" y=\"3.5\" width=\"%.4g\" height=\"%d\"/>\n",
		   class, more, from, to - from, PLOT_BAR);
}

/* From fork to exit: paler until the first exec, with a line at each other one. */
static void plot_put_life(struct plot *plot, const struct life *life)
{
	const char *class = plot_class[life->end];
	double from = plot_x(plot, life->start_ns), to = plot_x(plot, life->end_ns), first = from;
	int exec = life->execs, marks = 0;

	if (exec >= 0 && !life->before) {
		first = plot_x(plot, life_execs[exec].time_ns);
		plot_put_bar(plot, class, " before", from, first);
		exec = life_execs[exec].next;
	}
	plot_put_bar(plot, class, life->wanted ? "" : " context", first, to);
	for (; exec >= 0 && marks < PLOT_EXECS; exec = life_execs[exec].next, marks++) {
		double x = plot_x(plot, life_execs[exec].time_ns);

		if (x > 0 && life->wanted)
			out_printf(plot->out, "<path class=\"exec\" d=\"M%.6g 2V16\"/>\n", x);
	}
}

/* Open ends: it was there before, or still runs. */
static void plot_put_open(struct plot *plot, const struct life *life)
{
	if (life->start_ns < plot->span->begin_ns)
		OUT_LITERAL(plot->out, "<rect class=\"fade\" fill=\"url(#past)\" x=\"-1\" y=\"2\" "
				       "width=\"25\" height=\"14\"/>\n");
	if (life->end == LIFE_RUNS && !life->fell)
		out_printf(plot->out,
			   "<rect class=\"fade\" fill=\"url(#future)\" x=\"%d\" y=\"2\" "
			   "width=\"25\" height=\"14\"/>\n",
			   PLOT_WIDTH - 24);
}

/* How many of a row's processes ran in each bin, on average, by how they ended. */
typedef double plot_bins[LIFE_ENDS][PLOT_BINS + 2];

/* Adds what is there from @x on, or takes it away; @bins are differences. */
static void plot_add_edge(double *bins, double x, double sign)
{
	int bin = (int)x;

	bins[bin] += sign * (1 - (x - bin));
	bins[bin + 1] += sign * (x - bin);
}

static void plot_count_bins(const struct plot *plot, int row, plot_bins bins)
{
	int i, end, bin;

	memset(bins, 0, sizeof(plot_bins));
	for (i = plot->lanes.lane[row].first; i < life_count; i++) {
		double from = plot_x(plot, lives[i].start_ns) / PLOT_BIN;
		double to = plot_x(plot, lives[i].end_ns) / PLOT_BIN;

		if (plot->lanes.of[i] != row)
			continue;
		if (to - from < PLOT_NOTHING)
			from = to < PLOT_NOTHING ? 0 : to - PLOT_NOTHING;
		if (to < PLOT_NOTHING)
			to = PLOT_NOTHING;
		plot_add_edge(bins[lives[i].end], from, 1);
		plot_add_edge(bins[lives[i].end], to, -1);
	}
	for (end = 0; end < LIFE_ENDS; end++)
		for (bin = 1; bin < PLOT_BINS; bin++)
			bins[end][bin] += bins[end][bin - 1];
}

/* From numbers of processes to heights: each end upon the one before it. */
static void plot_stack_bins(plot_bins bins, const enum life_end order[LIFE_ENDS])
{
	double most = 1;
	int i, bin;

	for (bin = 0; bin < PLOT_BINS; bin++) {
		double sum = 0;

		for (i = 0; i < LIFE_ENDS; i++)
			sum += bins[i][bin];
		most = sum > most ? sum : most;
	}
	for (bin = 0; bin < PLOT_BINS; bin++) {
		double top = 0;

		for (i = 0; i < LIFE_ENDS; i++) {
			double *height = &bins[order[i]][bin];
			double units = *height * PLOT_BAR / most;

			if (*height > PLOT_NOTHING / 2)
				top += units < PLOT_LEAST ? PLOT_LEAST : units;
			*height = top < PLOT_BAR ? top : PLOT_BAR;
		}
	}
}

/* The outline of what is not higher than @heights, in halves of a unit. */
static void plot_put_outline(struct plot *plot, const char *class, const char *more,
			     const double *heights)
{
	int bin, last = 0, at = 0;

	out_printf(plot->out, "<path class=\"%s%s\" d=\"", class, more);
	for (bin = 0; bin <= PLOT_BINS; bin++) {
		int now = bin < PLOT_BINS ? (int)(heights[bin] * 2 + 0.5) : 0;

		if (now == last)
			continue;
		if (last)
			out_printf(plot->out, "h%d", (bin - at) * PLOT_BIN);
		else
			out_printf(plot->out, "M%d %g", bin * PLOT_BIN, PLOT_BAR + 3.5);
		if (now)
			out_printf(plot->out, "v%g", (last - now) / 2.0);
		else
			out_printf(plot->out, "V%gz", PLOT_BAR + 3.5);
		last = now;
		at = bin;
	}
	OUT_LITERAL(plot->out, "\"/>\n");
}

/* How many ran, over time: those that ended badly at the bottom. */
static void plot_put_many(struct plot *plot, int row)
{
	static const enum life_end order[LIFE_ENDS] = { LIFE_KILLED, LIFE_FAILED, LIFE_RUNS,
							LIFE_GOOD };
	const struct lane *lane = &plot->lanes.lane[row];
	static plot_bins bins;
	int i;

	plot_count_bins(plot, row, bins);
	plot_stack_bins(bins, order);
	for (i = LIFE_ENDS; i-- > 0;)
		if (lane->ended[order[i]])
			plot_put_outline(plot, plot_class[order[i]], lane->wanted ? "" : " context",
					 bins[order[i]]);
}

static void plot_put_row(struct plot *plot, int row)
{
	const struct lane *lane = &plot->lanes.lane[row];
	const struct life *life = &lives[lane->first];
	struct out *out = plot->out;
	double from = plot_x(plot, lane->start_ns), to = plot_x(plot, lane->end_ns);

	out_printf(out, "<g class=\"row\" data-count=\"%u\" transform=\"translate(0 %d)\">\n",
		   lane->count, plot_y(row));
	plot_put_title(plot, lane);
	out_printf(out, "<rect class=\"hover\" width=\"%d\" height=\"%d\"/>\n", plot->width,
		   PLOT_ROW);
	plot_add_lane(lane);
	plot_put_label(plot, lane->wanted ? "name" : "name above", PLOT_MARGIN + plot_indent(lane),
		       13, plot_name_columns(lane));
	out_printf(out, "<svg x=\"%d\" width=\"%d\" height=\"%d\"><g class=\"t\">\n", plot->left,
		   PLOT_WIDTH, PLOT_ROW);
	if (lane->count > 1) {
		plot_put_many(plot, row);
	} else {
		plot_put_life(plot, life);
		plot_put_open(plot, life);
	}
	OUT_LITERAL(out, "</g></svg>\n");
	plot_add_info(lane);
	text_fit(&plot_text, 0, PLOT_INFO);
	out_printf(out,
		   "<text class=\"info dim\" x=\"%.1f\" y=\"13\" textLength=\"%.1f\" "
		   "data-from=\"%.6g\" data-to=\"%.6g\">",
		   plot->left + to + 6, plot_columns() * PLOT_CHAR, from, to);
	plot_put_text(out, 0);
	OUT_LITERAL(out, "</text>\n</g>\n");
	if (out->len >= OUT_FULL)
		out_flush(out);
}

/* The tree beside the names, and a line from each fork to the one that forked, if that is near. */
static void plot_put_edges(struct plot *plot)
{
	struct out *out = plot->out;
	int i;

	OUT_LITERAL(out, "<path class=\"edge\" d=\"");
	for (i = 0; i < plot->lanes.count; i++) {
		const struct lane *lane = &plot->lanes.lane[i];
		int x = PLOT_MARGIN + plot_indent(lane) - PLOT_INDENT + 4;

		if (lane->parent >= 0 && lane->depth <= PLOT_LEVELS)
			out_printf(out, "M%d %dV%dh7", x, plot_y(lane->parent) + PLOT_ROW - 2,
				   plot_y(i) + PLOT_ROW / 2);
	}
	out_printf(out,
		   "\"/>\n<svg x=\"%d\" width=\"%d\" height=\"%d\"><g class=\"t\"><path "
		   "class=\"edge\" d=\"",
		   plot->left, PLOT_WIDTH, plot->height);
	for (i = 0; i < plot->lanes.count; i++) {
		const struct lane *lane = &plot->lanes.lane[i];

		if (lane->parent >= 0 && i - lane->parent <= PLOT_NEAR &&
		    lane->start_ns >= plot->span->begin_ns)
			out_printf(out, "M%.5g %dV%d", plot_x(plot, lane->start_ns),
				   plot_y(lane->parent) + PLOT_ROW / 2, plot_y(i) + PLOT_ROW / 2);
	}
	OUT_LITERAL(out, "\"/></g></svg>\n");
}

static void plot_put_axis(struct plot *plot)
{
	int64_t span_ns = plot->span->end_ns - plot->span->begin_ns, ns;
	int64_t step_ns = axis_step(span_ns, PLOT_TICKS);
	int bottom = plot_y(plot->lanes.count);
	struct out *out = plot->out;

	OUT_LITERAL(out, "<g class=\"axis\"><path class=\"grid\" d=\"");
	for (ns = 0; ns <= span_ns; ns += step_ns)
		out_printf(out, "M%.1f %dV%d", plot->left + plot_x(plot, plot->span->begin_ns + ns),
			   PLOT_HEAD, bottom);
	OUT_LITERAL(out, "\"/>\n");
	for (ns = 0; ns <= span_ns; ns += step_ns) {
		double x = plot->left + plot_x(plot, plot->span->begin_ns + ns), width;

		axis_put(&plot_text, ns, step_ns);
		width = plot_columns() * PLOT_CHAR;
		out_printf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%d\" textLength=\"%.1f\">",
			   x - width / 2, PLOT_HEAD - 6, width);
		xml_put(out, plot_text.buf, plot_text.len);
		out_printf(out,
			   "</text><text class=\"tick\" x=\"%.1f\" y=\"%d\" "
			   "textLength=\"%.1f\">",
			   x - width / 2, bottom + 14, width);
		plot_put_text(out, 0);
		OUT_LITERAL(out, "</text>\n");
	}
	OUT_LITERAL(out, "</g>\n");
}

static void plot_add_count(uint64_t count, const char *one, const char *many)
{
	if (!count)
		return;
	if (plot_text.len)
		OUT_LITERAL(&plot_text, ", ");
	out_u64(&plot_text, count);
	out_str(&plot_text, count == 1 ? one : many);
}

/* What there is in the picture, and what is not. */
static void plot_put_summary(struct plot *plot)
{
	unsigned int ended[LIFE_ENDS] = { 0 };
	size_t columns = (size_t)((plot->width - 2 * PLOT_MARGIN) / PLOT_CHAR);
	int i, many = 0, rest = 0;

	for (i = 0; i < life_count; i++)
		ended[lives[i].end]++;
	for (i = 0; i < plot->lanes.count; i++)
		if (plot->lanes.lane[i].programs)
			rest++;
		else
			many += plot->lanes.lane[i].count > 1;
	plot_add_count((uint64_t)life_count, " process", " processes");
	out_str(&plot_text, life_count ? " in " : "no process in ");
	plot_add_duration(plot->span->end_ns - plot->span->begin_ns);
	plot_put_label(plot, "head", PLOT_MARGIN, 22, columns);
	plot_add_time(plot, plot->span->begin_ns);
	plot_add_count(ended[LIFE_FAILED], " failed", " failed");
	plot_add_count(ended[LIFE_KILLED], " killed", " killed");
	plot_add_count(ended[LIFE_RUNS], " still running", " still running");
	plot_add_count(life_lost, " event lost", " events lost");
	plot_add_count(life_left_out, " process left out", " processes left out");
	plot_put_label(plot, "dim", PLOT_MARGIN, 38, columns);
	plot_add_count((uint64_t)many,
		       " row (x N) tells of many that ran the same below the same parent",
		       " rows (x N) tell of many that ran the same below the same parent");
	plot_add_count((uint64_t)rest, " row (others) tells of those that took the least time",
		       " rows (others) tell of those that took the least time");
	if (many || rest)
		OUT_LITERAL(&plot_text, ": the higher, the more at once");
	plot_put_label(plot, "dim", PLOT_MARGIN, 54, columns);
}

/* What the colours mean; and, where the script runs, what it does. */
static void plot_put_legend(struct plot *plot)
{
	static const struct {
		enum life_end end;
		const char *name;
	} entries[] = { { LIFE_GOOD, "exit 0" },
			{ LIFE_FAILED, "failed" },
			{ LIFE_KILLED, "killed by a signal" },
			{ LIFE_RUNS, "still running" } };
	double x = plot->left;
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		out_printf(plot->out,
			   "<rect class=\"%s\" x=\"%.1f\" y=\"63\" width=\"10\" height=\"10\"/>\n",
			   plot_class[entries[i].end], x);
		out_str(&plot_text, entries[i].name);
		plot_put_label(plot, "dim", x + 16, 72, PLOT_INFO);
		x += 16 + (double)(strlen(entries[i].name) + 3) * PLOT_CHAR;
	}
	OUT_LITERAL(plot->out, "<g class=\"hint\" display=\"none\">");
	OUT_LITERAL(&plot_text, "wheel: zoom, drag: move, double click: all");
	plot_put_label(plot, "dim", x, 72, PLOT_NAME);
	OUT_LITERAL(plot->out, "</g>\n");
}

static void plot_put_begin(struct plot *plot)
{
	struct out *out = plot->out;

	out_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		   "height=\"%d\" font-family=\"'DejaVu Sans Mono',Menlo,Consolas,monospace\" "
		   "font-size=\"11\" data-left=\"%d\" data-width=\"%d\" data-span=\"%lld\" "
		   "data-top=\"%d\" data-bottom=\"%d\">\n",
		   plot->width, plot->height, plot->width, plot->height, plot->left, PLOT_WIDTH,
		   (long long)(plot->span->end_ns - plot->span->begin_ns), PLOT_HEAD,
		   plot_y(plot->lanes.count));
	out_printf(out, "<style>%s</style>\n", plot_style);
	OUT_LITERAL(out, "<defs><linearGradient id=\"past\"><stop offset=\".04\"/>"
			 "<stop offset=\"1\" stop-opacity=\"0\"/></linearGradient>"
			 "<linearGradient id=\"future\"><stop stop-opacity=\"0\"/>"
			 "<stop offset=\".96\"/></linearGradient></defs>\n"
			 "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
}

/* Names and what stands beside bars take no more room than the longest. */
static void plot_measure(struct plot *plot)
{
	int name = 0, info = 0, i;

	for (i = 0; i < plot->lanes.count; i++) {
		const struct lane *lane = &plot->lanes.lane[i];
		int width;

		plot_add_lane(lane);
		text_fit(&plot_text, 0, plot_name_columns(lane));
		width = plot_indent(lane) + (int)(plot_columns() * PLOT_CHAR);
		name = width > name ? width : name;
		plot_text.len = 0;
		plot_add_info(lane);
		text_fit(&plot_text, 0, PLOT_INFO);
		width = (int)(plot_columns() * PLOT_CHAR);
		info = width > info ? width : info;
		plot_text.len = 0;
	}
	plot->left = PLOT_MARGIN + name + PLOT_MARGIN;
	plot->width = plot->left + PLOT_WIDTH + 6 + info + PLOT_MARGIN;
	plot->height = plot_y(plot->lanes.count) + PLOT_FOOT;
}

void plot_put(struct out *out, const struct past *span, int rows, bool utc)
{
	struct plot plot = { .out = out, .span = span, .utc = utc };
	int i;

	lanes_make(&plot.lanes, rows);
	plot_measure(&plot);
	plot_put_begin(&plot);
	plot_put_summary(&plot);
	plot_put_legend(&plot);
	plot_put_axis(&plot);
	plot_put_edges(&plot);
	for (i = 0; i < plot.lanes.count; i++)
		plot_put_row(&plot, i);
	out_printf(out, "<script><![CDATA[%s]]></script>\n</svg>\n", plot_script);
	out_flush(out);
	lanes_free(&plot.lanes);
	free(plot_text.buf);
	plot_text = (struct out){ .fd = -1 };
}
