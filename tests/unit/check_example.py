# SPDX-License-Identifier: MIT
"""What the device tells once when events were lost (EPIPE) ends no reader that examples/read-device.py is."""
import importlib.util
import os
import sys

spec = importlib.util.spec_from_file_location("example", sys.argv[1])
example = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(example)
answers = [BrokenPipeError(), example.HEAD.pack(64, 1, 0, 7, *[0] * 9), b""]


def read(_fd, _size):
    answer = answers.pop(0)
    if isinstance(answer, Exception):
        raise answer
    return answer


os.read = read
told = list(example.events(0))
assert len(told) == 2 and told[0] is None and told[1][0][3] == 7, told
