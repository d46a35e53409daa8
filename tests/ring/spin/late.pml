/* SPDX-License-Identifier: MIT */
/*
 * kmod/late.c: two probes, the worker, a reader with its bound.  Steps are sequentially consistent;
 * the barriers are the litmus tests late_*.  A probe waits for room by nothing: K items fit.
 */
#ifndef MUT
#define MUT 0
#endif
#ifndef K
#define K 1		/* events of each CPU; MORE of them on CPU 0 */
#endif
#ifndef MORE
#define MORE 0
#endif
#define ALL (2 * K + MORE)
#ifndef CLOCK
#define CLOCK 3
#endif

byte clk = 1;
byte begun[2], ended[2], head[2], tail[2];
byte when[ALL];		/* of item i of CPU c: at i + c * (K + MORE) */
byte pending, commit, last_ns;
byte limit, limit_from;	/* no event from this one on is older, as the reader believes */
bool queued, running;

active proctype ticker()
{
	do
	:: clk < CLOCK -> clk++
	:: else -> break
	od
}

proctype probe(byte c)
{
	byte n = 0, t;

	do
	:: n == (c == 0 -> K + MORE : K) -> break
	:: else ->
#if MUT == 1	/* begun after the clock */
		pending++;
		t = clk;
		begun[c]++;
#elif MUT == 2	/* pending after the clock */
		begun[c]++;
		t = clk;
		pending++;
#else
		begun[c]++;
		pending++;
		t = clk;
#endif
		when[c * (K + MORE) + n] = t;
		head[c]++;
		ended[c]++;
		atomic {
			queued = true;
			n++
		}
	od
}

/* late_publish(): the oldest item, in the ring, then no longer pending */
inline publish(c)
{
	t = when[c * (K + MORE) + tail[c]];
#if MUT == 3	/* no longer pending before it is in the ring */
	pending--;
#endif
	assert(t >= last_ns);
	assert(commit < limit_from || t >= limit);
	last_ns = t;
	commit++;
	tail[c]++;
#if MUT != 3
	pending--
#endif
}

/* late_oldest(): of the items that are older than now */
inline oldest()
{
	atomic {
	o = 2;
	t = now;
	if
	:: tail[0] != head[0] && when[tail[0]] < t -> t = when[tail[0]]; o = 0
	:: else
	fi;
	if
	:: tail[1] != head[1] && when[K + MORE + tail[1]] < t -> o = 1
	:: else
	fi
	}
}

inline settle(c)
{
#if MUT != 4	/* no waiting for probes that have begun */
	b = begun[c];
	ended[c] >= b;
#endif
	if
	:: tail[c] != head[c] -> any = true
	:: else
	fi
}

active proctype worker()
{
	byte now, t, o, b;
	bool any;

end:	do
	:: queued ->
		queued = false;
		do
		:: true ->
			now = clk;
			any = false;
			settle(0);
			settle(1);
			if
			:: !any -> break
			:: any && clk == now -> clk++	/* it does go on */
			:: any && clk != now
			fi;
			do
			:: true ->
				oldest();
				if
				:: o == 0 -> publish(0)
				:: o == 1 -> publish(1)
				:: else -> break
				fi
			od
		od
	od
}

active proctype reader()
{
	byte now, last, c;
	bool idle;

	now = clk;
	last = last_ns;
	idle = pending == 0;
	c = commit;
	d_step {
		limit = (idle -> now : last);
		limit_from = commit
	};
	do
	:: commit == ALL -> break
	od;
	assert(pending <= 1)
}

init {
	atomic {
		run probe(0);
		run probe(1)
	}
}
