// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "browse.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "screen.h"
#include "text.h"

#define BROWSE_HEAD 3 /* lines above the rows */
#define BROWSE_LEAST 5 /* with fewer lines there is no line that tells the state */

static const char *const browse_help[] = {
	"arrows, PgUp, PgDn, Home, End   move through the rows",
	"s > <                           order by the next, the one before",
	"r                               the other way round",
	"g                               group by exe, comm, container, unit, user",
	"/                               type a filter, as for -Q; an empty one ends it",
	"p space                         freeze the table; events go on being counted",
	"c                               forget all counts",
	"h ?                             this text; any key goes back",
	"q                               quit",
};

#define BROWSE_HELP (sizeof(browse_help) / sizeof(browse_help[0]))

void browse_start(struct browse *browse, struct top *top)
{
	*browse = (struct browse){ .top = top, .why.fd = -1, .line.fd = -1 };
}

void browse_end(struct browse *browse)
{
	free(browse->why.buf);
	free(browse->line.buf);
}

/* Shows the line that was made. */
static void browse_line(struct browse *browse, unsigned int line, enum screen_style style)
{
	text_fit(&browse->line, 0, browse->top->way.width);
	screen_line(line, browse->line.buf, browse->line.len, style);
}

static void browse_put_help(struct browse *browse, unsigned int lines)
{
	unsigned int i;

	for (i = 0; i < BROWSE_HELP && i < lines; i++) {
		browse->line.len = 0;
		out_str(&browse->line, browse_help[i]);
		browse_line(browse, i, SCREEN_PLAIN);
	}
}

static void browse_put_state(struct browse *browse, unsigned int line)
{
	const struct top *top = browse->top;

	browse->line.len = 0;
	if (top->frozen) {
		out_printf(&browse->line, "FROZEN for %llus",
			   (unsigned long long)(clock_boot_ns() - browse->frozen_ns) /
				   NSEC_PER_SEC);
		OUT_LITERAL(&browse->line, "; ");
	}
	top_put_state(top, &browse->line);
	browse_line(browse, line, top->frozen ? SCREEN_STRONG : SCREEN_PLAIN);
}

/* Return: the line of the first row. */
static unsigned int browse_put_head(struct browse *browse, unsigned int lines)
{
	const struct top *top = browse->top;
	bool lost = procmon_lost(top->show.pm);
	unsigned int line = 0;

	browse->line.len = 0;
	top_put_summary(top, &browse->line);
	browse_line(browse, line++, lost ? SCREEN_ALARM : SCREEN_STRONG);
	if (lines >= BROWSE_LEAST)
		browse_put_state(browse, line++);
	browse->line.len = 0;
	column_put_heading(&browse->line, top->view.by, &top->way);
	browse_line(browse, line++, SCREEN_HEADING);
	return line;
}

static void browse_put_rows(struct browse *browse, unsigned int from, unsigned int to)
{
	const struct board_view *view = &browse->top->view;
	unsigned int page = to > from ? to - from : 0, i;

	if (browse->first + page > view->count)
		browse->first = view->count > page ? view->count - page : 0;
	for (i = browse->first; i < view->count && from < to; i++) {
		browse->line.len = 0;
		column_put_row(&browse->line, &view->row[i], &browse->top->way);
		browse_line(browse, from++, SCREEN_PLAIN);
	}
}

/* The end of a line where it is too long. */
static void browse_keep_end(struct out *out, size_t start, size_t width)
{
	size_t n;
	uint32_t c;

	while (text_width(out->buf + start, out->len - start) > width) {
		n = text_utf8(out->buf + start, out->len - start, &c);
		memmove(out->buf + start, out->buf + start + n, out->len - start - n);
		out->len -= n;
	}
}

/* What is wrong with the expression, in three lines, then what is typed. */
static void browse_put_typed(struct browse *browse, unsigned int lines)
{
	const char *why = browse->why.buf, *end = why + browse->why.len, *stop;
	unsigned int line = lines - 1, n = 0, width = browse->top->way.width;

	for (stop = why; stop < end; stop++)
		n += *stop == '\n';
	for (line = line > n ? line - n : 0; why < end && line < lines - 1; line++) {
		stop = memchr(why, '\n', (size_t)(end - why));
		browse->line.len = 0;
		out_put(&browse->line, why, (size_t)(stop - why));
		browse_line(browse, line, SCREEN_ALARM);
		why = stop + 1;
	}
	browse->line.len = 0;
	out_char(&browse->line, '/');
	text_put(&browse->line, browse->text, browse->len);
	browse_keep_end(&browse->line, 1, width > 2 ? width - 2 : 0);
	browse_line(browse, lines - 1, SCREEN_PLAIN);
}

static unsigned int browse_below(const struct browse *browse, unsigned int lines)
{
	unsigned int below = browse->typing ? browse->why.len ? 4 : 1 : 0;

	return below < lines ? below : lines;
}

static void browse_draw(struct browse *browse)
{
	unsigned int lines, columns;

	screen_size(&lines, &columns);
	browse->top->way.width = columns;
	screen_begin();
	if (browse->help) {
		browse_put_help(browse, lines);
	} else {
		unsigned int line = browse_put_head(browse, lines);

		browse_put_rows(browse, line, lines - browse_below(browse, lines));
		if (browse->typing)
			browse_put_typed(browse, lines);
	}
	screen_end(browse->typing);
}

static void browse_thaw(struct browse *browse)
{
	browse->top->frozen = false;
	top_look(browse->top);
}

static void browse_freeze(struct browse *browse)
{
	if (browse->top->frozen) {
		browse_thaw(browse);
		return;
	}
	browse->top->frozen = true;
	browse->frozen_ns = clock_boot_ns();
}

static void browse_sort(struct browse *browse, int step)
{
	struct column_way *way = &browse->top->way;

	way->sort = column_beside(way->sort, step);
	way->reverse = false;
	column_sort(&browse->top->view, way);
}

static void browse_clear(struct browse *browse)
{
	browse->first = 0;
	top_clear(browse->top);
	browse_thaw(browse);
}

/* What was typed becomes the filter; a mistake is shown, and can be mended. */
static void browse_apply(struct browse *browse)
{
	struct top *top = browse->top;
	struct query *query = NULL;

	browse->why.len = 0;
	if (browse->len && !query_add(&query, browse->text, browse->len, &browse->why)) {
		query_free(query);
		return;
	}
	query_free(top->typed);
	top->typed = query;
	memcpy(top->typed_text, browse->text, browse->len);
	top->typed_text[browse->len] = '\0';
	browse->typing = false;
	browse_clear(browse);
}

static void browse_erase(struct browse *browse)
{
	while (browse->len) {
		browse->len--;
		if (((unsigned char)browse->text[browse->len] & 0xc0) != 0x80)
			break;
	}
}

static void browse_add(struct browse *browse, uint32_t c)
{
	char *at = browse->text + browse->len;

	if (c < ' ' || browse->len + 4 >= sizeof(browse->text))
		return;
	if (c < 0x80) {
		*at++ = (char)c;
	} else {
		unsigned int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

		*at++ = (char)(0xf00 >> more | c >> 6 * more);
		while (more--)
			*at++ = (char)(0x80 | (c >> 6 * more & 0x3f));
	}
	browse->len = (size_t)(at - browse->text);
}

static void browse_type(struct browse *browse, uint32_t key)
{
	switch (key) {
	case '\r':
	case '\n':
		browse_apply(browse);
		break;
	case '\033':
		browse->typing = false;
		break;
	case 'U' - '@':
		browse->len = 0;
		break;
	case SCREEN_ERASE:
		browse_erase(browse);
		break;
	default:
		if (key < SCREEN_NONE)
			browse_add(browse, key);
	}
}

static void browse_begin_typing(struct browse *browse)
{
	browse->typing = true;
	browse->why.len = 0;
	browse->len = strlen(browse->top->typed_text);
	memcpy(browse->text, browse->top->typed_text, browse->len);
}

static void browse_move(struct browse *browse, uint32_t key)
{
	unsigned int lines, columns, page;

	screen_size(&lines, &columns);
	page = lines > BROWSE_HEAD + 1 ? lines - BROWSE_HEAD : 1;
	if (key == SCREEN_UP || key == SCREEN_DOWN)
		page = 1;
	if (key == SCREEN_HOME)
		browse->first = 0;
	else if (key == SCREEN_END)
		browse->first = browse->top->view.count;
	else if (key == SCREEN_DOWN || key == SCREEN_PAGE_DOWN)
		browse->first += page;
	else
		browse->first -= browse->first < page ? browse->first : page;
}

static void browse_command(struct browse *browse, uint32_t key)
{
	struct top *top = browse->top;

	switch (key) {
	case 's':
	case '>':
		browse_sort(browse, 1);
		break;
	case '<':
		browse_sort(browse, -1);
		break;
	case 'r':
		top->way.reverse = !top->way.reverse;
		column_sort(&top->view, &top->way);
		break;
	case 'g':
		top->by = (top->by + 1) % BOARD_BY;
		browse->first = 0;
		browse_thaw(browse);
		break;
	case '/':
		browse_begin_typing(browse);
		break;
	case 'p':
	case ' ':
		browse_freeze(browse);
		break;
	case 'c':
		browse_clear(browse);
		break;
	case 'h':
	case '?':
		browse->help = true;
		break;
	default:
		if (key >= SCREEN_UP && key <= SCREEN_END)
			browse_move(browse, key);
	}
}

bool browse_update(struct browse *browse)
{
	uint32_t key;

	while ((key = screen_key()) != SCREEN_NONE) {
		if (key == SCREEN_GONE)
			return false;
		if (key == SCREEN_RESIZED)
			continue;
		if (browse->typing)
			browse_type(browse, key);
		else if (browse->help)
			browse->help = false;
		else if (key == 'q')
			return false;
		else
			browse_command(browse, key);
	}
	browse_draw(browse);
	return true;
}
