# test_rc_fields.py
# Every field of the Remote Control dissector: as a filter, a column, -T fields, json, a tree
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import json
import re

import pytest

from rc_rows import by_frame, fields, frames, infos, trees

pytestmark = pytest.mark.quick

# (capture, filter, frames): each field of the contract is used at least once.
FILTERS = (
    ("rc-session", 'smsrc.channel == "Control"', [4, 5]),
    ("rc-session", 'smsrc.channel == "Data"', [9, 10, 11]),
    ("rc-session", 'smsrc.channel == "Chat"', [15, 16, 17, 18, 19, 20, 21, 22]),
    ("rc-session", 'smsrc.channel == "File transfer"', [26, 27]),
    ("rc-session", 'smsrc.direction == "Agent to viewer"', [5, 10, 20, 21, 27]),
    ("rc-session", 'smsrc.direction == "Viewer to agent"',
     [4, 9, 11, 15, 16, 17, 18, 19, 22, 26]),
    ("rc-session", 'smsrc.generation == "SMS 2.0 SP2 or 2003" and smsrc.channel == "Control"',
     [4, 5]),
    ("rc-session-legacy",
     'smsrc.generation == "SMS 1.x or 2.0 before SP2" and smsrc.claimed_by == "Content"',
     [4, 5, 9]),
    ("rc-session", 'smsrc.claimed_by == "Content"', [4, 5, 9]),
    ("rc-session", 'smsrc.claimed_by == "Session"', [10, 11, *range(15, 23), 26, 27]),
    ("rc-port-alone", 'smsrc.claimed_by == "Port" and tcp', [4, 5, 12, 13, 20, 21]),
    ("rc-two-sessions", "smsrc and smsrc.session == 1", [5, 12]),
    ("rc-two-sessions", "smsrc and smsrc.session == 2", [17, 21]),
    ("rc-two-sessions", "smsrc.session.first_frame == 13", [*range(17, 22)]),
    ("rc-cve-not", "smsrc.rch.length == 129", [16]),
    ("rc-cve-check", "smsrc.rch.length == 0x00400016", [4]),
    ("rc-cve-check", "smsrc.rch.length.low == 22", [4]),
    ("rc-cve-check", "smsrc.rch.length.high == 0x40", [4]),
    ("rc-session", "smsrc.rch.body[0:2] == 91:02", [9]),
    ("rc-information", "smsrc.tnmp.length == 4", [4]),
    ("rc-information", "smsrc.tnmp.length == 103", [5]),
    ("rc-busy", "smsrc.tnmp.word0 == 0x80", [5, 13]),
    ("rc-information", "smsrc.tnmp.code == 4", [4]),
    ("rc-refused", "smsrc.tnmp.code == -2", [5]),
    ("rc-information", 'smsrc.tnmp.type == "Information request"', [4]),
    ("rc-information", 'smsrc.tnmp.type == "Information reply"', [5]),
    ("rc-busy", 'smsrc.tnmp.type == "Busy"', [5, 13]),
    ("rc-refused", 'smsrc.tnmp.type == "Refused"', [5]),
    ("rc-unknown-code", 'smsrc.tnmp.type == "Unknown"', [4, 5]),
    ("rc-information", "smsrc.user.version == 0x0810", [5]),
    ("rc-information-07", "smsrc.user.version == 0x0710", [5]),
    ("rc-information-udp-2701", "smsrc.user.version == 0x0001", [2]),
    ("rc-information", 'smsrc.user.product == "Desktop Manager 6.0"', [5]),
    ("rc-information-07", 'smsrc.user.product == "Desktop Manager 5.0"', [5]),
    ("rc-information-udp-1761", 'smsrc.user.product == "LANDeskWorkgroup Manager ver 6.0"', [2]),
    ("rc-information", "smsrc.user.code_page == 437", [5]),
    ("rc-information", 'smsrc.user.host == "WKS17"', [5]),
    ("rc-information-udp-2701", 'smsrc.user.host == "WKS17"', [2]),
    ("rc-information-ipv6", 'smsrc.user.host == "WKS17" and ipv6', [5]),
    ("rc-information", 'smsrc.user.user == "jdoe"', [5]),
    ("rc-information-oem", 'smsrc.user.user == "müller"', [5]),
    ("rc-information-no-user", 'smsrc.user.user == ""', [5]),
    ("rc-information-controlled", 'smsrc.user.controller == "10.1.0.51"', [5]),
    ("rc-information-controlled", 'smsrc.user.host == "WKS17" and smsrc.user.user == "jdoe"',
     [5]),
    ("rc-information-controlled-no-user",
     'smsrc.user.controller == "10.1.0.51" and smsrc.user.host == "WKS17" and '
     'smsrc.user.user == ""', [5]),
    ("rc-busy", 'smsrc.busy.controller == "10.1.0.51" and smsrc.busy.port == 1762', [5]),
    ("rc-busy", 'smsrc.busy.controller == "192.168.10.151" and smsrc.busy.port == 1761', [13]),
    ("rc-busy-by-name", 'smsrc.busy.controller == "ADM02"', [5]),
    ("rc-text", 'smsrc.text contains "ADM01 wants to control WKS17"', [6]),
    ("rc-text", 'smsrc.text contains "C:\\\\WINNT\\\\notepad.exe"', [7]),
    ("rc-text", 'smsrc.text contains "DISPLAY1" and smsrc.rch.body', [11]),
    ("rc-port-alone", "smsrc.data[0:3] == 91:02:e7 and tcp.dstport == 2702", [4]),
    ("rc-configmgr", "smsrc.cm.type", [4, 11, 18, 25, 32, 39]),
    ("rc-configmgr", "smsrc.cm.length == 0x22", [4, 39]),
    ("rc-configmgr", 'smsrc.cm.text == "START_HANDSHAKE"', [4, 39]),
    ("rc-configmgr", 'smsrc.cm.text == "ERROR_NO_ACTIVE_USER"', [18]),
    # Expert infos.
    ("rc-cve-check", "smsrc.cve_2004_0728", [4]),
    ("rc-damage-rch-high-half", "smsrc.length_mismatch", [4]),
    ("rc-information-udp-2701", "smsrc.udp", [2]),
    ("rc-information", "smsrc.udp", []),
    ("rc-busy", "smsrc.busy", [5, 13]),
    ("rc-refused", "smsrc.refused", [5]),
    ("session-netbios", 'smsrc.netbios.name == "WKS22<43>"', [36, 37, 41]),
    ("session-netbios", 'smsrc.netbios.channel == "Chat"', [15]),
    ("rc-icmp", "smsrc.control_unreachable", []),
    ("session-data-unreachable", "smsrc.data_unreachable", [7, 9, 11]),
    ("session-udp-unreachable", "smsrc.udp_unreachable", [2, 4]),
    ("session-names", "smsrc.name_not_resolved", [2, 4, 5]),
    ("session-old-ports-only", "smsrc.old_ports_only", [10, 12]),
    ("session-ntlm-refused", "smsrc.ntlm_refused", [9, 21]),
    ("rc-busy", "smsrc.refused", []),
    ("rc-configmgr", "smsrc.cm.denied and frame.number in {11, 32}", [11, 32]),
    ("rc-configmgr", "smsrc.cm.denied and frame.number in {4, 39}", []),
)

GOLDENS = (
    "rc-information", "rc-information-07", "rc-information-controlled",
    "rc-information-controlled-no-user", "rc-information-udp-2701", "rc-busy", "rc-refused",
    "rc-unknown-code", "rc-session", "rc-ntlmssp", "rc-ntlmssp-damaged", "rc-text",
    "rc-cve-check", "rc-damage-rch-trailing", "demo", "session-netbios", "session-ipx",
    "session-data-unreachable", "session-names", "session-ntlm-refused",
)

INFOS = (
    ("rc-information", ["Information request",
                        "Information reply, Desktop Manager 6.0, host WKS17, user jdoe"]),
    ("rc-information-07", ["Information request",
                           "Information reply, Desktop Manager 5.0, host OLD07, user asmith"]),
    ("rc-information-controlled", [
        "Information request",
        "Information reply, Desktop Manager 6.0, host WKS17, user jdoe, "
        "controlled by 10.1.0.51"]),
    ("rc-information-no-user", [
        "Information request", "Information reply, Desktop Manager 6.0, host WKS17, no user"]),
    ("rc-information-controlled-no-user", [
        "Information request",
        "Information reply, Desktop Manager 6.0, host WKS17, no user, controlled by 10.1.0.51"]),
    ("rc-busy", ["Information request", "Busy, controlled by 10.1.0.51, port 1762",
                 "Information request", "Busy, controlled by 192.168.10.151, port 1761"]),
    ("rc-refused", ["Information request", "Refused"]),
)


@pytest.mark.parametrize("capture, display_filter, wanted", FILTERS)
def test_filter(tshark, made, capture, display_filter, wanted):
    assert frames(tshark, made(capture), display_filter) == wanted


@pytest.mark.parametrize("capture, wanted", INFOS)
def test_info_column(tshark, made, capture, wanted):
    assert infos(tshark, made(capture)) == wanted


def test_info_column_of_other_messages(tshark, made):
    session = infos(tshark, made("rc-session"))
    assert "Remote control message, 22 bytes" in session
    assert "Chat, 1 byte, viewer to agent: h" in session
    assert "Chat, 1 byte, agent to viewer: k" in session
    assert session[-2].startswith("File transfer, 32 bytes, viewer to agent")


@pytest.mark.every_version
@pytest.mark.parametrize("capture", GOLDENS)
def test_tree(tshark, made, golden, capture):
    golden(capture, trees(tshark, made(capture), log=capture.startswith("session-")))


def test_no_code_page_where_none_is_documented(tshark, made):
    for capture in ("rc-information-07", "rc-information-udp-2701", "rc-information-udp-1761"):
        assert not frames(tshark, made(capture), "smsrc.user.code_page")


def test_protocol_column(tshark, made):
    column = tshark(made("rc-information"), "-Y", "smsrc",
                    prefs=['gui.column.format:"Protocol","%p"']).stdout.split("\n")
    assert column[0] == column[1] and "SMS" in column[0].upper()


def test_custom_columns(tshark, made):
    done = tshark(made("rc-information"), "-Y", "smsrc.user.host", prefs=[
        'gui.column.format:"Host","%Cus:smsrc.user.host:0:R",'
        '"Type","%Cus:smsrc.tnmp.type:0:R","Channel","%Cus:smsrc.channel:0:R"'])
    cells = done.stdout.split()
    assert cells == ["WKS17", "Information", "reply", "Control"]


def test_fields_without_a_filter(tshark, made):
    found = fields(tshark, made("rc-information"),
                   ["frame.number", "smsrc.tnmp.type", "smsrc.user.host", "smsrc.busy.port"])
    assert len(found) == 8
    assert found[3]["smsrc.tnmp.type"] == ["Information request"]
    assert found[4]["smsrc.user.host"] == ["WKS17"]
    assert not any(row["smsrc.busy.port"] for row in found)


def test_json(tshark, made):
    packets = json.loads(tshark(made("rc-information"), "-T", "json", "-Y", "smsrc",
                                "-J", "smsrc").stdout)
    text = json.dumps(packets[1]["_source"]["layers"]["smsrc"])
    for name, value in (("smsrc.user.host", "WKS17"), ("smsrc.user.user", "jdoe"),
                        ("smsrc.user.product", "Desktop Manager 6.0"),
                        ("smsrc.tnmp.type", "Information reply")):
        assert f'"{name}": "{value}"' in text


def without_later(text):
    """Without what only a later frame shows: the number of the session, and the reply."""
    return re.sub(r"^ *\[(Session|First frame of the session|Response in): \d+\]\n", "", text,
                  flags=re.MULTILINE)


@pytest.mark.parametrize("capture", ["rc-session", "rc-tnmp-split-body", "rc-ntlmssp", "demo"])
def test_two_passes_say_what_one_says(tshark, made, capture):
    """And the session's number in the frames before what proves it, and which frame replies."""
    one = trees(tshark, made(capture), log=capture.startswith("session-"))
    assert "Frame 4" in one and "Response in" not in one
    two = trees(tshark, made(capture), two_pass=True)
    assert "Response in" in two
    assert without_later(two) == without_later(one)


def test_two_passes_give_the_same_columns(tshark, made):
    """But for the findings, which a second pass knows from the first frame of a flow on."""
    said = {"prefs": ["smsrc.audit.info:FALSE"]}
    assert tshark(made("demo"), two_pass=True, **said).stdout == tshark(made("demo"), **said).stdout


def leaves(nodes_of_tree):
    """(first byte, length) of the items of the tree that have no dissected items below them."""
    for node in nodes_of_tree:
        below = [child for child in node.get("n", []) if not child.get("g") and child.get("h")]
        if below:
            yield from leaves(below)
        elif node.get("h") and not node.get("g"):
            yield tuple(node["h"])


# Marks that have no item: they are within the item of the whole, or between two items.
MARKS = (b"USER", b":")


@pytest.mark.parametrize("capture, frame, header", [
    ("rc-information", 5, 54), ("rc-information-07", 5, 54),
    ("rc-information-controlled-no-user", 5, 54), ("rc-information-udp-2701", 2, 42),
    ("rc-busy", 5, 54), ("rc-refused", 5, 54), ("rc-session", 9, 54), ("rc-session", 15, 54),
    ("rc-unknown-code", 4, 54), ("rc-damage-rch-trailing", 4, 54),
    ("rc-damage-many-names", 5, 54), ("rc-damage-tnmp-length", 5, 54)])
def test_every_byte_stands_in_the_tree(sharkd, made, capture, frame, header):
    """Bytes of unknown meaning are shown as bytes; none is without its own item."""
    reply = sharkd(made(capture), [
        {"method": "frame", "params": {"frame": frame, "proto": True, "bytes": True}}])[0]
    reply = reply["result"]
    shown = set()
    for node in reply["tree"]:
        if node.get("f", "").split(" ")[0] == "smsrc":
            for first, length in leaves(node["n"]):
                shown.update(range(first, first + length))
    whole = base64.b64decode(reply["bytes"])
    marks = {at for mark in MARKS for first in range(header, len(whole))
             if whole.startswith(mark, first) for at in range(first, first + len(mark))}
    missing = {at - header: whole[at] for at in range(header, len(whole))
               if at not in shown and at not in marks}
    assert not missing


def nodes(tree):
    """All nodes of sharkd's tree, depth first."""
    for node in tree:
        yield node
        yield from nodes(node.get("n", []))


def test_sharkd_shows_tree_and_bytes(sharkd, made):
    reply = sharkd(made("rc-information"), [
        {"method": "frame", "params": {"frame": 5, "proto": True, "bytes": True}}])[0]["result"]
    labels = {node["f"].split(" == ")[0]: node for node in nodes(reply["tree"])
              if node.get("f")}
    host = labels["smsrc.user.host"]
    assert "WKS17" in host["l"]
    start, length = host["h"]
    # "bytes" is base64 of the frame; the bytes that belong to the field are the name itself.
    assert base64.b64decode(reply["bytes"])[start:start + length].rstrip(b"\0") == b"WKS17"


def test_sharkd_says_what_tshark_says(sharkd, tshark, made):
    reply = sharkd(made("demo"), [{"method": "frames", "params": {"filter": "smsrc"}}])[0]
    assert [frame["num"] for frame in reply["result"]] == frames(tshark, made("demo"), "smsrc")


def test_ntlmssp_is_handed_to_its_own_dissector(tshark, made):
    kinds = by_frame(tshark, made("rc-ntlmssp"), "ntlmssp.messagetype")
    assert kinds == {6: ["0x00000001"], 7: ["0x00000002"], 8: ["0x00000003"],
                     12: ["0x00000001"]}
    assert by_frame(tshark, made("rc-ntlmssp"), "ntlmssp.auth.username") == {8: ["admin"]}
    assert not frames(tshark, made("rc-ntlmssp"), "_ws.malformed")


def test_the_story(tshark, made):
    capture = made("demo")
    story = infos(tshark, capture)
    assert frames(tshark, capture, "smsrc.cve_2004_0728 and ip.src == 10.1.9.66 and "
                                   'smsrc.direction == "Viewer to agent"')
    assert len(frames(tshark, capture, "smsrc.cve_2004_0728")) == 1
    assert "Busy, controlled by 10.1.0.50, port 1762" in story
    typed = "".join(line[-1] for line in story if line.startswith("Chat, 1 byte, viewer"))
    assert typed.startswith("Hello,")
    assert frames(tshark, capture, 'smsrc.cm.text == "START_HANDSHAKE"')


DOCUMENTED = """
smsrc.channel smsrc.direction smsrc.generation smsrc.claimed_by smsrc.session
smsrc.session.first_frame smsrc.rch.length smsrc.rch.length.low smsrc.rch.length.high
smsrc.rch.body smsrc.tnmp.length smsrc.tnmp.word0 smsrc.tnmp.code smsrc.tnmp.type
smsrc.user.version smsrc.user.product smsrc.user.code_page smsrc.user.host smsrc.user.user
smsrc.user.controller smsrc.busy.controller smsrc.busy.port smsrc.text smsrc.data
smsrc.cve_2004_0728 smsrc.length_mismatch smsrc.udp smsrc.busy smsrc.refused
smsrc.cm.type smsrc.cm.length smsrc.cm.text smsrc.cm.denied
smsrc.netbios.name smsrc.netbios.channel smsrc.data_unreachable smsrc.udp_unreachable
smsrc.control_unreachable smsrc.name_not_resolved smsrc.old_ports_only smsrc.ntlm_refused
""".split()


def registered(tshark):
    """name -> (label, blurb) of every field of ours."""
    lines = [line.split("\t") for line in tshark(None, "-G", "fields").stdout.splitlines()]
    return {cells[2]: (cells[1], cells[7]) for cells in lines
            if cells[0] == "F" and cells[2].startswith("smsrc.")
            and not cells[2].startswith("smsrc.audit.")}


def test_every_field_of_the_contract_is_registered(tshark):
    assert not set(DOCUMENTED) - set(registered(tshark))


def test_every_field_has_a_label_and_no_blurb_that_repeats_it(tshark):
    for name, (label, blurb) in registered(tshark).items():
        assert label, name
        assert blurb.lower() != label.lower(), name


def test_every_field_of_the_contract_is_asked_for_by_a_filter():
    text = " ".join(display_filter for _, display_filter, _ in FILTERS)
    words = set(text.replace("[", " ").replace("(", " ").split())
    missing = [name for name in DOCUMENTED if name not in words]
    assert not missing
