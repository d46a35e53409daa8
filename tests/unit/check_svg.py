#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_svg.py FILE PROCESSES ROWS: the picture is XML that stands alone, no two texts in it overlap, nothing
is outside of it, its rows tell of that many processes, and there are no more than so many rows."""
import re
import sys
import xml.etree.ElementTree as tree

SVG = "{http://www.w3.org/2000/svg}"
UP, DOWN = 9, 3  # of a text of 11 units, above and below its line
PAIR = re.compile(r"translate\(([-0-9.]+) ([-0-9.]+)\)")


def place(node, x, y):
    """Where the coordinates of what is in it begin."""
    move = PAIR.fullmatch(node.get("transform", "translate(0 0)"))
    if node.tag == SVG + "svg" and node.get("data-left") is None:
        x += float(node.get("x", 0))
        y += float(node.get("y", 0))
    return x + float(move[1]), y + float(move[2])


def texts(node, x=0, y=0):
    x, y = place(node, x, y)
    for child in node:
        if child.tag == SVG + "text":
            left, base = x + float(child.get("x")), y + float(child.get("y"))
            yield left, left + float(child.get("textLength")), base - UP, base + DOWN, child.text
        else:
            yield from texts(child, x, y)


def check_texts(root):
    width, height = float(root.get("width")), float(root.get("height"))
    found = sorted(texts(root), key=lambda text: text[2])
    for i, (left, right, top, bottom, text) in enumerate(found):
        assert left >= 0 and right <= width and top >= 0 and bottom <= height, (text, left, right)
        for other in found[i + 1:]:
            if other[2] >= bottom:
                break
            assert other[0] >= right or other[1] <= left, f"{text!r} overlaps {other[4]!r}"
    return len(found)


def check_alone(root):
    """Nothing of elsewhere, no script but ours, and no event that runs one."""
    for node in root.iter():
        for name, value in node.attrib.items():
            assert not name.startswith("on") and "href" not in name, (node.tag, name)
            assert "url(" not in value or value.startswith("url(#"), value
            assert value.lower() not in ("nan", "inf"), (node.tag, name, value)
        assert node.tag.startswith(SVG), node.tag
    assert len(root.findall(f".//{SVG}script")) == 1
    assert "url" not in root.find(f"{SVG}style").text


def check_bars(root):
    end = float(root.get("data-width")) + 1
    for bar in root.iterfind(f".//{SVG}g[@class='t']/{SVG}rect"):
        x, width = float(bar.get("x")), float(bar.get("width"))
        assert -1 <= x and 0 <= width and x + width <= end + 1, bar.attrib


def check_rows(root, processes, most):
    rows = root.findall(f".//{SVG}g[@class='row']")
    assert sum(int(row.get("data-count")) for row in rows) == processes, "a process is missing"
    assert len(rows) <= most, f"{len(rows)} rows"
    for row in rows:
        assert row.find(f"{SVG}title").text and row.findall(f".//{SVG}g/*"), "a row without a bar"


root = tree.parse(sys.argv[1]).getroot()
assert root.tag == SVG + "svg"
check_alone(root)
check_bars(root)
check_rows(root, int(sys.argv[2]), int(sys.argv[3]))
print(check_texts(root), "texts")
