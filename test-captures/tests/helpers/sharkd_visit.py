# sharkd_visit.py
# One sharkd that opens several captures one after the other: its requests and replies
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from conftest import complain
from recorded_truth import RECORDED

TAPS = ["nstat:smsrc,sessions", "nstat:smsrc,roles", "nstat:smsrc,audit", "nstat:smsrc,matrix",
        "nstat:smsrc,matrix.used", "nstat:smsrc,chat", "stat:smsrc"]

# Sessions of every kind, an audit that learns, ConfigMgr, damage; each opened twice.
CHOSEN = ["demo", "session-outcomes", "session-netbios", "session-ipx", "site-violations",
          "rc-damage-offsets", "rc-ntlmssp", "rc-configmgr"]


def visit(sandbox, captures):
    """Requests for sharkd: opens each capture, draws every statistic, filters, shows a frame."""
    requests = []
    for count, capture in enumerate(captures):
        # Another filter each time: sharkd keeps what a filter found over the next load.
        requests += [
            ("load", {"file": str(sandbox.readable(capture))}),
            ("tap", {f"tap{number}": tap for number, tap in enumerate(TAPS)}),
            ("frames", {"filter": f"smsrc && frame.number < {1000000 + count}"}),
            ("frame", {"frame": 9, "proto": True}),
        ]
    return [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            for number, (method, params) in enumerate(requests, 1)]


def replies(done, count):
    """By their numbers, from 1; each one has to be there, and no capture refused."""
    found = {}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            reply = json.loads(line)
            found[reply["id"]] = reply
    if set(found) != set(range(1, count + 1)):
        complain(done, "replies are missing")
    assert all(found[number]["result"] == {"status": "OK"} for number in range(1, count, 4))
    return found


@pytest.fixture(scope="module")
def chosen(made):
    return [*map(made, CHOSEN), RECORDED / "site-misconfigured.pcapng", *map(made, CHOSEN)]


def printed_rows(tap):
    """The rows of a table that sharkd has, without the columns that tshark does not print."""
    printed = [number for number, field in enumerate(tap["fields"])
               if field["c"] not in ("Rank", "Filter")]
    return [[row[number] for number in printed] for table in tap["tables"] for row in table["i"]]
