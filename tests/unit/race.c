// SPDX-License-Identifier: MIT
/* A reader against a writer that laps it all the time: what is accepted is whole, the loss exact. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "ring.h"
#include "rings.h"
#include "tap.h"

#define NREC 64
#define TYPE 1234 /* no type of ours: passed through */
#define PAST (FAKE_BOOT_NS - 1000000000ull)
#define WORDS_MAX (NREC / 4 * PROCMON_REC / sizeof(uint64_t))

static struct rings rings;
static unsigned long events;

static uint64_t word(uint64_t seq, uint64_t i)
{
	return (seq + 1) * 0x9e3779b97f4a7c15ull ^ i << 56;
}

static uint32_t len_of(uint64_t seq)
{
	return 64 + (uint32_t)(seq * 2654435761u % (WORDS_MAX - 8)) * 8;
}

static void make(uint64_t *words, uint64_t seq)
{
	struct procmon_head *head = (struct procmon_head *)words;
	uint64_t i, n = len_of(seq) / sizeof(*words);

	memset(head, 0, sizeof(*head));
	head->len = len_of(seq);
	head->type = TYPE;
	head->body_len = (uint16_t)(head->len - sizeof(*head));
	head->seq = seq;
	head->time_ns = PAST + seq;
	for (i = sizeof(*head) / sizeof(*words); i < n; i++)
		words[i] = word(seq, i);
}

static uint64_t records(uint32_t len)
{
	return (len + PROCMON_REC - 1) / PROCMON_REC;
}

/* As kmod/ring.c does it; the letters are its barriers. */
static void write_event(struct procmon_ring *shared, uint64_t *data, uint64_t seq, uint64_t *tail,
			uint64_t *tail_seq)
{
	const uint64_t mask = NREC * PROCMON_REC / sizeof(uint64_t) - 1;
	uint64_t words[WORDS_MAX + 8] = { 0 }, i, at = shared->commit;
	uint64_t need = records(len_of(seq));

	make(words, seq);
	while (at + need - *tail > NREC)
		*tail += records(len_of((*tail_seq)++));
	__atomic_store_n(&shared->tail, *tail, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->resv, at + need, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* A */
	for (i = 0; i < need * 8; i++) /* B */
		__atomic_store_n(&data[(at * 8 + i) & mask], words[i], __ATOMIC_RELAXED);
	__atomic_store_n(&shared->seq, seq + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->last_ns, PAST + seq, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->commit, at + need, __ATOMIC_RELEASE); /* D */
}

static _Noreturn void writer(void)
{
	uint64_t seq, tail = 0, tail_seq = 0;

	for (seq = 0; seq < events; seq++) {
		write_event(rings.shared[0], (uint64_t *)rings.data[0], seq, &tail, &tail_seq);
		if (seq % 4096 == 0)
			usleep(100); /* lets the reader catch up sometimes */
	}
	_exit(0);
}

static bool whole(const struct procmon_event *ev)
{
	const uint64_t *words = ev->data;
	uint64_t i, n = ev->head.len / sizeof(*words);

	if (ev->head.len != len_of(ev->head.seq) || ev->head.type != TYPE)
		return false;
	for (i = sizeof(ev->head) / sizeof(*words); i < n; i++)
		if (words[i] != word(ev->head.seq, i))
			return false;
	return true;
}

/* A reader that gave up, as after nine laps: what survived is read once the writer rests. */
static void gave_up(void)
{
	static uint64_t event[NREC / 4 * PROCMON_REC / sizeof(uint64_t) + 8];
	struct ring ring;
	uint64_t seq, tail = 0, tail_seq = 0;

	rings_in_memory(&rings, 1, NREC);
	for (seq = 0; seq < 40; seq++)
		write_event(rings.shared[0], (uint64_t *)rings.data[0], seq, &tail, &tail_seq);
	ring = (struct ring){ .shared = rings.shared[0],
			      .data = (uint64_t *)rings.data[0],
			      .nrec = NREC,
			      .max_event = NREC / 4 * PROCMON_REC,
			      .event = (struct procmon_head *)event,
			      .pos = rings.shared[0]->commit,
			      .seq = 7,
			      .skipped = true };
	ok(ring_fill(&ring) && ring.event->seq == tail_seq && ring.gap == tail_seq - 7,
	   "who_gave_up_goes_back_to_what_survived");
	ring.skipped = true;
	ring_to_newest(&ring);
	ok(!ring_fill(&ring), "but_not_when_it_has_begun_anew_since");
	rings_free(&rings);
}

int main(void)
{
	uint64_t got = 0, lost = 0, next = 0, torn = 0, misplaced = 0;
	struct procmon *pm;
	struct procmon_event ev;
	bool ended = false;
	pid_t child;
	int status, r;

	tap_theme("race");
	events = tap_size("RACE_EVENTS", 300000);
	rings_in_file(&rings, 1, NREC);
	pm = rings_attach(&rings, 0);
	child = fork();
	if (!child)
		writer();
	for (;;) {
		r = procmon_next(pm, &ev, 0);
		if (!r && ended)
			break;
		ended = ended || (!r && waitpid(child, &status, WNOHANG) == child);
		if (r != 1)
			continue;
		if (ev.head.type == PROCMON_LOST) {
			lost += ev.count;
			next += ev.count;
			continue;
		}
		got++;
		torn += !whole(&ev);
		misplaced += ev.head.seq != next++;
	}
	diag("%llu events, %llu lost", (unsigned long long)got, (unsigned long long)lost);
	ok(!torn, "every_accepted_event_is_whole");
	ok(!misplaced, "every_gap_is_told_where_it_is");
	ok(got + lost == events && lost == procmon_lost(pm), "got_and_lost_are_all");
	ok(got && lost, "there_was_a_race");
	procmon_close(pm);
	rings_free(&rings);
	gave_up();
	return tap_done();
}
