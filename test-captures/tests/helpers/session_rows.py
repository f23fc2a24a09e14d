# session_rows.py
# The table of sessions and its truth, for the suites that read it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json

from conftest import MADE

ALL_SESSIONS = sorted(path.stem for path in MADE.glob("session-*.json")) or ["none"]
COLUMNS = ("number", "kind", "viewer", "agent", "outcome", "reason", "host", "user", "controller",
           "account", "functions", "carriers", "first", "last", "start", "seconds",
           *(f"{channel} {way}" for channel in ("Control", "Data", "Chat", "File transfer")
             for way in ("to agent", "to viewer")))


def truth(name):
    return json.loads((MADE / f"{name}.json").read_text(encoding="utf-8"))


def table(text):
    """The rows of the printed table, as the generator writes them."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines)
                 if line == "Remote control sessions") + 1
    rows = []
    for line in lines[first:]:
        if line.startswith("==="):
            break
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == len(COLUMNS) + 1 and cells[-1] == "", line
        rows.append(dict(zip(COLUMNS, cells)))
    return rows


def statistic(tshark, capture, name="sessions.full", **options):
    return tshark(capture, "-q", "-z", f"smsrc,{name}", **options).stdout
