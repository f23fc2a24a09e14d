# test_audit_services.py
# What a flow carries is known by its own first bytes: what begins like a service is not taken for it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import EXPERTS, audited, values
from case_table import CASE_TABLE
from generators import generator

CONSOLE, CLIENT = "10.1.2.50", "10.1.3.17"
NEGOTIATION = "0100080003000000"
CONFIRM = "030000130ed000001234000209080002000000"
COOKIE = b"Cookie: mstshash=jdoe\r\n".hex()

# name: (what the caller sends, what is answered), in hexadecimal
RDP = {
    "negotiation": ("030000130ee00000000000" + NEGOTIATION, CONFIRM),
    "a cookie": ("0300002a25e00000000000" + COOKIE + NEGOTIATION, CONFIRM),
    "a routing token": ("0300002124e00000000000" + b"Cookie: msts=1.1.1\r\n".hex() + "00", CONFIRM),
    "before RDP 5": ("0300000b06e00000000000", "0300000b06d00000123400"),
}
NOT_RDP = {
    "S7": ("0300001611e00000000100c0010ac1020100c2020102",
           "0300001611d00001000000c0010ac1020100c2020102"),
    "S7, seen from the middle": ("0300001902f08032010000000000080000f0000001000101e0",
                                 "0300001b02f080320300000000000800000000f0000001000101e0"),
    "MMS": ("0300001002f0800d0705061301001601", "0300000c02f0800001000000"),
    "H.323": ("0300000c0802110005040380", "0300000c0802910007040380"),
}


@pytest.fixture(scope="module")
def flow_of(sandbox):
    """flow_of(port, *messages in turn) -> a capture of the console's call to a client."""
    flows = generator("flows")
    folder = sandbox.new_folder("services")

    def make(name, port, *said):
        cap = flows.Capture()
        c = cap.tcp(CONSOLE, 49201, CLIENT, port)
        c.open()
        for number, text in enumerate(said):
            (c.reply if number % 2 else c.send)(bytes.fromhex(text))
        c.close()
        path = folder / f"{name.replace(' ', '-')}-{port}.pcap"
        cap.write(path)
        path.chmod(0o644)
        return path
    return make


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", RDP)
def test_remote_desktop_is_the_gap_it_is(tshark, flow_of, name, two_pass):
    table = audited(tshark, flow_of(name, 3389, *RDP[name]), prefs=CASE_TABLE, two_pass=two_pass)
    assert values(table, "verdict") == {"KB gap"}
    assert values(table, "row") == {"GAP44"}
    assert values(table, "service") - {"Unknown"} == {"RDP"}
    assert {name for row in table for name in EXPERTS if row[name]} == {"smsrc.audit.kb_gap"}


@pytest.mark.parametrize("name", NOT_RDP)
def test_what_else_lies_in_tpkt_is_neither_rdp_nor_sql(tshark, flow_of, name):
    table = audited(tshark, flow_of(name, 102, *NOT_RDP[name]), prefs=CASE_TABLE, two_pass=True)
    assert values(table, "service") == {"Unknown"}
    assert values(table, "verdict") == {"Off matrix"}


def test_the_case_of_remote_desktop(tshark, case):
    table = audited(tshark, case("rdp-called-tds"), prefs=CASE_TABLE, two_pass=True)
    assert (values(table, "verdict"), values(table, "row")) == ({"KB gap"}, {"GAP44"})
    assert values(table, "service") - {"Unknown"} == {"RDP"}
    assert not any(row["smsrc.audit.wrong_service"] for row in table)
