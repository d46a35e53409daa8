// SPDX-License-Identifier: MIT
/* Cursors: where a reader stands, in text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "reader.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define PAST (FAKE_BOOT_NS - 1000000000ull)

static struct rings rings;
static struct procmon *pm;
static struct procmon_event ev;

static void begin(unsigned int nr)
{
	rings_in_memory(&rings, nr, NREC);
	pm = rings_attach(&rings, 0);
}

static void end(void)
{
	procmon_close(pm);
	rings_free(&rings);
}

/* The reader ends, another one goes on with its cursor. */
static int resume(void)
{
	char *cursor = strdup(procmon_cursor(pm));
	int err;

	procmon_close(pm);
	pm = rings_attach(&rings, 0);
	err = procmon_seek(pm, cursor);
	if (err)
		diag("%s: %s", cursor, procmon_error(pm));
	free(cursor);
	return err;
}

static void resumed_at_every_event(void)
{
	uint32_t next = 0, lost = 0, i;
	bool good = true;

	begin(3);
	for (i = 0; i < 3 * NREC; i++) {
		rings_put_small(&rings, i % 3, PROCMON_FORK, i, PAST + i);
		good &= procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == next++ && !resume();
		lost += ev.head.type == PROCMON_LOST;
	}
	ok(good && !lost, "resuming_after_every_event_loses_and_repeats_none");
	end();
}

static void resumed_with_events_waiting(void)
{
	uint32_t i;
	bool good = true;

	begin(2);
	for (i = 0; i < 20; i++)
		rings_put_small(&rings, i % 2, PROCMON_FORK, i, PAST + i);
	for (i = 0; i < 20; i++)
		good &= procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == i && !resume();
	ok(good && !procmon_next(pm, &ev, 0),
	   "events_copied_but_not_given_out_come_after_a_resume");
	end();
}

/* got + lost == produced over any number of readers, whatever was overwritten between them. */
static void loss_between_two_readers(void)
{
	uint64_t got = 0, lost = 0, produced = 0;
	unsigned int round, i;
	bool good = true;

	srand(4);
	begin(2);
	for (round = 0; round < 500; round++) {
		for (i = (unsigned int)rand() % 50; i; i--, produced++)
			rings_put_small(&rings, i % 2, PROCMON_FORK, i, PAST + produced);
		for (i = (unsigned int)rand() % 50; i && procmon_next(pm, &ev, 0) == 1; i--) {
			got += ev.head.type == PROCMON_FORK;
			lost += ev.head.type == PROCMON_LOST ? ev.count : 0;
		}
		good &= !resume();
	}
	while (procmon_next(pm, &ev, 0) == 1) {
		got += ev.head.type == PROCMON_FORK;
		lost += ev.head.type == PROCMON_LOST ? ev.count : 0;
	}
	ok(good, "every_cursor_can_be_resumed");
	ok(lost && got + lost == produced, "got_and_lost_are_all_over_500_readers");
	end();
}

/* A reader that had to skip what it could not read knows no number for where it stands. */
static void after_a_skip(void)
{
	begin(1);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings_head(&rings, 0, 0)->len = 0;
	procmon_next(pm, &ev, 0);
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST + 1);
	ok(!resume(), "a_cursor_of_a_reader_that_skipped_can_be_resumed");
	ok(procmon_next(pm, &ev, 0) == 1 && ev.head.type == PROCMON_LOST && ev.count == 1 &&
		   procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 2,
	   "and_tells_what_was_skipped");
	end();
}

/* seq is already that of the next event while commit is not: the module writes one after the other. */
static void begun_while_an_event_is_being_written(void)
{
	rings_in_memory(&rings, 1, NREC);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings.shared[0]->commit -= 2;
	pm = rings_attach(&rings, 0);
	rings.shared[0]->commit += 2;
	ok(!resume(), "a_cursor_made_while_an_event_was_written_can_be_resumed");
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST + 1);
	ok(procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 2 && !procmon_lost(pm),
	   "that_event_was_before_the_beginning_and_nothing_is_lost");
	end();
}

/* The same, and the cursor is taken then too: it knows no number. */
static void taken_while_an_event_is_being_written(void)
{
	char *cursor;

	rings_in_memory(&rings, 1, NREC);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings.shared[0]->commit -= 2;
	pm = rings_attach(&rings, 0);
	cursor = strdup(procmon_cursor(pm));
	rings.shared[0]->commit += 2;
	procmon_close(pm);
	pm = rings_attach(&rings, 0);
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST + 1);
	ok(strstr(cursor, ".x-") && !procmon_seek(pm, cursor), "a_cursor_may_know_no_number");
	ok(procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 1 && procmon_next(pm, &ev, 0) == 1 &&
		   ev.head.tgid == 2 && !procmon_lost(pm),
	   "what_was_being_written_comes_and_nothing_is_lost");
	free(cursor);
	end();
}

/* Neither accepted nor harmful: @cursor is refused and the reader stays where it was. */
static bool refused(const char *cursor, int err)
{
	int got = procmon_seek(pm, cursor);

	if (got != -err || !*procmon_error(pm)) {
		diag("%s: %d %s", cursor, got, procmon_error(pm));
		return false;
	}
	return true;
}

static void damaged(void)
{
	char good[256], bad[256];
	size_t len, i;
	unsigned int bit;
	bool each = true;

	begin(3);
	for (i = 0; i < 9; i++)
		rings_put_small(&rings, i % 3, PROCMON_FORK, (uint32_t)i, PAST + i);
	for (i = 0; i < 4; i++)
		procmon_next(pm, &ev, 0);
	snprintf(good, sizeof(good), "%s", procmon_cursor(pm));
	len = strlen(good);
	for (i = 0; i < len; i++) {
		for (bit = 0; bit < 8; bit++) {
			memcpy(bad, good, len + 1);
			bad[i] ^= (char)(1 << bit);
			each &= refused(bad, EINVAL);
		}
	}
	ok(each, "a_cursor_with_a_flipped_bit_is_refused");
	for (each = true, i = 0; i < len; i++) {
		memcpy(bad, good, len + 1);
		bad[i] = '\0';
		each &= refused(bad, EINVAL);
	}
	ok(each, "a_cursor_cut_at_any_length_is_refused");
	for (each = true, i = 0; i <= len; i++) { /* also among the leading zeros of a number */
		memcpy(bad, good, i);
		bad[i] = '0';
		memcpy(bad + i + 1, good + i, len - i + 1);
		each &= refused(bad, EINVAL);
	}
	ok(each, "a_cursor_with_a_digit_too_many_is_refused");
	ok(procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 4,
	   "refused_cursors_do_not_move_the_reader");
	ok(!procmon_seek(pm, good) && procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 4,
	   "the_cursor_itself_is_good");
	end();
}

/* The checksum is no secret: cursors made by hand must do no harm either. */
static const char *forged(const char *body)
{
	static char cursor[512];
	uint32_t sum = 2166136261u;
	const char *p;

	for (p = body; *p; p++)
		sum = (sum ^ (unsigned char)*p) * 16777619u;
	snprintf(cursor, sizeof(cursor), "%s-%08x", body, sum);
	return cursor;
}

static void made_by_hand(void)
{
	static const struct {
		const char *name, *pairs;
	} table[] = {
		{ "of_the_future", "1000.0,0.0" },
		{ "of_a_number_that_is_not_there_yet", "0.5,0.0" },
		{ "of_too_few_rings", "0.0" },
		{ "of_too_many_rings", "0.0,0.0,0.0" },
		{ "without_rings", "" },
		{ "with_17_digits", "00000000000000000.0,0.0" },
		{ "with_large_letters", "A.0,0.0" },
		{ "with_signs", "-1.0,0.0" },
		{ "with_spaces", " 0.0,0.0" },
		{ "with_an_empty_position", ".0,0.0" },
		{ "with_an_empty_number", "0.,0.0" },
		{ "with_text", "0.0,0.0,x" },
	};
	char body[128];
	size_t i;

	begin(2);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(body, sizeof(body), "p1-%llx-%s", RINGS_INSTANCE, table[i].pairs);
		ok(refused(forged(body), EINVAL), "a_cursor_%s_is_refused", table[i].name);
	}
	ok(refused("", EINVAL) && refused("p1-", EINVAL) && refused("-", EINVAL) &&
		   refused(forged("p1"), EINVAL) && refused(forged("p2-0-0.0,0.0"), EINVAL) &&
		   refused(forged("p1-x-0.0,0.0"), EINVAL),
	   "what_is_no_cursor_is_refused");
	snprintf(body, sizeof(body), "p1-%llx-1.0,0.0", RINGS_INSTANCE);
	ok(procmon_seek(pm, forged(body)) <= 0 && procmon_next(pm, &ev, 0) >= 0,
	   "a_position_within_an_event_is_survived");
	end();
}

static void of_another_load(void)
{
	char cursor[128];

	begin(1);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	snprintf(cursor, sizeof(cursor), "%s", procmon_cursor(pm));
	rings.info->instance++;
	ok(refused(cursor, ESTALE) && strstr(procmon_error(pm), "earlier load"),
	   "a_cursor_of_another_load_is_stale");
	ok(procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 1, "and_the_reader_stays_where_it_was");
	end();
}

static void at_the_wrap(void)
{
	uint32_t i;
	bool good = true;

	rings_in_memory(&rings, 1, NREC);
	rings_begin_at(&rings, 0, (uint64_t)-6, (uint64_t)-3);
	pm = rings_attach(&rings, 0);
	for (i = 0; i < 8; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + i);
	for (i = 0; i < 8; i++)
		good &= procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == i && !resume();
	ok(good, "cursors_work_where_positions_wrap_at_64_bits");
	end();
}

/* A cursor has a pair for a ring that does not exist yet: it is read from its first event later. */
static void ring_that_appears_later(void)
{
	char cursor[128];

	rings_in_file(&rings, 2, NREC);
	memset(rings.shared[1]->magic, 0, sizeof(rings.shared[1]->magic));
	procmon_open(&pm, rings.path, 0);
	snprintf(cursor, sizeof(cursor), "%s", procmon_cursor(pm));
	ok(!procmon_seek(pm, cursor), "a_cursor_can_have_a_ring_that_does_not_exist");
	procmon_close(pm);
	memcpy(rings.shared[1]->magic, PROCMON_RING_MAGIC, sizeof(rings.shared[1]->magic));
	rings_put_small(&rings, 1, PROCMON_FORK, 1, PAST);
	procmon_open(&pm, rings.path, 0);
	ok(!procmon_seek(pm, cursor) && procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 1,
	   "when_it_exists_later_it_is_read_from_its_first_event");
	snprintf(cursor, sizeof(cursor), "%s", procmon_cursor(pm));
	procmon_close(pm);
	memset(rings.shared[1]->magic, 0, sizeof(rings.shared[1]->magic));
	procmon_open(&pm, rings.path, 0);
	ok(refused(cursor, EINVAL), "a_position_in_a_ring_that_does_not_exist_is_refused");
	end();
}

/* A stream begins at one moment: also for who goes on with a cursor of before its first event. */
static void before_the_first_event(void)
{
	unsigned int i;

	begin(2);
	for (i = 0; i < 2; i++)
		pm->ring[i].after_ns = PAST + 150; /* what came while the rings were looked at */
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST + 120);
	rings_put_small(&rings, 1, PROCMON_FORK, 2, PAST + 140);
	rings_put_small(&rings, 0, PROCMON_FORK, 3, PAST + 160);
	ok(!resume() && procmon_next(pm, &ev, 0) == 1 && ev.head.tgid == 3 &&
		   procmon_next(pm, &ev, 0) == 0 && !procmon_lost(pm),
	   "a_cursor_of_before_the_first_event_keeps_the_moment");
	end();
}

int main(void)
{
	tap_theme("cursor");
	resumed_at_every_event();
	resumed_with_events_waiting();
	before_the_first_event();
	loss_between_two_readers();
	after_a_skip();
	begun_while_an_event_is_being_written();
	taken_while_an_event_is_being_written();
	damaged();
	made_by_hand();
	of_another_load();
	at_the_wrap();
	ring_that_appears_later();
	return tap_done();
}
