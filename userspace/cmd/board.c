// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "show.h"
#include "text.h"

static const char *const board_names[BOARD_BY] = {
	[BOARD_EXE] = "exe",   [BOARD_COMM] = "comm", [BOARD_CONTAINER] = "container",
	[BOARD_UNIT] = "unit", [BOARD_USER] = "user",
};

/* What an event is counted under. */
struct board_key {
	const char *bytes;
	size_t len;
};

const char *board_name(enum board_by by)
{
	return board_names[by];
}

enum board_by board_by_name(const char *name)
{
	enum board_by by;

	for (by = 0; by < BOARD_BY; by++)
		if (!strcmp(board_names[by], name))
			break;
	return by;
}

void board_start(struct board *board, enum board_by by)
{
	*board = (struct board){ .by = by, .text.fd = -1 };
	board->newest = &board->oldest;
}

static uint64_t board_hash(const struct board_key *key)
{
	uint64_t hash = 14695981039346656037u;
	size_t i;

	for (i = 0; i < key->len; i++)
		hash = (hash ^ (unsigned char)key->bytes[i]) * 1099511628211u;
	return hash ^ hash >> 32;
}

static void board_link(struct board *board, struct board_row *row)
{
	row->newer = NULL;
	row->link = board->newest;
	*board->newest = row;
	board->newest = &row->newer;
}

static void board_unlink(struct board *board, struct board_row *row)
{
	*row->link = row->newer;
	if (row->newer)
		row->newer->link = row->link;
	else
		board->newest = row->link;
}

static void board_free(struct board *board, struct board_row *row)
{
	struct board_row **slot = &board->bucket[row->hash % BOARD_BUCKETS];

	while (*slot != row)
		slot = &(*slot)->next;
	*slot = row->next;
	board_unlink(board, row);
	board->count--;
	free(row->key);
	free(row->label);
	free(row);
}

static void board_add_life(struct board_counts *to, uint64_t lives, uint64_t ns, uint64_t shortest)
{
	if (lives && (!to->lives || shortest < to->shortest_ns))
		to->shortest_ns = shortest;
	to->lives += lives;
	to->life_ns += ns;
}

static void board_add(struct board_counts *to, const struct board_counts *from)
{
	unsigned int i;

	for (i = 0; i < BOARD_KINDS; i++) {
		to->total[i] += from->total[i];
		to->recent[i] += from->recent[i];
	}
	to->failed += from->failed;
	to->killed += from->killed;
	board_add_life(to, from->lives, from->life_ns, from->shortest_ns);
	if (from->last_ns > to->last_ns)
		to->last_ns = from->last_ns;
}

/* The row that was silent for the longest is one of the others from now on. */
static void board_give_up(struct board *board)
{
	struct board_row *row = board->oldest;

	board_add(&board->others.counts, &row->counts);
	board->given_up++;
	board_free(board, row);
}

/* A path where it is known, else the name in brackets: no name can be taken for a path. */
static struct board_key board_key_program(struct board *board, const struct event *event)
{
	const struct proc *proc = event->proc;
	struct out *out = &board->text;
	const char *comm;
	size_t len;

	if (board->by == BOARD_EXE && proc && proc->exe)
		return (struct board_key){ proc->exe, proc->exe_len };
	comm = procmon_string(event->ev, "comm", &len);
	if (!comm && proc) {
		comm = proc->comm;
		len = strlen(comm);
	}
	if (!comm)
		return (struct board_key){ "", 0 };
	if (board->by == BOARD_COMM)
		return (struct board_key){ comm, len };
	out->len = 0;
	out_char(out, '[');
	out_put(out, comm, len);
	out_char(out, ']');
	return (struct board_key){ out->buf, out->len };
}

static struct board_key board_key_where(const struct board *board, const struct where *where)
{
	const char *text = "";

	if (where && board->by == BOARD_CONTAINER)
		text = where->place.container_id;
	else if (where)
		text = *where->place.user_unit ? where->place.user_unit : where->place.unit;
	return (struct board_key){ text, strlen(text) };
}

static struct board_key board_key(struct board *board, const struct event *event)
{
	struct board_key key;

	if (board->by == BOARD_USER)
		return (struct board_key){ (const char *)&event->ev->head.uid,
					   sizeof(event->ev->head.uid) };
	if (board->by == BOARD_EXE || board->by == BOARD_COMM)
		key = board_key_program(board, event);
	else
		key = board_key_where(board, event->where);
	if (key.len > BOARD_NAME)
		key.len = BOARD_NAME;
	return key;
}

static void board_label_user(struct out *out, uint32_t uid)
{
	const char *user = names_user(uid);

	if (user)
		text_put(out, user, strlen(user));
	else if (uid != PROCMON_UNKNOWN32)
		out_u64(out, uid);
	else
		OUT_LITERAL(out, "(unknown)");
}

static void board_label(struct board *board, struct board_row *row, const struct event *event)
{
	struct out *out = &board->text;

	out->len = 0;
	if (board->by == BOARD_USER)
		board_label_user(out, event->ev->head.uid);
	else if (!row->key_len)
		OUT_LITERAL(out, "(none)");
	else if (board->by == BOARD_CONTAINER)
		short_container(out, event->where);
	else
		text_put(out, row->key, row->key_len);
	row->named = board->by != BOARD_CONTAINER || !row->key_len || event->where->names.name;
	free(row->label);
	row->label = malloc(out->len + 1);
	row->label_len = row->label ? out->len : 0;
	if (row->label)
		memcpy(row->label, out->buf, out->len);
}

static struct board_row *board_make(struct board *board, const struct board_key *key, uint64_t hash,
				    const struct event *event)
{
	struct board_row *row, **slot = &board->bucket[hash % BOARD_BUCKETS];

	if (board->count >= BOARD_MAX)
		board_give_up(board);
	row = calloc(1, sizeof(*row));
	if (row)
		row->key = calloc(1, key->len + 1);
	if (!row || !row->key) {
		free(row);
		return NULL;
	}
	memcpy(row->key, key->bytes, key->len);
	row->key_len = key->len;
	row->hash = hash;
	row->next = *slot;
	*slot = row;
	board_link(board, row);
	board->count++;
	board_label(board, row, event);
	return row;
}

/* Its row, which is the one with the newest event now; that of the others when there is no memory. */
static struct board_row *board_find(struct board *board, const struct event *event)
{
	const struct board_key key = board_key(board, event);
	uint64_t hash = board_hash(&key);
	struct board_row *row = board->bucket[hash % BOARD_BUCKETS];

	while (row && (row->hash != hash || row->key_len != key.len ||
		       memcmp(row->key, key.bytes, key.len)))
		row = row->next;
	if (!row) {
		row = board_make(board, &key, hash, event);
		return row ? row : &board->others;
	}
	board_unlink(board, row);
	board_link(board, row);
	if (!row->named && event->where->names.name)
		board_label(board, row, event);
	return row;
}

static void board_count_exit(struct board_counts *counts, const struct procmon_event *ev)
{
	uint64_t code = procmon_number(ev, "exit_code"), life_ns;

	if (procmon_number(ev, "signal") != UINT64_MAX)
		counts->killed++;
	else if (code != UINT64_MAX && code)
		counts->failed++;
	if (event_duration(ev, &life_ns))
		board_add_life(counts, 1, life_ns, life_ns);
}

static enum board_kind board_kind(unsigned int type)
{
	return type == PROCMON_EXEC ? BOARD_EXECS :
	       type == PROCMON_FORK ? BOARD_FORKS :
	       type == PROCMON_EXIT ? BOARD_EXITS :
				      BOARD_EVENTS;
}

static void board_count_one(struct board_counts *counts, const struct procmon_event *ev,
			    bool recent)
{
	enum board_kind kind = ev->head.flags & PROCMON_F_THREAD && ev->head.type != PROCMON_EXEC ?
				       BOARD_EVENTS :
				       board_kind(ev->head.type);

	counts->total[BOARD_EVENTS]++;
	counts->recent[BOARD_EVENTS] += recent;
	counts->last_ns = ev->head.time_ns;
	if (kind == BOARD_EVENTS)
		return;
	counts->total[kind]++;
	counts->recent[kind] += recent;
	if (kind == BOARD_EXITS)
		board_count_exit(counts, ev);
}

void board_count(struct board *board, const struct event *event, bool recent)
{
	board_count_one(&board->all, event->ev, recent);
	board_count_one(&board_find(board, event)->counts, event->ev, recent);
}

static void board_rate(struct board_counts *counts, uint64_t ns)
{
	unsigned int i;

	for (i = 0; i < BOARD_KINDS; i++) {
		counts->rate[i] = ns ? (double)counts->recent[i] * 1e9 / (double)ns : 0;
		counts->recent[i] = 0;
	}
}

void board_tick(struct board *board, uint64_t ns)
{
	struct board_row *row;

	board_rate(&board->all, ns);
	board_rate(&board->others.counts, ns);
	for (row = board->oldest; row; row = row->newer)
		board_rate(&row->counts, ns);
}

static void board_copy(struct board_view *view, const struct board_row *row)
{
	view->row[view->count] = *row;
	out_put(&view->text, row->label, row->label_len);
	view->count++;
}

void board_look(const struct board *board, struct board_view *view)
{
	const struct board_row *row;
	size_t at = 0;
	unsigned int i;

	view->all = board->all;
	view->by = board->by;
	view->count = 0;
	view->text.len = 0;
	for (row = board->oldest; row; row = row->newer)
		board_copy(view, row);
	if (board->others.counts.total[BOARD_EVENTS]) {
		struct board_row others = board->others;

		others.label = "(others)";
		others.label_len = strlen(others.label);
		board_copy(view, &others);
	}
	for (i = 0; i < view->count; i++) {
		view->row[i].label = view->text.buf + at;
		at += view->row[i].label_len;
	}
}

void board_clear(struct board *board)
{
	while (board->oldest)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is moved on */
		board_free(board, board->oldest);
	board->all = (struct board_counts){ 0 };
	board->others = (struct board_row){ 0 };
	board->given_up = 0;
}

void board_end(struct board *board)
{
	board_clear(board);
	free(board->text.buf);
}
