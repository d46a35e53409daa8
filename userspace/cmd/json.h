/* SPDX-License-Identifier: MIT */
/* json.h - values in the JSON files of others, by json-c; without it no file has any */
#ifndef CMD_JSON_H
#define CMD_JSON_H

#include <stddef.h>

struct json_object;

/* The text as a value, NULL when it is none; json_free() it. */
struct json_object *json_parse(const char *text, size_t len);
void json_free(struct json_object *json);
/* The value under a key of an object, NULL when there is none. */
struct json_object *json_at(const struct json_object *json, const char *key);
/* The element of a list. */
struct json_object *json_item(const struct json_object *json, size_t index);
/* A string that is not empty, NULL otherwise; lives as long as what it is part of. */
const char *json_text(const struct json_object *json);

#endif
