// SPDX-License-Identifier: MIT
#include "block.h"

#include <endian.h>
#include <string.h>

#include "sum.h"

/* Between our byte order and that of the file, in both directions. */
static void block_swap(struct block_head *head)
{
	head->len = htole16(head->len);
	head->stored_len = htole32(head->stored_len);
	head->full_len = htole32(head->full_len);
	head->number_len = htole32(head->number_len);
	head->text_len = htole32(head->text_len);
	head->events = htole32(head->events);
	head->table_sum = htole32(head->table_sum);
	head->first_ns = htole64(head->first_ns);
	head->last_ns = htole64(head->last_ns);
	head->wall_ns = (int64_t)htole64((uint64_t)head->wall_ns);
	head->sum = htole32(head->sum);
	head->head_sum = htole32(head->head_sum);
}

static uint32_t block_sum(const struct block_head *head)
{
	return sum_add(SUM_START, head, offsetof(struct block_head, head_sum));
}

void block_seal(struct block_head *head)
{
	memcpy(head->magic, BLOCK_MAGIC, sizeof(head->magic));
	head->len = sizeof(*head);
	block_swap(head);
	head->head_sum = htole32(block_sum(head));
}

bool block_unseal(struct block_head *head, const void *from)
{
	uint32_t sum;

	memcpy(head, from, sizeof(*head));
	sum = block_sum(head);
	block_swap(head);
	return !memcmp(head->magic, BLOCK_MAGIC, sizeof(head->magic)) && head->head_sum == sum &&
	       head->len == sizeof(*head) && head->stored_len <= BLOCK_MAX &&
	       head->full_len <= BLOCK_MAX && head->number_len <= head->full_len &&
	       head->text_len <= head->full_len - head->number_len;
}
