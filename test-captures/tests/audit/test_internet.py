# test_internet.py
# Internet, a class of addresses: rows that name it, and smsrc.audit.own_networks
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

import bare_packets
from audit_rows import AUDIT, uat

pytestmark = pytest.mark.quick

SITE_SERVER, MP, STRANGER, PRIVATE, PUBLIC = (
    "10.77.0.1", "203.0.113.9", "203.0.113.5", "10.99.0.5", "198.51.100.7")
SYN, SYN_ACK, ACK = 0x02, 0x12, 0x10
ROLES = uat("smsrc_roles", f'"{SITE_SERVER}","Site server","ABC"',
            f'"{MP}","Management point","ABC"')
CONFIGMGR = [AUDIT + "matrix:configmgr", AUDIT + "learn:FALSE", *ROLES]
# Who calls whom on which port.
FLOWS = [(SITE_SERVER, STRANGER, 443), (SITE_SERVER, PRIVATE, 443), (SITE_SERVER, MP, 443),
         (SITE_SERVER, STRANGER, 8081), (PUBLIC, STRANGER, 443)]


@pytest.fixture(scope="module")
def capture(sandbox):
    return bare_packets.write(
        sandbox.new_folder("internet") / "internet.pcap",
        [frame for number, (one, other, port) in enumerate(FLOWS)
         for frame in (bare_packets.tcp(one, 50000 + number, other, port, b"", 1, SYN),
                       bare_packets.tcp(other, port, one, 50000 + number, b"", 1, SYN_ACK),
                       bare_packets.tcp(one, 50000 + number, other, port, b"", 2, ACK))])


def judged(tshark, capture, *prefs):
    """(address of the responder, port) -> its verdict, row and responder roles."""
    names = ["ip.dst", "tcp.dstport", *(AUDIT + name for name in (
        "verdict", "row", "responder_role"))]
    done = tshark(capture, "-Y", f"{AUDIT}verdict and tcp.flags == 2", "-T", "fields",
                  *(word for name in names for word in ("-e", name)), prefs=prefs, two_pass=True)
    found = {}
    for line in done.stdout.splitlines():
        host, port, *rest = line.split("\t")
        found[host, int(port)] = tuple(rest)
    return found, done.stderr


def test_a_public_address_fits_rows_for_internet(tshark, capture):
    """And makes no other verdict: not on another port, nor between two public hosts."""
    found, _ = judged(tshark, capture, *CONFIGMGR)
    assert found[STRANGER, 443] == ("Listed", "CM-BB2", "Internet")
    assert {host for host, _ in found} == {STRANGER, MP}
    assert (STRANGER, 8081) not in found
    assert "Internet" not in found[MP, 443][2]


def test_own_networks_are_not_the_internet(tshark, capture):
    """What of the preference is not a network is reported, and the rest counts."""
    own = AUDIT + "own_networks:198.51.100.0/24, 203.0.113.0/33 203.0.113.0/24"
    found, said = judged(tshark, capture, *CONFIGMGR, own)
    assert {host for host, _ in found} == {MP}
    assert said.count('smsrc.audit.own_networks: "203.0.113.0/33" is not an address') == 1


def test_without_rows_for_internet_no_address_is_in_it(tshark, capture):
    """The default matrix has none; a row of the user's is one."""
    prefs = [AUDIT + "learn:FALSE", *ROLES]
    found, _ = judged(tshark, capture, *prefs)
    assert {host for host, _ in found} == {MP}
    rows = uat("smsrc_rows", '"Site server","Internet","TCP","443","",""')
    found, _ = judged(tshark, capture, *prefs, *rows)
    assert found[STRANGER, 443] == ("Listed", "USER1", "Internet")


def test_where_one_role_is_enough_it_is_any_host(tshark, capture):
    one = AUDIT + "scope:one"
    found, _ = judged(tshark, capture, *CONFIGMGR, one)
    own, _ = judged(tshark, capture, *CONFIGMGR, one, AUDIT + "own_networks:203.0.113.0/24")
    assert found[STRANGER, 443][:2] == ("Listed", "CM-BB2")
    assert found[STRANGER, 8081][:2] == own[STRANGER, 8081][:2]
    assert (STRANGER, 8081) in own
