// SPDX-License-Identifier: MIT
#include "pending.h"

#include <stdlib.h>
#include <string.h>

#include "need.h"

/**
 * struct pending_process - one of them
 * @next: in its bucket
 * @newer, @older: by when it was first told of
 * @bytes: what is told of it, @len of them
 */
struct pending_process {
	uint32_t tgid;
	uint64_t start_ns;
	struct pending_process *next, *newer, *older;
	char *bytes;
	size_t len;
};

static struct pending_process **pending_slot(struct pending *pending, uint32_t tgid,
					     uint64_t start_ns)
{
	struct pending_process **slot = &pending->bucket[tgid % PENDING_BUCKETS];

	while (*slot && ((*slot)->tgid != tgid || (*slot)->start_ns != start_ns))
		slot = &(*slot)->next;
	return slot;
}

bool pending_is_about_one(const struct procmon_head *head)
{
	return head->type == PROCMON_SNAPSHOT ||
	       ((head->type == PROCMON_FORK || head->type == PROCMON_EXEC ||
		 head->type == PROCMON_EXIT) &&
		!(head->flags & PROCMON_F_THREAD));
}

bool pending_has(const struct pending *pending, const struct procmon_head *head)
{
	return *pending_slot((struct pending *)pending, head->tgid, head->start_ns);
}

bool pending_has_pid(void *data, uint32_t pid)
{
	const struct pending *pending = data;
	const struct pending_process *process = pending->bucket[pid % PENDING_BUCKETS];

	while (process && process->tgid != pid)
		process = process->next;
	return process;
}

static void pending_unlink(struct pending *pending, struct pending_process **slot)
{
	struct pending_process *process = *slot;

	if (!process)
		return;
	pending->count--;
	*slot = process->next;
	*(process->older ? &process->older->newer : &pending->oldest) = process->newer;
	*(process->newer ? &process->newer->older : &pending->newest) = process->older;
	free(process->bytes);
	free(process);
}

static struct pending_process *pending_add(struct pending *pending, struct pending_process **slot,
					   const struct procmon_head *head)
{
	struct pending_process *process = need(calloc(1, sizeof(*process)));

	process->tgid = head->tgid;
	process->start_ns = head->start_ns;
	pending->count++;
	process->older = pending->newest;
	*(pending->newest ? &pending->newest->newer : &pending->oldest) = process;
	pending->newest = process;
	*slot = process;
	return process;
}

void pending_keep(struct pending *pending, const struct procmon_head *head, const char *bytes,
		  size_t len)
{
	struct pending_process **slot = pending_slot(pending, head->tgid, head->start_ns);
	struct pending_process *process = *slot ? *slot : pending_add(pending, slot, head);

	process->bytes = need(realloc(process->bytes, len + 1));
	memcpy(process->bytes, bytes, len);
	process->len = len;
}

void pending_drop(struct pending *pending, const struct procmon_head *head)
{
	pending_unlink(pending, pending_slot(pending, head->tgid, head->start_ns));
}

bool pending_take(struct pending *pending, struct out *to)
{
	struct pending_process *process = pending->oldest;

	if (!process)
		return false;
	out_put(to, process->bytes, process->len);
	pending_unlink(pending, pending_slot(pending, process->tgid, process->start_ns));
	return true;
}

void pending_free(struct pending *pending)
{
	struct pending_process *process;

	while ((process = pending->oldest))
		pending_unlink(pending, pending_slot(pending, process->tgid, process->start_ns));
}
