// SPDX-License-Identifier: MIT
/* What the index of a directory of recordings says: packed well, and what it holds is anything. */
#include <stdlib.h>
#include <string.h>

#include "bag.h"
#include "context.h"
#include "fuzz.h"
#include "part.h"
#include "proc.h"
#include "query.h"
#include "summary.h"
#include "where.h"

static struct out index_plain = { .fd = -1 }, index_packed = { .fd = -1 };

static bool index_is_odd(void *data, uint32_t pid)
{
	(void)data;
	return pid & 1;
}

/* Whatever can be asked of it. */
static void index_ask(void)
{
	static const char text[] =
		"pid < 9 and (user = root or signal > 3 or exit_code = -1) and "
		"unit glob \"a*\" and exe ~ b and args in (abcd, efg) or not time";
	static struct options options;
	struct question question;
	struct out why = { .fd = -1 };

	options.exe = (struct options_globs){ { "/bin/[a-m]*" }, 1 };
	options.container = (struct options_globs){ { "web" }, 1 };
	options.cgroup = (struct options_globs){ { "/system.slice" }, 1 };
	if (!options.query)
		query_add(&options.query, text, strlen(text), &why);
	question_make(&question, &options);
	question_begin(&question, 0, 1);
	summary_asks(index_packed.buf, index_packed.len, &question, index_is_odd, NULL);
	question_seek(&question);
	question_bytes(&question, index_plain.buf, index_plain.len);
	question_is_answered(&question);
	question_free(&question);
}

static void index_take_parts(const void *bytes, size_t len)
{
	const struct unit unit = { .offset = 1000, .end = 1 << 20 };
	struct parts parts;
	size_t i;

	parts_take(&parts, &unit, bytes, len);
	for (i = 0; i < parts.count; i++)
		if (parts.part[i].offset > parts.part[i].end || parts.part[i].end > unit.end)
			abort();
}

static void index_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm = rings_attach(&fuzz_rings, 0);
	struct context context;

	procmon_name_cgroups(pm, "/none");
	index_plain.len = index_packed.len = 0;
	out_put(&index_plain, data, len);
	bag_close(&index_packed, &index_plain, NULL);
	context = (struct context){ .base = index_packed.buf, .base_len = index_packed.len };
	index_ask();
	index_take_parts(data, len);
	if (context_load(pm, &context)) {
		index_plain.len = 0;
		context_save(&index_plain); /* what it took in is told */
		context.more = index_packed.buf;
		context.more_len = index_packed.len;
		context_load(pm, &context);
	}
	context_free();
	proc_free_all();
	where_end();
	procmon_close(pm);
}

static void index_seed(void)
{
	static const char context[] = "\1\20\20\1\1\1\1\1\3sh\0\10/bin/sh\0\0\0";

	fuzz_seed("context", context, sizeof(context) - 1);
}

static void index_begin_rings(void)
{
	fuzz_rings_begin();
	fuzz_rings_put_story();
}

const struct target target_index = { "index", index_begin_rings, index_fuzz, index_seed };
