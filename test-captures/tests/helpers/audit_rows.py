# audit_rows.py
# The audit's fields as Python values, frame by frame and flow by flow, and the generators' plans
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import csv
import re

from conftest import MADE
from generators import plan
from rc_rows import fields, frames, rows

MATRIX_CSV = MADE.parent / "data" / "kb826852.csv"

plan_signatures = plan("plan_signatures")
plan_site = plan("plan_site")

AUDIT = "smsrc.audit."
FIELDS = tuple(AUDIT + name for name in (
    "verdict", "row", "row.text", "service", "server_port", "initiator_role", "responder_role",
    "site_code", "evidence", "evidence.frame", "first_frame"))
WARNINGS = ("off_matrix", "wrong_service", "blocked")
NOTES = ("wrong_direction", "kb_gap", "later_product", "legacy_product", "discouraged")
EXPERTS = tuple(AUDIT + name for name in WARNINGS + NOTES)
ANY_WARNING = " or ".join(AUDIT + name for name in WARNINGS)
ENDS = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport",
        "udp.dstport", "ipx")

LEARN_OFF = AUDIT + "learn:FALSE"


def site_prefs(*more):
    """The table of the whole site, and its own port for SQL."""
    return [*plan_site.role_lines(), plan_site.CUSTOM_SQL, *more]


def flow_key(transport, one, one_port, other, other_port):
    """What all frames of a flow have in common, in either direction."""
    if transport == "IPX":
        return ("IPX",)
    return (transport, *sorted(((one, int(one_port)), (other, int(other_port)))))


def planned_key(flow):
    """The same for a flow of a plan."""
    return flow_key(flow.transport, flow.client, flow.client_port, flow.server, flow.server_port)


def key_of(row):
    """The same for a frame; an ICMP error belongs to what it quotes, which comes last."""
    if row["ipx"]:
        return ("IPX",)
    for transport in ("tcp", "udp"):
        if row[transport + ".srcport"]:
            src, dst = row["ip.src"] or row["ipv6.src"], row["ip.dst"] or row["ipv6.dst"]
            return flow_key(transport.upper(), src[-1], row[transport + ".srcport"][-1], dst[-1],
                            row[transport + ".dstport"][-1])
    return None


def audited(tshark, capture, *args, **options):
    """Every frame: a dict of its audit fields and experts (absent: []), "number" and "key"."""
    names = ["frame.number", *ENDS, *FIELDS, *EXPERTS]
    table = fields(tshark, capture, names, *args, **options)
    for row in table:
        row["number"] = int(row["frame.number"][0])
        row["key"] = key_of(row)
    return table


def of_flow(table, flow):
    """The frames of a planned flow."""
    key = planned_key(flow)
    return [row for row in table if row["key"] == key]


def values(table, name):
    """All values that a field of the audit has in these frames."""
    return {value for row in table for value in row[AUDIT + name]}


def with_expert(table, *experts):
    """The frames that have one of these experts."""
    return [row for row in table if any(row[AUDIT + expert] for expert in experts)]


def verdicts(table):
    """frame number -> (verdict, row) of the frames that have one."""
    return {row["number"]: (row[AUDIT + "verdict"], row[AUDIT + "row"]) for row in table
            if row[AUDIT + "verdict"]}


def matrix_ids():
    with open(MATRIX_CSV, encoding="utf-8", newline="") as source:
        return [line["id"] for line in csv.DictReader(source)]


def statistic(tshark, capture, name, **options):
    """The lines of one of the plugin's statistics."""
    return tshark(capture, "-q", "-z", f"smsrc,{name}", **options).stdout.splitlines()


def matrix_rows(tshark, capture, **options):
    """The statistic of the matrix: id -> its cells."""
    cells = [[cell.strip() for cell in line.strip("| ").split("|")]
             for line in statistic(tshark, capture, "matrix", **options)]
    return {row[0]: row[1:] for row in cells if len(row) > 2 and row[0] in matrix_ids()}


def lines_with(lines, *words):
    """Those lines that contain all these words, letters of either case."""
    return [line for line in lines if all(word.lower() in line.lower() for word in words)]


def host_lines(lines, address):
    """Those lines that contain an address, and not as the beginning of a longer one."""
    return [line for line in lines if address in re.split(r"[|,()\s]+", line)]


__all__ = ["ANY_WARNING", "AUDIT", "EXPERTS", "FIELDS", "LEARN_OFF", "NOTES", "WARNINGS",
           "audited", "fields", "flow_key", "frames", "host_lines", "lines_with",
           "matrix_ids", "matrix_rows", "of_flow", "plan_signatures", "plan_site",
           "planned_key", "rows", "site_prefs", "statistic", "values", "verdicts",
           "with_expert"]


def conf(prefs):
    """The values of -o as the name and value that sharkd's setconf takes."""
    pairs = []
    for pref in prefs:
        if pref.startswith("uat:"):
            _, table, record = pref.split(":", 2)
            pairs.append((f"uat:{table}", record))
        else:
            name, value = pref.split(":", 1)
            pairs.append((name, value))
    return pairs


def uat(table, *lines):
    return [f"uat:{table}:{line}" for line in lines]
