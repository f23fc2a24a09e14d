# test_filter_column.py
# The display filter of each row's packets, in the tables of Wireshark's window
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window for a plugin's table has no "Apply as Filter", so the last column has the
filter to be copied. sharkd draws the same tables."""

import pytest

from audit_rows import LEARN_OFF, conf
from rc_rows import frames
from scenes import scene

STATISTICS = ("sessions", "sessions.full", "audit", "roles", "chat")


ROLES = (LEARN_OFF, 'uat:smsrc_roles:"10.1.1.13","Management point","ABC"',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"')


def drawn(sharkd, capture, names, prefs=()):
    """name -> the rows of its table, without those that end it, as dicts."""
    reply, = sharkd(capture, [{"method": "tap", "params": {
        f"tap{number}": f"nstat:smsrc,{name}" for number, name in enumerate(names)}}],
                    conf=conf(prefs))
    found = {}
    for tap in filter(None, reply["result"]["taps"]):
        heads = [field["c"] for field in tap["fields"]]
        found[tap["tap"].removeprefix("nstat:smsrc,")] = [dict(zip(heads, row))
                                                          for row in tap["tables"][0]["i"]]
        assert heads[-1] == "Filter"
    assert set(found) == set(names)
    return found


@pytest.mark.parametrize("name", ["demo", "session-ipv6", "session-ipx"])
def test_the_filter_of_a_row_finds_its_packets(tshark, sharkd, made, name):
    names = STATISTICS if name == "demo" else STATISTICS[:2]
    tables = drawn(sharkd, made(name), names)
    filters = {table: [row["Filter"] for row in rows if row["Filter"]]
               for table, rows in tables.items()}
    for row in tables["sessions"]:
        assert row["Filter"] == f"smsrc.session == {round(row['Session'])}"
    found = frames(tshark, made(name), filters["sessions.full"][0], two_pass=True)
    assert (found[0], found[-1]) == tuple(round(tables["sessions.full"][0][column])
                                          for column in ("First frame", "Last frame"))
    if name != "demo":
        return
    assert all(filters.values())
    for row in tables["audit"]:
        if row["Filter"]:
            assert row["Filter"] == f"smsrc.audit.first_frame == {round(row['First frame'])}"
    first = next(row for row in tables["audit"] if row["Filter"])
    found = frames(tshark, made(name), first["Filter"], two_pass=True)
    assert len(found) == round(first["Packets"])
    assert {row["Filter"] for row in tables["roles"] if row["Filter"]} == {
        f"ip.addr == {row['Host']}" for row in tables["roles"] if row["Filter"]}
    assert frames(tshark, made(name), filters["chat"][0], two_pass=True)


def test_a_scan_has_the_packets_of_its_initiator(tshark, sharkd, tmp_path):
    def play(cap, _):
        for port in range(4000, 4020):
            cap.tcp("10.1.3.40", 1050 + port, "10.1.1.13", port).syn()
    capture = scene(tmp_path, play)
    row, = (row for row in drawn(sharkd, capture, ("audit",), ROLES)["audit"] if row["Filter"])
    assert row["Port"] == "scan"
    assert frames(tshark, capture, row["Filter"], prefs=ROLES, two_pass=True) == list(range(1, 21))


def test_tshark_prints_no_such_column(tshark, made):
    for statistic in STATISTICS:
        for columns in (None, "200"):
            text = tshark(made("demo"), "-q", "-z", f"smsrc,{statistic}",
                          env={"COLUMNS": columns}).stdout
            assert text and "Filter |" not in text and "smsrc.session ==" not in text
