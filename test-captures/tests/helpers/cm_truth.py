# cm_truth.py
# The made site of Configuration Manager and its truth: what each flow is, frame by frame
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import bisect
from collections import namedtuple

from audit_rows import AUDIT, flow_key
from conftest import MADE
from generators import plan

plan_cm_site = plan("plan_cm_site")

MATRIX = AUDIT + "matrix:configmgr"
Truth = namedtuple("Truth", "frame proto client server verdict row learned reach client_roles "
                   "server_roles what")


def site_prefs(*more):
    """The matrix, and the table of the whole site."""
    return [MATRIX, *plan_cm_site.role_lines(), *more]


def truth(name):
    """The flows of a capture in the order of their frames."""
    lines = (MADE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")][1:]
    cells = [[cell.strip() for cell in row.split(" | ", 10)] for row in rows]
    return [Truth(int(row[0]), *row[1:]) for row in cells]


def key_of(flow):
    ends = [end.rsplit(":", 1) for end in (flow.client, flow.server)]
    return flow_key(flow.proto.upper(), *ends[0], *ends[1])


def flow_of(flows, frame):
    """The flow of a frame: each is played to its end before the next begins."""
    return flows[bisect.bisect_right([flow.frame for flow in flows], frame) - 1]


def final(flows, table):
    """What the audit says of each flow at last: first frame -> (verdict, row), ("-", "-") where it
    is silent."""
    said = {flow.frame: ("-", "-") for flow in flows}
    for row in table:
        flow = flow_of(flows, row["number"])
        if row[AUDIT + "verdict"] and row["key"] == key_of(flow):
            said[flow.frame] = (row[AUDIT + "verdict"][-1], (row[AUDIT + "row"] or ["-"])[-1])
    return said
