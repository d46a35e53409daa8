# SPDX-License-Identifier: MIT
"""The results of tests/compare/judge as a sentence and as tables of docs/comparison.md."""
from collections import Counter
from pathlib import Path

BEGIN, END = "<!-- written by tests/compare/run --write -->\n", "<!-- to here -->\n"
NAMES = {
    "procmon": "procmon", "ps": "ps", "poll": "/proc, polled", "forkstat": "forkstat", "extrace": "extrace",
    "auditd": "auditd", "laurel": "auditd, laurel", "ftrace": "ftrace events", "kprobes": "kprobe events",
    "execsnoop_perf": "execsnoop-perf", "execsnoop_bt": "execsnoop.bt", "execsnoop_libbpf": "execsnoop-libbpf",
    "snoopy": "snoopy", "strace": "strace", "acct": "acct", "apparmor": "AppArmor",
}
PATHS = {"exact": "E", "typed": "t", "cut": "c", "other": "x", "none": "-"}
ARGS = {"whole": "W", "cut": "c", "changed": "x", "blank": "-"}
EXITS = {"right": "R", "wrong": "x", "none": "-"}


def counts(result, key, words):
    """How many cases got which verdict, in the order of WORDS, without those that none got."""
    number = Counter(case[key] for case in result["cases"])
    return ", ".join(f"{number[word]} {word}" for word in words if number[word])


def seen(result):
    return sum(case["seen"] for case in result["cases"])


def sentence(result):
    if "cannot" in result:
        return f"{NAMES[result['tool']]}: {result['cannot']}"
    storm = result["storm"]
    return (f"{NAMES[result['tool']]}: sees {seen(result)} of {len(result['cases'])}; path {counts(result, 'path', PATHS)}; "
            f"arguments {counts(result, 'args', ARGS)}; end {counts(result, 'exit', EXITS)}; storm: "
            f"{storm['execs']} programs, {storm['named']} with a name, {storm['exits']} ends")


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def head(*cells):
    return row(*cells) + "|" + "---|" * len(cells) + "\n"


def yes(value):
    return "yes" if value else "no"


def summary(results):
    text = head("tool", "seen", "path", "arguments", "end", "storm: programs", "with a name", "ends", "ESC passes",
                "rows can be forged")
    for result in results:
        name = NAMES[result["tool"]]
        if "cannot" in result:
            text += row(name, f"did not run: {result['cannot']}", *[""] * 8)
            continue
        storm = result["storm"]
        text += row(name, f"{seen(result)} of {len(result['cases'])}", counts(result, "path", PATHS),
                    counts(result, "args", ARGS), counts(result, "exit", EXITS), storm["execs"], storm["named"],
                    storm["exits"], yes(result["esc"]), yes(result["newline"]))
    return text


def cell(case):
    if not case["seen"]:
        return "" if case["exit"] == "none" else "·· " + EXITS[case["exit"]]
    return "`" + PATHS[case["path"]] + ARGS[case["args"]] + EXITS[case["exit"]] + "`"


def details(results):
    ran = [result for result in results if "cannot" not in result]
    text = head("", "case", *[NAMES[result["tool"]] for result in ran])
    for number, case in enumerate(ran[0]["cases"] if ran else []):
        text += row(case["case"], case["name"], *[cell(result["cases"][number]) for result in ran])
    return text


def commands(results):
    text = head("tool", "packages", "command lines")
    for result in results:
        lines = "<br>".join(f"`{shorten(line).replace('|', chr(92) + '|')}`" for line in result["commands"])
        text += row(NAMES[result["tool"]], "<br>".join(result["versions"]), lines)
    return text


def shorten(line):
    return line if len(line) <= 200 else line[:120] + " ... " + line[-60:]


def document(results, kernel):
    return (f"Measured on {kernel}.\n\n{summary(results)}\n### Case by case\n\n{details(results)}\n"
            f"### How each was run\n\n{commands(results)}")


def write(path, text):
    """Between the marks; the rest of the document stays."""
    old = Path(path).read_text(encoding="utf-8")
    before, rest = old.split(BEGIN)
    after = rest.split(END)[1]
    Path(path).write_text(before + BEGIN + "\n" + text + "\n" + END + after, encoding="utf-8")
