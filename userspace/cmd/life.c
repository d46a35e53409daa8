// SPDX-License-Identifier: MIT
#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "need.h"
#include "out.h"
#include "show.h"
#include "words.h"

#define LIFE_BUCKETS 65536
#define LIFE_BEGIN 64 /* places at first */
#define LIFE_DEPTH 64 /* levels that are drawn; what is deeper is drawn there */
#define LIFE_BOOT_NS (60 * NSEC_PER_SEC) /* time goes back so far: the machine was started anew */

struct life *lives;
int life_count;
struct life_exec *life_execs;
uint64_t life_left_out, life_lost;

static int life_room, life_exec_count, life_exec_room;
static int life_newest[LIFE_BUCKETS]; /* in each bucket: index + 1, 0: none */
static int life_root = -1; /* the newest one without a parent */
static bool life_tight; /* when room was made it was little */
static unsigned int life_refused; /* since then */
static int64_t life_since_ns = INT64_MIN;
static bool life_clock; /* the next two are known */
static int64_t life_shift_ns; /* from boot time to ours */
static uint64_t life_last_ns; /* boot time of the last event */
static struct out life_text = { .fd = -1 };
static struct words life_words;

static void *life_grow(void *array, int *room, size_t size)
{
	*room = *room ? 2 * *room : LIFE_BEGIN;
	return need(realloc(array, (size_t)*room * size));
}

void life_begin(int64_t since_ns)
{
	life_since_ns = since_ns;
}

int64_t life_ns(uint64_t boot_ns)
{
	if (!life_clock)
		life_shift_ns = clock_wall_ns(boot_ns) - (int64_t)boot_ns;
	life_clock = true;
	return (int64_t)boot_ns + life_shift_ns;
}

static bool life_runs(const struct life *life)
{
	return life->end == LIFE_RUNS && !life->fell;
}

int life_find(uint32_t tgid)
{
	int i;

	for (i = life_newest[tgid % LIFE_BUCKETS] - 1; i >= 0; i = lives[i].older)
		if (lives[i].tgid == tgid)
			return life_runs(&lives[i]) ? i : -1;
	return -1;
}

const char *life_program(const struct life *life)
{
	return life->exe ? life->exe : life->what;
}

bool life_is_alike(const struct life *a, const struct life *b)
{
	/* texts that are equal are the same (words.h) */
	return life_program(a) == life_program(b) && !a->what == !b->what;
}

/* The one of that start, whether it runs or not.  Those before it in its bucket started earlier. */
static int life_find_start(uint32_t tgid, int64_t start_ns)
{
	int i;

	for (i = life_newest[tgid % LIFE_BUCKETS] - 1; i >= 0; i = lives[i].older)
		if (lives[i].tgid == tgid && lives[i].start_ns <= start_ns)
			return lives[i].start_ns == start_ns ? i : -1;
	return -1;
}

/* Makes it the youngest child of its parent and the newest of its bucket. */
static void life_link(int index)
{
	struct life *life = &lives[index], *parent;
	int *newest = &life_newest[life->tgid % LIFE_BUCKETS];

	life->older = *newest - 1;
	*newest = index + 1;
	life->drawn = index;
	life->first = life->last = life->next = -1;
	life->depth = 0;
	if (life->parent < 0) {
		if (life_root >= 0)
			lives[life_root].next = index;
		life_root = index;
		return;
	}
	parent = &lives[life->parent];
	life->depth = parent->depth + 1;
	if (life->depth > LIFE_DEPTH)
		life->drawn = parent->drawn;
	if (parent->last < 0)
		parent->first = index;
	else
		lives[parent->last].next = index;
	parent->last = index;
}

static const char *life_keep_text(const char *text)
{
	return text ? words_keep(&life_words, text, strlen(text)) : NULL;
}

/* Execs and texts of nobody go. */
static void life_keep_told(void)
{
	struct life_exec *old = life_execs;
	struct words words = life_words;
	int i, exec, room = life_exec_room;

	life_words = (struct words){ 0 };
	life_execs = need(malloc((size_t)(room + 1) * sizeof(*life_execs)));
	life_exec_count = 0;
	for (i = 0; i < life_count; i++) {
		struct life *life = &lives[i];

		life->exe = life_keep_text(life->exe);
		life->what = life_keep_text(life->what);
		life->status = life_keep_text(life->status);
		life->where = life_keep_text(life->where);
		exec = life->execs;
		life->execs = exec < 0 ? -1 : life_exec_count;
		for (; exec >= 0; exec = old[exec].next) {
			life->exec = life_exec_count++;
			life_execs[life->exec] = old[exec];
			life_execs[life->exec].what = life_keep_text(old[exec].what);
			if (old[exec].next >= 0)
				life_execs[life->exec].next = life_exec_count;
		}
	}
	free(old);
	words_free(&words);
}

/* Keeps those marked by @drawn >= 0, in their order; indices change. */
static void life_keep_marked(void)
{
	int *now = need(malloc(((size_t)life_count + 1) * sizeof(*now)));
	int i, count = 0, before = life_count;

	for (i = 0; i < life_count; i++) {
		if (lives[i].drawn < 0)
			continue;
		now[i] = count;
		lives[count] = lives[i];
		if (lives[count].parent >= 0)
			lives[count].parent = now[lives[count].parent];
		count++;
	}
	free(now);
	life_count = count;
	memset(life_newest, 0, sizeof(life_newest));
	life_root = -1;
	for (i = 0; i < count; i++)
		life_link(i);
	if (count < before)
		life_keep_told();
}

/* Forgets those that nobody asks for; @all: also of those that run. */
static void life_forget(bool all)
{
	int i;

	for (i = 0; i < life_count; i++)
		lives[i].drawn = -1;
	for (i = life_count; i-- > 0;) {
		struct life *life = &lives[i];

		if (life->drawn < 0 && (all || !life_runs(life)) &&
		    !(life->wanted && life->end_ns >= life_since_ns))
			continue;
		life->drawn = i;
		if (life->parent >= 0)
			lives[life->parent].drawn = life->parent;
	}
	life_keep_marked();
}

/* Is it worth while to look for those that can be forgotten?  Not soon, when there were few of them. */
static bool life_may_forget(void)
{
	return !life_tight || ++life_refused >= LIFE_MAX;
}

/* Room for one more, at the cost of those that nobody asks for. */
static bool life_make_room(int *parent)
{
	struct life above = { 0 };

	if (life_count < life_room)
		return true;
	if (!life_may_forget())
		return false;
	life_refused = 0;
	if (*parent >= 0)
		above = lives[*parent];
	life_forget(false);
	if (life_count >= life_room / 4 * 3 && life_room < LIFE_MAX)
		lives = life_grow(lives, &life_room, sizeof(*lives));
	life_tight = life_count > life_room / 8 * 7;
	if (*parent >= 0)
		*parent = life_find_start(above.tgid, above.start_ns);
	return life_count < life_room;
}

int life_add(uint32_t tgid, int64_t start_ns, int parent)
{
	if (!life_make_room(&parent))
		return -1;
	lives[life_count] = (struct life){
		.tgid = tgid,
		.start_ns = start_ns,
		.end_ns = start_ns,
		.parent = parent,
		.execs = -1,
		.exec = -1,
	};
	life_link(life_count);
	return life_count++;
}

/* What stands in life_text, which is empty then. */
static const char *life_word(void)
{
	const char *word = words_keep(&life_words, life_text.buf, life_text.len);

	life_text.len = 0;
	return word;
}

/* The path, and the program as text. */
static void life_note_program(struct life *life, const struct procmon_event *ev)
{
	const char *comm = procmon_string(ev, "comm", NULL);
	size_t len;
	const char *exe = procmon_string(ev, "exe", &len);

	if (life_words.bytes > 2 * LIFE_TEXT_MAX) { /* each path is another one */
		life->exe = NULL;
		life->what = "(not kept)";
		return;
	}
	life->exe = exe ? words_keep(&life_words, exe, len) : NULL;
	if (life_words.bytes > LIFE_TEXT_MAX)
		short_command(&life_text, exe, len, NULL, 0, comm ? comm : "");
	else
		short_program(&life_text, ev);
	life->what = life_word();
}

static void life_note_exec(struct life *life, const struct procmon_event *ev)
{
	life_note_program(life, ev);
	if (life_exec_count == LIFE_MAX)
		return;
	if (life_exec_count == life_exec_room)
		life_execs = life_grow(life_execs, &life_exec_room, sizeof(*life_execs));
	life_execs[life_exec_count] = (struct life_exec){
		.time_ns = life_ns(ev->head.time_ns),
		.what = life->what,
		.next = -1,
	};
	if (life->exec < 0)
		life->execs = life_exec_count;
	else
		life_execs[life->exec].next = life_exec_count;
	life->exec = life_exec_count++;
}

static void life_note_exit(struct life *life, const struct procmon_event *ev)
{
	uint64_t code = procmon_number(ev, "exit_code");

	short_status(&life_text, ev);
	life->status = life_word();
	life->end_ns = life_ns(ev->head.time_ns);
	if (procmon_number(ev, "signal") != UINT64_MAX)
		life->end = LIFE_KILLED;
	else
		life->end = code && code != UINT64_MAX ? LIFE_FAILED : LIFE_GOOD;
}

/* Whoever runs does so no more, if the machine has been started anew. */
static void life_note_boot(const struct procmon_event *ev)
{
	int i;

	if (life_clock && ev->head.time_ns + (uint64_t)LIFE_BOOT_NS < life_last_ns) {
		for (i = 0; i < life_count; i++) {
			if (!life_runs(&lives[i]))
				continue;
			lives[i].fell = true;
			lives[i].end_ns = life_ns(life_last_ns);
		}
		life_clock = false;
	}
	life_last_ns = ev->head.time_ns;
}

/* The start of its process; if that is unknown, the event. */
static int64_t life_start(const struct procmon_event *ev)
{
	return life_ns(ev->head.start_ns ? ev->head.start_ns : ev->head.time_ns);
}

/* One that is told of for the first time. */
static int life_meet(const struct procmon_event *ev, bool strangers)
{
	const struct procmon_head *head = &ev->head;
	bool fork = head->type == PROCMON_FORK;
	uint64_t caller = procmon_number(ev, "fork_pid");
	uint64_t parent_ns = procmon_number(ev, "parent_start_ns");
	int parent = caller != UINT64_MAX ? life_find((uint32_t)caller) : -1, index;

	if (parent < 0 && strangers && parent_ns != UINT64_MAX)
		parent = life_find_start(head->ppid, life_ns(parent_ns));
	if (parent < 0 && !strangers)
		return -1;
	index = life_add(head->tgid, life_start(ev), parent);
	/* an exec or an exit is of one that was left out at its fork */
	life_left_out += index < 0 && (fork || head->type == PROCMON_SNAPSHOT);
	if (index >= 0)
		lives[index].before = !fork;
	if (index >= 0 && fork && lives[index].parent >= 0)
		lives[index].exe = lives[lives[index].parent].exe;
	return index;
}

static bool life_is_about_one(const struct procmon_event *ev)
{
	unsigned int type = ev->head.type;

	return type == PROCMON_SNAPSHOT ||
	       ((type == PROCMON_FORK || type == PROCMON_EXEC || type == PROCMON_EXIT) &&
		!(ev->head.flags & PROCMON_F_THREAD));
}

int life_note(const struct procmon_event *ev, bool strangers)
{
	const struct procmon_head *head = &ev->head;
	int index;

	if (head->type == PROCMON_LOST)
		life_lost += ev->count;
	if (!life_is_about_one(ev))
		return life_find(head->tgid);
	life_note_boot(ev);
	index = life_find_start(head->tgid, life_start(ev));
	if (index < 0 && (!strangers || !head->start_ns) && head->type != PROCMON_FORK)
		index = life_find(head->tgid);
	if (index < 0)
		index = life_meet(ev, strangers);
	if (index < 0)
		return -1;
	if (head->type == PROCMON_EXEC)
		life_note_exec(&lives[index], ev);
	else if (head->type == PROCMON_SNAPSHOT)
		life_note_program(&lives[index], ev);
	else if (head->type == PROCMON_EXIT)
		life_note_exit(&lives[index], ev);
	return index;
}

void life_place(int index, const struct where *where)
{
	if (!where || !*where->place.container_id)
		return;
	short_container(&life_text, where);
	lives[index].where = life_word();
}

void life_end_all(int64_t end_ns)
{
	int i;

	for (i = 0; i < life_count; i++)
		if (life_runs(&lives[i]))
			lives[i].end_ns = end_ns;
	life_forget(true);
}

void life_free(void)
{
	free(lives);
	free(life_execs);
	free(life_text.buf);
	words_free(&life_words);
	lives = NULL;
	life_execs = NULL;
	life_text = (struct out){ .fd = -1 };
	life_count = life_room = life_exec_count = life_exec_room = 0;
	life_left_out = life_lost = 0;
	life_root = -1;
	life_tight = false;
	life_refused = 0;
	life_clock = false;
	life_since_ns = INT64_MIN;
	memset(life_newest, 0, sizeof(life_newest));
}
