# test_audit_attack.py
# A flow with CVE-2004-0728 is an attack: one verdict, first everywhere, in no rule
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import re

import pytest

from audit_rows import AUDIT, LEARN_OFF, audited, conf, statistic
from conftest import ROOT
from generators import generator

ATTACKER, AGENT, CONSOLE, WEB = "10.1.9.66", "10.1.3.17", "10.1.2.50", "10.1.1.13"
TABLE = (f'uat:smsrc_roles:"{CONSOLE}","Administrator console",""',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client",""')
CVE = "smsrc.cve_2004_0728"
UNCONFIRMED = "Unconfirmed"


@pytest.fixture(name="messages", scope="module")
def messages_of_the_generators():
    return generator("messages")


@pytest.fixture(name="capture")
def capture_of_a_script(tmp_path):
    """capture(script) -> the path of what script(cap) has recorded."""
    flows = generator("flows")

    def write(script):
        cap = flows.Capture()
        script(cap)
        path = tmp_path / f"{script.__name__}.pcap"
        cap.write(path)
        return path
    return write


def opened(cap, client, server, port, client_port=1047):
    flow = cap.tcp(client, client_port, server, port)
    flow.open()
    return flow


def exploit(messages, port=2702, source=ATTACKER):
    def script(cap):
        flow = opened(cap, source, AGENT, port)
        flow.send(messages.CVE_2004_0728_CHECK)
        flow.reply(b"\x91" * 20)
        flow.close()
    return script


def of_frames(tshark, path, **options):
    """Verdict, row and CVE of each frame, by its number."""
    done = tshark(path, "-T", "fields", "-e", "frame.number", "-e", AUDIT + "verdict",
                  "-e", AUDIT + "row", "-e", CVE, "-e", AUDIT + "off_matrix", **options)
    return [tuple(line.split("\t")[1:3]) for line in done.stdout.splitlines()]


def rules_and_left_out(tshark, path, **options):
    cells = [[cell.strip() for cell in line.split("|")]
             for line in statistic(tshark, path, "rules", **options) if "|" in line]
    left_out = {row[1]: int(row[8]) for row in cells if row[0] == "Left out"}
    return [row for row in cells if row[5:6] == ["initiator to responder"]], left_out


def flows_of(tshark, path, **options):
    """The flows of smsrc,audit.json, in its order."""
    lines = tshark(path, "-q", "-z", "smsrc,audit.json", **options).stdout.splitlines()
    return [line for line in map(json.loads, lines) if line["type"] == "flow"]


# --- Its frames ---------------------------------------------------------------------------------

@pytest.mark.parametrize("prefs", ((), (LEARN_OFF,), TABLE, (*TABLE, LEARN_OFF),
                                   (AUDIT + "scope:one",)),
                         ids=("learned", "no roles", "table", "table alone", "one end"))
def test_from_its_frame_on_and_in_two_passes_from_the_first(tshark, capture, messages, prefs):
    path = capture(exploit(messages))
    once, twice = (of_frames(tshark, path, prefs=prefs, two_pass=two) for two in (False, True))
    number = [int(line) for line in tshark(path, "-Y", CVE, "-T", "fields", "-e", "frame.number")
              .stdout.split()]
    assert number == [4]
    assert {verdict for verdict, _ in once[:3]} <= {"", "Off matrix"}
    assert once[3:] == [("Attack", "F5")] * (len(once) - 3)
    assert twice == [("Attack", "F5")] * len(once)


def test_sharkd_shows_it_on_all_frames(sharkd, capture, messages):
    request = {"method": "frames", "params": {"column0": AUDIT + "verdict:0"}}
    path = capture(exploit(messages))
    for prefs in ((), TABLE, (LEARN_OFF,)):
        reply = sharkd(path, [request, request], conf=conf(prefs))[1]
        assert {row["c"][0] for row in reply["result"]} == {"Attack"}


@pytest.mark.parametrize("two_pass", (False, True))
@pytest.mark.parametrize("prefs", ((), (LEARN_OFF,), TABLE))
def test_on_an_odd_port_it_keeps_off_matrix(tshark, capture, messages, prefs, two_pass):
    path = capture(exploit(messages, port=9999))
    flows = flows_of(tshark, path, prefs=prefs, two_pass=two_pass)
    assert [(flow["verdict"], flow["nearest"], flow["server_port"]) for flow in flows] == [
        ("Attack", True, 9999)]
    found = tshark(path, "-Y", AUDIT + "off_matrix", prefs=prefs, two_pass=two_pass)
    assert len(found.stdout.splitlines()) == 1


@pytest.mark.parametrize("prefs", ((), (LEARN_OFF,), TABLE))
def test_over_udp(tshark, capture, messages, prefs):
    def udp(cap):
        cap.udp(ATTACKER, 1047, AGENT, 2702).send(messages.CVE_2004_0728_CHECK)
    path = capture(udp)
    assert [(flow["verdict"], flow["transport"]) for flow in flows_of(
        tshark, path, prefs=prefs)] == [("Attack", "UDP")]
    rules, left_out = rules_and_left_out(tshark, path, prefs=prefs)
    assert rules == [] and left_out == {"Attack": 1}


@pytest.mark.parametrize("prefs", ((), (LEARN_OFF,)))
def test_over_netbios_and_ipx(tshark, capture, messages, prefs):
    kb, sessions = generator("kb_services"), generator("sessions")

    def netbios(cap):
        flow = opened(cap, ATTACKER, AGENT, 139)
        flow.send(kb.nbss_request(("WKS17", 0x43), ("EVIL", 0x44)))
        flow.reply(kb.NBSS_POSITIVE)
        flow.send(kb.nbss_message(messages.CVE_2004_0728_CHECK))

    def ipx(cap):
        sessions.ipx(cap, ATTACKER, 0x4A04, AGENT, sessions.IPX_SOCKETS[sessions.DATA],
                     messages.CVE_2004_0728_CHECK)
    for script in (netbios, ipx):
        path = capture(script)
        assert tshark(path, "-Y", CVE).stdout, script
        assert [flow["verdict"] for flow in flows_of(tshark, path, prefs=prefs)] == ["Attack"]


def test_without_it_nothing_is_judged_where_there_is_no_role(tshark, capture, messages):
    """Learning off, no table: the attack alone, and not the Remote Control beside it."""
    def both(cap):
        exploit(messages)(cap)
        flow = opened(cap, CONSOLE, AGENT, 2701, 1050)
        flow.send(messages.INFORMATION_REQUEST)
        flow.reply(messages.information_reply())
    assert [(flow["verdict"], flow["initiator"]) for flow in flows_of(
        tshark, capture(both), prefs=(LEARN_OFF,))] == [("Attack", ATTACKER)]


def test_it_teaches_no_role_of_who_attacks(tshark, capture, messages):
    lines = statistic(tshark, capture(exploit(messages)), "roles")
    assert not [line for line in lines if line.startswith(ATTACKER)]


def test_many_judgements_before_do_not_hide_it(tshark, capture, messages):
    """Each URI that is requested from a proxy gets a verdict, and there are eight at most."""
    table = (*TABLE, *(f'uat:smsrc_roles:"{ATTACKER}","{role}",""' for role in (
        "Advanced Client",)), f'uat:smsrc_roles:"{WEB}","Management point",""')

    def many(cap):
        flow = opened(cap, ATTACKER, WEB, 80)
        for port in range(8001, 8013):
            flow.send(b"GET http://mp01:%d/SMS_MP/.sms_aut?MPLIST HTTP/1.1\r\n"
                      b"Host: mp01:%d\r\n\r\n" % (port, port))
            flow.reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        flow.send(messages.CVE_2004_0728_CHECK)
    path = capture(many)
    as_smsrc = ("-d", "tcp.port==80,smsrc")
    verdicts = [row[AUDIT + "verdict"] for row in audited(
        tshark, path, *as_smsrc, prefs=table)]
    cve = tshark(path, *as_smsrc, "-Y", CVE, prefs=table).stdout
    assert cve and verdicts[-1] == ["Attack"]
    assert [row[AUDIT + "verdict"] for row in audited(
        tshark, path, *as_smsrc, prefs=table, two_pass=True)] == [["Attack"]] * len(verdicts)


# --- Tables, JSON, rules -----------------------------------------------------------------------

def mixed(messages):
    """Remote Control, a flow on no row, and last the attack."""
    def script(cap):
        for port in (2701, 9998):
            flow = opened(cap, CONSOLE, AGENT, port, 1040 + port % 10)
            flow.send(messages.INFORMATION_REQUEST)
            flow.reply(messages.information_reply())
            flow.close()
        cap.wait(60)
        exploit(messages)(cap)
    return script


@pytest.mark.parametrize("two_pass", (False, True))
def test_it_is_the_first_flow_and_the_first_session(tshark, capture, messages, two_pass):
    path = capture(mixed(messages))
    options = {"prefs": TABLE, "two_pass": two_pass}
    assert [flow["verdict"] for flow in flows_of(tshark, path, **options)] == [
        "Attack", "Off matrix", "Listed"]
    table = [line.split("|")[0].strip() for line in statistic(tshark, path, "audit", **options)
             if "SMS Remote Control" in line]
    assert table == ["Attack", "Off matrix", "Listed"]
    lines = [json.loads(line) for line in tshark(
        path, "-q", "-z", "smsrc,sessions.json", **options).stdout.splitlines()]
    found = [(line["viewer"], line["reason"]) for line in lines if line["type"] == "session"]
    assert found[0] == (ATTACKER, "CVE-2004-0728") and len(found) > 1
    rows = [[cell.strip() for cell in line.split("|")] for line in tshark(
        path, "-q", "-z", "smsrc,sessions", **options).stdout.splitlines()
        if "SMS Remote Control |" in line]
    assert [(row[1], row[8]) for row in rows] == found
    numbers = [int(row[0]) for row in rows[1:]]
    assert numbers == sorted(numbers)


def test_sharkd_has_it_first(sharkd, capture, messages):
    path = capture(mixed(messages))
    for name, column, value in (("audit", 1, "Attack"), ("sessions", 2, ATTACKER)):
        reply = sharkd(path, [{"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}],
                       conf=conf(TABLE))[0]
        tap = next(tap for tap in reply["result"]["taps"] if tap)
        assert tap["tables"][0]["i"][0][column] == value
        assert tap["tables"][0]["i"][0][0] == 1


@pytest.mark.parametrize("two_pass", (False, True))
def test_its_row_is_not_seen_in_the_matrix(tshark, capture, messages, two_pass):
    path = capture(exploit(messages, source=CONSOLE))
    assert flows_of(tshark, path, prefs=TABLE, two_pass=two_pass)[0]["row"] == "F5"
    row = next(line for line in statistic(tshark, path, "matrix", prefs=TABLE, two_pass=two_pass)
               if line.startswith("F5 "))
    assert [cell.strip() for cell in row.split("|")][1:3] == ["Never seen", "0"]


@pytest.mark.parametrize("prefs", ((), TABLE), ids=("learned", "table"))
@pytest.mark.parametrize("two_pass", (False, True))
def test_it_takes_the_rule_of_its_flow_along(tshark, capture, messages, prefs, two_pass):
    """The console's flow was Listed until the attack; learned, its viewer is unconfirmed."""
    def late(cap):
        flow = opened(cap, CONSOLE, AGENT, 2702)
        flow.send(messages.rch(b"\x91" * 22))
        flow.reply(b"\x91" * 20)
        flow.send(messages.CVE_2004_0728_CHECK)
    path = capture(late)
    once = of_frames(tshark, path, prefs=prefs)
    before = "Listed" if prefs else "Unconfirmed"
    assert [verdict for verdict, _ in once[3:]] == [before, before, "Attack"]
    rules, left_out = rules_and_left_out(tshark, path, prefs=prefs, two_pass=two_pass)
    assert rules == [] and left_out == {"Attack": 1}
    file = tshark(path, "-q", "-z", "smsrc,rules.nft", prefs=prefs, two_pass=two_pass).stdout
    assert "# Left out: 1 flow, Attack\n" in file and "accept" not in file


def test_it_has_no_blocked(tshark, capture, messages):
    def unreachable(cap):
        asked = cap.udp(CONSOLE, 1047, AGENT, 2702).send(messages.CVE_2004_0728_CHECK)
        cap.unreachable(asked)
    path = capture(unreachable)
    for two_pass in (False, True):
        assert not tshark(path, "-Y", AUDIT + "blocked", prefs=TABLE, two_pass=two_pass).stdout
        assert flows_of(tshark, path, prefs=TABLE, two_pass=two_pass)[0]["verdict"] == "Attack"


def test_the_report_of_many_captures_has_it_first():
    """The batch's order of verdicts is that of verdict-list.h."""
    verdicts = (ROOT / "include" / "audit" / "verdict-list.h").read_text(encoding="utf-8")
    batch = (ROOT / "plugin" / "batch" / "smsrc-batch").read_text(encoding="utf-8")
    names = re.findall(r'^    VERDICT\(\w+, "([^"]+)"', verdicts, re.MULTILINE)
    assert names[0] == "Not judged"
    names = names[1:]
    listed = batch.split("def verdicts: ")[1].split(";")[0]
    assert json.loads(listed) == names[::-1] and names[-1] == "Attack"


# --- Roles that the flow alone shows -----------------------------------------------------------

def information(messages, port=2701, client=CONSOLE, client_port=1047):
    def script(cap):
        flow = opened(cap, client, AGENT, port, client_port)
        flow.send(messages.INFORMATION_REQUEST)
        flow.reply(messages.information_reply())
        flow.close()
    return script


def test_remote_control_makes_no_rule_of_its_own_roles(tshark, capture, messages):
    """Nor do several flows of it, with or without an attack between them."""
    def several(cap):
        for number, port in enumerate((2701, 2702, 2703)):
            information(messages, port, client_port=1047 + number)(cap)
        exploit(messages, source=CONSOLE)(cap)
    for script in (information(messages), several):
        rules, left_out = rules_and_left_out(tshark, capture(script))
        assert rules == [] and left_out[UNCONFIRMED] >= 1


def test_one_forged_datagram_makes_no_rule(tshark, capture, messages):
    def forged(cap):
        cap.udp(ATTACKER, 1047, AGENT, 2701).reply(
            messages.tnmp(messages.information_reply()[12:]))
    rules, left_out = rules_and_left_out(tshark, capture(forged))
    assert rules == [] and sum(left_out.values()) == 1


@pytest.mark.parametrize("two_pass", (False, True))
def test_an_agent_that_several_flows_show_is_confirmed_by_the_table_alone(tshark, capture,
                                                                          messages, two_pass):
    """A host that sends packets can send those of two flows."""
    console = TABLE[:1]
    options = {"prefs": console, "two_pass": two_pass}
    rules, left_out = rules_and_left_out(tshark, capture(information(messages)), **options)
    assert rules == [] and left_out == {UNCONFIRMED: 1}

    def two(cap):
        information(messages)(cap)
        information(messages, 2703, client_port=1048)(cap)
    rules, left_out = rules_and_left_out(tshark, capture(two), **options)
    assert rules == [] and left_out == {UNCONFIRMED: 2}
    rules, left_out = rules_and_left_out(tshark, capture(information(messages)), prefs=TABLE,
                                         two_pass=two_pass)
    assert [row[4] for row in rules] == ["2701"] and not left_out


POLICY = b"GET /SMS_MP/.sms_pol?x HTTP/1.1\r\nHost: mp01\r\n\r\n"
LIST = b"GET /SMS_MP/.sms_aut?MPLIST HTTP/1.1\r\nHost: mp01\r\n\r\n"
MESSAGE = b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\nContent-Length: 0\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<MPList/>"


def test_an_answer_proves_and_a_question_that_anybody_asks_does_not(tshark, capture):
    def asked(question):
        def script(cap):
            flow = opened(cap, AGENT, WEB, 80)
            flow.send(question)
            flow.reply(ANSWER)
            flow.send(question)
            flow.reply(ANSWER)
        return script
    rules, left_out = rules_and_left_out(tshark, capture(asked(MESSAGE)))
    assert [row[0] for row in rules] == ["E1"] and not left_out
    for question in (POLICY, LIST):
        rules, left_out = rules_and_left_out(tshark, capture(asked(question)))
        assert rules == [] and left_out == {UNCONFIRMED: 1}


# --- Small captures of others ------------------------------------------------------------------

@pytest.mark.parametrize("name", ("rule-for-attacker", "rc-one-datagram", "dba-workstation",
                                  "hide-cve-by-forged-syn"))
def test_no_rule_for_an_attacker(tshark, case, name):
    assert rules_and_left_out(tshark, case(name))[0] == []
