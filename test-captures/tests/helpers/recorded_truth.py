# recorded_truth.py
# The recorded sites and their truth: what each flow is, and what the audit has to report of it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

from collections import namedtuple

from audit_rows import flow_key
from conftest import MADE

RECORDED = MADE.parent / "recorded"
HOSTS = MADE.parent / "lab" / "hosts"
NAMES = ("site", "site-misconfigured", "site-firewalled")

Truth = namedtuple("Truth", "name frame proto client server verdict row reach client_roles "
                   "server_roles what")


def hosts(listed=HOSTS):
    """address -> (name, site code, roles)"""
    found = {}
    for line in listed.read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            name, address, code, roles = line.split(None, 3)
            found[address] = (name, code, split_roles(roles))
    return found


def split_roles(text):
    return set() if text == "-" else set(text.split(", "))


def table_of(listed):
    """The table smsrc_roles as values of -o."""
    return [f'uat:smsrc_roles:"{address}","{role}","{"" if code == "-" else code}"'
            for address, (_, code, roles) in hosts(listed).items() for role in sorted(roles)]


def role_lines():
    """The same for the site of SMS 2003, and its own port for SQL."""
    return [*table_of(HOSTS), "smsrc.audit.sql_ports:14330"]


def truth(name):
    lines = (RECORDED / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")][1:]
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row.split(" | ", 9)]
        found.append(Truth(name, int(cells[0]), cells[1], *cells[2:7], split_roles(cells[7]),
                           split_roles(cells[8]), cells[9]))
    return found


def key_of(flow):
    ends = [end.rsplit(":", 1) for end in (flow.client, flow.server)]
    return flow_key(flow.proto.upper(), *ends[0], *ends[1])


ALL = [flow for name in NAMES if (RECORDED / f"{name}.txt").exists() for flow in truth(name)]
