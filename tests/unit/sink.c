// SPDX-License-Identifier: MIT
/* Keys and values as JSON and as text; python3 reads the JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink.h"
#include "tap.h"
#include "text.h"

static struct out out = { .fd = -1 };
static struct sink sink = { .out = &out };

static bool is(const char *text)
{
	bool good = out.len == strlen(text) && !memcmp(out.buf, text, out.len);

	if (!good)
		diag("wanted '%s', got '%.*s'", text, (int)out.len, out.buf);
	out.len = 0;
	return good;
}

static void put_all(int format, const char **fields)
{
	sink = (struct sink){ .format = format, .out = &out, .fields = fields };
	sink_begin(&sink);
	sink_number(&sink, "n", 5);
	sink_signed(&sink, "s", -5);
	sink_bool(&sink, "b", true);
	sink_text(&sink, "t", "x");
	sink_id(&sink, "i", UINT64_MAX);
	sink_bytes(&sink, "y", "a\"b", 3);
	sink_bytes(&sink, "z", "\xff", 1);
	if (sink_list(&sink, "l")) {
		sink_item(&sink, "a b", 3);
		sink_item(&sink, "\xfe", 1);
		sink_list_end(&sink);
	}
	sink_end(&sink);
}

static void formats(void)
{
	static const char *some[] = { "z", "s", NULL }, *none[] = { NULL };

	put_all(SINK_JSON, NULL);
	ok(is("{\"n\":5,\"s\":-5,\"b\":true,\"t\":\"x\",\"i\":\"18446744073709551615\","
	      "\"y\":\"a\\\"b\",\"z_raw\":[255],\"l\":[\"a b\",[254]]}\n"),
	   "json_is_one_line");
	put_all(SINK_JSON_PRETTY, NULL);
	ok(is("{\n\t\"n\": 5,\n\t\"s\": -5,\n\t\"b\": true,\n\t\"t\": \"x\",\n"
	      "\t\"i\": \"18446744073709551615\",\n\t\"y\": \"a\\\"b\",\n\t\"z_raw\": [255],\n"
	      "\t\"l\": [\"a b\",[254]]\n}\n"),
	   "pretty_json_is_a_line_for_each_key");
	put_all(SINK_TEXT, NULL);
	ok(is("  n                5\n  s                -5\n  b                true\n"
	      "  t                x\n  i                18446744073709551615\n"
	      "  y                a\"b\n  z                \\xff\n"
	      "  l                'a b' \\xfe\n\n"),
	   "text_is_columns");
	put_all(SINK_JSON, some);
	ok(is("{\"s\":-5,\"z_raw\":[255]}\n"), "only_keys_that_were_asked_for_are_told");
	put_all(SINK_JSON, none);
	ok(is("{}\n"), "an_object_may_be_empty");
	put_all(SINK_JSON_PRETTY, none);
	ok(is("{}\n"), "a_pretty_one_too");
	put_all(SINK_JSON_PRETTY, some);
	ok(is("{\n\t\"s\": -5,\n\t\"z_raw\": [255]\n}\n"), "pretty_commas_are_between_keys_alone");
}

static void put_objects(int format, const char **fields)
{
	sink = (struct sink){ .format = format, .out = &out, .fields = fields };
	sink_begin(&sink);
	sink_number(&sink, "n", 5);
	if (sink_object(&sink, "o")) {
		sink_text(&sink, "a", "x");
		sink_number(&sink, "b", 1);
		sink_object_end(&sink);
	}
	if (format != SINK_TEXT && sink_list(&sink, "l")) {
		sink_item_object(&sink, "l");
		sink_number(&sink, "a", 1);
		sink_item_object_end(&sink);
		sink_item_object(&sink, "l");
		sink_number(&sink, "a", 2);
		sink_item_object_end(&sink);
		sink_list_end(&sink);
	}
	sink_number(&sink, "a", 6);
	sink_end(&sink);
}

static void objects(void)
{
	static const char *whole[] = { "o", "l", NULL }, *part[] = { "o.b", "a", NULL };

	put_objects(SINK_JSON, NULL);
	ok(is("{\"n\":5,\"o\":{\"a\":\"x\",\"b\":1},\"l\":[{\"a\":1},{\"a\":2}],\"a\":6}\n"),
	   "objects_have_keys_of_their_own");
	put_objects(SINK_JSON_PRETTY, part);
	ok(is("{\n\t\"o\": {\n\t\t\"b\": 1\n\t},\n\t\"a\": 6\n}\n"),
	   "one_of_them_can_be_asked_for");
	put_objects(SINK_JSON, whole);
	ok(is("{\"o\":{\"a\":\"x\",\"b\":1},\"l\":[{\"a\":1},{\"a\":2}]}\n"), "or_all");
	put_objects(SINK_JSON_PRETTY, whole);
	ok(is("{\n\t\"o\": {\n\t\t\"a\": \"x\",\n\t\t\"b\": 1\n\t},\n\t\"l\": [{\n\t\t\"a\": 1\n\t},"
	      "{\n\t\t\"a\": 2\n\t}]\n}\n"),
	   "pretty_ones_in_a_list_are_indented");
	put_objects(SINK_TEXT, NULL);
	ok(is("  n                5\n  o.a              x\n  o.b              1\n"
	      "  a                6\n\n"),
	   "in_text_a_dot_joins_them");
}

static FILE *python(const char *what)
{
	char command[512];
	FILE *file;

	snprintf(command, sizeof(command), "python3 '%s/check_json.py' %s >/dev/null", UNIT_DIR,
		 what);
	file = popen(command, "w");
	if (!file)
		bail("popen");
	return file;
}

/* For python: the bytes in hexadecimal, then what is told of them. */
static void tell(FILE *file, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(file, "%02x", (unsigned char)bytes[i]);
	fputc('\n', file);
	sink = (struct sink){ .format = SINK_JSON, .out = &out };
	sink_begin(&sink);
	sink_bytes(&sink, "k", bytes, len);
	sink_list(&sink, "l");
	sink_item(&sink, bytes, len);
	sink_item(&sink, "end", 3);
	sink_list_end(&sink);
	sink_end(&sink);
	fwrite(out.buf, 1, out.len, file);
	out.len = 0;
}

static void every_byte(void)
{
	FILE *file = python("strings");
	char bytes[4];
	unsigned int i;

	tell(file, "", 0);
	for (i = 0; i < 256; i++) {
		bytes[0] = (char)i;
		tell(file, bytes, 1);
	}
	for (i = 0; i < 65536; i += 7) {
		bytes[0] = (char)i;
		bytes[1] = (char)(i >> 8);
		tell(file, bytes, 2);
	}
	ok(!pclose(file), "every_byte_comes_back_through_json");
}

static void random_strings(void)
{
	static const char *const parts[] = { "a",	"\"",	     "\\",	     "\n",
					     "\033[0m", "é",	     "日",	     "\u202e",
					     "😀",	"\xff",	     "\xed\xa0\x80", "\xc3",
					     "\x7f",	"</script>", "\xef\xbf\xbf", "\\u0041" };
	FILE *file = python("strings");
	char bytes[256];
	unsigned int round;

	srand(9);
	for (round = 0; round < 5000; round++) {
		unsigned int n = (unsigned int)rand() % 8;

		bytes[0] = '\0';
		while (n--)
			strcat(bytes,
			       parts[(unsigned int)rand() % (sizeof(parts) / sizeof(parts[0]))]);
		tell(file, bytes, strlen(bytes));
	}
	ok(!pclose(file), "5000_random_strings_come_back_through_json");
}

int main(void)
{
	tap_theme("sink");
	text_init();
	formats();
	objects();
	every_byte();
	random_strings();
	free(out.buf);
	return tap_done();
}
