#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_schema.py SCHEMA JSON: each line on stdin conforms to the JSON Schema, and nothing that -o json tells
in the file JSON of the same events is missing.  Prints the number of lines."""
import json
import sys

import jsonschema


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice: {keys}"
    return dict(pairs)


def values(told):
    """Every value that is in it, lists as JSON."""
    if isinstance(told, dict):
        for value in told.values():
            yield from values(value)
    elif isinstance(told, list):
        yield json.dumps(told)
        for value in told:
            yield from values(value)
    else:
        yield str(told)


def flat(told, prefix=""):
    for key, value in told.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def is_told(key, value, there, raw):
    if key.endswith("_raw"):
        return json.dumps(value) in there
    if isinstance(value, list):
        return json.dumps(value) in there or raw.get("args_raw") == value
    return str(value) in there


schema_path, json_path = sys.argv[1:]
with open(schema_path, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open(json_path, encoding="utf-8") as file:
    plain = [json.loads(line) for line in file]
lines = [json.loads(line, object_pairs_hook=no_duplicates) for line in sys.stdin]
assert len(lines) == len(plain), (len(lines), len(plain))
# OCSF tells the name of an event only where it has none of its own
renamed = {"event"} if "unmapped" in schema["properties"] else set()
for line, before in zip(lines, plain):
    errors = sorted(validator.iter_errors(line), key=str)
    assert not errors, f"{line}: {errors[0].message}"
    missing_ok = renamed | ({"schema", "time", "boot_ns"} if before["event"] == "lost" else set())
    there = set(values(line))
    rest = line.get("procmon", line.get("unmapped", {}))
    for key, value in flat(before):
        assert key in missing_ok or is_told(key, value, there, rest), f"{key} is missing: {line}"
print(len(lines))
