# test_audit_other_ports.py
# Real services on their own ports and on others, between hosts that hold the roles concerned
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from audit_rows import (
    AUDIT, LEARN_OFF, WARNINGS, audited, fields, plan_site, with_expert)
from conftest import ALL_MOVED

SITE_TO_DC = ("Site server", "Domain controller")
CONSOLE_TO_CLIENT = ("Administrator console", "Advanced Client")
SITE_TO_SQL = ("Site server", "SQL Server")

# The service by its file's name: initiator and responder, and the names its content may be given.
SERVICES = {
    "cldap": (SITE_TO_DC, {"CLDAP"}),
    "dhcp": (("Advanced Client", "DHCP server"), {"DHCP"}),
    "dns": (("Advanced Client", "DNS server"), {"DNS"}),
    "gc-ldap": (SITE_TO_DC, {"LDAP"}),
    "http": (("Advanced Client", "Management point"), {"HTTP"}),
    "krb-tcp": (SITE_TO_DC, {"Kerberos"}),
    "krb-udp": (SITE_TO_DC, {"Kerberos"}),
    "ldap": (SITE_TO_DC, {"LDAP"}),
    "nbdgm": (("Site server", "Site server"), {"NBDGM"}),
    "nbns": (("Site server", "Site server"), {"NBNS"}),
    "nbss": (SITE_TO_SQL, {"NBSS", "SMB1"}),
    "pptp": (("RAS sender", "RAS sender"), {"PPTP"}),
    "smb1": (("Site server", "Child site server"), {"SMB1"}),
    "smb2": (("Site server", "Child site server"), {"SMB2"}),
    "tds": (SITE_TO_SQL, {"TDS"}),
    "tds7": (SITE_TO_SQL, {"TDS"}),
}

# No service of the matrix: moved to 2701-2704 between a console and a client.
FOREIGN = {"ftp": {"FTP"}, "sip": {"SIP"}, "tftp": {"TFTP"}, "tls": {"TLS"}}

# Moved, and yet where the matrix has it.
LISTED = {
    "map-ldap-389-to-3268.pcap": SITE_TO_DC,
    "map-tls-443-to-636.pcap": SITE_TO_DC,
}

MAPPED = [name for name in ALL_MOVED if isinstance(name, str) and name.startswith("map-")]
STANDARD = [name for name in ALL_MOVED if isinstance(name, str) and name.startswith("std-")]
NOT_HERE = [pytest.param("none", marks=pytest.mark.skip(reason="no moved captures"))]


def parts(name):
    """("ldap", 389, 3268) of map-ldap-389-to-3268.pcap; std- files end on their own port."""
    found = re.fullmatch(r"(?:map|std)-(.*?)-(\d+)(?:-to-(\d+))?\.pcap", name)
    return found[1], int(found[2]), int(found[3] or found[2])


def server_ends(tshark, capture, port):
    """(callers, called): the addresses on the two sides of a port, read from the capture."""
    names = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport",
             "udp.srcport", "udp.dstport"]
    callers, called = set(), set()
    for row in fields(tshark, capture, names, plugin=False):
        src, dst = row["ip.src"] or row["ipv6.src"], row["ip.dst"] or row["ipv6.dst"]
        from_port, to_port = ([int(p) for p in row["tcp." + end] + row["udp." + end]]
                              for end in ("srcport", "dstport"))
        if port in to_port:
            callers.add(src[0])
            called.add(dst[0])
        elif port in from_port:
            called.add(src[0])
            callers.add(dst[0])
    return callers, called


def is_one_host(address):
    return address != "0.0.0.0" and not address.endswith(".255")


def prefs_for(tshark, capture, port, roles):
    """The table that gives both sides of a port their roles, and nothing learned."""
    callers, called = server_ends(tshark, capture, port)
    assert callers and called
    table = [(address, roles[0], "ABC") for address in sorted(callers) if is_one_host(address)]
    table += [(address, roles[1], "ABC") for address in sorted(called) if is_one_host(address)]
    return [*plan_site.role_lines(table), LEARN_OFF]


def judged_on(tshark, capture, port, roles):
    """The audited frames of the flows to and from this port."""
    table = audited(tshark, capture, "-Y", "smsrc.audit",
                    prefs=prefs_for(tshark, capture, port, roles))
    return [row for row in table if port in [end[1] for end in row["key"][1:]]]


@pytest.mark.parametrize("name", [n for n in MAPPED if parts(n)[0] in SERVICES and
                                  n not in LISTED] or NOT_HERE)
def test_a_moved_service_is_off_the_matrix_and_named(tshark, moved, name):
    service, _, port = parts(name)
    roles, names = SERVICES[service]
    found = judged_on(tshark, moved(name), port, roles)
    assert found
    assert {value for row in found for value in row[AUDIT + "verdict"]} == {"Off matrix"}
    assert with_expert(found, "off_matrix")
    assert names & {value for row in found for value in row[AUDIT + "service"]}


@pytest.mark.parametrize("name", [n for n in MAPPED if parts(n)[0] in FOREIGN and
                                  n not in LISTED] or NOT_HERE)
def test_a_foreign_service_is_the_wrong_one(tshark, moved, name):
    service, _, port = parts(name)
    found = judged_on(tshark, moved(name), port, CONSOLE_TO_CLIENT)
    assert with_expert(found, "wrong_service")
    wrong = [row for row in found if row[AUDIT + "verdict"] == ["Wrong service"]]
    assert {value for row in wrong for value in row[AUDIT + "service"]} <= FOREIGN[service]
    assert {value for row in wrong for value in row[AUDIT + "row"]} <= {
        "F%d" % number for number in range(1, 9)}


@pytest.mark.parametrize("name", [n for n in LISTED if n in MAPPED] or NOT_HERE)
def test_moved_to_where_the_matrix_has_it_is_no_warning(tshark, moved, name):
    found = judged_on(tshark, moved(name), parts(name)[2], LISTED[name])
    assert {value for row in found for value in row[AUDIT + "verdict"]} == {"Listed"}
    assert not with_expert(found, *WARNINGS)


@pytest.mark.parametrize("name", [n for n in STANDARD if parts(n)[0] in SERVICES] or NOT_HERE)
def test_on_its_own_port_a_service_raises_no_warning(tshark, moved, name):
    service, _, port = parts(name)
    roles, _ = SERVICES[service]
    found = judged_on(tshark, moved(name), port, roles)
    assert found
    assert not with_expert(found, *WARNINGS)


def test_every_moved_capture_is_known():
    """A capture that none of these tests reads would be unused."""
    unread = [name for name in MAPPED if parts(name)[0] not in {**SERVICES, **FOREIGN}]
    assert unread == []
