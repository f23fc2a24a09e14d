# test_audit_articles_context.py
# What the article says beside its ports: LMHOSTS, broadcasts, LDAPS, and what Windows does itself
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import AUDIT, LEARN_OFF
from case_table import CASE_TABLE
from generators import plan
from rc_rows import fields
from scenes import scene

kb = plan("kb_services")

CLIENT, NEXT, DC, MP, SITE, WINS, DP, SQL, CONSOLE = (
    "10.1.3.17", "10.1.3.18", "10.1.1.20", "10.1.1.13", "10.1.1.10", "10.1.1.22", "10.1.1.15",
    "10.1.1.12", "10.1.2.50")
BITS = [*CASE_TABLE, f'uat:smsrc_roles:"{DP}","BITS distribution point","ABC"']
BROADCAST = "10.1.3.255"
HELLO = bytes.fromhex("160301002e0100002a0301") + bytes(40)
ENTRY = '"MP_ABC         \\0x1A" #PRE'
TABLES = pytest.mark.parametrize("prefs", (CASE_TABLE, [*CASE_TABLE, LEARN_OFF]),
                                 ids=("learning", "by the table alone"))


def judged(tshark, capture, prefs=CASE_TABLE):
    """(verdict, row, initiator) that the frames have in a second pass."""
    names = [AUDIT + name for name in ("verdict", "row", "initiator_role")]
    table = fields(tshark, capture, names, "-Y", AUDIT + "verdict", prefs=prefs, two_pass=True)
    return {tuple((row[name] or ["none"])[0] for name in names) for row in table}


def messages(tshark, capture, what, prefs=CASE_TABLE):
    return [text for row in fields(tshark, capture, ["_ws.expert.message"], "-Y", what,
                                   prefs=prefs) for text in row["_ws.expert.message"]]


# --- The name of a management point ---------------------------------------------------------------

@TABLES
@pytest.mark.parametrize("sender", (CLIENT, NEXT, CONSOLE, SITE, DC))
def test_a_broadcast_for_a_management_point_is_advised_against(tshark, tmp_path, sender, prefs):
    target = sender[:sender.rindex(".")] + ".255"

    def play(cap, _):
        cap.udp(sender, 137, target, 137).send(kb.nbns_query("MP_ABC", 0x1A, broadcast=True))
    capture = scene(tmp_path, play)
    assert {row[:2] for row in judged(tshark, capture, prefs)} == {("Listed", "I3a")}
    found = messages(tshark, capture, AUDIT + "discouraged", prefs)
    # 4.6 prints a backslash as two.
    assert len(found) == 1 and ENTRY in found[0].replace("\\\\", "\\")


@pytest.mark.parametrize("name, suffix", (
    ("MP_ABC", 0x20), ("MP_ABCD", 0x1A), ("MP_A-C", 0x1A), ("XP_ABC", 0x1A), ("WKS18", 0x00)))
def test_a_broadcast_for_another_name_is_a_gap(tshark, tmp_path, name, suffix):
    def play(cap, _):
        cap.udp(CLIENT, 137, BROADCAST, 137).send(kb.nbns_query(name, suffix, broadcast=True))
    capture = scene(tmp_path, play)
    assert {row[:2] for row in judged(tshark, capture)} == {("KB gap", "GAP38")}
    assert messages(tshark, capture, AUDIT + "discouraged") == []


@TABLES
@pytest.mark.parametrize("answer, fails", ((kb.nbns_no_such_name("MP_ABC", 0x1A), True),
                                           (kb.nbns_answer("MP_ABC", 0x1A, MP), False)),
                         ids=("no such name", "found"))
def test_a_failed_lookup_names_the_entry_in_lmhosts(tshark, tmp_path, answer, fails, prefs):
    def play(cap, _):
        talk = cap.udp(CLIENT, 137, WINS, 137)
        talk.send(kb.nbns_query("MP_ABC", 0x1A))
        talk.reply(answer)
    capture = scene(tmp_path, play)
    assert {row[:2] for row in judged(tshark, capture, prefs)} == {("Corrected", "H4")}
    assert (ENTRY in tshark(capture, "-V", "-Y", "frame.number == 2", prefs=prefs).stdout) == fails
    assert ENTRY not in tshark(capture, "-V", "-Y", "frame.number == 1", prefs=prefs).stdout


def test_an_answer_that_was_not_asked_for_is_no_failed_lookup(tshark, tmp_path):
    def play(cap, _):
        cap.udp(CLIENT, 137, WINS, 137).reply(kb.nbns_no_such_name("MP_ABC", 0x1A))
    assert "LMHOSTS" not in tshark(scene(tmp_path, play), "-V", prefs=CASE_TABLE).stdout


# --- LDAPS, for any client ------------------------------------------------------------------------

LDAPS = ((MP, DC, 636, "Off matrix", "A3"), (SQL, DC, 636, "Off matrix", "A3"),
         (WINS, DC, 3269, "Off matrix", "A7"), (MP, DC, 3269, "Off matrix", "A7"),
         (CONSOLE, DC, 636, "Off matrix", "A3"), (DC, SITE, 636, "Wrong direction", "A3"),
         (DC, CLIENT, 3269, "Wrong direction", "D5"), (CLIENT, MP, 636, "Off matrix", "D3"),
         (SITE, DC, 636, "Listed", "A3"), (CLIENT, DC, 3269, "Listed", "D5"))


@pytest.mark.parametrize("caller, called, port, verdict, row", LDAPS)
def test_tls_on_a_port_of_ldaps_is_ldaps(tshark, tmp_path, caller, called, port, verdict, row):
    def play(cap, _):
        talk = cap.tcp(caller, 1200, called, port)
        talk.open()
        talk.send(HELLO)
        talk.close()
    found = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict", AUDIT + "row"], "-Y",
                   "tcp.flags.fin == 1", prefs=CASE_TABLE)
    assert {(one[AUDIT + "verdict"][0], one[AUDIT + "row"][0]) for one in found} == {(verdict, row)}


# --- What Windows does itself ---------------------------------------------------------------------

SSDP = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n"
NAME = kb.dns_answer("wks18", NEXT)
ANSWERS = {"LLMNR": (5355, NAME, "GAP49"), "SSDP": (1900, SSDP, "GAP50"),
           "mDNS": (5353, NAME, "GAP51")}


@TABLES
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("one, other", ((CLIENT, NEXT), (CLIENT, SITE), (CONSOLE, CLIENT)))
def test_an_answer_to_a_multicast_belongs_to_the_port_of_the_service(tshark, tmp_path, name, one,
                                                                     other, prefs):
    port, answer, row = ANSWERS[name]
    capture = scene(tmp_path, lambda cap, _: cap.udp(one, 54022, other, port).reply(answer))
    roles = {CLIENT: "Advanced Client", CONSOLE: "Administrator console"}
    assert judged(tshark, capture, prefs) == {("KB gap", row, roles[one])}


@pytest.mark.parametrize("port, content", ((1900, b"\x80\0\x12\x34\0\0\0\xa0\xde\xad\xbe\xef\xd5"),
                                           (5355, SSDP), (5356, NAME)))
def test_something_else_from_such_a_port_is_off_the_matrix(tshark, tmp_path, port, content):
    capture = scene(tmp_path, lambda cap, _: cap.udp(CLIENT, 54022, NEXT, port).reply(content))
    assert {row[0] for row in judged(tshark, capture)} == {"Off matrix"}


# --- A distribution point with BITS ---------------------------------------------------------------

@pytest.mark.parametrize("said, verdict, row", (
    (kb.smb2_negotiate(), "KB gap", "GAP52"), (kb.smb_negotiate(), "KB gap", "GAP52"),
    (b"SSH-2.0-x\r\n", "Wrong service", "GAP52")), ids=("SMB2", "SMB1", "SSH"))
def test_a_bits_distribution_point_may_have_its_share(tshark, tmp_path, said, verdict, row):
    def play(cap, _):
        talk = cap.tcp(CLIENT, 1300, DP, 445)
        talk.open()
        talk.send(said)
        talk.close()
    found = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict", AUDIT + "row"], "-Y",
                   "tcp.flags.fin == 1", prefs=BITS)
    assert {(one[AUDIT + "verdict"][0], one[AUDIT + "row"][0]) for one in found} == {(verdict, row)}


# --- The shared case ------------------------------------------------------------------------------

def test_the_shared_case_of_answers_to_multicasts(tshark, case):
    assert judged(tshark, case("llmnr-reply")) == {
        ("KB gap", "GAP49", "Advanced Client"), ("KB gap", "GAP50", "Advanced Client")}
