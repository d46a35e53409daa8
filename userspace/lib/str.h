/* SPDX-License-Identifier: MIT */
/* str.h - where a string of an event is: what says so may be damaged */
#ifndef LIB_STR_H
#define LIB_STR_H

#include <stddef.h>

#include "procmon.h"

/* @str of an event of @len bytes.  NULL: there is none, or it does not lie within the event. */
static inline const char *str_text(const char *event, uint32_t len, const struct procmon_str *str)
{
	if (str->flags & PROCMON_STR_ABSENT || !str->off || str->off >= len ||
	    str->len >= len - str->off || event[str->off + str->len])
		return NULL;
	return event + str->off;
}

#endif
