/* SPDX-License-Identifier: MIT */
/*
 * ring_write(), ring_arm(), lane_wake() and two sleeping readers with different watermarks.  Steps
 * are sequentially consistent; the barriers are the litmus tests wake, arm_*.  A wake-up that is
 * lost is an invalid end state.
 */
#ifndef MUT
#define MUT 0
#endif
#ifndef N
#define N 4
#endif
#define FAR 99

byte commit = 0, wake_at = FAR;
bool irq_pending = false, queued[2], woken[2];

active proctype producer()
{
	do
	:: commit == N -> break
	:: else ->
		commit++;
		if
		:: commit > wake_at ->
			wake_at = FAR;		/* may overwrite an arm */
			irq_pending = true	/* irq_work_queue(): once, while it is pending */
		:: else
		fi
	od
}

active proctype irq_work()
{
end:	do
	:: irq_pending ->
#if MUT == 4	/* the work is done, then no longer pending */
		atomic {
			woken[0] = queued[0];
			woken[1] = queued[1]
		};
		irq_pending = false
#else
		irq_pending = false;
		atomic {	/* under the lock of the wait queue */
			woken[0] = queued[0];
			woken[1] = queued[1]
		}
#endif
	od
}

/* wait_event() around reader_armed_has(), @beyond records past the position */
proctype reader(byte id; byte beyond)
{
	byte pos = 0, old;

	do
	:: true ->
#if MUT == 1	/* looks before it arms, not after */
		if :: commit > pos + beyond -> goto consume :: else fi;
#endif
#if MUT != 3
		atomic { queued[id] = true; woken[id] = false };
#endif
#if MUT == 2	/* the last arm wins, not the lowest */
		wake_at = pos + beyond;
#else
again:		old = wake_at;
		if
		:: old > pos + beyond ->
			atomic {
				if
				:: wake_at == old -> wake_at = pos + beyond
				:: else -> goto again
				fi
			}
		:: else
		fi;
#endif
#if MUT == 3	/* arms before it is in the wait queue */
		atomic { queued[id] = true; woken[id] = false };
#endif
#if MUT != 1
		if :: commit > pos + beyond -> goto consume :: else fi;
#endif
		if
		:: pos + beyond >= N ->
endok:			woken[id]	/* for ever: there are no more events */
		:: else -> woken[id]
		fi;
		queued[id] = false;
		goto next;
consume:	queued[id] = false;
		pos = commit;
next:		skip
	od
}

init {
	atomic {
		run reader(0, 0);
		run reader(1, 1)
	}
}
