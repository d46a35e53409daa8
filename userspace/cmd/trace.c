// SPDX-License-Identifier: MIT
/*
 * The Trace Event Format, as JSON.  Each process is a process of the trace with one thread: a slice from
 * fork to exit, in it one for each program that it ran, and an arrow from the process that forked it.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "export.h"
#include "life.h"
#include "need.h"
#include "sink.h"
#include "text.h"

#define TRACE_PIDS                                                                                 \
	(1u << 22) /* Linux has no larger ones: numbers above stand for pids that came again */

/**
 * struct trace - a trace being written
 * @id: of each process its number in the trace
 * @some: an event has been written
 */
struct trace {
	struct sink sink;
	const struct past *span;
	uint32_t *id;
	bool some;
};

static struct out trace_text = { .fd = -1 };

/* Two processes of a trace must not have the same number. */
static uint32_t *trace_number(void)
{
	uint32_t *id = need_array((size_t)life_count, sizeof(*id));
	bool *taken = need_array(TRACE_PIDS, sizeof(*taken));
	int i;

	for (i = 0; i < life_count; i++) {
		uint32_t pid = lives[i].tgid;

		id[i] = pid > TRACE_PIDS || taken[pid] ? TRACE_PIDS + 1 + (uint32_t)i : pid;
		if (pid <= TRACE_PIDS)
			taken[pid] = true;
	}
	free(taken);
	return id;
}

/* From the beginning of the trace; what was before it is there then. */
static uint64_t trace_ns(const struct trace *trace, int64_t ns)
{
	return ns < trace->span->begin_ns ? 0 : (uint64_t)(ns - trace->span->begin_ns);
}

static void trace_key_text(struct sink *sink, const char *key)
{
	sink_bytes(sink, key, trace_text.buf, trace_text.len);
	trace_text.len = 0;
}

static void trace_key_string(struct sink *sink, const char *key, const char *text)
{
	if (text)
		sink_bytes(sink, key, text, strlen(text));
}

static void trace_key_name(struct sink *sink, const struct life *life)
{
	export_put_name(&trace_text, life);
	trace_key_text(sink, "name");
}

/* The keys that every event has. */
static void trace_begin(struct trace *trace, const char *phase, int index)
{
	struct sink *sink = &trace->sink;

	if (trace->some)
		out_char(sink->out, ',');
	trace->some = true;
	sink_begin(sink);
	sink_text(sink, "ph", phase);
	sink_number(sink, "pid", trace->id[index]);
	sink_number(sink, "tid", trace->id[index]);
}

static void trace_end(struct trace *trace)
{
	sink_end(&trace->sink);
	if (trace->sink.out->len >= OUT_FULL)
		out_flush(trace->sink.out);
}

static void trace_put_names(struct trace *trace, int index)
{
	static const char *const names[] = { "process_name", "thread_name" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		trace_begin(trace, "M", index);
		sink_text(&trace->sink, "name", names[i]);
		sink_object(&trace->sink, "args");
		trace_key_name(&trace->sink, &lives[index]);
		sink_object_end(&trace->sink);
		trace_end(trace);
	}
}

static void trace_times(struct trace *trace, int64_t from_ns, int64_t to_ns)
{
	uint64_t ns = trace_ns(trace, from_ns);

	sink_micros(&trace->sink, "ts", ns);
	sink_micros(&trace->sink, "dur", trace_ns(trace, to_ns) - ns);
}

static void trace_put_process(struct trace *trace, int index)
{
	const struct life *life = &lives[index];
	struct sink *sink = &trace->sink;

	trace_begin(trace, "X", index);
	sink_text(sink, "cat", "process");
	trace_key_name(sink, life);
	trace_times(trace, life->start_ns, life->end_ns);
	sink_object(sink, "args");
	sink_number(sink, "pid", life->tgid);
	if (life->parent >= 0)
		sink_number(sink, "forked_by", lives[life->parent].tgid);
	trace_key_string(sink, "exe", life->exe);
	trace_key_string(sink, "command", life->what);
	sink_number(sink, "duration_ns", (uint64_t)(life->end_ns - life->start_ns));
	trace_key_string(sink, "status", life->status);
	trace_key_string(sink, "container", life->where);
	if (life->start_ns < trace->span->begin_ns)
		sink_bool(sink, "before", true);
	if (!life->status)
		sink_bool(sink, "running", !life->fell);
	sink_object_end(sink);
	trace_end(trace);
}

static void trace_put_execs(struct trace *trace, int index)
{
	int exec = lives[index].execs, next;

	for (; exec >= 0; exec = next) {
		next = life_execs[exec].next;
		trace_begin(trace, "X", index);
		sink_text(&trace->sink, "cat", "exec");
		trace_key_string(&trace->sink, "name", life_execs[exec].what);
		trace_times(trace, life_execs[exec].time_ns,
			    next < 0 ? lives[index].end_ns : life_execs[next].time_ns);
		trace_end(trace);
	}
}

/* One end of the arrow of a fork. */
static void trace_put_flow(struct trace *trace, const char *phase, int index, int child)
{
	struct sink *sink = &trace->sink;

	trace_begin(trace, phase, index);
	sink_text(sink, "cat", "fork");
	sink_text(sink, "name", "fork");
	sink_number(sink, "id", (uint64_t)child + 1);
	if (*phase == 'f')
		sink_text(sink, "bp", "e");
	sink_micros(sink, "ts", trace_ns(trace, lives[child].start_ns));
	trace_end(trace);
}

static void trace_put_head(struct trace *trace)
{
	struct sink *sink = &trace->sink;

	OUT_LITERAL(sink->out, "{\"displayTimeUnit\":\"ms\",\"otherData\":");
	sink_begin(sink);
	sink_text(sink, "creator", "procmon " PROCMON_VERSION);
	sink_time(sink, "begin", (uint64_t)(trace->span->begin_ns - clock_wall_ns(0)));
	sink_number(sink, "processes", (uint64_t)life_count);
	sink_number(sink, "events_lost", life_lost);
	sink_number(sink, "processes_left_out", life_left_out);
	sink_end(sink);
	OUT_LITERAL(sink->out, ",\"traceEvents\":[\n");
}

void trace_put(struct out *out, const struct past *span)
{
	struct trace trace = { .sink = { .format = SINK_JSON, .out = out }, .span = span };
	int i;

	trace.id = trace_number();
	trace_put_head(&trace);
	for (i = 0; i < life_count; i++) {
		int parent = lives[i].parent;

		trace_put_names(&trace, i);
		trace_put_process(&trace, i);
		trace_put_execs(&trace, i);
		if (parent < 0 || lives[i].start_ns < span->begin_ns ||
		    lives[i].start_ns > lives[parent].end_ns)
			continue;
		trace_put_flow(&trace, "s", parent, i);
		trace_put_flow(&trace, "f", i, i);
	}
	OUT_LITERAL(out, "]}\n");
	free(trace.id);
	free(trace_text.buf);
	trace_text = (struct out){ .fd = -1 };
}
