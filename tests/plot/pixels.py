#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pixels.py FILE.png WIDTHxHEIGHT GROUND COLOUR...: a screenshot of that size on that ground, in which there is
text, and enough of each colour; colours are like #2f7fc7."""
import struct
import sys
import zlib
from collections import Counter


def chunks(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        yield kind, png[at + 8:at + 8 + length]
        at += length + 12


def paeth(left, up, corner):
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def unfilter(kind, line, above, size):
    for i in range(len(line)):
        left = line[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        line[i] = line[i] + (0, left, above[i], (left + above[i]) // 2,
                             paeth(left, above[i], corner))[kind] & 255
    return line


def read(path):
    """Width, height, and how many pixels there are of each colour."""
    data, counts = b"", Counter()
    for kind, content in chunks(open(path, "rb").read()):
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", content[:10])
            assert depth == 8 and colours in (2, 6), "another kind of PNG"
        if kind == b"IDAT":
            data += content
    size = 3 if colours == 2 else 4
    data, stride = zlib.decompress(data), width * size + 1
    above = bytearray(stride - 1)
    for row in range(height):
        line = bytearray(data[row * stride + 1:(row + 1) * stride])
        if data[row * stride]:
            line = unfilter(data[row * stride], line, above, size)
        above = line
        counts.update(zip(line[0::size], line[1::size], line[2::size]))
    return width, height, counts


def colour(text):
    return tuple(bytes.fromhex(text[1:]))


width, height, counts = read(sys.argv[1])
assert f"{width}x{height}" == sys.argv[2], (width, height)
ground = counts[colour(sys.argv[3])]
assert ground > width * height * 0.4, f"{ground} pixels of ground"
assert len(counts) > 50, "no text: too few shades"
for wanted in sys.argv[4:]:
    assert counts[colour(wanted)] >= 30, f"{counts[colour(wanted)]} pixels of {wanted}"
print(f"{width}x{height}, {len(counts)} colours")
