// SPDX-License-Identifier: MIT
#include "json.h"

#ifdef PROCMON_JSON_C

#include <json-c/json.h>
#include <limits.h>

struct json_object *json_parse(const char *text, size_t len)
{
	struct json_tokener *tokener = len <= INT_MAX ? json_tokener_new() : NULL;
	struct json_object *json = tokener ? json_tokener_parse_ex(tokener, text, (int)len) : NULL;

	if (tokener)
		json_tokener_free(tokener);
	return json;
}

void json_free(struct json_object *json)
{
	json_object_put(json);
}

struct json_object *json_at(const struct json_object *json, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(json, json_type_object))
		json_object_object_get_ex(json, key, &value);
	return value;
}

struct json_object *json_item(const struct json_object *json, size_t index)
{
	return json_object_is_type(json, json_type_array) ? json_object_array_get_idx(json, index) :
							    NULL;
}

const char *json_text(const struct json_object *json)
{
	const char *text = json_object_is_type(json, json_type_string) ?
				   json_object_get_string((struct json_object *)json) :
				   NULL;

	return text && *text ? text : NULL;
}

#else

struct json_object *json_parse(const char *text, size_t len)
{
	(void)text;
	(void)len;
	return NULL;
}

void json_free(struct json_object *json)
{
	(void)json;
}

struct json_object *json_at(const struct json_object *json, const char *key)
{
	(void)json;
	(void)key;
	return NULL;
}

struct json_object *json_item(const struct json_object *json, size_t index)
{
	(void)json;
	(void)index;
	return NULL;
}

const char *json_text(const struct json_object *json)
{
	(void)json;
	return NULL;
}

#endif
