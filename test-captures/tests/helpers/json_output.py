# json_output.py
# The statistics as lines of JSON, read strictly
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json

from audit_rows import statistic


def no_twice(pairs):
    """An object that has no name twice."""
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def parse(data):
    """Lines of JSON, read more strictly than most programs do."""
    assert not data or data.endswith(b"\n")
    return [json.loads(line.decode("utf-8", "strict"), object_pairs_hook=no_twice)
            for line in data.splitlines()]


def json_lines(tshark, capture, name="audit", only="", **options):
    """The lines of a statistic, and the one at their end that counts them."""
    done = tshark(capture, "-q", "-z", f"smsrc,{name}.json{only}", text=False, **options)
    *found, last = parse(done.stdout)
    assert last["type"] == {"audit": "audit", "sessions": "sessions"}[name]
    assert len(found) == last[{"audit": "flows", "sessions": "sessions"}[name]]
    assert {line["type"] for line in found} <= {{"audit": "flow", "sessions": "session"}[name]}
    return found, last


def audit_cells(tshark, capture, **options):
    """The table smsrc,audit, row by row, without what was not judged at its end."""
    lines = statistic(tshark, capture, "audit", **options)
    return [[cell.strip() for cell in line.split("|")][:-1]
            for line in lines[lines.index("SMS port audit") + 1:]
            if "|" in line and not line.startswith("Not judged")]
