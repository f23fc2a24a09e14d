# profile_tables.py
# The tables of the profile "SMS 2003": buttons, graphs, coloring rules
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import csv

from recorded_truth import RECORDED
from window import PROFILE_FILES

SITE_ROLES = RECORDED / "smsrc_roles"
SITE_ROLE_LINES = [line for line in SITE_ROLES.read_text(encoding="ascii").splitlines()
                   if not line.startswith("#")]

# The agent's reply of demo and rc-session, in the profile's columns of the packet list.
VIEWERS_REPLY = r"Unconfirmed +F3 +10\.1\.3\.17 +Client +10\.1\.0\.50 +Remote Control viewer +SMSRC"

Graph = collections.namedtuple("Graph", "enabled name filter color style unit field sma factor")
Button = collections.namedtuple("Button", "enabled label filter comment")
Rule = collections.namedtuple("Rule", "name filter background text")


def lines_of(name):
    lines = (PROFILE_FILES / name).read_text(encoding="ascii").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def table(name, kind):
    """A table of Wireshark's: quoted cells, a quote within one is \\x22."""
    return [kind(*(cell.replace(r"\x22", '"') for cell in cells))
            for cells in csv.reader(lines_of(name))]


BUTTONS = table("dfilter_buttons", Button)
GRAPHS = table("io_graphs", Graph)
RULES = [Rule(*line.strip("@").split("@", 2)[:2], *line.split("@")[3].strip("[]").split("]["))
         for line in lines_of("colorfilters")]


def column_widths():
    """Column of the packet list -> its width in points."""
    line, = (line for line in lines_of("recent") if line.startswith("column.width: "))
    cells = line.split(": ")[1].split(", ")
    return dict(zip(cells[::2], map(int, cells[1::2])))
