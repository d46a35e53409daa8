#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_trace.py PROCESSES <TRACE: is it what the Trace Event Format (Google, "Trace Event Format") and Perfetto's
importer of it ask for?  An object with a list traceEvents; of each event the phase and the keys that this
phase must have; slices of a thread nest; each arrow has two ends, and begins and ends in a slice."""
import json
import sys
import unicodedata

NUMBER = (int, float)
KEYS = {  # of each phase: keys that it must have, and of which type
    "M": {"name": str, "pid": int, "tid": int, "args": dict},
    "X": {"name": str, "cat": str, "pid": int, "tid": int, "ts": NUMBER, "dur": NUMBER},
    "s": {"name": str, "cat": str, "id": int, "pid": int, "tid": int, "ts": NUMBER},
    "f": {"name": str, "cat": str, "id": int, "pid": int, "tid": int, "ts": NUMBER, "bp": str},
}


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice: {keys}"
    return dict(pairs)


def check_keys(event):
    keys = KEYS[event["ph"]]
    for key, kind in keys.items():
        assert isinstance(event[key], kind), (key, event)
    assert set(event) <= set(keys) | {"ph", "args"}, event
    assert event["name"] and 0 <= event["pid"] < 1 << 32 and event["tid"] == event["pid"], event
    assert event.get("ts", 0) >= 0 and event.get("dur", 0) >= 0, event
    if event["ph"] == "M":
        assert event["name"] in ("process_name", "thread_name") and event["args"]["name"], event


def nanoseconds(microseconds):
    return round(microseconds * 1000)


def slices(events):
    """Of each thread its slices, from and to; they nest."""
    threads = {}
    for event in events:
        if event["ph"] == "X":
            begin = nanoseconds(event["ts"])
            threads.setdefault(event["tid"], []).append((begin, begin + nanoseconds(event["dur"])))
    for thread in threads.values():
        stack = []
        for begin, end in sorted(thread, key=lambda slice: (slice[0], -slice[1])):
            while stack and stack[-1] <= begin:
                stack.pop()
            assert not stack or end <= stack[-1], "slices overlap"
            stack.append(end)
    return threads


def check_arrows(events, threads):
    ends = {}
    for event in events:
        if event["ph"] in "sf":
            at = nanoseconds(event["ts"])
            assert any(begin <= at <= end for begin, end in threads[event["tid"]]), event
            assert event["ph"] == "s" or event["bp"] == "e"
            ends.setdefault((event["cat"], event["name"], event["id"]), []).append(event["ph"])
    assert all(phases == ["s", "f"] for phases in ends.values()), "an arrow without two ends"


text = sys.stdin.buffer.read().decode()
assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") for c in text)
trace = json.loads(text, object_pairs_hook=no_duplicates)
assert set(trace) == {"displayTimeUnit", "otherData", "traceEvents"}
assert trace["displayTimeUnit"] in ("ms", "ns")
for event in trace["traceEvents"]:
    check_keys(event)
check_arrows(trace["traceEvents"], slices(trace["traceEvents"]))
processes = [event for event in trace["traceEvents"] if event.get("cat") == "process"]
assert len(processes) == len({event["pid"] for event in processes}) == int(sys.argv[1]), len(processes)
assert trace["otherData"]["processes"] == len(processes)
