// SPDX-License-Identifier: MIT
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "bag.h"
#include "filter.h"
#include "words.h"

/* Sets of numbers, then sets of texts: what they are asked for. */
enum { SUMMARY_PID, SUMMARY_PPID, SUMMARY_UID, SUMMARY_STATUS, SUMMARY_TRIGRAM, SUMMARY_NUMBERS };
enum { SUMMARY_EXE, SUMMARY_COMM, SUMMARY_PARENT, SUMMARY_PLACE, SUMMARY_TEXTS };
static const enum question_kind summary_kinds[SUMMARY_NUMBERS + SUMMARY_TEXTS] = {
	[SUMMARY_PID] = QUESTION_PID,
	[SUMMARY_PPID] = QUESTION_PPID,
	[SUMMARY_UID] = QUESTION_UID,
	[SUMMARY_STATUS] = QUESTION_STATUS,
	[SUMMARY_TRIGRAM] = QUESTION_TRIGRAM,
	[SUMMARY_NUMBERS + SUMMARY_EXE] = QUESTION_EXE,
	[SUMMARY_NUMBERS + SUMMARY_COMM] = QUESTION_COMM,
	[SUMMARY_NUMBERS + SUMMARY_PARENT] = QUESTION_PARENT,
	[SUMMARY_NUMBERS + SUMMARY_PLACE] = QUESTION_PLACE,
};

#define SUMMARY_SLOTS 256 /* at first */

/* Numbers + 1, at places by their hash; 0: free. */
struct summary_set {
	uint64_t *slot;
	size_t size, count;
};

static struct summary_set summary_numbers[SUMMARY_NUMBERS];
static struct words summary_words; /* of all texts: */
static struct summary_set summary_texts[SUMMARY_TEXTS]; /* pointers into it */
static struct summary_set summary_seen; /* those whose trigrams are in */
static struct out summary_bytes = { .fd = -1 };

/* Return: it is new. */
static bool summary_add(struct summary_set *set, uint64_t number);

static void summary_grow(struct summary_set *set)
{
	struct summary_set more = { .size = set->size ? 2 * set->size : SUMMARY_SLOTS };
	size_t i;

	more.slot = calloc(more.size, sizeof(*more.slot));
	if (!more.slot)
		return; /* it is full: see summary_add() */
	for (i = 0; i < set->size; i++)
		if (set->slot[i])
			summary_add(&more, set->slot[i] - 1);
	free(set->slot);
	*set = more;
}

static bool summary_add(struct summary_set *set, uint64_t number)
{
	size_t i;

	if (4 * (set->count + 1) > 3 * set->size)
		summary_grow(set);
	if (set->count + 1 >= set->size) {
		fputs("procmon: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	for (i = number * 0x9e3779b97f4a7c15ull >> 32; set->slot[i % set->size]; i++)
		if (set->slot[i % set->size] == number + 1)
			return false;
	set->slot[i % set->size] = number + 1;
	set->count++;
	return true;
}

static void summary_add_text(unsigned int kind, const char *text, size_t len)
{
	if (text)
		summary_add(&summary_texts[kind], (uintptr_t)words_keep(&summary_words, text, len));
}

void summary_begin(void)
{
	size_t i;

	for (i = 0; i < SUMMARY_NUMBERS + SUMMARY_TEXTS; i++) {
		struct summary_set *set = i < SUMMARY_NUMBERS ? &summary_numbers[i] :
								&summary_texts[i - SUMMARY_NUMBERS];

		free(set->slot);
		*set = (struct summary_set){ 0 };
	}
	free(summary_seen.slot);
	summary_seen = (struct summary_set){ 0 };
	words_free(&summary_words);
	summary_words = (struct words){ 0 };
}

static void summary_add_trigrams(const char *text, size_t len)
{
	size_t i;

	if (!text || !summary_add(&summary_seen, (uintptr_t)words_keep(&summary_words, text, len)))
		return;
	for (i = 0; i + 3 <= len; i++)
		summary_add(&summary_numbers[SUMMARY_TRIGRAM], question_trigram_at(text + i));
}

/* What the filters ask of a cgroup. */
static void summary_note_place(const struct where *where)
{
	const char *const texts[] = { where->path, where->place.container_id, where->names.name,
				      where_pod_uid(where), where->names.pod_name };
	size_t i;

	summary_bytes.len = 0;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i])
			bag_put_text(&summary_bytes, texts[i], strlen(texts[i]));
		else
			bag_put_none(&summary_bytes);
	summary_add_text(SUMMARY_PLACE, summary_bytes.buf, summary_bytes.len);
}

/* Filters know a code or a signal, expressions may ask for both. */
static void summary_note_status(const struct procmon_event *ev)
{
	uint64_t signal = procmon_number(ev, "signal"), code = procmon_number(ev, "exit_code");

	if (signal != UINT64_MAX)
		summary_add(&summary_numbers[SUMMARY_STATUS], FILTER_SIGNAL + signal);
	if (code != UINT64_MAX)
		summary_add(&summary_numbers[SUMMARY_STATUS], (uint32_t)code);
}

void summary_note(const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	const struct proc *parent;
	const char *comm, *args, *exe;
	size_t len;

	if (ev->head.type == PROCMON_LOST)
		return;
	summary_add(&summary_numbers[SUMMARY_PID], ev->head.tgid);
	summary_add(&summary_numbers[SUMMARY_PPID], ev->head.ppid);
	summary_add(&summary_numbers[SUMMARY_UID], ev->head.uid);
	if (ev->head.type == PROCMON_EXIT)
		summary_note_status(ev);
	comm = procmon_string(ev, "comm", &len);
	summary_add_text(SUMMARY_COMM, comm, len);
	args = procmon_string(ev, "args", &len);
	summary_add_trigrams(args, len);
	if (!event->proc || !event->proc->exe) {
		exe = procmon_string(ev, "exe", &len);
		summary_add_text(SUMMARY_EXE, exe, len);
	}
	if (event->proc) {
		summary_add_trigrams(event->proc->exe, event->proc->exe_len);
		summary_add_trigrams(event->proc->args, event->proc->args_len);
		summary_add_text(SUMMARY_EXE, event->proc->exe, event->proc->exe_len);
		parent = proc_parent(event->proc);
		if (parent)
			summary_add_text(SUMMARY_PARENT, parent->exe, parent->exe_len);
	}
	if (event->where)
		summary_note_place(event->where);
}

static int summary_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* How many, then each as its distance from the one before it. */
static void summary_put_numbers(struct out *to, struct summary_set *set)
{
	uint64_t last = 0;
	size_t i;

	bag_put_number(to, set->count);
	if (!set->slot)
		return;
	qsort(set->slot, set->size, sizeof(*set->slot), summary_compare);
	for (i = set->size - set->count; i < set->size; i++) {
		bag_put_number(to, set->slot[i] - 1 - last);
		last = set->slot[i] - 1;
	}
}

/* The text that a place tells of, NULL: it is free. */
static const char *summary_text(uint64_t place)
{
	uintptr_t bits = (uintptr_t)(place - 1);
	const char *text = NULL;

	if (place)
		memcpy(&text, &bits, sizeof(text));
	return text;
}

static void summary_put_texts(struct out *to, const struct summary_set *set)
{
	size_t i;

	bag_put_number(to, set->count);
	for (i = 0; i < set->size; i++) {
		const char *text = summary_text(set->slot[i]);

		if (text)
			bag_put_text(to, text, words_len(text));
	}
}

void summary_end(struct out *to)
{
	unsigned int i;

	summary_bytes.len = 0;
	for (i = 0; i < SUMMARY_NUMBERS; i++)
		summary_put_numbers(&summary_bytes, &summary_numbers[i]);
	for (i = 0; i < SUMMARY_TEXTS; i++)
		summary_put_texts(&summary_bytes, &summary_texts[i]);
	bag_close(to, &summary_bytes, NULL);
	summary_begin();
}

/* Return: false: it is damaged. */
static bool summary_ask_place(struct question *question, const char *text, size_t len)
{
	struct bag bag = { text, text + len, false };
	struct where where = { .path = (char *)bag_text(&bag, &where.len) };
	const char *id = bag_text(&bag, NULL);

	if (!where.path)
		return false;
	procmon_place(where.path, &where.place);
	snprintf(where.place.container_id, sizeof(where.place.container_id), "%s", id ? id : "");
	where.names.name = (char *)bag_text(&bag, NULL);
	where.names.pod_uid = (char *)bag_text(&bag, NULL);
	where.names.pod_name = (char *)bag_text(&bag, NULL);
	question_place(question, &where);
	return true;
}

static void summary_ask_text(struct question *question, enum question_kind kind, struct bag *bag)
{
	size_t len;
	const char *text = bag_text(bag, &len);

	if (text && kind == QUESTION_PLACE)
		bag->bad |= !summary_ask_place(question, text, len);
	else if (text)
		question_text(question, kind, text, len);
}

enum summary_answer summary_asks(const void *bytes, size_t len, struct question *question,
				 bool (*of_interest)(void *data, uint32_t pid), void *data)
{
	static struct out room = { .fd = -1 };
	bool interesting = false;
	unsigned int i;
	struct bag bag;

	if (!bag_open(&bag, &room, bytes, len, NULL))
		return SUMMARY_DAMAGED;
	for (i = 0; i < SUMMARY_NUMBERS + SUMMARY_TEXTS; i++) {
		uint64_t n, number = 0;

		for (n = bag_number(&bag); n && !bag.bad; n--) {
			if (i >= SUMMARY_NUMBERS) {
				summary_ask_text(question, summary_kinds[i], &bag);
				continue;
			}
			number += bag_number(&bag);
			if (i == SUMMARY_TRIGRAM)
				question_trigram(question, (uint32_t)number);
			else
				question_number(question, summary_kinds[i], number);
			if (i == SUMMARY_PID && of_interest && !interesting)
				interesting = of_interest(data, (uint32_t)number);
		}
	}
	if (bag.bad || bag.at != bag.end)
		return SUMMARY_DAMAGED;
	return interesting		      ? SUMMARY_MUST :
	       question_is_answered(question) ? SUMMARY_MAYBE :
						SUMMARY_NO;
}
