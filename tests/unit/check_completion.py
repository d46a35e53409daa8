# SPDX-License-Identifier: MIT
"""check_completion.py bash|zsh FILE: types into a shell on a terminal, presses Tab, reads the line."""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

# What is typed, and the line after Tab: None: it stays as it is.
CASES = [
    ("procmon doc", "procmon doctor "),
    ("procmon help plo", "procmon help plot "),
    ("procmon --no-snap", "procmon --no-snapshot "),
    ("procmon watch --cursor-f", "procmon watch --cursor-file="),
    ("procmon status --prom", "procmon status --prometheus="),
    ("procmon watch --prom", None),
    ("procmon doctor --hist", None),
    ("procmon show --foll", "procmon show --follow "),
    ("procmon --output=aud", "procmon --output=audit "),
    ("procmon -o aud", "procmon -o audit "),
    ("procmon top --sort=short", "procmon top --sort=shortest "),
    ("procmon show -o oc", "procmon show -o ocsf "),
    ("procmon show a-recor", "procmon show a-recording "),
]
PATIENCE = 20


def start(shell, completion, directory):
    """A shell in which Control-X p prints the line as it is, and nothing else is set up."""
    if shell == "bash":
        setup = f"source {completion}; PS1=; bind -x '\"\\C-xp\": printf \"<<%s>>\\n\" \"$READLINE_LINE\"'"
        args = ["bash", "--norc", "--noprofile", "-i"]
    else:
        shutil.copy(completion, os.path.join(directory, "_procmon"))
        setup = (
            f"PS1=; fpath=({directory} $fpath); autoload -Uz compinit; compinit -D -u; "
            "tell() { print -r -- \"<<$BUFFER>>\" }; zle -N tell; bindkey '^Xp' tell; bindkey -e; bindkey '^Xp' tell"
        )
        args = ["zsh", "-f", "-i"]
    pid, fd = pty.fork()
    if not pid:
        os.chdir(directory)
        os.environ.update(TERM="dumb", HISTFILE="/dev/null", INPUTRC="/dev/null")
        os.execvp(args[0], args)
    os.write(fd, (setup + "; echo re''ady\n").encode())
    return fd


def read_until(fd, pattern):
    text, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            text += os.read(fd, 65536)
        found = re.search(pattern, text)
        if found:
            return found
    sys.exit(f"nothing like {pattern} in {text}")


def main():
    shell, completion = sys.argv[1], os.path.abspath(sys.argv[2])
    bad = 0
    with tempfile.TemporaryDirectory() as directory:
        open(os.path.join(directory, "a-recording"), "w", encoding="ascii").close()
        fd = start(shell, completion, directory)
        read_until(fd, rb"\nready|\rready")
        for typed, wanted in CASES:
            os.write(fd, typed.encode() + b"\t")
            time.sleep(0.2)  # what is offered is not awaited as typing would be
            os.write(fd, b"\x18p")
            line = read_until(fd, rb"<<([^\r\n]*)>>").group(1).decode()
            if line.rstrip() != (wanted or typed).rstrip():
                print(f"{shell}: '{typed}' became '{line}', not '{wanted or typed}'")
                bad += 1
            os.write(fd, b"\x15")
        os.close(fd)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
