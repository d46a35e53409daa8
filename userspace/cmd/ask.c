// SPDX-License-Identifier: MIT
#include "ask.h"

#include "context.h"
#include "part.h"
#include "recording.h"
#include "summary.h"

static struct out ask_summary = { .fd = -1 }, ask_base = { .fd = -1 }, ask_parts = { .fd = -1 };

static struct context ask_context_of(const struct part *part)
{
	return (struct context){ ask_base.buf, ask_base.len, part->context, part->len };
}

/*
 * Is what is sought by bytes in the bytes of the part, or in what is known where it begins?  To look there
 * is far cheaper than to read events.  What cannot be looked at is read, which tells why.  @some: something
 * of it has been seen in the unit so far.
 */
static bool ask_holds(struct history *history, const struct unit *unit, const struct part *part,
		      struct question *question, bool *some)
{
	const struct context context = ask_context_of(part);
	struct procmon *pm = history->pm;
	const void *bytes;
	size_t len;

	question_seek(question);
	if (question_is_answered(question))
		return true;
	if (*some || part->offset == unit->offset) {
		if (!context_bytes(&context, &bytes, &len))
			return true;
		*some |= question_bytes(question, bytes, len);
	}
	if (history_enter(history, unit->file, part->offset, part->table))
		return true;
	while (!question_is_answered(question) && recording_offset(pm) < part->end) {
		if (recording_next_text(pm, &bytes, &len) <= 0)
			return true;
		*some |= question_bytes(question, bytes, len);
	}
	return question_is_answered(question);
}

/* Makes all known that is where part @p of unit @i begins. */
static int ask_know_part(struct history *history, size_t i, const struct part *part, size_t p)
{
	const struct context context = ask_context_of(part);
	const struct unit *unit = &history->unit[i];
	struct show show = { .options = &history_all };

	if (history->next == i && history->next_part == p)
		return 0;
	history->next = HISTORY_NONE;
	history->next_part = 0;
	if (p && context_load(history->pm, &context))
		return 0;
	history->damaged |= p != 0;
	if (history_know(history, i) ||
	    history_enter(history, unit->file, unit->offset, unit->table))
		return -1;
	return !p || history_events(history, part->offset, &show, history_pass_by) == 1 ? 0 : -1;
}

static int ask_read_part(struct history *history, size_t i, const struct parts *parts, size_t p,
			 struct show *show, watch_take *take)
{
	const struct part *part = &parts->part[p];
	int r;

	if (ask_know_part(history, i, part, p) ||
	    history_enter(history, history->unit[i].file, part->offset, part->table))
		return -1;
	history->next = HISTORY_NONE;
	r = history_events(history, part->end, show, take);
	if (r == 1) {
		history->next = p + 1 < parts->count ? i : i + 1;
		history->next_part = p + 1 < parts->count ? p + 1 : 0;
	}
	return r;
}

/*
 * Reads the parts that hold what is sought, and those after them until the processes that it was of have
 * ended: any that were pending before have no event in this unit.
 */
static int ask_read_parts(struct history *history, size_t i, struct question *question,
			  const struct pending *pending, struct show *show, watch_take *take)
{
	const struct unit *unit = &history->unit[i];
	size_t before = pending ? pending->count : 0, p;
	struct parts parts;
	bool some = false;
	int r = 1;

	ask_parts.len = ask_base.len = 0;
	history->damaged |= index_parts(history->index, unit, &ask_parts) ||
			    index_context(history->index, unit, &ask_base);
	history->damaged |= !parts_take(&parts, unit, ask_parts.buf, ask_parts.len);
	for (p = 0; p < parts.count && r == 1; p++) {
		if (!(pending && pending->count > before) &&
		    !ask_holds(history, unit, &parts.part[p], question, &some))
			continue;
		some = true;
		r = ask_read_part(history, i, &parts, p, show, take);
	}
	return r;
}

/* Can an event of this unit be an answer, or of a process that is pending?  What is damaged is read. */
static enum summary_answer ask_wants(struct history *history, const struct unit *unit,
				     struct question *question, struct pending *pending)
{
	const struct options *options = question->options;
	enum summary_answer answer;

	if (unit->whole)
		return SUMMARY_MUST;
	if (unit->last_ns < options->since_ns || unit->first_ns > options->until_ns)
		return SUMMARY_NO;
	if (unit->must)
		return SUMMARY_MUST;
	question_begin(question, unit->first_ns, unit->last_ns);
	answer = index_summary(history->index, unit, &ask_summary) ?
			 SUMMARY_DAMAGED :
			 summary_asks(ask_summary.buf, ask_summary.len, question,
				      pending ? pending_has_pid : NULL, pending);
	history->damaged |= answer == SUMMARY_DAMAGED;
	return answer;
}

int ask_unit(struct history *history, size_t i, struct question *question, struct pending *pending,
	     struct show *show, watch_take *take)
{
	switch (ask_wants(history, &history->unit[i], question, pending)) {
	case SUMMARY_NO:
		return 1;
	case SUMMARY_MAYBE:
		return ask_read_parts(history, i, question, pending, show, take);
	default:
		return history_read(history, i, show, take);
	}
}
