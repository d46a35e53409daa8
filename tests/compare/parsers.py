# SPDX-License-Identifier: MIT
"""What each tool of tests/compare/tools has printed, as rows that can be compared.

A parser takes the directory of a tool's pass and yields Row; it undoes the escapes that a tool puts
around strings, where nothing is lost by them."""
import json
import re
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Row:
    """KIND is exec, fork, exit, or sight for what was found running; END is an exit code, or minus a
    signal; ARGS are joined by spaces."""
    kind: str
    pid: int
    path: bytes | None = None
    args: bytes | None = None
    end: int | None = None
    duration_ns: int | None = None


def read(path):
    return Path(path).read_bytes() if Path(path).exists() else b""


def records(data, start):
    """Matches of the lines that START fits, and what follows each up to the next one."""
    match, rest = None, []
    for line in data.split(b"\n"):
        new = re.match(start, line, re.DOTALL)
        if new:
            if match:
                yield match, b"".join(rest)
            match, rest = new, []
        else:
            rest.append(b"\n" + line)
    if match:
        yield match, b"".join(rest).rstrip(b"\n")


def wait_end(status):
    """An end as waitpid() tells it."""
    return -(status & 0x7f) if status & 0x7f else (status >> 8) & 0xff


ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f", b"a": b"\a", b"b": b"\b", b"e": b"\x1b"}


def unescape(text):
    """A string of C."""
    def one(match):
        word = match[1]
        if word[:1] == b"x":
            return bytes([int(word[1:], 16)])
        if word.isdigit():
            return bytes([int(word, 8) & 0xff])
        return ESCAPES.get(word, word)
    return re.sub(rb"\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", one, text, flags=re.DOTALL)


def quoted(text):
    """All strings in double quotes."""
    return [unescape(word) for word in re.findall(rb'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)]


# procmon

def json_bytes(event, key):
    if key in event:
        return event[key].encode()
    return bytes(event[key + "_raw"]) if key + "_raw" in event else None


def json_args(event):
    if "args" not in event or "args_full_len" in event:
        return None
    return b" ".join(arg.encode() if isinstance(arg, str) else bytes(arg) for arg in event["args"])


def procmon(work):
    for line in read(work / "output").splitlines():
        event = json.loads(line)
        if event["event"] in ("fork", "exec", "exit"):
            end = -event["signal"] if "signal" in event else event.get("exit_code")
            yield Row(event["event"], event["pid"], json_bytes(event, "exe"), json_args(event), end,
                      event.get("duration_ns"))


# looking at /proc

def ps(work):
    for match, rest in records(read(work / "output"), rb" *(\d+) (\S+) +(.*)"):
        yield Row("sight", int(match[1]), match[2], match[3] + rest)


def poll(work):
    for match, rest in records(read(work / "output"), rb"(\d+) (\S+(?: \(deleted\))?) (.*)"):
        yield Row("sight", int(match[1]), match[2], match[3] + rest)


# the netlink connector

def forkstat(work):
    start = rb"\d\d:\d\d:\d\d (\w+) +(\d+) (.*)"
    for match, rest in records(read(work / "output"), start):
        kind, pid, text = match[1].decode(), int(match[2]), match[3] + rest
        if kind == "exit":
            status = re.match(rb" *(\d+) ", text)
            yield Row(kind, pid, end=wait_end(int(status[1])) if status else None)
        elif kind in ("exec", "fork"):
            yield Row(kind, pid, args=text.strip())


def extrace(work):
    start = rb"(\d+)([+-]?) (.*)"
    for match, rest in records(read(work / "output"), start):
        pid, text = int(match[1]), match[3] + rest
        if match[2] == b"-":
            code = re.search(rb"exited status=(\d+)", text)
            name = re.search(rb"(?:killed|signal|exited).*?SIG([A-Z0-9]+)|signal=(\d+)", text)
            end = int(code[1]) if code else None
            if name:
                end = -int(name[2]) if name[2] else -signal.Signals["SIG" + name[1].decode()]
            yield Row("exit", pid, end=end)
        else:
            words = shell_words(text)
            yield Row("exec", pid, words[0] if words else None, b" ".join(words[1:]))


def shell_words(text):
    """Words that may be in single quotes, or in $'...' with escapes."""
    words = []
    for word in re.findall(rb"(?:\$'(?:[^'\\]|\\.)*'|'[^']*'|\\.|[^\s'\\])+", text, re.DOTALL):
        parts = re.findall(rb"\$'((?:[^'\\]|\\.)*)'|'([^']*)'|\\(.)|([^'\\]+?)", word, re.DOTALL)
        words.append(b"".join(unescape(a) or b or c or d for a, b, c, d in parts))
    return words


# audit

EXECS, EXITS = (59, 322), (60, 231)


def audit_value(text):
    """In quotes, or in hexadecimal."""
    if text.startswith(b'"'):
        return text[1:-1]
    try:
        return bytes.fromhex(text.decode())
    except ValueError:
        return text


def audit_fields(line):
    line = line.split(b"\x1d")[0]
    return dict(re.findall(rb'([\w\[\]]+)=("[^"]*"|\S+)', line))


def audit_args(fields):
    """An argument is whole, a0=, or in pieces, a0[0]= a0[1]=."""
    args, count = [], int(fields.get(b"argc", 0))
    for i in range(count):
        key = b"a%d" % i
        pieces = [fields[key]] if key in fields else []
        while b"%s[%d]" % (key, len(pieces)) in fields:
            pieces.append(fields[b"%s[%d]" % (key, len(pieces))])
        args.append(b"".join(audit_value(piece) for piece in pieces))
    return args


def audit_events(work):
    """The records of each event by their types; several of EXECVE are one, others get a number."""
    events = {}
    for line in read(work / "output").splitlines():
        match = re.match(rb"type=(\S+) msg=audit\(([\d.:]+)\): ?(.*)", line, re.DOTALL)
        if match:
            event, kind = events.setdefault(match[2], {}), match[1].decode()
            name = f"{kind} {len(event)}" if kind in event and kind != "EXECVE" else kind
            event.setdefault(name, {}).update(audit_fields(match[3]))
    return events.values()


def auditd(work):
    for event in audit_events(work):
        call = event.get("SYSCALL", {})
        number, pid = int(call.get(b"syscall", -1)), int(call.get(b"pid", 0))
        if number in EXECS and call.get(b"success") == b"yes":
            yield Row("exec", pid, audit_value(call[b"exe"]), b" ".join(audit_args(event.get("EXECVE", {}))))
        elif number in EXITS:
            yield Row("exit", pid, audit_value(call[b"exe"]), end=int(call[b"a0"], 16) & 0xff)
        elif "ANOM_ABEND" in event:
            yield Row("exit", int(event["ANOM_ABEND"][b"pid"]), end=-int(event["ANOM_ABEND"][b"sig"]))


def percent(value):
    """A string in which laurel has written bytes as %XX."""
    return re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), str(value).encode())


def laurel(work):
    for line in read(work / "output").splitlines():
        event = json.loads(line)
        call = event.get("SYSCALL", {})
        number, pid = int(call.get("syscall", -1)), int(call.get("pid", 0))
        if number in EXECS and call.get("success") == "yes":
            args = event.get("EXECVE", {}).get("ARGV", [])
            yield Row("exec", pid, percent(call["exe"]), b" ".join(percent(arg) for arg in args))
        elif number in EXITS:
            yield Row("exit", pid, percent(call["exe"]), end=int(call["ARGV"][0], 16) & 0xff)
        for abend in event.get("ANOM_ABEND", []):
            yield Row("exit", int(abend["pid"]), end=-int(abend["sig"]))


def apparmor(work):
    for event in audit_events(work):
        for record in event.values():
            if record.get(b"operation") == b'"exec"':
                yield Row("exec", int(record[b"pid"]), audit_value(record[b"name"]))


# tracefs

TRACE = rb" *.{1,16}-(\d+) +\( *([\d-]+)\) \[\d+\] .*? [\d.]+: (\w+)(.*)"


def trace_rows(work):
    """Process, name of the event, the rest."""
    for match, rest in records(read(work / "output"), TRACE):
        tgid = match[2] if match[2].isdigit() else match[1]
        yield int(tgid), match[3].decode(), match[4] + rest


def ftrace(work):
    for pid, event, text in trace_rows(work):
        if event == "sched_process_exec":
            told = re.match(rb": filename=(.*) pid=(\d+) old_pid=", text, re.DOTALL)
            yield Row("exec", int(told[2]), told[1])
        elif event == "sched_process_fork":
            yield Row("fork", int(re.search(rb" child_pid=(\d+)", text)[1]))
        elif event == "sched_process_exit":
            yield Row("exit", int(re.search(rb" pid=(\d+)", text)[1]))
        elif event == "sys_exit_group":
            yield Row("exit", pid, end=int(re.search(rb"error_code: (\w+)", text)[1], 0 if b"0x" in text else 16) & 0xff)
        elif event == "signal_deliver":
            number = int(re.search(rb"sig=(\d+)", text)[1])
            if number != signal.SIGCHLD:
                yield Row("exit", pid, end=-number)


def kprobes(work):
    for pid, event, text in trace_rows(work):
        if event == "exec":
            yield Row("exec", pid, quoted(text)[0])
        elif event in ("execve", "execveat"):
            yield Row("args", pid, args=b" ".join(quoted(text)))
        elif event in ("exit", "exit_group"):
            yield Row("exit", pid, end=wait_end(int(re.search(rb"code=(\w+)", text)[1], 16)))


# BPF

def execsnoop_bt(work):
    for match, rest in records(read(work / "output"), rb" *[\d:.]+ +(\d+) +(\d+) +(.*)"):
        yield Row("exec", int(match[1]), args=match[3] + rest)


def execsnoop_libbpf(work):
    for match, rest in records(read(work / "output"), rb".{16} +(\d+) +(\d+) +(-?\d+) (.*)"):
        words = quoted(match[4] + rest)
        yield Row("exec", int(match[1]), words[0] if words else None, b" ".join(words[1:]))
    for match, _ in records(read(work / "screen"), rb".{16} +(\d+) +(\d+) +(\d+) +[\d.]+ +(.*)"):
        yield Row("exit", int(match[1]), end=exitsnoop_end(match[4]))


def exitsnoop_end(text):
    if text.startswith(b"signal"):
        return -int(re.search(rb"\d+", text)[0])
    code = re.search(rb"\d+", text)
    return int(code[0]) if code else None


def execsnoop_perf(work):
    for match, rest in records(read(work / "output"), rb" *(\d+) +(\d+) (.*)"):
        yield Row("exec", int(match[1]), args=match[3] + rest)


# the others

def snoopy(work):
    for match, rest in records(read(work / "output"), rb".*?pid=(\d+) filename=(.*?) cmdline=(.*)"):
        yield Row("exec", int(match[1]), match[2], match[3] + rest)


def strace(work):
    begun = {}
    for line in read(work / "output").splitlines():
        match = re.match(rb"(\d+)(?:<[^>]*>)? +(.*)", line, re.DOTALL)
        if match:
            yield from strace_line(int(match[1]), match[2], begun)


def strace_line(pid, text, begun):
    superseded = re.search(rb"superseded by execve in pid (\d+)", text)
    ended = re.match(rb"\+\+\+ exited with (\d+) \+\+\+", text)
    killed = re.match(rb"\+\+\+ killed by (\w+)", text)
    if superseded:
        begun[pid] = begun.pop(int(superseded[1]), None)
    elif ended:
        yield Row("exit", pid, end=int(ended[1]))
    elif killed:
        yield Row("exit", pid, end=-signal.Signals[killed[1].decode()])
    elif text.startswith((b"execve(", b"execveat(")):
        begun[pid] = text
    if begun.get(pid) and re.search(rb"\) += 0$", text) and b"exec" in text[:20]:
        yield strace_exec(pid, begun.pop(pid))


def strace_exec(pid, text):
    """By a descriptor alone, strace tells where it leads."""
    path = quoted(text.split(b"[")[0])[0]
    place = re.match(rb"execveat\(\d+<(.*?)>(?:\(deleted\))?, \"\"", text)
    array = re.search(rb", \[(.*)\], 0x", text, re.DOTALL)
    return Row("exec", pid, place[1] if place else path, b" ".join(quoted(array[1])) if array else None)


def acct(work):
    """What was killed has an X, and no signal."""
    for line in read(work / "output").splitlines():
        fields = line.split(b"|")
        if len(fields) > 12:
            yield Row("exec", int(fields[9]), args=fields[0].strip())
            killed = b"X" in fields[11] and not int(fields[12])
            yield Row("exit", int(fields[9]), end=None if killed else int(fields[12]))
