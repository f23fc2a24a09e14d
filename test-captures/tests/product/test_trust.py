# test_trust.py
# What the page "How far to trust it" says of an attacker, case by case
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each case of plugin/doc/trust.md is made and audited: learning only, and with a table of the
hosts."""

import re

import pytest

import bare_packets
from audit_rows import LEARN_OFF, statistic
from conftest import ROOT
from generators import generator, plan
from json_output import json_lines

kb = plan("kb_services")

ATTACKER, ACCOMPLICE = "10.1.9.66", "10.1.9.67"
MP, SQL, PROXY, CONSOLE, CLIENT = "10.1.1.13", "10.1.1.12", "10.1.1.30", "10.1.2.50", "10.1.3.17"
TABLE = (f'uat:smsrc_roles:"{MP}","Management point","ABC"',
         f'uat:smsrc_roles:"{SQL}","SQL Server","ABC"',
         f'uat:smsrc_roles:"{CONSOLE}","Administrator console","ABC"',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"')
TRUST = (ROOT / "plugin" / "doc" / "trust.md").read_text(encoding="utf-8")
COMMENT = "How far to trust them: plugin/doc/trust.md"

# --- Captures -----------------------------------------------------------------------------------

def http(uri, method="GET", host="mp01", more=""):
    return f"{method} {uri} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def answer(body, status="200 OK", kind="text/xml"):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            .encode() + body)


LIST = http("/SMS_MP/.sms_aut?MPLIST")
LIST_ANSWER = answer(b'<MPList><MP Name="MP01" FQDN="mp01.contoso.example"/></MPList>')
POLICY = http("/SMS_MP/.sms_pol?ABC00005.2_00")
POLICY_ANSWER = answer(b'<?xml version="1.0"?><Policy PolicyID="{ABC00005}"></Policy>')
TOKEN = http("/ccm_system/request", "CCM_POST", more="ClientToken: 1\r\n"
             "ClientTokenSignature: 2\r\nContent-Length: 0\r\n")
TOKEN_ANSWER = answer(b'<?xml version="1.0"?><Msg/>')
PAGE, PAGE_ANSWER = http("/about"), answer(b"<html>about</html>", kind="text/html")


def talk(cap, client, server, port, *exchanges, client_port=40000):
    flow = cap.tcp(client, client_port, server, port)
    flow.open()
    for request, reply in exchanges:
        flow.send(request)
        if reply:
            flow.reply(reply)
    flow.close()
    return flow


def raw(cap, frame):
    cap.add(generator("flows").Ether(frame))


def messages():
    return generator("messages")


def control(cap, viewer, agent):
    talk(cap, viewer, agent, 2701, (messages().INFORMATION_REQUEST, messages().information_reply()))


def s1(cap):
    cap.udp(ATTACKER, 4091, CLIENT, 2701).send(messages().INFORMATION_REQUEST)


def s2(cap):
    raw(cap, bare_packets.registration(ATTACKER))
    talk(cap, CLIENT, ATTACKER, 80, (PAGE, PAGE_ANSWER))


def s3(cap):
    raw(cap, bare_packets.name_answer([ATTACKER]))
    talk(cap, CLIENT, ATTACKER, 80, (PAGE, PAGE_ANSWER))


def s4(cap):
    """The SYN of the agent's is its SYN-ACK without the ACK: the same sequence number."""
    flow = cap.tcp(CONSOLE, 4091, CLIENT, 2701)
    flow.open()
    syn_ack = bytearray(cap._frames[-2][1])
    assert syn_ack[47] == 0x12
    syn_ack[47] = 0x02
    raw(cap, bytes(syn_ack))
    flow.send(messages().INFORMATION_REQUEST)
    flow.reply(messages().information_reply())
    flow.close()


def s5(cap):
    flow = cap.tcp(CONSOLE, 4091, CLIENT, 2701)
    flow.open()
    flow.send(messages().INFORMATION_REQUEST)
    flow.reply(messages().information_reply())
    data = cap.tcp(CONSOLE, 4092, CLIENT, 2702)
    data.open()
    data.send(messages().rch(b"\x91" * 20))
    data.reply(b"\x92" * 200)
    cap.udp(CONSOLE, 4093, CLIENT, 2701).reply(messages().REFUSED)
    data.reply(b"\x92" * 200)
    data.close()
    flow.close()


def s6(cap):
    """The router's error quotes the request, which the server has answered."""
    flow = cap.tcp(CLIENT, 40000, MP, 80)
    flow.open()
    flow.send(POLICY)
    asked = generator("flows").Ether(cap._frames[-1][1])
    flow.reply(POLICY_ANSWER)
    cap.unreachable(asked, by="10.1.0.1", code=13)
    flow.close()


def s7(cap):
    flow = cap.tcp(CLIENT, 40000, MP, 80)
    flow.open()
    flow.send(POLICY)
    flow.reply(POLICY_ANSWER)
    flow.reset()


def s8(cap):
    """The second copy of the answer has other bytes."""
    flow = cap.tcp(CLIENT, 40000, MP, 80)
    flow.open()
    flow.send(POLICY)
    flow.reply(POLICY_ANSWER)
    last = bytearray(cap._frames[-1][1])
    last[-1] ^= 0x01
    raw(cap, bytes(last))
    flow.close()


def s9(cap):
    for number, (request, reply) in enumerate((
            (LIST, answer(b"", "401 Unauthorized\r\nWWW-Authenticate: Basic")),
            (LIST, answer(b"", "403 Forbidden")),
            (LIST, answer(b"<html>hello</html>", kind="text/html")),
            (LIST, LIST), (LIST + LIST_ANSWER, None))):
        talk(cap, ATTACKER, f"10.1.8.{number + 1}", 80, (request, reply))


def s11(cap):
    cap.udp(CLIENT, 138, "10.1.3.255", 138).send(b"nothing")
    cap.udp("10.1.3.255", 137, MP, 137).send(b"nothing")


def decoy(cap, with_ack):
    """A request that the server never gets, and SSH in its place."""
    flow = cap.tcp(CLIENT, 40000, MP, 80)
    flow.open()
    number = flow._client.seq
    flow.send(POLICY)
    if with_ack:
        flow.acknowledge()
    flow._client.seq = number
    flow.send(b"SSH-2.0-OpenSSH_9.2\r\n")
    flow.reply(b"SSH-2.0-OpenSSH_9.2\r\n")
    flow.close()


def s12(cap):
    decoy(cap, with_ack=True)


def h1(cap):
    control(cap, ATTACKER, CLIENT)


def h2(cap):
    talk(cap, ATTACKER, CLIENT, 2702, (messages().CVE_2004_0728_CHECK, b"\x91" * 20))


def h3(cap):
    talk(cap, ATTACKER, MP, 80, (LIST, LIST_ANSWER))


def h4(cap):
    talk(cap, CLIENT, ATTACKER, 80, (TOKEN, TOKEN_ANSWER))
    talk(cap, ACCOMPLICE, ATTACKER, 80, (TOKEN, TOKEN_ANSWER), client_port=40001)


def h7(cap):
    talk(cap, ATTACKER, MP, 80, (TOKEN, TOKEN_ANSWER))


def h8(cap):
    talk(cap, CLIENT, MP, 80, (b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"))
    talk(cap, CLIENT, MP, 8080, (POLICY, POLICY_ANSWER), client_port=40001)


def h9(cap):
    talk(cap, CLIENT, MP, 80, (http("/t", "POST", more="Content-Length: 9\r\n") + b"SSH-2.0-x",
                               answer(b"SSH-2.0-x")))


def h10(cap):
    talk(cap, CLIENT, MP, 80, (POLICY, POLICY_ANSWER))


def h11(cap):
    talk(cap, CLIENT, PROXY, 8080, (http("http://mp01/SMS_MP/.sms_pol?ABC00005.2_00"),
                                    POLICY_ANSWER))
    talk(cap, CLIENT, MP, 8080, (http("http://mp01/SMS_MP/.sms_pol?ABC00005.2_00"), POLICY_ANSWER),
         client_port=40001)


def n3(cap):
    name = "_mssms_mp_abc._tcp." + kb.DOMAIN
    lookup = cap.udp(CLIENT, 1050, "10.1.1.20", 53)
    lookup.send(kb.dns_srv_query(name))
    lookup.reply(kb.dns_srv_answer(name, "mp01." + kb.DOMAIN, 8080, MP))
    talk(cap, CLIENT, MP, 8080, (POLICY, POLICY_ANSWER))


def n1(cap):
    raw(cap, bare_packets.dns_answer([ATTACKER]))
    talk(cap, CLIENT, ATTACKER, 80, (PAGE, PAGE_ANSWER))


# --- What the audit shows -----------------------------------------------------------------------

class Seen:
    """What the statistics say of a capture."""

    def __init__(self, tshark, path, prefs):
        self.flows = json_lines(tshark, path, prefs=prefs, two_pass=True)[0]
        self.sessions = json_lines(tshark, path, "sessions", prefs=prefs, two_pass=True)[0]
        self.nft = statistic(tshark, path, "rules.nft", prefs=prefs, two_pass=True)
        rows = [line.split("|") for line in statistic(tshark, path, "roles", prefs=prefs)]
        self.roles = {(row[0].strip(), row[1].strip()) for row in rows if len(row) > 5
                      and row[0].strip() != "Host"}

    def rules_with(self, host):
        return [line for line in self.nft if " accept" in line and f" {host} " in
                line.replace(",", " ")]

    def verdicts(self, host, port=None):
        return [flow["verdict"] for flow in self.flows
                if host in (flow["initiator"], flow["responder"]) and
                port in (None, flow["server_port"])]

    def roles_of(self, host):
        return {role for one, role in self.roles if one == host}


def only_unconfirmed(seen, host=ATTACKER):
    assert set(seen.verdicts(host)) <= {"Unconfirmed"} and not seen.rules_with(host)


def off_matrix(seen, host=ATTACKER):
    assert set(seen.verdicts(host)) <= {"Off matrix"} and not seen.rules_with(host)
    assert "Administrator console" not in seen.roles_of(host)


def not_listed(seen, host=ATTACKER):
    assert not {"Listed", "Corrected"} & set(seen.verdicts(host)) and not seen.rules_with(host)


def listed(seen, host=ATTACKER):
    assert seen.verdicts(host) and set(seen.verdicts(host)) == {"Listed"}


def viewer_is_the_console(seen):
    assert {(session["viewer"], session["agent"]) for session in seen.sessions} == {
        (CONSOLE, CLIENT)}


def is_closed(seen):
    viewer_is_the_console(seen)
    assert "Refused" not in {session["outcome"] for session in seen.sessions}


def no_role(seen):
    assert {role for host, role in seen.roles if host.startswith("10.1.8.")} == set()
    assert not seen.rules_with(ATTACKER) and "Listed" not in seen.verdicts(ATTACKER)


def broadcast_has_no_role(seen):
    assert seen.roles_of("10.1.3.255") == set()


def attack(seen):
    assert seen.verdicts(ATTACKER) == ["Attack"] and not seen.rules_with(ATTACKER)
    assert "Administrator console" not in seen.roles_of(ATTACKER)


def proven(seen):
    listed(seen)
    assert "Management point" in seen.roles_of(ATTACKER) and seen.rules_with(ATTACKER)


def named_and_not_by_the_table(seen):
    assert "Management point" in seen.roles_of(ATTACKER)


def wrong_service_and_off_matrix(seen):
    assert seen.verdicts(MP, 80) == ["Wrong service"]
    assert seen.verdicts(MP, 8080) == ["Off matrix"]


def keeps_its_role(seen):
    assert seen.roles_of(MP) == {"Management point"}


def off_matrix_by_content(seen):
    assert seen.verdicts(MP, 8080) == ["Off matrix"]


def unconfirmed_by_the_record(seen):
    assert seen.verdicts(MP, 8080) == ["Unconfirmed"] and not seen.rules_with(MP)


def by_the_uri(seen):
    assert [flow["server_port"] for flow in seen.flows if flow["responder"] == PROXY] == [80]
    assert not {"Off matrix", "Wrong service"} & set(seen.verdicts(PROXY))


def by_the_uri_and_the_wire(seen):
    by_the_uri(seen)
    assert [flow["verdict"] for flow in seen.flows if flow["responder"] == MP] == ["Off matrix"]


def anything(_):
    pass


# Id on the page, capture, and what is seen without and with the table.
CASES = [
    ("S1", s1, only_unconfirmed, off_matrix),
    ("S2", s2, not_listed, not_listed),
    ("S3", s3, not_listed, not_listed),
    ("S4", s4, viewer_is_the_console, viewer_is_the_console),
    ("S5", s5, is_closed, is_closed),
    ("S6", s6, anything, lambda seen: listed(seen, MP)),
    ("S7", s7, anything, lambda seen: listed(seen, MP)),
    ("S8", s8, anything, keeps_its_role),
    ("S9", s9, no_role, no_role),
    ("S11", s11, broadcast_has_no_role, broadcast_has_no_role),
    ("S12", s12, anything, lambda seen: listed(seen, MP)),
    ("H1", h1, only_unconfirmed, off_matrix),
    ("H2", h2, attack, attack),
    ("H3", h3, only_unconfirmed, not_listed),
    ("H4", h4, proven, named_and_not_by_the_table),
    ("H7", h7, listed, listed),
    ("H8", h8, off_matrix_by_content, wrong_service_and_off_matrix),
    ("H9", h9, anything, lambda seen: listed(seen, MP)),
    ("H10", h10, anything, lambda seen: listed(seen, MP)),
    ("H11", h11, by_the_uri, by_the_uri_and_the_wire),
    ("N1", n1, not_listed, not_listed),
    ("N3", n3, unconfirmed_by_the_record, unconfirmed_by_the_record),
    ("N4", h4, proven, named_and_not_by_the_table),
]

# Where else a case of the page is held.
ELSEWHERE = {
    "H12": "audit/test_audit_handed_out_ports.py", "H13": "audit/test_audit_handed_out_ports.py",
    "H14": "audit/test_audit_handed_out_ports.py",
    "S10": "product/test_bounds_reported.py", "H5": "audit/test_audit_role_signatures.py",
    "H6": "audit/test_audit_role_signatures.py", "N2": "audit/test_audit_role_signatures.py",
}


@pytest.fixture
def seen(tshark, sandbox):
    def audited(script, prefs):
        cap = generator("flows").Capture()
        script(cap)
        path = sandbox.new_folder("trust") / f"{script.__name__}.pcap"
        cap.write(path)
        path.chmod(0o644)
        return Seen(tshark, path, prefs)
    return audited


@pytest.mark.parametrize("script, plain, with_table", [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_a_case_of_the_page(seen, script, plain, with_table):
    plain(seen(script, ()))
    with_table(seen(script, TABLE))


def test_a_decoy_that_nothing_has_acknowledged_hides_nothing(seen):
    assert seen(lambda cap: decoy(cap, with_ack=False), TABLE).verdicts(MP) == ["Wrong service"]


@pytest.mark.quick
def test_every_case_of_the_page_is_made_or_held_elsewhere():
    on_page = re.findall(r"^\| ([SHN]\d+) \|", TRUST, re.MULTILINE)
    assert sorted(on_page) == sorted({case[0] for case in CASES} | set(ELSEWHERE))
    assert len(on_page) == len(set(on_page))
    for where in ELSEWHERE.values():
        assert (ROOT / "test-captures" / "tests" / where).is_file()


def test_what_is_forged_in_both_directions_is_proven(seen):
    """Nothing on the wire differs from H4: the addresses are any."""
    def forged(cap):
        talk(cap, "10.1.8.1", "10.1.8.2", 80, (TOKEN, TOKEN_ANSWER))
        talk(cap, "10.1.8.3", "10.1.8.2", 80, (TOKEN, TOKEN_ANSWER), client_port=40001)
    found = seen(forged, ())
    assert "Management point" in found.roles_of("10.1.8.2")
    listed(found, "10.1.8.2")
    found = seen(forged, (*TABLE, LEARN_OFF))
    assert found.flows == [] and found.roles_of("10.1.8.2") == set()


def test_with_the_table_and_without_learning_no_packet_gives_a_role(seen):
    """All cases, one after the other: only what the table names holds a role."""
    def everything(cap):
        for _, script, *_ in CASES:
            script(cap)
    found = seen(everything, (*TABLE, LEARN_OFF))
    for host, role in found.roles:
        assert (host, role) in {(MP, "Management point"), (SQL, "SQL Server"),
                                (CONSOLE, "Administrator console")} or (
            host.startswith("10.1.3.") and role == "Advanced Client"), (host, role)
    for host in (ATTACKER, ACCOMPLICE):
        assert found.rules_with(host) == []
        assert not {"Listed", "Corrected"} & set(found.verdicts(host))


@pytest.mark.parametrize("cut", (60, 70, 100))
def test_cut_frames_are_counted(tshark, sandbox, cut):
    cap = generator("flows").Capture()
    h10(cap)
    cap.snaplen = cut
    path = sandbox.new_folder("cut") / "cut.pcap"
    cap.write(path)
    path.chmod(0o644)
    assert json_lines(tshark, path)[1]["not_judged"]["cut_frames"] > 0


def test_one_direction_makes_no_rule(seen):
    """The requests of several clients, no answer of the server's."""
    def one_way(cap):
        for number in range(3):
            flow = cap.tcp(f"10.1.3.{number + 1}", 40000, ATTACKER, 80)
            flow.syn()
            flow.send(POLICY)
    found = seen(one_way, ())
    assert found.rules_with(ATTACKER) == []
    assert set(found.verdicts(ATTACKER)) <= {"Unconfirmed"}


# --- Where the page is linked -------------------------------------------------------------------

@pytest.mark.quick
def test_the_page_is_linked_from_the_first_screen_of_the_readme():
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:24]
    assert "(plugin/doc/trust.md)" in "".join(first)


@pytest.mark.parametrize("name", ("rules", "rules.nft", "rules.nft.drop"))
@pytest.mark.parametrize("columns", (None, "80"), ids=("piped", "terminal"))
def test_the_head_of_the_rules_names_the_page(tshark, made, name, columns):
    for capture, prefs in ((made("site-clean"), TABLE), (made("rc-not-dns"), ())):
        lines = statistic(tshark, capture, name, prefs=prefs, env={"COLUMNS": columns})
        at = next(number for number, line in enumerate(lines) if COMMENT in line)
        first = next((number for number, line in enumerate(lines)
                      if line.startswith(("A1", "chain", "table", "    chain"))), len(lines))
        assert at < first


def test_sharkd_names_the_page_in_the_title_of_the_rules(sharkd, made):
    reply, = sharkd(made("demo"), [{"method": "tap", "params": {"tap0": "nstat:smsrc,rules"}}])
    assert COMMENT in reply["result"]["taps"][0]["tables"][0]["t"]
