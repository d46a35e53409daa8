// SPDX-License-Identifier: MIT
/* Rings of any bytes: the words of both, then their records; as much of them as there is. */
#include <string.h>

#include "fake.h"
#include "fuzz.h"

#define RING_PAST (FAKE_BOOT_NS - 1000000000ull)

struct rings fuzz_rings;

void fuzz_rings_begin(void)
{
	rings_in_memory(&fuzz_rings, FUZZ_RINGS, FUZZ_NREC);
}

void fuzz_rings_fill(const unsigned char **data, size_t *left)
{
	unsigned int i;

	for (i = 0; i < FUZZ_RINGS; i++)
		fuzz_take(data, left, fuzz_rings.shared[i], sizeof(struct procmon_ring));
	for (i = 0; i < FUZZ_RINGS; i++)
		fuzz_take(data, left, fuzz_rings.data[i], FUZZ_NREC * PROCMON_REC);
}

size_t fuzz_rings_bytes(unsigned char *to)
{
	unsigned char *at = to;
	unsigned int i;

	for (i = 0; i < FUZZ_RINGS; i++, at += sizeof(struct procmon_ring))
		memcpy(at, fuzz_rings.shared[i], sizeof(struct procmon_ring));
	for (i = 0; i < FUZZ_RINGS; i++, at += FUZZ_NREC * PROCMON_REC)
		memcpy(at, fuzz_rings.data[i], FUZZ_NREC * PROCMON_REC);
	return (size_t)(at - to);
}

/* An exec with all that an exec can have. */
static void ring_put_exec(void)
{
	static struct draft draft;

	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, 7, 1000);
	draft.head.flags = PROCMON_F_SCRIPT;
	draft_text(&draft, "comm", "name");
	draft_text(&draft, "exe", "/usr/bin/\033[31mname");
	draft_text(&draft, "filename", "../name");
	draft_text(&draft, "cwd", "/tmp/x");
	draft_string(&draft, "args", "name\0-x\0\377", 9);
	draft_str(&draft, "args")->flags = PROCMON_STR_CUT;
	draft_str(&draft, "script")->flags = PROCMON_STR_ABSENT | PROCMON_STR_UNREADABLE;
	draft_str(&draft, "script")->err = 14;
	rings_put(&fuzz_rings, 0, &draft, RING_PAST + 2000);
}

static void ring_put_attach(void)
{
	static struct draft draft;

	draft_start(&draft, PROCMON_CGROUP_ATTACH);
	draft_number(&draft, "target_cgroup_id", 5);
	draft_number(&draft, "member_pid", 7);
	draft_text(&draft, "target_cgroup", "/a/b");
	rings_put(&fuzz_rings, 1, &draft, RING_PAST + 2500);
}

void fuzz_rings_put_story(void)
{
	rings_put_small(&fuzz_rings, 0, PROCMON_FORK, 7, RING_PAST + 1000);
	ring_put_exec();
	ring_put_attach();
	rings_put_small(&fuzz_rings, 1, PROCMON_EXIT, 7, RING_PAST + 3000);
	rings_put_small(&fuzz_rings, 1, PROCMON_CGROUP_MKDIR, 1, RING_PAST + 4000);
}

static void ring_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm;

	fuzz_rings_fill(&data, &len);
	pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	events_show(pm);
	procmon_close(pm);
}

/* A process that claims to be its own parent, which was a use after free. */
static void ring_put_own_parent(void)
{
	static struct draft draft;

	ring_put_exec();
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 7, 1000);
	draft.head.ppid = 7;
	draft_number(&draft, "parent_start_ns", 1000);
	rings_put(&fuzz_rings, 0, &draft, RING_PAST + 2001);
}

/* An event as large as one can be, and others after it. */
static void ring_put_large(void)
{
	static char text[FUZZ_NREC / 4 * PROCMON_REC];
	static struct draft draft;
	unsigned int i;

	memset(text, 'x', sizeof(text));
	draft_start(&draft, PROCMON_FORK);
	draft_process(&draft, 8, 1000);
	draft_string(&draft, "comm", text, sizeof(text) - draft.head.len - 1);
	rings_put(&fuzz_rings, 0, &draft, RING_PAST + 3000);
	for (i = 0; i < 20; i++)
		rings_put_small(&fuzz_rings, 0, PROCMON_FORK, 9 + i, RING_PAST + 3001 + i);
}

static void ring_seed(void)
{
	static unsigned char bytes[FUZZ_RINGS_BYTES];

	fuzz_rings_put_story();
	fuzz_seed("story", bytes, fuzz_rings_bytes(bytes));
	ring_put_own_parent();
	fuzz_seed("own_parent", bytes, fuzz_rings_bytes(bytes));
	ring_put_large();
	fuzz_seed("large", bytes, fuzz_rings_bytes(bytes));
}

const struct target target_ring = { "ring", fuzz_rings_begin, ring_fuzz, ring_seed };
