// SPDX-License-Identifier: MIT
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "bag.h"
#include "filter.h"
#include "pattern.h"
#include "words.h"

/* Sets of numbers, then sets of texts.  TRIGRAM: any three bytes that stand together in what -g looks at. */
enum { SUMMARY_PID, SUMMARY_PPID, SUMMARY_UID, SUMMARY_STATUS, SUMMARY_TRIGRAM, SUMMARY_NUMBERS };
enum { SUMMARY_EXE, SUMMARY_COMM, SUMMARY_PARENT, SUMMARY_PLACE, SUMMARY_TEXTS };

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

static uint32_t summary_trigram(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	return (uint32_t)byte[0] << 16 | (uint32_t)byte[1] << 8 | byte[2];
}

static void summary_add_trigrams(const char *text, size_t len)
{
	size_t i;

	if (!text || !summary_add(&summary_seen, (uintptr_t)words_keep(&summary_words, text, len)))
		return;
	for (i = 0; i + 3 <= len; i++)
		summary_add(&summary_numbers[SUMMARY_TRIGRAM], summary_trigram(text + i));
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

void summary_note(const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	const struct proc *parent;
	const char *comm, *args;
	uint32_t status;
	size_t len;

	if (ev->head.type == PROCMON_LOST)
		return;
	summary_add(&summary_numbers[SUMMARY_PID], ev->head.tgid);
	summary_add(&summary_numbers[SUMMARY_PPID], ev->head.ppid);
	summary_add(&summary_numbers[SUMMARY_UID], ev->head.uid);
	if (filter_status(ev, &status))
		summary_add(&summary_numbers[SUMMARY_STATUS], status);
	comm = procmon_string(ev, "comm", &len);
	summary_add_text(SUMMARY_COMM, comm, len);
	args = procmon_string(ev, "args", &len);
	summary_add_trigrams(args, len);
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
	bag_close(to, &summary_bytes);
	summary_begin();
}

static bool summary_number_passes(const struct options *options, unsigned int kind, uint32_t number)
{
	switch (kind) {
	case SUMMARY_PID:
		return filter_number(&options->pid, number);
	case SUMMARY_PPID:
		return filter_number(&options->ppid, number);
	case SUMMARY_UID:
		return filter_number(&options->uid, number);
	default:
		return filter_exit_code(&options->exit_code, number);
	}
}

static bool summary_place_passes(const struct options *options, const char *text, size_t len)
{
	struct bag bag = { text, text + len, false };
	struct where where = { .path = (char *)bag_text(&bag, &where.len) };
	const char *id = bag_text(&bag, NULL);

	if (!where.path)
		return true; /* damage hides nothing */
	procmon_place(where.path, &where.place);
	snprintf(where.place.container_id, sizeof(where.place.container_id), "%s", id ? id : "");
	where.names.name = (char *)bag_text(&bag, NULL);
	where.names.pod_uid = (char *)bag_text(&bag, NULL);
	where.names.pod_name = (char *)bag_text(&bag, NULL);
	return filter_where(options, &where);
}

static bool summary_text_passes(const struct options *options, unsigned int kind, const char *text,
				size_t len)
{
	switch (kind) {
	case SUMMARY_EXE:
		return filter_glob(&options->exe, text);
	case SUMMARY_COMM:
		return filter_glob(&options->comm, text);
	case SUMMARY_PARENT:
		return filter_glob(&options->parent, text);
	default:
		return summary_place_passes(options, text, len);
	}
}

/* Is there a filter of this kind?  Without one even what has no such value passes. */
static bool summary_is_asked(const struct options *options, unsigned int kind)
{
	const bool asked[SUMMARY_NUMBERS + SUMMARY_TEXTS] = {
		[SUMMARY_PID] = options->pid.count,
		[SUMMARY_PPID] = options->ppid.count,
		[SUMMARY_UID] = options->uid.count,
		[SUMMARY_STATUS] = options->exit_code.given,
		[SUMMARY_TRIGRAM] = options->grep && strlen(pattern_needle(options->grep)) >= 3,
		[SUMMARY_NUMBERS + SUMMARY_EXE] = options->exe.count,
		[SUMMARY_NUMBERS + SUMMARY_COMM] = options->comm.count,
		[SUMMARY_NUMBERS + SUMMARY_PARENT] = options->parent.count,
		[SUMMARY_NUMBERS + SUMMARY_PLACE] = options->container.count ||
						    options->pod.count || options->unit.count ||
						    options->cgroup.count,
	};

	return asked[kind];
}

/**
 * struct summary_needle - the trigrams of what -g looks for, in order, each once
 * @found: so many of them have come; those of a part come in order too
 */
struct summary_needle {
	uint64_t trigram[PATTERN_NEEDLE];
	size_t count, found;
};

static void summary_thread(struct summary_needle *needle, const struct options *options)
{
	const char *text = options->grep ? pattern_needle(options->grep) : "";
	size_t i, n = 0;

	needle->count = needle->found = 0;
	for (; text[0] && text[1] && text[2]; text++)
		needle->trigram[n++] = summary_trigram(text);
	qsort(needle->trigram, n, sizeof(*needle->trigram), summary_compare);
	for (i = 0; i < n; i++)
		if (!i || needle->trigram[i] != needle->trigram[i - 1])
			needle->trigram[needle->count++] = needle->trigram[i];
}

/* Return: true: all have come. */
static bool summary_sew(struct summary_needle *needle, uint64_t trigram)
{
	needle->found += needle->found < needle->count && needle->trigram[needle->found] == trigram;
	return needle->found == needle->count;
}

enum summary_answer summary_asks(const void *bytes, size_t len, const struct options *options,
				 bool (*of_interest)(void *data, uint32_t pid), void *data)
{
	static struct out room = { .fd = -1 };
	bool passes = true, interesting = false;
	struct summary_needle needle;
	unsigned int kind;
	struct bag bag;

	if (!bag_open(&bag, &room, bytes, len))
		return SUMMARY_DAMAGED;
	summary_thread(&needle, options);
	for (kind = 0; kind < SUMMARY_NUMBERS + SUMMARY_TEXTS; kind++) {
		bool found = !summary_is_asked(options, kind);
		uint64_t n, number = 0;

		for (n = bag_number(&bag); n && !bag.bad; n--) {
			size_t text_len;
			const char *text;

			if (kind >= SUMMARY_NUMBERS) {
				text = bag_text(&bag, &text_len);
				found = found ||
					(text &&
					 summary_text_passes(options, kind - SUMMARY_NUMBERS, text,
							     text_len));
				continue;
			}
			number += bag_number(&bag);
			found = found ||
				(kind == SUMMARY_TRIGRAM ?
					 summary_sew(&needle, number) :
					 summary_number_passes(options, kind, (uint32_t)number));
			if (kind == SUMMARY_PID && of_interest && !interesting)
				interesting = of_interest(data, (uint32_t)number);
		}
		passes = passes && found;
	}
	if (bag.bad || bag.at != bag.end)
		return SUMMARY_DAMAGED;
	return passes || interesting ? SUMMARY_MAYBE : SUMMARY_NO;
}
