// SPDX-License-Identifier: MIT
/* Rings that hold nonsense: the reader may lose events, but never its mind. */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define PAST (FAKE_BOOT_NS - 1000000000ull)
#define CALLS 1000 /* of procmon_next; what a ring of NREC records can give is far less */

static struct rings rings;

/* Reads every field of what comes.  Return: number of events; -1: there is no end. */
static int drain(struct procmon *pm)
{
	const struct procmon_field *field;
	struct procmon_value value;
	struct procmon_event ev;
	unsigned int i, sum = 0;
	int n;

	for (n = 0; n < CALLS; n++) {
		if (procmon_next(pm, &ev, 0) != 1)
			return n;
		if (ev.head.type == PROCMON_LOST)
			continue;
		for (i = 0; i < ev.head.len; i++)
			sum += ((const unsigned char *)ev.data)[i];
		for (i = 0; (field = procmon_field(ev.head.type, i)); i++) {
			procmon_get(&ev, field, &value);
			for (size_t at = 0; value.str && at <= value.len; at++)
				sum += (unsigned char)value.str[at];
		}
	}
	diag("still more after %d (%u)", CALLS, sum);
	return -1;
}

static struct procmon *begin(unsigned int events)
{
	unsigned int i;

	rings_in_memory(&rings, 2, NREC);
	for (i = 0; i < events; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + i);
	return rings_attach(&rings, PROCMON_HISTORY);
}

static void end(struct procmon *pm)
{
	procmon_close(pm);
	rings_free(&rings);
}

static void wrong_lengths(void)
{
	static const struct {
		const char *name;
		uint32_t len;
		uint16_t body_len;
	} table[] = {
		{ "len_of_0", 0, 0 },
		{ "len_of_1", 1, 0 },
		{ "len_of_less_than_a_head", 63, 0 },
		{ "len_beyond_the_largest_event", NREC / 4 * 64 + 1, 0 },
		{ "len_of_all_ones", 0xffffffff, 0xffff },
		{ "len_beyond_commit", 1000, 40 },
		{ "body_longer_than_the_event", 104, 41 },
		{ "body_of_all_ones", 104, 0xffff },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct procmon *pm = begin(3);
		struct procmon_event ev;

		rings_head(&rings, 0, 2)->len = table[i].len;
		rings_head(&rings, 0, 2)->body_len = table[i].body_len;
		ok(drain(pm) == 1, "%s_is_no_event", table[i].name);
		rings_put_small(&rings, 0, PROCMON_EXIT, 9, PAST + 9);
		ok(procmon_next(pm, &ev, 0) == 1 && ev.head.type == PROCMON_LOST && ev.count == 2 &&
			   procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 9,
		   "after_%s_the_stream_goes_on_and_counts_what_it_skipped", table[i].name);
		end(pm);
	}
}

static void wrong_words(void)
{
	static const struct {
		const char *name;
		uint64_t tail, commit, resv;
	} table[] = {
		{ "tail_after_commit", 10, 4, 4 },
		{ "tail_far_after_commit", 1ull << 63, 4, 4 },
		{ "commit_far_ahead", 0, 1ull << 40, 1ull << 40 },
		{ "commit_half_a_world_ahead", 0, (1ull << 63) - 1, 0 },
		{ "commit_before_where_we_are", (uint64_t)-100, (uint64_t)-50, 0 },
		{ "resv_before_commit", 0, 6, 2 },
		{ "commit_within_an_event", 0, 5, 5 },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct procmon *pm = begin(3);
		struct procmon *other;

		rings.shared[0]->tail = table[i].tail;
		rings.shared[0]->commit = table[i].commit;
		rings.shared[0]->resv = table[i].resv;
		ok(drain(pm) >= 0, "%s_is_survived", table[i].name);
		other = rings_attach(&rings, PROCMON_HISTORY);
		ok(drain(other) >= 0, "%s_is_survived_from_the_start", table[i].name);
		procmon_close(other);
		end(pm);
	}
}

static void fill_randomly(void *bytes, size_t len)
{
	unsigned char *byte = bytes;

	while (len--)
		*byte++ = (unsigned char)(rand() >> 7);
}

static void random_records(void)
{
	unsigned int round;
	bool good = true;

	srand(2);
	for (round = 0; round < 2000 && good; round++) {
		struct procmon *pm = begin(0);

		fill_randomly(rings.data[0], NREC * PROCMON_REC);
		rings_head(&rings, 0, 0)->len = 64 + (uint32_t)rand() % 1000;
		rings_head(&rings, 0, 0)->type = (uint16_t)(rand() % 9);
		rings_head(&rings, 0, 0)->body_len = (uint16_t)(rand() % 1000);
		rings_head(&rings, 0, 0)->time_ns = PAST;
		rings.shared[0]->commit = rings.shared[0]->resv = (uint64_t)rand() % (2 * NREC);
		good = drain(pm) >= 0;
		end(pm);
	}
	ok(good, "random_records_are_survived");
}

static void random_words(void)
{
	unsigned int round;
	bool good = true;

	srand(3);
	for (round = 0; round < 2000 && good; round++) {
		struct procmon *pm = begin(20);

		fill_randomly(&rings.shared[round & 1]->tail, 6 * sizeof(uint64_t));
		good = drain(pm) >= 0;
		end(pm);
	}
	ok(good, "random_words_are_survived");
}

/* One byte of a ring is another one: nothing but that event may be lost or wrong. */
static void flipped_bytes(void)
{
	unsigned int at, wrong = 0;

	for (at = 0; at < 4 * PROCMON_REC; at++) {
		struct procmon *pm = begin(4);

		rings.data[0][at] ^= 0x80;
		wrong += drain(pm) < 0;
		end(pm);
	}
	ok(!wrong, "each_flipped_byte_is_survived");
}

int main(void)
{
	tap_theme("corrupt");
	wrong_lengths();
	wrong_words();
	random_records();
	random_words();
	flipped_bytes();
	return tap_done();
}
