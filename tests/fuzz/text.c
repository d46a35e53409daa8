// SPDX-License-Identifier: MIT
/* Bytes of strangers in text and in JSON: the first one is the width of the screen. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "output.h"
#include "sink.h"
#include "text.h"

static struct out out = { .fd = -1 };

static void text_look(enum options_format format)
{
	output_check_bytes(format, out.buf, out.len);
	out.len = 0;
}

static void text_fuzz_sink(int sink_format, enum options_format format, const char *bytes,
			   size_t len)
{
	struct sink sink = { .format = sink_format, .out = &out };

	sink_begin(&sink);
	sink_bytes(&sink, "key", bytes, len);
	sink_list(&sink, "list");
	sink_item(&sink, bytes, len / 2);
	sink_item(&sink, bytes + len / 2, len - len / 2);
	sink_list_end(&sink);
	sink_end(&sink);
	text_look(format);
}

static void text_fuzz(const unsigned char *data, size_t len)
{
	size_t width = len ? *data : 1;
	char *bytes;

	if (!len || !width)
		return;
	bytes = malloc(len - 1);
	memcpy(bytes, data + 1, --len);
	OUT_LITERAL(&out, "x");
	text_put(&out, bytes, len);
	text_fit(&out, 1, width);
	if (text_width(out.buf + 1, out.len - 1) > width)
		abort();
	text_look(FORMAT_SHORT);
	text_put_word(&out, bytes, len);
	text_look(FORMAT_SHORT);
	text_fuzz_sink(SINK_JSON, FORMAT_JSON, bytes, len);
	text_fuzz_sink(SINK_JSON_PRETTY, FORMAT_JSON_PRETTY, bytes, len);
	text_fuzz_sink(SINK_TEXT, FORMAT_VERBOSE, bytes, len);
	free(bytes);
}

static void text_seed(void)
{
	static const char bytes[] = "\x14"
				    "a\033[31m\\'\"\n\xc2\x9b日本e\u0301\u202e\u2028😀\xff";

	fuzz_seed("bytes", bytes, sizeof(bytes));
}

const struct target target_text = { "text", NULL, text_fuzz, text_seed };
