#!/usr/bin/env python3
# platforms.py
# Writes the table of versions and platforms in plugin/doc/install.md
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows are those of test-captures/data/platforms.csv, which says what was seen and when; a test
holds the rows of the systems that run all tests. test-captures/elsewhere adds what it has compared:

    python3 test-captures/generate/platforms.py [KEY VERSION COUNT DATE]
"""

import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "test-captures" / "data" / "platforms.csv"
PAGE = ROOT / "plugin" / "doc" / "install.md"
HEAD = ["Wireshark", "system", "built", "loaded", "tests run", "outputs compared", "last seen"]
TABLE = re.compile(r"(?<=\n\n)\| Wireshark \| system \| built .*?\n(?=\n)", re.DOTALL)


def rows():
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page():
    """The page with the table as the data have it."""
    lines = [HEAD, ["---"] * len(HEAD), *(list(row.values())[1:] for row in rows())]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    text, count = TABLE.subn(lambda _: table, PAGE.read_text(encoding="utf-8"))
    assert count == 1, f"{PAGE} has no table of versions"
    return text


def compared(key, version, count, date):
    """Writes into the data that `count` outputs were compared and none differed."""
    known = rows()
    row, = [row for row in known if row["key"] == key]
    row.update(wireshark=version, built="gcc", loaded="yes", seen=date,
               outputs=f"{count} compared with amd64: none differs")
    with DATA.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(known)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        compared(*sys.argv[1:])
    elif len(sys.argv) != 1:
        sys.exit(__doc__)
    PAGE.write_text(page(), encoding="utf-8")
