#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints each exec, by plain read() of the device: no library but Python's own.

    ./read-device.py [DEVICE]

read() gives whole events, in the order of their time; procmon(4) tells their layout.
"""
import os
import struct
import sys

# From procmon/abi.h.  Layouts only grow at their ends, so what stands here stays true.
HEAD = struct.Struct("=IHHQQIIIIQQII")  # struct procmon_head, 64 bytes
STR = struct.Struct("=IIIHH")  # struct procmon_str: off, len, full_len, flags, err
EXEC = 2  # PROCMON_EXEC
EXE, ARGS = 96, 160  # struct procmon_exec: where exe and args are told
LATE = 1 << 1  # PROCMON_F_LATE
ABSENT, CUT = 0x1, 0x2  # PROCMON_STR_*
BUFFER = 1 << 20  # the largest event of the default ring: a quarter of 4 MiB


def events(fd):
    """Yields (head, bytes of the whole event); None where events were overwritten unread."""
    while True:
        try:
            data = os.read(fd, BUFFER)
        except BrokenPipeError:  # told once: the next read goes on with the oldest there is
            yield None
            continue
        if not data:
            return
        while data:
            head = HEAD.unpack_from(data)
            yield head, data[: head[0]]
            data = data[head[0] :]


def string(event, head, offset):
    """A string of the event's body.  None: this module is too old for it, or it could not be had."""
    if offset + STR.size > head[2]:
        return None
    off, length, _, flags, _ = STR.unpack_from(event, HEAD.size + offset)
    return None if flags & ABSENT else event[off : off + length]


def was_cut(event, offset):
    return STR.unpack_from(event, HEAD.size + offset)[3] & CUT


def main():
    fd = os.open(sys.argv[1] if len(sys.argv) > 1 else "/dev/procmon", os.O_RDONLY)
    expected = {}  # by ring: the number of its next event
    for told in events(fd):
        if told is None:
            continue  # the numbers of the events that follow say how many
        head, event = told
        _, kind, _, seq, _, cpu, flags, pid = head[:8]
        ring = "late" if flags & LATE else cpu
        lost = seq - expected.get(ring, seq)
        if lost:
            print(f"{lost} events were overwritten before they were read")
        expected[ring] = seq + 1
        if kind != EXEC:
            continue  # also types of a newer module: passed over by their length
        exe = string(event, head, EXE)
        args = string(event, head, ARGS) or b""
        # ascii() of each: nothing in the name of a program does anything to a terminal
        words = [ascii(os.fsdecode(word)) for word in args.split(b"\0")[:-1]]
        if args and was_cut(event, ARGS):
            words.append("...")
        print(pid, ascii(os.fsdecode(exe)) if exe is not None else "(unknown)", *words, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
