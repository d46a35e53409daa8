// SPDX-License-Identifier: MIT
/* The merged stream of the library, on rings in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define PAST (FAKE_BOOT_NS - 1000000000ull) /* every bound is later */
#define SECOND 1000000000ull

static struct rings rings;
static struct procmon *pm;
static struct procmon_event ev;

static void begin(unsigned int nr, unsigned int flags)
{
	rings_in_memory(&rings, nr, NREC);
	pm = rings_attach(&rings, flags);
}

static void end(void)
{
	procmon_close(pm);
	rings_free(&rings);
}

static bool next_is(uint32_t tgid)
{
	int r = procmon_next(pm, &ev, 0);

	if (r == 1 && ev.head.tgid == tgid)
		return true;
	diag("wanted event %u, got %d: type %u of %u", tgid, r, ev.head.type, ev.head.tgid);
	return false;
}

static bool next_is_lost(uint64_t count)
{
	int r = procmon_next(pm, &ev, 0);

	if (r == 1 && ev.head.type == PROCMON_LOST && ev.count == count && !ev.data)
		return true;
	diag("wanted %llu lost, got %d: type %u, %llu", (unsigned long long)count, r, ev.head.type,
	     (unsigned long long)ev.count);
	return false;
}

static bool nothing_comes(void)
{
	return procmon_next(pm, &ev, 0) == 0;
}

static void time_decides_across_rings(void)
{
	begin(3, 0);
	rings_put_small(&rings, 2, PROCMON_EXIT, 1, PAST + 1);
	rings_put_small(&rings, 0, PROCMON_EXIT, 2, PAST + 2);
	rings_put_small(&rings, 1, PROCMON_FORK, 3, PAST + 3);
	rings_put_small(&rings, 0, PROCMON_FORK, 4, PAST + 4);
	ok(next_is(1) && next_is(2) && next_is(3) && next_is(4) && nothing_comes(),
	   "time_decides_across_rings");
	end();
}

static void fork_exec_exit_break_ties(void)
{
	begin(3, 0);
	rings_put_small(&rings, 0, PROCMON_EXIT, 3, PAST);
	rings_put_small(&rings, 1, PROCMON_EXEC, 2, PAST);
	rings_put_small(&rings, 2, PROCMON_FORK, 1, PAST);
	ok(next_is(1) && next_is(2) && next_is(3), "ties_are_fork_then_exec_then_exit");
	end();
}

static void cpu_then_seq_break_ties(void)
{
	begin(2, 0);
	rings_put_small(&rings, 1, PROCMON_EXEC, 3, PAST);
	rings_put_small(&rings, 1, PROCMON_EXEC, 4, PAST);
	rings_put_small(&rings, 0, PROCMON_EXEC, 1, PAST);
	rings_put_small(&rings, 0, PROCMON_EXEC, 2, PAST);
	ok(next_is(1) && next_is(2) && next_is(3) && next_is(4), "further_ties_are_cpu_then_seq");
	end();
}

/* The late ring holds events of every CPU: two rings with the same cpu in an event. */
static void seq_breaks_ties_of_one_cpu(void)
{
	static struct draft draft;

	begin(2, 0);
	rings_begin_at(&rings, 1, 0, 0);
	draft_start(&draft, PROCMON_EXEC);
	draft.head.tgid = 2;
	draft.head.cpu = 0;
	rings_put_small(&rings, 0, PROCMON_FORK, 7, PAST - 1);
	rings_put(&rings, 0, &draft, PAST);
	draft.head.tgid = 1;
	rings_put(&rings, 1, &draft, PAST);
	ok(next_is(7) && next_is(1) && next_is(2),
	   "seq_decides_between_rings_with_events_of_one_cpu");
	end();
}

static void reservation_holds_back(void)
{
	begin(2, 0);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings_put_small(&rings, 1, PROCMON_FORK, 2, PAST + 5);
	rings.shared[0]->resv += 2;
	ok(nothing_comes(), "an_event_being_written_holds_back_its_own_time");
	rings.shared[0]->last_ns = PAST + 5;
	ok(next_is(1) && nothing_comes(), "and_lets_pass_what_is_older_than_the_last_complete_one");
	rings.shared[0]->resv -= 2;
	rings_put_small(&rings, 0, PROCMON_EXIT, 3, PAST + 4);
	ok(next_is(3) && next_is(2) && nothing_comes(),
	   "the_older_event_comes_first_once_complete");
	end();
}

static void pending_holds_back(void)
{
	begin(2, 0);
	rings.shared[1]->pending = 1;
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	ok(procmon_poll_timeout(pm) < 0, "a_reader_that_holds_nothing_may_sleep_without_limit");
	ok(nothing_comes(), "a_pending_late_event_holds_back_newer_ones");
	ok(procmon_poll_timeout(pm) >= 0, "while_an_event_is_held_back_the_sleep_is_limited");
	rings.shared[1]->pending = 0;
	rings_put_small(&rings, 1, PROCMON_EXEC, 2, PAST - 1);
	ok(next_is(2) && next_is(1), "a_late_event_takes_its_place");
	ok(procmon_poll_timeout(pm) < 0, "and_nothing_is_held_back_any_more");
	end();
}

static void a_stuck_writer_cannot_hold_for_ever(void)
{
	begin(2, 0);
	rings.shared[1]->resv = 2;
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	nothing_comes();
	fake_pass(2 * SECOND);
	ok(next_is(1) && ev.head.flags & PROCMON_F_UNORDERED,
	   "an_event_held_too_long_comes_and_says_so");
	ok(nothing_comes() && procmon_poll_timeout(pm) < 0,
	   "and_with_nothing_more_to_hold_the_sleep_has_no_limit");
	rings.shared[1]->resv = 0;
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST + 1);
	ok(next_is(2) && !(ev.head.flags & PROCMON_F_UNORDERED),
	   "and_the_next_one_is_in_order_again");
	end();
}

static void events_of_the_future_wait(void)
{
	begin(1, 0);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, FAKE_BOOT_NS + 3600 * SECOND);
	ok(nothing_comes(), "an_event_newer_than_the_clock_waits");
	fake_pass(3601 * SECOND);
	ok(next_is(1), "and_comes_when_its_time_has_come");
	end();
}

static void history(void)
{
	rings_in_memory(&rings, 2, NREC);
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	rings_put_small(&rings, 1, PROCMON_FORK, 2, PAST + 1);
	pm = rings_attach(&rings, 0);
	ok(nothing_comes(), "without_history_a_reader_begins_from_now");
	procmon_close(pm);
	pm = rings_attach(&rings, PROCMON_HISTORY);
	ok(next_is(1) && next_is(2) && nothing_comes() && !procmon_lost(pm),
	   "with_history_it_begins_with_the_oldest_event");
	end();
}

static void history_of_a_lapped_ring(void)
{
	uint32_t i;

	rings_in_memory(&rings, 1, NREC);
	for (i = 0; i < 3 * NREC; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + i);
	pm = rings_attach(&rings, PROCMON_HISTORY);
	for (i = 0; procmon_next(pm, &ev, 0) == 1 && ev.head.type == PROCMON_FORK; i++)
		;
	ok(i == NREC / 2 && !procmon_lost(pm),
	   "what_was_overwritten_before_the_start_is_not_a_loss");
	end();
}

static void loss_where_it_happened(void)
{
	uint32_t i;

	begin(2, 0);
	rings_put_small(&rings, 1, PROCMON_FORK, 1000, PAST);
	rings_put_small(&rings, 1, PROCMON_FORK, 2000, PAST + 30);
	for (i = 0; i < 40; i++) /* of two records each: 32 fit */
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + 10 + i);
	ok(next_is(1000), "an_older_event_of_another_ring_comes_before_the_gap");
	ok(next_is_lost(8) && ev.head.cpu == 0 && ev.head.time_ns == PAST + 18 && ev.ring == 0,
	   "the_gap_tells_count_cpu_and_the_time_of_what_follows");
	ok(next_is(8) && procmon_lost(pm) == 8, "then_comes_the_oldest_event_left");
	end();
}

/* Events of 1 to 4 records, a reader that reads in bursts: got + lost == produced, always. */
static void loss_is_exact(void)
{
	static const char zeros[200];
	static struct draft draft;
	uint64_t got = 0, told = 0, produced = 0, bad = 0, expected = 0;
	struct procmon_ring_status rs;
	unsigned int round, i;

	srand(1);
	begin(1, 0);
	for (round = 0; round < 2000; round++) {
		for (i = (unsigned int)rand() % 30; i; i--, produced++) {
			draft_start(&draft, PROCMON_FORK);
			draft_string(&draft, "comm", zeros, (size_t)rand() % sizeof(zeros));
			draft.head.tgid = (uint32_t)produced;
			rings_put(&rings, 0, &draft, PAST + produced);
		}
		for (i = (unsigned int)rand() % 20; i && procmon_next(pm, &ev, 0) == 1; i--) {
			if (ev.head.type == PROCMON_LOST) {
				told += ev.count;
				expected += ev.count;
			} else {
				bad += ev.head.tgid != expected++;
				got++;
			}
		}
	}
	while (procmon_next(pm, &ev, 0) == 1) {
		got += ev.head.type != PROCMON_LOST;
		told += ev.head.type == PROCMON_LOST ? ev.count : 0;
	}
	diag("%llu events, %llu lost", (unsigned long long)got, (unsigned long long)told);
	ok(told && got + told == produced, "got_and_lost_are_all_that_was_produced");
	ok(!bad, "every_gap_is_where_the_events_are_missing");
	ok(procmon_lost(pm) == told, "the_handle_counts_the_same_loss");
	ok(procmon_ring(pm, 0, &rs) == 1 && rs.got == got && rs.lost == told, "so_does_its_ring");
	end();
}

/* Copies must be whole where an event lies across the end of the ring. */
static void wrap_at_the_end_of_the_ring(void)
{
	static struct draft draft;
	unsigned int i, bad = 0;

	begin(1, 0);
	for (i = 0; i < 500; i++) {
		const char *text;
		char comm[301];
		size_t len;

		memset(comm, 'a' + (int)(i % 26), sizeof(comm));
		comm[sizeof(comm) - 1] = (char)i;
		draft_start(&draft, PROCMON_FORK);
		draft_string(&draft, "comm", comm, i % sizeof(comm) + 1);
		rings_put(&rings, 0, &draft, PAST + i);
		if (procmon_next(pm, &ev, 0) != 1) {
			bad++;
			continue;
		}
		text = procmon_string(&ev, "comm", &len);
		bad += !text || len != i % sizeof(comm) + 1 || memcmp(text, comm, len) ||
		       memcmp(ev.data, draft.bytes, draft.head.len);
	}
	ok(!bad && !procmon_lost(pm), "an_event_across_the_end_of_the_ring_is_whole");
	end();
}

static void wrap_at_64_bits(void)
{
	uint32_t i;
	bool good = true;

	rings_in_memory(&rings, 1, NREC);
	rings_begin_at(&rings, 0, (uint64_t)-6, (uint64_t)-3);
	pm = rings_attach(&rings, 0);
	for (i = 0; i < 8; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + i);
	for (i = 0; i < 8; i++)
		good &= next_is(i);
	ok(good && nothing_comes() && !procmon_lost(pm), "positions_and_numbers_wrap_at_64_bits");
	end();
	rings_in_memory(&rings, 1, NREC);
	rings_begin_at(&rings, 0, (uint64_t)-6, (uint64_t)-3);
	pm = rings_attach(&rings, 0);
	for (i = 0; i < 40; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, i, PAST + i);
	ok(next_is_lost(8) && next_is(8), "a_gap_across_that_wrap_is_exact");
	end();
}

static void rings_that_appear(void)
{
	struct procmon_ring_status rs;

	rings_in_file(&rings, 2, NREC);
	memset(rings.shared[1]->magic, 0, sizeof(rings.shared[1]->magic));
	ok(!procmon_open(&pm, rings.path, 0), "a_device_may_lack_a_ring");
	ok(procmon_ring(pm, 1, &rs) == 0 && procmon_ring(pm, 0, &rs) == 1 &&
		   procmon_ring(pm, 2, &rs) == -EINVAL,
	   "a_ring_that_is_not_there_is_told_from_one_that_cannot_be");
	ok(nothing_comes(), "it_gives_nothing");
	memcpy(rings.shared[1]->magic, PROCMON_RING_MAGIC, sizeof(rings.shared[1]->magic));
	rings_put_small(&rings, 1, PROCMON_FORK, 5, PAST);
	rings_put_small(&rings, 1, PROCMON_FORK, 6, PAST);
	rings.info->rings_gen++;
	ok(procmon_ring(pm, 1, &rs) == 1 && rs.seq == 2, "a_ring_that_appears_is_told_at_once");
	ok(next_is(5) && next_is(6) && procmon_ring(pm, 1, &rs) == 1,
	   "a_ring_that_appears_is_read_from_its_first_event");
	end();
}

/* The same in the middle of the stream: no event of it may be left out unsaid. */
static void rings_that_appear_and_cannot_be_mapped(void)
{
	struct procmon_event ev;

	rings_in_file(&rings, 2, NREC);
	memset(rings.shared[1]->magic, 0, sizeof(rings.shared[1]->magic));
	if (procmon_open(&pm, rings.path, 0))
		bail("%s", procmon_error(NULL));
	memcpy(rings.shared[1]->magic, PROCMON_RING_MAGIC, sizeof(rings.shared[1]->magic));
	rings.info->rings_gen++;
	rings_put_small(&rings, 1, PROCMON_FORK, 5, PAST);
	fake_fail_ring_mmap(ENOMEM);
	ok(procmon_next(pm, &ev, 0) == -ENOMEM &&
		   strstr(procmon_error(pm), "ring 1 cannot be mapped"),
	   "a_ring_that_appears_and_cannot_be_mapped_is_told");
	fake_fail_ring_mmap(0);
	ok(next_is(5), "and_is_looked_for_again");
	end();
}

/* "Not there" and "cannot be mapped" are not the same: the second would lose events unsaid. */
static void rings_that_cannot_be_mapped(void)
{
	struct procmon_ring_status rs;

	rings_in_file(&rings, 2, NREC);
	fake_fail_ring_mmap(ENOMEM);
	ok(procmon_open(&pm, rings.path, 0) == -ENOMEM && strstr(procmon_error(NULL), "ring 0"),
	   "a_ring_that_cannot_be_mapped_is_an_error");
	fake_fail_ring_mmap(ENXIO);
	ok(procmon_open(&pm, rings.path, 0) == 0 && procmon_ring(pm, 0, &rs) == 0,
	   "a_ring_that_does_not_exist_is_none");
	fake_fail_ring_mmap(0);
	end();
}

static void waiting(void)
{
	rings_in_file(&rings, 1, NREC);
	ok(!procmon_open(&pm, rings.path, 0) && procmon_fd(pm) >= 0, "a_file_plays_the_device");
	ok(procmon_next(pm, &ev, 20) == 0, "waiting_ends_in_time");
	rings_put_small(&rings, 0, PROCMON_FORK, 1, PAST);
	ok(procmon_next(pm, &ev, -1) == 1 && ev.head.tgid == 1, "waiting_ends_with_an_event");
	fake_fail_ioctl(EINTR);
	ok(procmon_next(pm, &ev, -1) == -EINTR, "a_signal_ends_waiting");
	fake_fail_ioctl(EFAULT);
	ok(procmon_next(pm, &ev, -1) == -EFAULT && strstr(procmon_error(pm), "waiting failed"),
	   "another_error_is_told");
	fake_fail_ioctl(0);
	rings.shared[0]->resv += 2;
	rings_put_small(&rings, 0, PROCMON_FORK, 2, PAST);
	rings.shared[0]->resv += 2;
	ok(procmon_next(pm, &ev, 20) == 0, "waiting_for_an_older_event_ends_in_time_too");
	ok(procmon_set_batch(pm, 64, 2000) == 0, "a_batch_can_be_asked_for");
	end();
}

static void absurd_modules(void)
{
	static const struct {
		const char *name;
		uint64_t nrec;
		uint32_t rec_size, max_event, nr_rings;
	} table[] = {
		{ "records_of_another_size", NREC, 128, 1024, 1 },
		{ "no_records", 0, 64, 1024, 1 },
		{ "records_that_are_no_power_of_two", 63, 64, 1024, 1 },
		{ "events_larger_than_the_ring", NREC, 64, NREC * 64 + 1, 1 },
		{ "events_smaller_than_a_head", NREC, 64, 63, 1 },
		{ "records_beyond_what_is_mapped", 1ull << 40, 64, 0xffffffff, 1 },
		{ "records_that_overflow", 1ull << 57, 64, 1024, 1 },
		{ "no_rings", NREC, 64, 1024, 0 },
		{ "a_billion_rings", NREC, 64, 1024, 1000000000 },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct procmon *other;
		int err;

		rings_in_file(&rings, 1, NREC);
		rings.info->nrec = table[i].nrec;
		rings.info->rec_size = table[i].rec_size;
		rings.info->max_event = table[i].max_event;
		rings.info->nr_rings = table[i].nr_rings;
		err = procmon_open(&other, rings.path, 0);
		ok(err == -EPROTO && strstr(procmon_error(NULL), "cannot be"), "%s_are_refused",
		   table[i].name);
		if (!err)
			procmon_close(other);
		rings_free(&rings);
	}
}

int main(void)
{
	tap_theme("merge");
	time_decides_across_rings();
	fork_exec_exit_break_ties();
	cpu_then_seq_break_ties();
	seq_breaks_ties_of_one_cpu();
	reservation_holds_back();
	pending_holds_back();
	a_stuck_writer_cannot_hold_for_ever();
	events_of_the_future_wait();
	history();
	history_of_a_lapped_ring();
	loss_where_it_happened();
	loss_is_exact();
	wrap_at_the_end_of_the_ring();
	wrap_at_64_bits();
	rings_that_appear();
	rings_that_cannot_be_mapped();
	rings_that_appear_and_cannot_be_mapped();
	waiting();
	absurd_modules();
	return tap_done();
}
