// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "column.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "text.h"

/* Numbers that a column is ordered by; UINT64_MAX is unknown and the last one in either order. */
static uint64_t column_rate(const struct board_counts *counts)
{
	return (uint64_t)(counts->rate[BOARD_EXECS] * 1000);
}

static uint64_t column_execs(const struct board_counts *counts)
{
	return counts->total[BOARD_EXECS];
}

static uint64_t column_forks(const struct board_counts *counts)
{
	return counts->total[BOARD_FORKS];
}

static uint64_t column_failed(const struct board_counts *counts)
{
	return counts->failed;
}

static uint64_t column_killed(const struct board_counts *counts)
{
	return counts->killed;
}

static uint64_t column_shortest(const struct board_counts *counts)
{
	return counts->lives ? counts->shortest_ns : UINT64_MAX;
}

static uint64_t column_mean(const struct board_counts *counts)
{
	return counts->lives ? counts->life_ns / counts->lives : UINT64_MAX;
}

static uint64_t column_last(const struct board_counts *counts)
{
	return counts->last_ns;
}

static void column_put_rate(struct out *out, uint64_t value, bool utc)
{
	(void)utc;
	out_printf(out, "%llu.%llu", (unsigned long long)value / 1000,
		   (unsigned long long)value / 100 % 10);
}

static void column_put_count(struct out *out, uint64_t value, bool utc)
{
	(void)utc;
	out_u64(out, value);
}

static void column_put_life(struct out *out, uint64_t value, bool utc)
{
	(void)utc;
	if (value != UINT64_MAX)
		clock_put_duration(out, value);
}

static void column_put_time(struct out *out, uint64_t value, bool utc)
{
	uint32_t nsec;
	const struct tm *tm = clock_split(value, utc, &nsec);

	out_printf(out, "%02d:%02d:%02d", tm->tm_hour, tm->tm_min, tm->tm_sec);
}

/* "rate" is the word of EXEC/S; a column that is left out when there is no room is one further right. */
static const struct column {
	const char *word, *heading;
	unsigned int width;
	bool ascending;
	uint64_t (*number)(const struct board_counts *counts);
	void (*put)(struct out *out, uint64_t value, bool utc);
} columns[] = {
	{ "rate", "EXEC/S", 6, false, column_rate, column_put_rate },
	{ "execs", "EXECS", 6, false, column_execs, column_put_count },
	{ "forks", "FORKS", 6, false, column_forks, column_put_count },
	{ "failed", "FAILED", 6, false, column_failed, column_put_count },
	{ "killed", "KILLED", 6, false, column_killed, column_put_count },
	{ "shortest", "SHORT", 6, true, column_shortest, column_put_life },
	{ "mean", "MEAN", 6, false, column_mean, column_put_life },
	{ "last", "LAST", 8, false, column_last, column_put_time },
	{ "name", NULL, 0, true, NULL, NULL },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define NAME (COLUMNS - 1)

const char *column_word(unsigned int column)
{
	return column < COLUMNS ? columns[column].word : NULL;
}

int column_by_word(const char *word)
{
	unsigned int i;

	for (i = 0; i < COLUMNS; i++)
		if (!strcmp(columns[i].word, word))
			return (int)i;
	return -1;
}

unsigned int column_beside(unsigned int column, int step)
{
	return (unsigned int)((int)(column + COLUMNS) + step) % COLUMNS;
}

static int column_compare_names(const struct board_row *a, const struct board_row *b)
{
	size_t len = a->label_len < b->label_len ? a->label_len : b->label_len;
	int order = memcmp(a->label, b->label, len);

	return order ? order : (a->label_len > b->label_len) - (a->label_len < b->label_len);
}

/* Equal ones stand by their execs, then by their names: rows do not jump about. */
static int column_compare_equal(const struct board_row *a, const struct board_row *b)
{
	uint64_t x = column_execs(&a->counts), y = column_execs(&b->counts);

	return x == y ? column_compare_names(a, b) : x > y ? -1 : 1;
}

static int column_compare(const void *first, const void *second, void *data)
{
	const struct board_row *a = first, *b = second;
	const struct column_way *way = data;
	const struct column *column = &columns[way->sort];
	uint64_t x, y;
	int order;

	if (!a->key || !b->key)
		return !a->key - !b->key;
	if (way->sort == NAME)
		return way->reverse ? -column_compare_names(a, b) : column_compare_names(a, b);
	x = column->number(&a->counts);
	y = column->number(&b->counts);
	if (x == y)
		return column_compare_equal(a, b);
	if (x == UINT64_MAX || y == UINT64_MAX)
		return x == UINT64_MAX ? 1 : -1;
	order = x > y ? 1 : -1;
	return column->ascending != way->reverse ? order : -order;
}

void column_sort(struct board_view *view, const struct column_way *way)
{
	if (view->count)
		qsort_r(view->row, view->count, sizeof(view->row[0]), column_compare, (void *)way);
}

/* Bits of the columns that there is room for. */
static unsigned int column_fitting(const struct column_way *way)
{
	unsigned int shown = 0, used = COLUMN_NAME, i;

	if (way->sort != NAME) {
		shown = 1u << way->sort;
		used += columns[way->sort].width + 1;
	}
	for (i = 0; i < NAME; i++) {
		if (shown & 1u << i)
			continue;
		if (way->width && used + columns[i].width + 1 > way->width)
			break;
		shown |= 1u << i;
		used += columns[i].width + 1;
	}
	return shown;
}

/* What was put since @start, set right in the column. */
static void column_align(struct out *out, size_t start, unsigned int width)
{
	size_t len = out->len - start;

	if (len < width) {
		out_room(out, width);
		memmove(out->buf + start + width - len, out->buf + start, len);
		memset(out->buf + start, ' ', width - len);
		out->len = start + width;
	}
	out_char(out, ' ');
}

void column_put_heading(struct out *out, enum board_by by, const struct column_way *way)
{
	unsigned int shown = column_fitting(way), i;
	size_t line = out->len, start;
	const char *name;

	for (i = 0; i < NAME; i++) {
		if (!(shown & 1u << i))
			continue;
		start = out->len;
		out_str(out, columns[i].heading);
		column_align(out, start, columns[i].width);
	}
	for (name = board_name(by); *name; name++)
		out_char(out, (char)toupper((unsigned char)*name));
	if (way->width)
		text_fit(out, line, way->width);
}

void column_put_row(struct out *out, const struct board_row *row, const struct column_way *way)
{
	unsigned int shown = column_fitting(way), i;
	size_t line = out->len, start;

	for (i = 0; i < NAME; i++) {
		if (!(shown & 1u << i))
			continue;
		start = out->len;
		columns[i].put(out, columns[i].number(&row->counts), way->utc);
		column_align(out, start, columns[i].width);
	}
	out_put(out, row->label, row->label_len);
	if (way->width)
		text_fit(out, line, way->width);
}
