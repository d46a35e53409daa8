#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks JSON from outside.  check_json.py strings: pairs of lines on stdin, the bytes in hexadecimal and
an object that tells them under k or k_raw and as an item of l.  check_json.py lines: JSON Lines."""
import json
import sys


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice: {keys}"
    return dict(pairs)


def no_constant(name):
    raise ValueError(name)


def load(line):
    return json.loads(line, object_pairs_hook=no_duplicates, parse_constant=no_constant)


def is_utf8(raw):
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def as_bytes(value):
    return bytes(value) if isinstance(value, list) else value.encode()


def check_strings(lines):
    for number in range(0, len(lines) - 1, 2):
        raw = bytes.fromhex(lines[number].decode())
        told = load(lines[number + 1])
        key = "k" if is_utf8(raw) else "k_raw"
        assert set(told) == {key, "l"}, (raw, told)
        assert as_bytes(told[key]) == raw, (raw, told)
        assert isinstance(told[key], str) == is_utf8(raw), (raw, told)
        assert len(told["l"]) == 2 and told["l"][1] == "end", (raw, told)
        assert as_bytes(told["l"][0]) == raw, (raw, told)
    print(len(lines) // 2)


def check_numbers(value, path=""):
    """Numbers that a reader's double cannot hold must not be there."""
    if isinstance(value, dict):
        for key, item in value.items():
            check_numbers(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            check_numbers(item, path)
    elif isinstance(value, (int, float)):
        assert isinstance(value, int) and abs(value) <= 1 << 53, (path, value)
    else:
        assert value is not None and value not in ("-", "?", "unknown", "null"), (path, value)


def check_lines(lines):
    for line in lines:
        told = load(line)
        assert isinstance(told, dict)
        check_numbers(told)
    print(len(lines))


data = sys.stdin.buffer.read()
assert data.endswith(b"\n"), "no newline at the end"
{"strings": check_strings, "lines": check_lines}[sys.argv[1]](data[:-1].split(b"\n"))
