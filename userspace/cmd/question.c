// SPDX-License-Identifier: MIT
#include "question.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "filter.h"
#include "names.h"
#include "need.h"
#include "pattern.h"
#include "query.h"

/* Which keys of expressions are asked of what; keys of a cgroup are all those that ask nothing else. */
static const struct {
	const char *name;
	enum question_kind kind;
} question_keys[] = {
	{ "pid", QUESTION_PID },
	{ "ppid", QUESTION_PPID },
	{ "uid", QUESTION_UID },
	{ "user", QUESTION_UID },
	{ "exit_code", QUESTION_STATUS },
	{ "signal", QUESTION_STATUS },
	{ "exe", QUESTION_EXE },
	{ "comm", QUESTION_COMM },
	{ "time", QUESTION_TIME },
	{ "args", QUESTION_TRIGRAM },
	{ "filename", QUESTION_BYTES },
	{ "cwd", QUESTION_BYTES },
	{ "env", QUESTION_BYTES },
	{ "cgroup", QUESTION_PLACE },
	{ "container", QUESTION_PLACE },
	{ "container.id", QUESTION_PLACE },
	{ "container.name", QUESTION_PLACE },
	{ "pod", QUESTION_PLACE },
	{ "pod.uid", QUESTION_PLACE },
	{ "pod.name", QUESTION_PLACE },
	{ "unit", QUESTION_PLACE },
	{ "user_unit", QUESTION_PLACE },
	{ "slice", QUESTION_PLACE },
};

#define QUESTION_KEYS (sizeof(question_keys) / sizeof(question_keys[0]))

/* What -g and the like look for, by its trigrams; each of them once, in order. */
static int question_compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint32_t question_trigram_at(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	return (uint32_t)byte[0] << 16 | (uint32_t)byte[1] << 8 | byte[2];
}

static void question_spin(struct question_thread *thread, const char *needle)
{
	size_t i, n = 0;

	for (; needle[0] && needle[1] && needle[2]; needle++)
		thread->trigram[n++] = question_trigram_at(needle);
	qsort(thread->trigram, n, sizeof(thread->trigram[0]), question_compare);
	for (i = 0; i < n; i++)
		if (!i || thread->trigram[i] != thread->trigram[i - 1])
			thread->trigram[thread->count++] = thread->trigram[i];
}

static struct question_test *question_add(struct question *question, enum question_kind kind,
					  const struct query_node *node)
{
	struct question_test *test = &question->test[question->count];

	if (question->count == QUESTION_TESTS)
		return NULL;
	question->count++;
	*test = (struct question_test){ .kind = kind, .node = node };
	return test;
}

/* Whatever passes holds one of @needles, of which nothing is kept where nothing is known. */
static void question_add_needles(struct question *question, enum question_kind kind,
				 const struct query_node *node, const struct needles *needles)
{
	struct question_test *test = needles->unknown ? NULL : question_add(question, kind, node);
	size_t i;

	if (!test)
		return;
	test->needles = need(malloc(sizeof(*needles)));
	*test->needles = *needles;
	test->thread = need_array(needles->count, sizeof(*test->thread));
	for (i = 0; i < needles->count; i++)
		question_spin(&test->thread[i], needles->text[i]);
}

/* An expression about bytes that no set holds as they are. */
static void question_add_bytes(struct question *question, enum question_kind kind,
			       const struct query_node *node)
{
	struct needles needles = { .unknown = node->inverted };
	size_t i;

	for (i = 0; i < node->nr_values; i++)
		if (node->op == QUERY_GLOB)
			needles_add_glob(&needles, node->values[i].text);
		else
			needles_add_text(&needles, node->values[i].text, node->values[i].len);
	if (node->op == QUERY_MATCH && !node->inverted)
		needles = *pattern_needles(node->pattern);
	else if (node->op != QUERY_EQUAL && node->op != QUERY_GLOB)
		return;
	question_add_needles(question, kind, node, &needles);
}

static void question_add_node(void *data, const struct query_node *node)
{
	struct question *question = data;
	size_t i;

	for (i = 0; i < QUESTION_KEYS; i++) {
		if (strcmp(node->key.name, question_keys[i].name))
			continue;
		if (question_keys[i].kind == QUESTION_TRIGRAM ||
		    question_keys[i].kind == QUESTION_BYTES)
			question_add_bytes(question, question_keys[i].kind, node);
		else
			question_add(question, question_keys[i].kind, node);
	}
}

void question_make(struct question *question, const struct options *options)
{
	const bool asked[] = {
		[QUESTION_PID] = options->pid.count,
		[QUESTION_PPID] = options->ppid.count,
		[QUESTION_UID] = options->uid.count,
		[QUESTION_STATUS] = options->exit_code.given,
		[QUESTION_EXE] = options->exe.count,
		[QUESTION_COMM] = options->comm.count,
		[QUESTION_PARENT] = options->parent.count,
		[QUESTION_PLACE] = options->container.count || options->pod.count ||
				   options->unit.count || options->cgroup.count,
	};
	unsigned int kind;

	*question = (struct question){ .options = options };
	for (kind = 0; kind < sizeof(asked) / sizeof(asked[0]); kind++)
		if (asked[kind])
			question_add(question, kind, NULL);
	if (options->grep)
		question_add_needles(question, QUESTION_TRIGRAM, NULL,
				     pattern_needles(options->grep));
	query_each_test(options->query, question_add_node, question);
}

void question_free(struct question *question)
{
	while (question->count) {
		free(question->test[--question->count].needles);
		free(question->test[question->count].thread);
	}
}

/* The earliest or the latest time of a part, as the key has it, which orders as text does. */
static bool question_time_passes(const struct query_node *node, int64_t first_ns, int64_t last_ns)
{
	static struct out text = { .fd = -1 };
	int64_t ns = node->inverted ? last_ns : first_ns;

	if (ns < 0 || (node->op != QUERY_LESS && node->op != QUERY_AT_MOST))
		return true;
	text.len = 0;
	clock_put(&text, (uint64_t)(ns - clock_wall_ns(0)), CLOCK_STYLE_UTC);
	return query_value_holds(node, &(struct key_value){ .text = text.buf, .len = text.len });
}

void question_begin(struct question *question, int64_t first_ns, int64_t last_ns)
{
	struct question_test *test;
	size_t n;

	for (test = question->test; test < question->test + question->count; test++) {
		test->found = test->kind == QUESTION_BYTES ||
			      (test->kind == QUESTION_TIME &&
			       question_time_passes(test->node, first_ns, last_ns));
		for (n = 0; test->thread && n < test->needles->count; n++) {
			test->thread[n].found = 0;
			test->found |= !test->thread[n].count;
		}
	}
}

static bool question_filter_number(const struct options *options, enum question_kind kind,
				   uint32_t number)
{
	switch (kind) {
	case QUESTION_PID:
		return filter_number(&options->pid, number);
	case QUESTION_PPID:
		return filter_number(&options->ppid, number);
	case QUESTION_UID:
		return filter_number(&options->uid, number);
	default:
		return filter_exit_code(&options->exit_code, number);
	}
}

/* A status is a code, or 128 and a signal; an unknown uid has no name. */
static bool question_node_number(const struct query_node *node, uint64_t number)
{
	struct key_value value = { .number = number };

	if (!strcmp(node->key.name, "signal"))
		value.number = number - FILTER_SIGNAL;
	else if (node->key.kind == KEY_SIGNED)
		value.number = (uint64_t)(int32_t)number;
	else if (node->key.kind == KEY_TEXT)
		value.text = names_user((uint32_t)number);
	if (node->key.kind == KEY_TEXT && !value.text)
		return false;
	value.len = value.text ? strlen(value.text) : 0;
	return query_value_holds(node, &value);
}

void question_number(struct question *question, enum question_kind kind, uint64_t number)
{
	struct question_test *test;

	for (test = question->test; test < question->test + question->count; test++)
		if (test->kind == kind && !test->found)
			test->found = test->node ? question_node_number(test->node, number) :
						   question_filter_number(question->options, kind,
									  (uint32_t)number);
}

static bool question_filter_text(const struct options *options, enum question_kind kind,
				 const char *text)
{
	switch (kind) {
	case QUESTION_EXE:
		return filter_glob(&options->exe, text);
	case QUESTION_COMM:
		return filter_glob(&options->comm, text);
	default:
		return filter_glob(&options->parent, text);
	}
}

void question_text(struct question *question, enum question_kind kind, const char *text, size_t len)
{
	const struct key_value value = { .text = text, .len = len };
	struct question_test *test;

	for (test = question->test; test < question->test + question->count; test++)
		if (test->kind == kind && !test->found)
			test->found = test->node ?
					      query_value_holds(test->node, &value) :
					      question_filter_text(question->options, kind, text);
}

void question_place(struct question *question, const struct where *where)
{
	const struct key_event on = { .where = where };
	struct question_test *test;

	for (test = question->test; test < question->test + question->count; test++)
		if (test->kind == QUESTION_PLACE && !test->found)
			test->found = test->node ? query_test_holds(test->node, &on) :
						   filter_where(question->options, where);
}

void question_trigram(struct question *question, uint32_t trigram)
{
	struct question_test *test;
	size_t n;

	for (test = question->test; test < question->test + question->count; test++) {
		if (test->kind != QUESTION_TRIGRAM || test->found)
			continue;
		for (n = 0; n < test->needles->count; n++) {
			struct question_thread *thread = &test->thread[n];

			thread->found += thread->trigram[thread->found] == trigram;
			test->found |= thread->found == thread->count;
		}
	}
}

void question_seek(struct question *question)
{
	struct question_test *test;

	for (test = question->test; test < question->test + question->count; test++)
		if (test->needles)
			test->found = false;
}

bool question_bytes(struct question *question, const void *bytes, size_t len)
{
	struct question_test *test;
	bool some = false;

	for (test = question->test; test < question->test + question->count; test++) {
		if (test->needles && !test->found)
			test->found = needles_are_in(test->needles, bytes, len);
		some |= test->needles && test->found;
	}
	return some;
}

static bool question_node_is_found(void *data, const struct query_node *node)
{
	const struct question *question = data;
	size_t i;

	for (i = 0; i < question->count; i++)
		if (question->test[i].node == node)
			return question->test[i].found;
	return true;
}

bool question_is_answered(const struct question *question)
{
	size_t i;

	for (i = 0; i < question->count; i++)
		if (!question->test[i].node && !question->test[i].found)
			return false;
	return query_can_hold(question->options->query, question_node_is_found, (void *)question);
}
