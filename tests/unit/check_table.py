#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_table.py csv|audit JSON: what is on stdin tells the same of the same events as -o json tells in the file
JSON, read as others read it: csv.reader, and records by the rules of the audit log."""
import csv
import io
import json
import re
import sys


def as_json(cell):
    return json.loads(cell) if cell.startswith(("[", '"')) else cell


def flat(told, prefix=""):
    for key, value in told.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield (prefix + key).removesuffix("_raw"), value


def check_csv(data, plain):
    text = data.decode("ascii" if data.isascii() else "utf-8")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""), "a line ends otherwise"
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", text), "a control character"
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(rows) == len(plain), (len(rows), len(plain))
    for row, event in zip(rows, plain):
        assert len(row) == len(head), row
        told = dict(flat(event))
        for name, cell in zip(head, row):
            assert not re.match("[=+@\t\r '＝＋－＠]|-[^0-9]", cell), f"a formula: {cell}"
            wanted = told.get(name, "")
            if isinstance(wanted, bool):
                wanted = str(wanted).lower()
            got = as_json(cell)
            assert got == wanted or got == str(wanted), f"{name}: {cell!r} is not {wanted!r}"


def fields(record):
    """name -> bytes, or text that is no string of a process."""
    told = {}
    for name, quoted, bare in re.findall(r'([a-z0-9_\[\]]+)=(?:"([^" ]*)"|([^ ]*))', record):
        told[name] = quoted.encode() if bare == "" else bare
    return told


def unhex(value):
    return value if isinstance(value, bytes) else bytes.fromhex(value)


def as_bytes(value):
    return bytes(value) if isinstance(value, list) else value.encode()


def arguments(records):
    """Of EXECVE records: those that were too long for one are put together."""
    args = {}
    for record in records:
        for name, value in fields(record).items():
            part = re.fullmatch(r"a([0-9]+)(?:\[[0-9]+\])?", name)
            if part:
                args.setdefault(int(part[1]), []).append(unhex(value))
    return [b"".join(args[n]) for n in sorted(args)]


def check_audit(data, plain):
    lines = data.decode("ascii").splitlines()
    events = {}
    for line in lines:
        assert re.fullmatch(r"[ -~]*", line), line
        head = re.match(r"type=([A-Z_]+) msg=audit\((\d+\.\d{3}):(\d+)\): ", line)
        assert head and len(line) < 8900, line
        events.setdefault((head[2], int(head[3])), []).append((head[1], line[head.end():]))
    assert len(events) == len(plain), (len(events), len(plain))
    assert [serial for _, serial in events] == list(range(1, len(plain) + 1))
    for records, event in zip(events.values(), plain):
        kinds = [kind for kind, _ in records]
        first = fields(records[0][1])
        if event["event"] in ("exec", "snapshot"):
            assert kinds[0] == "SYSCALL" and first["key"] == f'procmon_{event["event"]}'.encode()
            args = arguments(record for kind, record in records if kind == "EXECVE")
            assert args == [as_bytes(arg) for arg in event.get("args", [])], (args, event)
            for key, kind, name in (("comm", "SYSCALL", "comm"), ("exe", "SYSCALL", "exe"), ("exe", "PATH", "name"),
                                    ("cwd", "CWD", "cwd")):
                wanted = event.get(key, event.get(key + "_raw"))
                got = [fields(record)[name] for k, record in records if k == kind and name in fields(record)]
                assert [unhex(value) for value in got] == ([] if wanted is None else [as_bytes(wanted)]), (key, records)
        elif event["event"] == "lost":
            assert kinds == ["DAEMON_ERR"] and first["count"] == str(event["count"])
        elif event["event"].startswith("cgroup"):
            assert kinds == ["TRUSTED_APP"] and records[0][1].count("'") == 2, records
        elif "signal" in event:
            assert kinds == ["ANOM_ABEND"] and first["sig"] == str(event["signal"])
        else:
            assert kinds == ["SYSCALL"] and first["pid"] == str(event["pid"])
            if "exit_code" in event:
                assert int(first["a0"], 16) == event["exit_code"]


form, json_path = sys.argv[1:]
with open(json_path, encoding="utf-8") as file:
    told = [json.loads(line) for line in file]
{"csv": check_csv, "audit": check_audit}[form](sys.stdin.buffer.read(), told)
print(len(told))
