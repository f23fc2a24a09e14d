# test_audit_standing.py
# How far roles can be trusted: what the table says, what is proven, what anybody can bring about
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

import pytest

from audit_rows import AUDIT, audited, plan_signatures, site_prefs, statistic, uat, values
from case_table import CASE_TABLE
from generators import generator
from json_output import json_lines
from recorded_truth import NAMES, RECORDED, hosts, role_lines

VIEWER, AGENT = "10.1.9.66", "10.1.3.17"
VIEWER_6, AGENT_6 = "2001:db8:1::66", "2001:db8:1:3::17"

AGENT_ALONE = uat("smsrc_roles", f'"{AGENT}","Advanced Client",""',
                  f'"{AGENT_6}","Advanced Client",""')
OTHER_CONSOLE = [*AGENT_ALONE, *uat("smsrc_roles", '"10.1.2.50","Administrator console",""')]
AS_CONSOLE = [*AGENT_ALONE, *uat("smsrc_roles", f'"{VIEWER}","Administrator console",""',
                                 f'"{VIEWER_6}","Administrator console",""')]
AS_VIEWER = [*AGENT_ALONE, *uat("smsrc_roles", f'"{VIEWER}","Remote Control viewer",""',
                                f'"{VIEWER_6}","Remote Control viewer",""')]


# --- Who controls an agent ------------------------------------------------------------------------

def tcp(asked, answered, port=2701, opened=True, by_agent=False):
    """A control session. by_agent: the agent speaks first."""
    def fill(cap):
        flow = cap.tcp(VIEWER, 1047, AGENT, port)
        if opened:
            flow.open()
        for said in ((answered, asked) if by_agent else (asked, answered)):
            if said:
                (flow.reply if said == answered else flow.send)(said)
        if opened:
            flow.close()
    return fill


def udp(asked, answered, port=2701, viewer=VIEWER, agent=AGENT):
    def fill(cap):
        flow = cap.udp(viewer, 1047, agent, port)
        if asked:
            flow.send(asked)
        if answered:
            flow.reply(answered)
    return fill


def sessions():
    """name -> (what fills a capture, the verdict without a table, the row)"""
    say = generator("messages")
    unconfirmed = "Unconfirmed"
    return {
        "asked and answered": (tcp(say.INFORMATION_REQUEST, say.information_reply()),
                               unconfirmed, "F3"),
        "busy": (tcp(say.INFORMATION_REQUEST, say.busy("ADM09", 1)), unconfirmed, "F3"),
        "refused": (tcp(say.INFORMATION_REQUEST, say.REFUSED), unconfirmed, "F3"),
        "its start was not recorded": (tcp(say.INFORMATION_REQUEST, say.information_reply(),
                                           opened=False), unconfirmed, "F3"),
        "data": (tcp(say.rch(b"x" * 20), say.rch(b"y" * 40), 2702), unconfirmed, "F5"),
        "UDP, answered": (udp(say.UDP_PROBE, say.user_record(say.VARIANT_UDP)),
                          unconfirmed, "F4"),
        "one datagram of the agent": (udp(b"", say.user_record(say.VARIANT_UDP)), unconfirmed,
                                      "F4"),
        "one datagram of the viewer": (udp(say.INFORMATION_REQUEST, b""), unconfirmed, "F4"),
        "IPv6": (udp(say.INFORMATION_REQUEST, say.information_reply(), 2701, VIEWER_6, AGENT_6),
                 unconfirmed, "F4"),
        "SMS 1.x": (udp(say.INFORMATION_REQUEST, say.information_reply(), 1761),
                    "Legacy product", "LEGACY2"),
        "ConfigMgr": (tcp(say.CM_GREETING, say.CM_GREETING, by_agent=True), "Later product",
                      "LATER21"),
    }


SESSIONS = ("asked and answered", "busy", "refused", "its start was not recorded", "data",
            "UDP, answered", "one datagram of the agent", "one datagram of the viewer", "IPv6",
            "SMS 1.x", "ConfigMgr")


@pytest.fixture(scope="module")
def session(sandbox):
    """session(name) -> the capture, its verdict without a table, its row"""
    known = {}
    folder = sandbox.new_folder("standing")

    def make(name):
        if name not in known:
            fill, verdict, row = sessions()[name]
            cap = generator("flows").Capture()
            fill(cap)
            path = folder / f"{SESSIONS.index(name)}.pcap"
            cap.write(path)
            path.chmod(0o644)
            known[name] = path, verdict, row
        return known[name]
    return make


def last_verdict(tshark, capture, prefs):
    judged = [row for row in audited(tshark, capture, prefs=prefs) if row[AUDIT + "verdict"]]
    assert judged
    return judged[-1]


def rules_and_comments(tshark, capture, prefs):
    """The rules in the table and in the file, and the same of the comments in each."""
    lines = tshark(capture, "-q", "-z", "smsrc,rules", "-z", "smsrc,rules.nft",
                   prefs=prefs).stdout.splitlines()
    table = [line for line in lines if line.count("|") == 10 and
             not line.startswith(("#", "In rules", "Left out", "Not judged", "Row "))]
    file = [line for line in lines if "saddr" in line]
    return (table + file, [line for line in lines if line.startswith("# ") and "|" in line],
            [line for line in lines if line.startswith("#     ")])


def rules(tshark, capture, prefs):
    return rules_and_comments(tshark, capture, prefs)[0]


def test_the_list_has_every_session():
    assert tuple(sessions()) == SESSIONS


@pytest.mark.parametrize("prefs", ((), AGENT_ALONE), ids=("no table", "agent in the table"))
@pytest.mark.parametrize("name", SESSIONS)
def test_without_a_console_in_the_table_a_viewer_is_unconfirmed(tshark, session, name, prefs):
    capture, verdict, row = session(name)
    found = last_verdict(tshark, capture, prefs)
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == ([verdict], [row])
    assert found[AUDIT + "initiator_role"] == ["Remote Control viewer"]
    assert rules(tshark, capture, prefs) == []


@pytest.mark.parametrize("name", SESSIONS)
def test_where_the_table_has_consoles_a_stranger_is_off_the_matrix(tshark, session, name):
    capture, _, row = session(name)
    found = last_verdict(tshark, capture, OTHER_CONSOLE)
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == (["Off matrix"], [row])
    assert found[AUDIT + "initiator_role"] == ["Remote Control viewer"]
    assert not any(rules_and_comments(tshark, capture, OTHER_CONSOLE))


@pytest.mark.parametrize("prefs, role", ((AS_CONSOLE, "Administrator console"),
                                         (AS_VIEWER, "Remote Control viewer")),
                         ids=("console", "viewer"))
@pytest.mark.parametrize("name", SESSIONS)
def test_the_table_confirms_a_viewer(tshark, session, name, prefs, role):
    capture, verdict, row = session(name)
    found = last_verdict(tshark, capture, prefs)
    listed = "Listed" if verdict == "Unconfirmed" else verdict
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == ([listed], [row])
    assert found[AUDIT + "initiator_role"] == [role]
    assert bool(rules(tshark, capture, prefs)) == (listed == "Listed")


@pytest.mark.parametrize("name", SESSIONS[:8])
def test_a_comment_says_what_to_add_and_with_it_there_is_a_rule(tshark, session, name):
    capture, _, row = session(name)
    _, table, file = rules_and_comments(tshark, capture, ())
    assert len(table) == 1 and table[0].startswith(f"# {row} ") and VIEWER in table[0]
    assert f'#     "{VIEWER}","Administrator console" or "Remote Control viewer",""' in file
    assert f'#     "{AGENT}","Advanced Client" or "Legacy Client" or "Client",""' in file
    added = uat("smsrc_roles", f'"{VIEWER}","Administrator console",""', f'"{AGENT}","Client",""')
    assert len(rules(tshark, capture, added)) == 2


@pytest.mark.parametrize("name", SESSIONS)
def test_remote_control_of_a_stranger_in_the_recorded_site(tshark, sandbox, name):
    """Every host of it is in the table, and the stranger asks the site server's mapper as well."""
    cap = generator("flows").Capture()
    capture = sandbox.new_folder("stranger") / "stranger.pcap"
    fill = sessions()[name][0]
    at_site = {AGENT: "10.20.2.11", VIEWER: "10.20.9.9", AGENT_6: "2001:db8::1",
               VIEWER_6: "2001:db8::9"}
    ask, ask_udp = cap.tcp, cap.udp
    cap.tcp = lambda one, port, other, server: ask(at_site.get(one, one), port,
                                                   at_site.get(other, other), server)
    cap.udp = lambda one, port, other, server: ask_udp(at_site.get(one, one), port,
                                                       at_site.get(other, other), server)
    fill(cap)
    rpc = ask("10.20.9.9", 1100, "10.20.1.10", 135)
    rpc.open()
    rpc.close()
    cap.write(capture)
    capture.chmod(0o644)
    flows, _ = json_lines(tshark, capture, prefs=role_lines())
    control = [flow for flow in flows if flow["server_port"] != 135]
    assert {flow["verdict"] for flow in control} == {"Off matrix"}
    assert {flow["verdict"] for flow in flows} <= {"Off matrix", "Unconfirmed"}
    assert rules(tshark, capture, role_lines()) == []


def over_netbios(folder):
    """A session and datagrams to the NetBIOS name of an agent, which any two hosts may have."""
    kb = generator("kb_services")
    cap = generator("flows").Capture()
    agent, viewer = ("WKS17", 0x43), ("ADM01", 0x44)
    flow = cap.tcp(VIEWER, 1047, AGENT, 139)
    flow.open()
    flow.send(kb.nbss_request(agent, viewer))
    flow.reply(b"\x82\0\0\0")
    flow.close()
    flow = cap.udp(VIEWER, 138, AGENT, 138)
    flow.send(kb.nbdgm(VIEWER, viewer, agent, b"x" * 30))
    flow.reply(kb.nbdgm(AGENT, agent, viewer, b"y" * 30))
    path = folder / "netbios.pcap"
    cap.write(path)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("prefs, verdicts", (
    (OTHER_CONSOLE, {"Off matrix"}),
    ([*OTHER_CONSOLE, *uat("smsrc_roles", f'"{VIEWER}","Advanced Client",""')], {"Off matrix"}),
    (AS_CONSOLE, {"Listed", "Corrected"}), (AGENT_ALONE, {"Unconfirmed"})),
    ids=("stranger", "client", "console", "no console"))
def test_over_netbios_a_stranger_is_off_the_matrix_too(tshark, sandbox, prefs, verdicts):
    capture = over_netbios(sandbox.new_folder("netbios"))
    for two_pass in (False, True):
        flows, _ = json_lines(tshark, capture, prefs=prefs, two_pass=two_pass)
        assert {(flow["server_port"], flow["row"]) for flow in flows} == {(138, "G2"), (139, "G3")}
        assert {flow["verdict"] for flow in flows} == verdicts
    assert any(rules_and_comments(tshark, capture, prefs)) == (verdicts != {"Off matrix"})


# --- Broadcasts -----------------------------------------------------------------------------------

def cooked(frames, version):
    """The frames as a capture of the interface "any" has them: the kind of packet, no address."""
    def header(frame):
        kind = 1 if frame[:6] == b"\xff" * 6 else 0
        if version == 1:
            return bytes((0, kind, 0, 1, 0, 6)) + frame[6:12] + b"\0\0" + frame[12:14]
        return frame[12:14] + bytes((0, 0, 0, 0, 0, 1, 0, 1, kind, 6)) + frame[6:12] + b"\0\0"
    return [header(frame) + frame[14:] for frame in frames]


# name -> (network of the table, its broadcast, link layer: 0 for Ethernet)
BROADCASTS = {
    "Ethernet": ("10.1.3.0/24", "10.1.3.255", 0),
    "Ethernet, in a larger network": ("10.1.0.0/16", "10.1.3.255", 0),
    "Ethernet, all networks": ("0.0.0.0/0", "10.1.3.255", 0),
    "any": ("10.1.3.0/24", "10.1.3.255", 1),
    "any, in a larger network": ("10.1.0.0/16", "10.1.3.255", 1),
    "any, newer": ("10.1.3.0/24", "10.1.3.255", 2),
    "any, newer, in a larger network": ("10.1.0.0/16", "10.1.3.255", 2),
    "a smaller network, by a router": ("10.1.3.0/26", "10.1.3.63", 0),
    "a network of four, by a router": ("10.1.3.16/30", "10.1.3.19", 0),
    "a large network, by a router": ("10.0.0.0/14", "10.3.255.254", None),
    "limited": ("10.1.3.0/24", "255.255.255.255", 0),
}
# What is broadcast: (sender's role, port, row)
SAID = {"names": ("Advanced Client", 137, "GAP38"),
        "names of a server": ("Site server", 137, "I3a"),
        "datagrams of a server": ("Site server", 138, "I3b")}


def broadcast_capture(folder, name, what):
    _, target, layer = BROADCASTS[name]
    kb = generator("kb_services")
    cap = generator("flows").Capture()
    port = SAID[what][1]
    data = (kb.nbns_query("CONTOSO", 0x1C, broadcast=True) if port == 137 else
            kb.nbdgm(AGENT, ("WKS17", 0), ("CONTOSO", 0x1E), kb.host_announcement("WKS17"), True))
    frame = cap.udp(AGENT, port, target, port).send(data)
    path = folder / "broadcast.pcap"
    cap.write(path)
    if layer:
        whole, = cooked([bytes(frame)], layer)
        path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535,
                                     {1: 113, 2: 276}[layer]) +
                         struct.pack("<IIII", 1089795600, 0, len(whole), len(whole)) + whole)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("what", SAID)
@pytest.mark.parametrize("name", [name for name in BROADCASTS if BROADCASTS[name][2] is not None])
def test_a_broadcast_of_a_network_in_the_table_has_no_role(tshark, sandbox, name, what):
    network, target, _ = BROADCASTS[name]
    role, _, row = SAID[what]
    prefs = uat("smsrc_roles", f'"{network}","Advanced Client",""', f'"{AGENT}","{role}",""')
    capture = broadcast_capture(sandbox.new_folder("broadcast"), name, what)
    found = audited(tshark, capture, prefs=prefs)
    assert [row[AUDIT + "row"] for row in found] == [[row]]
    assert values(found, "responder_role") == set()
    assert not [text for text in values(found, "evidence") if target in text]
    assert target not in "".join(statistic(tshark, capture, "roles", prefs=prefs))


@pytest.mark.parametrize("what", SAID)
def test_the_last_address_but_one_is_a_host(tshark, sandbox, what):
    name = "a large network, by a router"
    prefs = uat("smsrc_roles", f'"{BROADCASTS[name][0]}","Advanced Client",""')
    capture = broadcast_capture(sandbox.new_folder("broadcast"), name, what)
    assert BROADCASTS[name][1] in "".join(statistic(tshark, capture, "roles", prefs=prefs))


# --- The clients of the site database -------------------------------------------------------------

@pytest.mark.parametrize("number", range(10))
def test_a_login_to_the_site_database_gives_no_role(tshark, sandbox, number):
    kb = generator("kb_services")
    cap = generator("flows").Capture()
    client, database = f"10.1.4.{70 + number}", f"SMS_A{number}C"
    flow = cap.tcp(client, 1100 + number, "10.1.1.12", 1433)
    flow.open()
    for asked, answered in ((kb.tds_prelogin(), kb.tds_prelogin_reply()),
                            (kb.tds_login(database, f"DBA{number}", "Query Analyzer"),
                             kb.tds_logged_in(database))):
        flow.send(asked)
        flow.reply(answered)
    flow.close()
    capture = sandbox.new_folder("dba") / "dba.pcap"
    cap.write(capture)
    capture.chmod(0o644)
    found = last_verdict(tshark, capture, ())
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == (["Unconfirmed"], ["I1"])
    assert found[AUDIT + "initiator_role"] == []
    assert client not in "".join(statistic(tshark, capture, "roles"))
    assert rules(tshark, capture, ()) == []
    known = [*uat("smsrc_roles", f'"{client}","Reporting point",""')]
    assert last_verdict(tshark, capture, known)[AUDIT + "row"] == ["C5"]


# --- Strangers to other roles ---------------------------------------------------------------------

def test_a_preference_closes_the_roles_of_the_table(tshark, made):
    """The capture has management points that are in no table; this one is another."""
    server = plan_signatures.end("http", [one.name for one in plan_signatures.HTTP].index("policy"),
                                 plan_signatures.SERVER)
    prefs = uat("smsrc_roles", '"10.99.0.1","Management point",""')
    for more, wanted in (((), True), (("smsrc.audit.strangers:TRUE",), False)):
        roles = statistic(tshark, made("audit-http"), "roles", prefs=[*prefs, *more])
        found = [line for line in roles if line.startswith(f"{server} ")]
        assert bool([line for line in found if "Management point" in line]) == wanted
        flows, _ = json_lines(tshark, made("audit-http"), prefs=[*prefs, *more])
        verdicts = {flow["verdict"] for flow in flows if flow["responder"] == server}
        assert ("Off matrix" in verdicts) != wanted or not verdicts


# --- The basis of each role -----------------------------------------------------------------------

def test_the_basis_of_a_role_is_shown_everywhere(tshark, made):
    for prefs, wanted in (((), {"Proven", "Unconfirmed"}), (site_prefs(), {"Table"})):
        names = ["frame.number", AUDIT + "evidence", AUDIT + "evidence.basis"]
        lines = tshark(made("site-clean"), "-T", "fields", *(word for name in names
                                                              for word in ("-e", name)),
                       prefs=prefs).stdout.splitlines()
        basis = {one for line in lines for one in line.split("\t")[2].split(",") if one}
        assert wanted <= basis <= {"Table", "Proven", "Unconfirmed"}
        roles = [[cell.strip() for cell in line.split("|")]
                 for line in statistic(tshark, made("site-clean"), "roles", prefs=prefs)]
        head = next(row for row in roles if row[0] == "Host")
        assert wanted <= {row[head.index("Basis")] for row in roles
                          if len(row) == len(head) and row != head}
        flows, _ = json_lines(tshark, made("site-clean"), prefs=prefs)
        for flow in flows:
            for end in ("initiator", "responder"):
                assert len(flow[f"{end}_basis"]) == len(flow[f"{end}_roles"])
        assert wanted <= {one for flow in flows for one in flow["responder_basis"]} | {
            one for flow in flows for one in flow["initiator_basis"]}


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
def test_what_is_listed_has_no_end_that_is_unconfirmed_alone(tshark, made, two_pass):
    captures = [*(RECORDED / f"{name}.pcapng" for name in NAMES),
                *map(made, ("site-clean", "site-violations", "demo", "session-ten-agents",
                            "audit-http", "audit-netbios", "audit-directory", "audit-smb"))]
    for capture in captures:
        for flow in json_lines(tshark, capture, two_pass=two_pass)[0]:
            alone = [end for end in ("initiator", "responder")
                     if set(flow[f"{end}_basis"]) == {"Unconfirmed"}]
            assert flow["verdict"] not in ("Listed", "Corrected") or not alone, flow


def test_every_host_of_the_recorded_site_is_in_the_table_by_its_basis(tshark):
    lines = statistic(tshark, RECORDED / "site.pcapng", "roles", prefs=role_lines())
    for address, (_, _, roles) in hosts().items():
        of_host = [line for line in lines if line.startswith(f"{address} ")]
        assert not of_host or len([line for line in of_host if "|Table " in line]) == len(roles)


# --- The shared cases -----------------------------------------------------------------------------

def test_the_shared_case_of_one_datagram(tshark, case):
    for name in ("rc-one-datagram", "rule-for-attacker"):
        lines = statistic(tshark, case(name), "roles")
        assert [line for line in lines if "Remote Control viewer" in line]
        assert all("|Unconfirmed " in line for line in lines if "Remote control:" in line)
        assert rules(tshark, case(name), ()) == []


def test_the_shared_case_of_a_forged_viewer(tshark, case):
    found = last_verdict(tshark, case("rule-for-attacker"), ())
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == (["Unconfirmed"], ["F4"])


@pytest.mark.parametrize("name", ("broadcast-any", "table-network-broadcast"))
def test_the_shared_cases_of_broadcasts(tshark, case, name):
    found = audited(tshark, case(name), prefs=CASE_TABLE)
    assert values(found, "row") == {"GAP38"}
    assert values(found, "responder_role") == set()


def test_the_shared_case_of_a_workstation_at_the_database(tshark, case):
    found = last_verdict(tshark, case("dba-workstation"), ())
    assert (found[AUDIT + "verdict"], found[AUDIT + "row"]) == (["Unconfirmed"], ["I1"])
    assert found[AUDIT + "initiator_role"] == []


# --- Strangers that do what the table gives to others -----------------------------------------------

def test_a_login_to_the_provider_by_a_stranger_is_off_the_matrix(tshark, made):
    """It learns no role, and its flow shows what it did."""
    roles = [[cell.strip() for cell in line.split("|")]
             for line in statistic(tshark, made("audit-directory"), "roles")]
    console, = {row[0] for row in roles if row[1:2] == ["Administrator console"]}
    provider, = {row[0] for row in roles if row[1:2] == ["SMS Provider"]}
    table = uat("smsrc_roles", '"10.1.0.99","Administrator console",""',
                f'"{provider}","SMS Provider",""')
    for two_pass in (False, True):
        flows, _ = json_lines(tshark, made("audit-directory"), prefs=table, two_pass=two_pass)
        assert {flow["verdict"] for flow in flows
                if (flow["initiator"], flow["responder"]) == (console, provider)} == {"Off matrix"}
    held = statistic(tshark, made("audit-directory"), "roles", prefs=table)
    assert not [line for line in held if line.startswith(console) and "console" in line]


@pytest.mark.parametrize("closed, verdict", ((False, "Listed"), (True, "Off matrix")))
def test_a_preference_keeps_the_roles_of_the_table_from_all_others(tshark, sandbox, closed,
                                                                    verdict):
    cap = generator("flows").Capture()
    flow = cap.tcp(VIEWER, 1047, "10.1.1.13", 80)
    flow.open()
    flow.send(b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\nClientToken: 1\r\n"
              b"Content-Length: 0\r\n\r\n")
    flow.reply(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 6\r\n\r\n<Msg/>")
    flow.close()
    path = sandbox.new_folder("closed") / "closed.pcap"
    cap.write(path)
    path.chmod(0o644)
    table = (*uat("smsrc_roles", '"10.1.1.13","Management point",""',
                  '"10.7.7.0/24","Advanced Client",""'),
             f"smsrc.audit.strangers:{str(closed).upper()}")
    for two_pass in (False, True):
        flows, _ = json_lines(tshark, path, prefs=table, two_pass=two_pass)
        assert [flow["verdict"] for flow in flows] == [verdict]
