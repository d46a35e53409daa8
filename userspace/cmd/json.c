// SPDX-License-Identifier: MIT
#include "json.h"

#ifdef PROCMON_JSON_C

#include <json-c/json.h>
#include <limits.h>

#include "lazy.h"
#include "loads.h"

#define JSON_CALLS(X)                                                                              \
	X(json_, object_array_get_idx)                                                             \
	X(json_, object_get_string)                                                                \
	X(json_, object_is_type)                                                                   \
	X(json_, object_object_get_ex)                                                             \
	X(json_, object_put)                                                                       \
	X(json_, tokener_free)                                                                     \
	X(json_, tokener_new)                                                                      \
	X(json_, tokener_parse_ex)

#ifdef PROCMON_STATIC

static const struct {
	JSON_CALLS(LAZY_FIELD)
} jsonc = { JSON_CALLS(LAZY_CALL) };

static const char *json_missing(void)
{
	return NULL;
}

#else

static struct {
	JSON_CALLS(LAZY_FIELD)
} jsonc;

static const char *json_missing(void)
{
	static const char *const names[] = { JSON_CALLS(LAZY_NAME) };
	static struct lazy lazy = LAZY(JSON_C_SONAME, names, &jsonc);

	return lazy_load(&lazy);
}

#endif

struct json_object *json_parse(const char *text, size_t len)
{
	struct json_tokener *tokener = len <= INT_MAX && !json_missing() ? jsonc.tokener_new() :
									   NULL;
	struct json_object *json = tokener ? jsonc.tokener_parse_ex(tokener, text, (int)len) : NULL;

	if (tokener)
		jsonc.tokener_free(tokener);
	return json;
}

void json_free(struct json_object *json)
{
	if (json)
		jsonc.object_put(json);
}

struct json_object *json_at(const struct json_object *json, const char *key)
{
	struct json_object *value = NULL;

	if (json && jsonc.object_is_type(json, json_type_object))
		jsonc.object_object_get_ex(json, key, &value);
	return value;
}

struct json_object *json_item(const struct json_object *json, size_t index)
{
	return json && jsonc.object_is_type(json, json_type_array) ?
		       jsonc.object_array_get_idx(json, index) :
		       NULL;
}

const char *json_text(const struct json_object *json)
{
	const char *text = json && jsonc.object_is_type(json, json_type_string) ?
				   jsonc.object_get_string((struct json_object *)json) :
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
