// SPDX-License-Identifier: MIT
/*
 * Rings that change while they are read.  The input begins with a plan: after so many looks of the
 * reader, that word becomes this; then it goes on as in ring.c.
 */
#include <string.h>

#include "fuzz.h"

#define LIVE_CHANGES 32

/**
 * struct change - what happens to a ring
 * @looks: of the reader before it does
 * @where: bit 0: the ring, bit 1: its words, not its records
 * @word: number of the u64
 */
struct change {
	uint8_t looks;
	uint8_t where;
	uint16_t word;
	uint32_t pad;
	uint64_t value;
};

static struct change changes[LIVE_CHANGES];
static unsigned int done, looks;

static void live_change(const struct change *change)
{
	unsigned int ring = change->where & 1;
	bool words = change->where & 2;
	void *to = words ? (void *)fuzz_rings.shared[ring] : (void *)fuzz_rings.data[ring];
	size_t size = words ? sizeof(struct procmon_ring) : FUZZ_NREC * PROCMON_REC;

	memcpy((char *)to + change->word % (size / sizeof(uint64_t)) * sizeof(uint64_t),
	       &change->value, sizeof(change->value));
}

static void live_look(void)
{
	while (done < LIVE_CHANGES && looks++ >= changes[done].looks) {
		live_change(&changes[done++]);
		looks = 0;
	}
}

static void live_fuzz(const unsigned char *data, size_t len)
{
	struct procmon *pm;

	fuzz_take(&data, &len, changes, sizeof(changes));
	fuzz_rings_fill(&data, &len);
	done = looks = 0;
	fuzz_looks = live_look;
	pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	events_show(pm);
	fuzz_looks = NULL;
	procmon_close(pm);
}

static void live_seed_plan(const char *name)
{
	static unsigned char bytes[sizeof(changes) + FUZZ_RINGS_BYTES];

	memcpy(bytes, changes, sizeof(changes));
	fuzz_rings_bytes(bytes + sizeof(changes));
	fuzz_seed(name, bytes, sizeof(bytes));
}

/* The words of ring 0 move on by a record, one after the other. */
static void live_seed_writer(void)
{
	static const size_t words[] = {
		offsetof(struct procmon_ring, tail),
		offsetof(struct procmon_ring, resv),
		offsetof(struct procmon_ring, commit),
		offsetof(struct procmon_ring, seq),
	};
	unsigned int i;

	for (i = 0; i < LIVE_CHANGES; i++)
		changes[i] = (struct change){
			.looks = (uint8_t)(3 + i),
			.where = 2,
			.word = (uint16_t)(words[i % 4] / sizeof(uint64_t)),
			.value = fuzz_rings.shared[0]->commit + i / 4,
		};
	live_seed_plan("writer");
}

/* The length of the first event is sometimes another one. */
static void live_seed_length(void)
{
	struct procmon_head head = *rings_head(&fuzz_rings, 0, 0);
	unsigned int i;

	for (i = 0; i < LIVE_CHANGES; i++) {
		head.len ^= 1u << 20;
		changes[i] = (struct change){ .looks = (uint8_t)(i / 2) };
		memcpy(&changes[i].value, &head, sizeof(changes[i].value));
	}
	live_seed_plan("length");
}

static void live_seed(void)
{
	fuzz_rings_put_story();
	live_seed_writer();
	live_seed_length();
}

const struct target target_live = { "live", fuzz_rings_begin, live_fuzz, live_seed };
