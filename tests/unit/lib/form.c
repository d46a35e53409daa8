// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "form.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

#define FORM_KEYS 256 /* of an object; it has far fewer */

/**
 * struct json - a place in JSON
 * @at, @end: what is left
 */
struct json {
	const char *at, *end;
};

/* C1 controls, marks that turn the direction of writing, and separators of lines. */
static bool form_is_mark(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool form_text(const char *bytes, size_t len)
{
	size_t at, n;
	uint32_t c;

	for (at = 0; at < len; at += n) {
		n = text_utf8(bytes + at, len - at, &c);
		if (!n || form_is_mark(c) || (c != '\n' && wcwidth((wchar_t)c) < 1))
			return false;
	}
	return true;
}

static bool json_take(struct json *json, char c)
{
	while (json->at < json->end && strchr(" \t\n", *json->at))
		json->at++;
	if (json->at == json->end || *json->at != c)
		return false;
	json->at++;
	return true;
}

static bool json_escape(struct json *json)
{
	int i;

	if (json->at == json->end)
		return false;
	if (*json->at++ != 'u')
		return memchr("\"\\nt", json->at[-1], 4);
	for (i = 0; i < 4; i++)
		if (json->at == json->end || !memchr("0123456789abcdef", *json->at++, 16))
			return false;
	return true;
}

static bool json_string(struct json *json)
{
	uint32_t c;
	size_t n;

	if (!json_take(json, '"'))
		return false;
	while (json->at < json->end) {
		n = text_utf8(json->at, (size_t)(json->end - json->at), &c);
		if (!n || c < 0x20 || c == 0x7f || form_is_mark(c))
			return false;
		json->at += n;
		if (c == '"')
			return true;
		if (c == '\\' && !json_escape(json))
			return false;
	}
	return false;
}

static bool json_value(struct json *json);

static bool json_list(struct json *json)
{
	if (json_take(json, ']'))
		return true;
	do {
		if (!json_value(json))
			return false;
	} while (json_take(json, ','));
	return json_take(json, ']');
}

static bool json_object(struct json *json)
{
	struct json key[FORM_KEYS];
	size_t keys = 0, i;

	if (json_take(json, '}'))
		return true;
	do {
		json_take(json, ' '); /* what is between is passed over */
		key[keys].at = json->at;
		if (!json_string(json))
			return false;
		key[keys].end = json->at;
		for (i = 0; i < keys; i++)
			if (key[i].end - key[i].at == json->at - key[keys].at &&
			    !memcmp(key[i].at, key[keys].at, (size_t)(json->at - key[keys].at)))
				return false;
		if (++keys == FORM_KEYS || !json_take(json, ':') || !json_value(json))
			return false;
	} while (json_take(json, ','));
	return json_take(json, '}');
}

static bool json_word(struct json *json)
{
	const char *start = json->at;

	while (json->at < json->end && memchr("truefalse-0123456789", *json->at, 20))
		json->at++;
	return json->at > start;
}

static bool json_value(struct json *json)
{
	if (json_take(json, '{'))
		return json_object(json);
	if (json_take(json, '['))
		return json_list(json);
	return json_string(json) || json_word(json);
}

int form_json(const char *bytes, size_t len)
{
	struct json json = { bytes, bytes + len };
	int objects = 0;

	while (json_take(&json, '{')) {
		objects++;
		if (!json_object(&json) || json.at == json.end || *json.at++ != '\n')
			return -1;
	}
	return json.at == json.end ? objects : -1;
}

/* As in a JSON string: nothing that controls, or turns the direction of writing. */
static bool form_data(const char *bytes, size_t len)
{
	size_t at, n;
	uint32_t c;

	for (at = 0; at < len; at += n) {
		n = text_utf8(bytes + at, len - at, &c);
		if (!n || c < 0x20 || c == 0x7f || form_is_mark(c))
			return false;
	}
	return true;
}

/* Each line ends as RFC 4180 wants it. */
static bool form_csv(const char *bytes, size_t len)
{
	const char *end = bytes + len, *line;

	while (bytes < end) {
		line = memmem(bytes, (size_t)(end - bytes), "\r\n", 2);
		if (!line || memchr(bytes, '\n', (size_t)(line - bytes)) ||
		    !form_data(bytes, (size_t)(line - bytes)))
			return false;
		bytes = line + 2;
	}
	return true;
}

static bool form_ascii(const char *bytes, size_t len)
{
	for (; len; bytes++, len--)
		if ((unsigned char)*bytes > 0x7e)
			return false;
	return true;
}

bool form_is_good(enum options_format format, const char *bytes, size_t len)
{
	switch (format) {
	case FORMAT_JSON:
	case FORMAT_JSON_PRETTY:
	case FORMAT_ECS:
	case FORMAT_OCSF:
		return form_json(bytes, len) >= 0;
	case FORMAT_CSV:
		return form_csv(bytes, len);
	case FORMAT_AUDIT:
		return form_ascii(bytes, len) && form_text(bytes, len);
	default:
		return form_text(bytes, len);
	}
}
