// SPDX-License-Identifier: MIT
#include "compose.h"

#include <string.h>

#include "out.h"

static struct out compose_bytes = { .fd = -1 };

void compose_start(const struct procmon_head *head, const void *body, size_t len)
{
	struct procmon_head begun = *head;

	begun.body_len = (uint16_t)len;
	compose_bytes.len = 0;
	out_put(&compose_bytes, &begun, sizeof(begun));
	out_put(&compose_bytes, body, len);
}

void compose_text(size_t field, const char *text, size_t len)
{
	struct procmon_str str = { .flags = PROCMON_STR_ABSENT };

	if (text) {
		str = (struct procmon_str){ .off = (uint32_t)compose_bytes.len,
					    .len = (uint32_t)len,
					    .full_len = (uint32_t)len };
		out_put(&compose_bytes, text, len);
		out_char(&compose_bytes, '\0');
	}
	memcpy(compose_bytes.buf + sizeof(struct procmon_head) + field, &str, sizeof(str));
}

struct procmon_event compose_event(void)
{
	struct procmon_head *head = (struct procmon_head *)compose_bytes.buf;

	head->len = (uint32_t)compose_bytes.len;
	return (struct procmon_event){ .head = *head, .data = head };
}
