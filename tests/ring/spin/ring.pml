/* SPDX-License-Identifier: MIT */
/*
 * ring_write() and ring_read(): events of 1 to 3 records in a ring of 4, stored and copied piece by
 * piece.  Steps are sequentially consistent; the barriers are the litmus tests copy, lap, publish.
 */
#ifndef MUT
#define MUT 0
#endif
#ifndef EVENTS
#define EVENTS 4
#endif
#define NREC 4
#define LONGEST 3

byte r_seq[NREC];	/* the event that a record belongs to */
byte r_len[NREC];	/* of the event, in its first record */
byte r_part[NREC];	/* which of its records */
byte tail = 0, resv = 0, commit = 0;
bool stopped = false;

inline publish_tail()
{
	tail = own_tail
}

active proctype producer()
{
	byte seq = 0, head = 0, own_tail = 0, span, i;

	do
	:: seq == EVENTS -> break
	:: else ->
		if :: span = 1 :: span = 2 :: span = LONGEST fi;
		do
		:: head + span - own_tail > NREC -> own_tail = own_tail + r_len[own_tail % NREC]
		:: else -> break
		od;
#if MUT != 1	/* 1: tail after the data */
		publish_tail();
#endif
		resv = head + span;
#if MUT == 2	/* commit before the data */
		commit = head + span;
#endif
		i = 0;
		do
		:: i == span -> break
		:: else ->
			r_seq[(head + i) % NREC] = seq;
			r_part[(head + i) % NREC] = i;
			if :: i == 0 -> r_len[head % NREC] = span :: else fi;
			i++
		od;
#if MUT == 1
		publish_tail();
#endif
		head = head + span;
		commit = head;
		assert(tail <= commit && commit <= resv && resv <= tail + NREC);
		seq++
	od;
	stopped = true
}

active proctype reader()
{
	byte pos = 0, expected = 0, lost = 0, got = 0;
	byte c, t, seq, span, i, q, p;
	bool bad, last;

	do
	::	last = stopped;
		c = commit;
		t = tail;
		if :: t > pos -> pos = t :: else fi;
		if
		:: pos >= c && last && pos == commit -> break
		:: pos >= c && !(last && pos == commit) -> (commit > pos || stopped)
		:: else ->
			seq = r_seq[pos % NREC];
			span = r_len[pos % NREC];
			bad = false;
			if :: span == 0 || span > LONGEST -> bad = true; span = 1 :: else fi;
			i = 0;
			do
			:: i == span -> break
			:: else ->
				q = r_seq[(pos + i) % NREC];
				p = r_part[(pos + i) % NREC];
				if :: q != seq || p != i -> bad = true :: else fi;
				i++
			od;
#if MUT == 3	/* tail not read again */
			t = pos;
#else
			t = tail;
#endif
			if
			:: t > pos	/* overwritten meanwhile */
			:: else ->
				assert(!bad);
				assert(seq >= expected);
				lost = lost + seq - expected;
				expected = seq + 1;
				got++;
				pos = pos + span
			fi
		fi
	od;
	assert(got + lost == EVENTS)
}
