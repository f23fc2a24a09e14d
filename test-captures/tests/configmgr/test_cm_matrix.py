# test_cm_matrix.py
# Flows judged by the lists of ports of Configuration Manager and of SMS 2.0
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each flow of one made capture, with the row that each list has for it. Roles are the table's."""

import json
from collections import namedtuple

import pytest

from audit_rows import AUDIT, LEARN_OFF, fields, statistic
from generators import generator, plan

pytestmark = pytest.mark.quick

kb = plan("kb_services")

ROLES = {
    "client": "Client", "peer": "Client", "mp": "Management point", "sup": "Software update point",
    "site": "Site server", "sql": "SQL Server", "dc": "Domain controller", "cap":
    "Client access point", "crp": "Certificate registration point", "console":
    "Administrator console", "rsp": "Reporting services point", "dns": "DNS server",
}
HOSTS = {name: f"10.40.0.{number}" for number, name in enumerate(ROLES, 1)}
TABLE = [LEARN_OFF, *(f'uat:smsrc_roles:"{HOSTS[name]}","{role}","ABC"'
                      for name, role in ROLES.items())]
CONFIGMGR, SMS2 = ("smsrc.audit.matrix:configmgr", "smsrc.audit.matrix:sms2")

HTTP = (kb.http_get("/"), kb.http_response())
TLS = (plan("messages").tls_client_hello(), kb.tls_server_hello())
SMB = (kb.smb2_negotiate(), kb.smb2_negotiated())
TDS = (kb.tds_prelogin(), kb.tds_prelogin_reply())
LDAP = (kb.ldap_bind(), kb.ldap_bound())
RPC = (kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(49200))
ODD = (b"\x11\x22\x33\x44" * 6, b"\x55\x66\x77\x88" * 6)
SSH = (b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-2.0-OpenSSH_9.2\r\n")

# By Configuration Manager's list, by KB 200898, and by KB 826852: a verdict and its row. "near"
# where the row is the nearest.
Flow = namedtuple("Flow", "initiator responder transport port said configmgr sms2 kb826852")
LISTED, GAP, LATER, LEGACY, OFF = "Listed", "KB gap", "Later product", "Legacy product", "Off matrix"
FLOWS = (
    Flow("client", "mp", "tcp", 80, HTTP, (LISTED, "CM-L2"), (LATER, "E1"), (LISTED, "E1")),
    Flow("client", "mp", "tcp", 443, TLS, (LISTED, "CM-L3"), (LATER, "LATER1"), (LATER, "LATER1")),
    Flow("client", "mp", "tcp", 10123, ODD, (LISTED, "CM-L1"), (LATER, "LATER2"),
         (LATER, "LATER2")),
    Flow("client", "sup", "tcp", 80, HTTP, (LISTED, "CM-M1"), (OFF, "near E1"), (OFF, "near E1")),
    Flow("client", "sup", "tcp", 8530, HTTP, (LISTED, "CM-M2"), None, None),
    # Either end of these calls; the page has them for both.
    Flow("mp", "site", "tcp", 445, SMB, (LISTED, "CM-AI3"), (GAP, "GAP19"), (GAP, "GAP19")),
    Flow("site", "mp", "tcp", 445, SMB, (LISTED, "CM-AI3"), (GAP, "GAP18"), (GAP, "GAP18")),
    Flow("crp", "site", "tcp", 445, SMB, (LISTED, "CM-AV1"), None, None),
    Flow("mp", "sql", "tcp", 1433, TDS, (LISTED, "CM-AJ1"), (LISTED, "SMS2-D1"), (LISTED, "C3")),
    Flow("mp", "sql", "tcp", 14330, TDS, (OFF, "near CM-AJ1"), (OFF, "near SMS2-D1"),
         (OFF, "near I4")),
    # Dynamic RPC in both ranges.
    Flow("console", "site", "tcp", 49200, RPC, (GAP, "CM-GAP2"), (GAP, "GAP2"), (GAP, "GAP2")),
    Flow("site", "mp", "tcp", 1200, RPC, (LISTED, "CM-AI2"), (GAP, "GAP5"), (GAP, "GAP5")),
    # Printed, and not expected.
    Flow("site", "crp", "udp", 135, ODD, (LISTED, "CM-AV2"), None, None),
    # What other products have.
    Flow("client", "cap", "tcp", 445, SMB, (GAP, "GAP17"), (GAP, "GAP17"), (GAP, "GAP17")),
    Flow("console", "client", "tcp", 2702, ODD, (LEGACY, "F5"), (LISTED, "SMS2-H3"),
         (LISTED, "F5")),
    Flow("console", "client", "tcp", 1762, ODD, (LEGACY, "LEGACY3"), (LISTED, "SMS2-G3"),
         (LEGACY, "LEGACY3")),
    Flow("site", "dc", "tcp", 3269, TLS, (GAP, "CM-GAP13"), (LATER, "A7"), (LISTED, "A7")),
    Flow("client", "sql", "tcp", 9999, SSH, OFF, OFF, OFF),
    Flow("client", "peer", "tcp", 8003, HTTP, (LISTED, "CM-C4"), (LATER, "LATER5"),
         (LATER, "LATER5")),
)


def write(path, flows):
    cap = generator("flows").Capture()
    for number, flow in enumerate(flows):
        ends = (HOSTS[flow.initiator], 50100 + number, HOSTS[flow.responder], flow.port)
        made = cap.tcp(*ends) if flow.transport == "tcp" else cap.udp(*ends)
        if flow.transport == "tcp":
            made.open()
        made.send(flow.said[0])
        made.reply(flow.said[1])
        if flow.transport == "tcp":
            made.close()
        cap.wait(0.5)
    cap.write(path)
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module", name="capture")
def _capture(sandbox):
    return write(sandbox.new_folder("cm-matrix") / "cm-matrix.pcap", FLOWS)


def lines(tshark, capture, *prefs):
    """The flows of a capture, by their own ports: lines of JSON."""
    found = [json.loads(line) for line in statistic(tshark, capture, "audit.json",
                                                    prefs=[*TABLE, *prefs])
             if line.startswith('{"type":"flow"')]
    return {(line["initiator"], line["responder"], line["server_port"]): line for line in found}


def judged(found, flow):
    line = found.get((HOSTS[flow.initiator], HOSTS[flow.responder], flow.port))
    return line and (line["verdict"], ("near " if line.get("nearest") else "") + str(line["row"]))


@pytest.mark.parametrize("matrix", ["configmgr", "sms2", "kb826852"])
def test_each_list_has_its_own_rows(tshark, capture, matrix):
    found = lines(tshark, capture, f"smsrc.audit.matrix:{matrix}")
    wanted = {flow: getattr(flow, matrix) for flow in FLOWS}
    seen = {flow: judged(found, flow) for flow in FLOWS}
    assert {flow: seen[flow][0] if isinstance(row, str) else seen[flow]
            for flow, row in wanted.items() if row} == {
                flow: row for flow, row in wanted.items() if row}
    assert {line.get("matrix") for line in found.values()} == {
        None if matrix == "kb826852" else matrix}


def test_the_default_is_kb_826852_and_its_field_is_hidden(tshark, capture):
    assert lines(tshark, capture) == lines(tshark, capture, "smsrc.audit.matrix:kb826852")
    name = AUDIT + "matrix"
    for prefs, value in ((TABLE, "kb826852"), ([*TABLE, CONFIGMGR], "configmgr")):
        found = fields(tshark, capture, [AUDIT + "verdict", name], prefs=prefs)
        assert {row[name][0] for row in found if row[AUDIT + "verdict"]} == {value}
    assert "Matrix: " not in tshark(capture, "-V", prefs=TABLE).stdout
    tree = tshark(capture, "-V", prefs=[*TABLE, CONFIGMGR]).stdout
    assert "Matrix: configmgr (Configuration Manager, current branch)" in tree
    assert "on no row of Configuration Manager, current branch" in tree
    assert "[Microsoft SMS Port Audit (Configuration Manager, current branch), Listed]" in tree
    assert "KB 826852" not in tree


def test_the_tables_name_the_list(tshark, capture):
    prefs = [*TABLE, CONFIGMGR]
    title = "Configuration Manager, current branch"
    for name in ("audit", "matrix", "rules", "rules.nft"):
        assert title in "\n".join(statistic(tshark, capture, name, prefs=prefs)), name
        assert title not in "\n".join(statistic(tshark, capture, name, prefs=TABLE)), name
    rows = "\n".join(statistic(tshark, capture, "matrix", prefs=prefs))
    assert "CM-AI3   |Seen " in rows and "CM-BV8 " in rows and "\nA1 " not in rows
    assert ("CM-BH4: Site server to SQL Server, RPC endpoint mapper, TCP 135 (only during "
            "installation of a site with a remote database server)") in rows
    assert "CM-AI2: Site server and Management point, RPC dynamic, TCP 1024-5000,49152-65535" in rows


def test_the_site_server_may_start_all_connections(tshark, capture):
    found = lines(tshark, capture, CONFIGMGR, AUDIT + "site_server_calls:TRUE")
    by_pair = {(flow.initiator, flow.responder): judged(found, flow) for flow in FLOWS
               if flow.said is SMB}
    assert by_pair["site", "mp"] == (LISTED, "CM-AI3")
    assert by_pair["mp", "site"][0] != LISTED
    assert by_pair["crp", "site"] == (LISTED, "CM-AV1")


def test_ports_by_name_move(tshark, sandbox):
    flows = [Flow("client", "mp", "tcp", 8080, HTTP, (LISTED, "CM-L2"), None, OFF),
             Flow("client", "mp", "tcp", 80, HTTP, OFF, None, (LISTED, "CM-L2")),
             Flow("mp", "sql", "tcp", 14330, TDS, (LISTED, "CM-AJ1"), None, OFF),
             Flow("client", "mp", "tcp", 20123, ODD, (LISTED, "CM-L1"), None, OFF),
             Flow("client", "sup", "tcp", 80, HTTP, (LISTED, "CM-M1"), None, (LISTED, "CM-M1"))]
    capture = write(sandbox.new_folder("cm-moved") / "cm-moved.pcap", flows)
    moved = [AUDIT + "port." + name for name in ("http:8080", "sql:14330", "notification:20123")]
    for prefs, column in ((moved, "configmgr"), ([], "kb826852")):
        found = lines(tshark, capture, CONFIGMGR, *prefs)
        for flow in flows:
            wanted, seen = getattr(flow, column), judged(found, flow)
            assert (seen[0] if isinstance(wanted, str) else seen) == wanted, flow


def test_an_srv_record_has_the_port_of_http_or_of_https(tshark, sandbox):
    """A host that answers for names is not the named host: the row is Unconfirmed."""
    path = sandbox.new_folder("cm-srv") / "cm-srv.pcap"
    flows = [Flow("client", "mp", "tcp", 8443, TLS, (), (), ())]
    cap = generator("flows").Capture()
    name = "_mssms_mp_abc._tcp.contoso.example"
    lookup = cap.udp(HOSTS["client"], 50000, HOSTS["dns"], 53)
    lookup.send(kb.dns_srv_query(name))
    lookup.reply(kb.dns_srv_answer(name, "mp01.contoso.example", 8443, HOSTS["mp"]))
    made = cap.tcp(HOSTS["client"], 50100, HOSTS["mp"], 8443)
    made.open()
    made.send(TLS[0])
    made.reply(TLS[1])
    made.close()
    cap.write(path)
    path.chmod(0o644)
    assert judged(lines(tshark, path, CONFIGMGR), flows[0]) == ("Unconfirmed", "CM-L3")


def test_a_word_that_is_no_list_is_ignored(tshark, capture):
    """So Wireshark has it for all preferences of a choice; fields.md says so."""
    assert lines(tshark, capture, "smsrc.audit.matrix:cofnigmgr") == lines(tshark, capture)
