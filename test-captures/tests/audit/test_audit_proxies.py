# test_audit_proxies.py
# Requests to a proxy: judged by their URIs, shown with the wire's port, the worst kept
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import AUDIT, LEARN_OFF, host_lines, statistic
from case_table import CASE_TABLE
from generators import plan
from json_output import json_lines
from rc_rows import fields
from scenes import scene

kb = plan("kb_services")

CLIENT, PROXY, MP = "10.1.3.17", "10.1.1.60", "10.1.1.13"
POLICY = "/SMS_MP/.sms_pol?ABC00001.1_00"
POLICY_ANSWER = kb.http_response(body=b"<Policy/>", headers=("Content-Type: text/xml",))
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
OFF = [*CASE_TABLE, LEARN_OFF]


def asked(*said, proxy=PROXY, port=3128):
    """A connection to a proxy: requests and answers in turn."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, proxy, port)
        talk.open()
        for number, message in enumerate(said):
            (talk.reply if number % 2 else talk.send)(message)
        talk.close()
    return play


def connect(authority):
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


def flow_of(tshark, capture, prefs, two_pass=True):
    found, last = json_lines(tshark, capture, prefs=prefs, two_pass=two_pass)
    assert len(found) <= 1
    return found[0] if found else None


def outcome(tshark, capture, prefs, two_pass=True):
    flow = flow_of(tshark, capture, prefs, two_pass)
    return flow and (flow["verdict"], flow["row"], flow["server_port"], flow.get("via_proxy"))


# --- What is judged although nothing is learned ---------------------------------------------------

GET = kb.http_get(POLICY)
HELLO = bytes.fromhex("160301002e0100002a0301") + bytes(40)
ALONE = {
    "address": ((kb.http_get(f"http://{MP}{POLICY}"), POLICY_ANSWER), ("Listed", "E1", 80, 3128)),
    "address and port": ((kb.http_get(f"http://{MP}:8080{POLICY}"), POLICY_ANSWER),
                         ("Off matrix", "E1", 8080, 3128)),
    "name": ((kb.http_get(f"http://mp01{POLICY}"), POLICY_ANSWER),
             ("Unconfirmed", "E1", 80, 3128)),
    "tunnel": ((connect(f"{MP}:80"), CONNECTED, GET, POLICY_ANSWER), ("Listed", "E1", 80, 3128)),
    "tunnel elsewhere": ((connect(f"{MP}:4444"), CONNECTED, GET, POLICY_ANSWER),
                         ("Off matrix", "E1", 4444, 3128)),
    "tunnel to a name": ((connect("mp01:80"), CONNECTED, GET, POLICY_ANSWER),
                         ("Unconfirmed", "E1", 80, 3128)),
    "the directory": ((connect("10.1.1.20:389"), CONNECTED), ("Listed", "D2", 389, 3128)),
    "TLS to the directory": ((connect("10.1.1.20:636"), CONNECTED, HELLO),
                             ("Listed", "D3", 636, 3128)),
    "SSH to the directory": ((connect("10.1.1.20:636"), CONNECTED, b"SSH-2.0-x\r\n"),
                             ("Wrong service", "D3", 636, 3128)),
    "a name that shows nothing": ((kb.http_get("http://www/x"), kb.NOT_FOUND), None),
    "a tunnel that shows nothing": ((connect("www:443"), CONNECTED), None),
    "no proxy": ((kb.http_get(POLICY), POLICY_ANSWER), None),
}


@PASSES
@pytest.mark.parametrize("name", ALONE)
def test_requests_to_a_proxy_are_judged_with_learning_off(tshark, tmp_path, name, two_pass):
    said, right = ALONE[name]
    assert outcome(tshark, scene(tmp_path, asked(*said)), OFF, two_pass) == right


@pytest.mark.parametrize("name", ("address", "tunnel", "address and port", "tunnel elsewhere",
                                  "TLS to the directory", "SSH to the directory"))
def test_the_same_with_learning(tshark, tmp_path, name):
    said, right = ALONE[name]
    assert outcome(tshark, scene(tmp_path, asked(*said)), CASE_TABLE) == right


@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
@pytest.mark.parametrize("said", (
    (kb.http_get(f"http://{MP}{POLICY}"), POLICY_ANSWER),
    (kb.http_get(f"http://{MP}:8080{POLICY}"), POLICY_ANSWER),
    (kb.http_get(f"http://mp01{POLICY}"), POLICY_ANSWER),
    (connect(f"{MP}:80"), CONNECTED, GET, POLICY_ANSWER),
    (connect("mp01:80"), CONNECTED, GET, POLICY_ANSWER)),
    ids=("address", "port", "name", "tunnel", "tunnel to a name"))
def test_the_server_itself_is_no_proxy(tshark, tmp_path, said, prefs):
    capture = scene(tmp_path, asked(*said, proxy=MP, port=8080))
    assert outcome(tshark, capture, prefs) == ("Off matrix", "E1", 8080, None)


@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
@pytest.mark.parametrize("name", ("address", "name", "tunnel", "tunnel to a name"))
def test_a_proxy_holds_no_servers_role(tshark, tmp_path, name, prefs):
    capture = scene(tmp_path, asked(*ALONE[name][0]))
    assert host_lines(statistic(tshark, capture, "roles", prefs=prefs, two_pass=True), PROXY) == []


def test_a_refused_tunnel_is_none(tshark, tmp_path):
    capture = scene(tmp_path, asked(connect(f"{MP}:4444"), kb.FORBIDDEN,
                                    kb.http_get(f"http://{MP}{POLICY}"), POLICY_ANSWER))
    rows = fields(tshark, capture, [AUDIT + "server_port"], "-Y", "tcp.flags.fin == 1", prefs=OFF)
    assert {row[AUDIT + "server_port"][0] for row in rows} == {"80"}


# --- The port of the wire -------------------------------------------------------------------------

@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
def test_table_json_and_tree_show_the_wires_port(tshark, tmp_path, prefs):
    capture = scene(tmp_path, asked(kb.http_get(f"http://{MP}:8085{POLICY}"), POLICY_ANSWER))
    shown = fields(tshark, capture, [AUDIT + "server_port", AUDIT + "via_proxy"], "-Y",
                   "smsrc.audit.via_proxy", prefs=prefs, two_pass=True)
    assert {(row[AUDIT + "server_port"][0], row[AUDIT + "via_proxy"][0]) for row in shown} == {
        ("8085", "3128")}
    assert [line for line in statistic(tshark, capture, "audit", prefs=prefs)
            if "TCP 8085 via 3128" in line]
    text = fields(tshark, capture, ["_ws.expert.message"], "-Y", AUDIT + "off_matrix", prefs=prefs)
    assert [message for row in text for message in row["_ws.expert.message"]
            if message.startswith("TCP 8085 via a proxy on 3128, ")]


# --- More URIs than are kept ----------------------------------------------------------------------

def many(*ports):
    """One request after the other on the same connection."""
    said = []
    for port in ports:
        said += [kb.http_get(f"http://{MP}:{port}{POLICY}"), POLICY_ANSWER]
    return asked(*said)


ORDERS = {"first": [4444, *[80] * 12], "last": [*[80] * 12, 4444],
          "in the middle": [*[80] * 6, 4444, *[80] * 6],
          "among many": [80, 81, 80, 81, 80, 81, 80, 81, 80, 4444, 80, 80, 80],
          "before many": [4444, *[80, 443] * 8]}


@PASSES
@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
@pytest.mark.parametrize("name", ORDERS)
def test_the_worst_uri_is_the_flows_verdict(tshark, tmp_path, name, prefs, two_pass):
    capture = scene(tmp_path, many(*ORDERS[name]))
    flow = flow_of(tshark, capture, prefs, two_pass)
    assert flow["verdict"] == "Off matrix"
    assert not [line for line in statistic(tshark, capture, "rules", prefs=prefs)
                if line.startswith("E1")]
    last = fields(tshark, capture, [AUDIT + "server_port"], "-Y", "tcp.flags.fin == 1",
                  prefs=prefs, two_pass=two_pass)
    assert {row[AUDIT + "server_port"][0] for row in last} == {str(ORDERS[name][-1])}


@pytest.mark.parametrize("count", (8, 9, 40))
def test_what_is_not_kept_is_counted(tshark, tmp_path, count):
    capture = scene(tmp_path, many(*[(80, 81)[number % 2] for number in range(count)]))
    lines = statistic(tshark, capture, "audit", prefs=OFF)
    said = [line for line in lines if "more than 8 verdicts of one flow" in line]
    assert len(said) == (count > 8)
    assert not said or f"{count - 8} time" in said[0]


# --- More URIs than one in a packet ---------------------------------------------------------------

def together(*uris, cut=None):
    """Requests to a proxy for these URIs in one segment, or in two."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, PROXY, 3128)
        talk.open()
        said = b"".join(kb.http_get(uri) for uri in uris)
        talk.send(said, cuts=() if cut is None else (said.index(cut),))
        for _ in uris:
            talk.reply(POLICY_ANSWER)
        talk.close()
    return play


ABSOLUTE = {port: f"http://{MP}:{port}{POLICY}" for port in (80, 443, 4444)}
TOGETHER = {"first": together(ABSOLUTE[4444], ABSOLUTE[80]),
            "last": together(ABSOLUTE[80], ABSOLUTE[4444]),
            "in the middle": together(ABSOLUTE[80], ABSOLUTE[4444], ABSOLUTE[443], ABSOLUTE[80]),
            "behind many": together(*[ABSOLUTE[80]] * 9, ABSOLUTE[4444], ABSOLUTE[80]),
            "in two segments": together(ABSOLUTE[80], ABSOLUTE[4444], ABSOLUTE[80], cut=b":4444"),
            "behind one in two segments": together(f"http://{MP}/cut", ABSOLUTE[4444], ABSOLUTE[80],
                                                   cut=b"/cut")}


@PASSES
@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
@pytest.mark.parametrize("name", TOGETHER)
def test_each_uri_of_a_segment_is_judged(tshark, tmp_path, name, prefs, two_pass):
    capture = scene(tmp_path, TOGETHER[name])
    flow = flow_of(tshark, capture, prefs, two_pass)
    assert (flow["verdict"], flow["server_port"], flow["via_proxy"]) == ("Off matrix", 4444, 3128)
    warned = fields(tshark, capture, [AUDIT + "server_port"], "-Y", AUDIT + "off_matrix",
                    prefs=prefs, two_pass=two_pass)
    assert [row[AUDIT + "server_port"] for row in warned] == [["4444"]]


@pytest.mark.parametrize("prefs", (CASE_TABLE, OFF), ids=("learning", "by the table alone"))
def test_the_last_destination_of_a_packet_within_the_bound_counts(tshark, tmp_path, prefs):
    ports = [*range(81, 144), 4444, 80]
    capture = scene(tmp_path, together(*[f"http://{MP}:{port}/" for port in ports]))
    lines = "\n".join(statistic(tshark, capture, "audit", prefs=prefs))
    assert "more than 64 HTTP requests in one packet" in lines
    assert "more than 8 verdicts of one flow" in lines
    assert "TCP 4444 via 3128" in lines


# --- The shared cases -----------------------------------------------------------------------------

@pytest.mark.parametrize("name, right", (
    ("hide-absolute-uri", {("Listed", 80, None), ("Off matrix", 8080, None)}),
    ("proxy-ipv6-literal", {("Listed", 80, 3128), ("Off matrix", 8080, 3128)}),
    ("hide-ninth-judgement", {("Listed", 80, None), ("Off matrix", 4444, 3128)})))
def test_the_shared_cases_of_proxies(tshark, case, name, right):
    found, _ = json_lines(tshark, case(name), prefs=CASE_TABLE, two_pass=True)
    assert {(flow["verdict"], flow["server_port"], flow.get("via_proxy")) for flow in found
            if flow["row"] == "E1"} == right


# --- Tunnels in pieces ----------------------------------------------------------------------------

SSH = b"SSH-2.0-OpenSSH_9.2\r\n"


def tunnel_in_pieces(size, early=b"", head_size=None):
    """CONNECT to the management point's port 80, and SSH in segments of `size` bytes through it."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, PROXY, 3128)
        talk.open()
        head = connect(f"{MP}:80")
        talk.send(head + early, cuts=range(0, len(head), head_size)[1:] if head_size else ())
        talk.reply(CONNECTED)
        for way in (talk.reply, talk.send):
            way(SSH, cuts=range(0, len(SSH), size)[1:])
        talk.close()
    return play


@PASSES
@pytest.mark.parametrize("size", (1, 2, 3, 100))
@pytest.mark.parametrize("more", ({}, {"early": SSH}, {"head_size": 7}),
                         ids=("whole head", "early", "head in pieces"))
def test_a_tunnel_is_read_behind_the_proxys_head(tshark, tmp_path, size, more, two_pass):
    capture = scene(tmp_path, tunnel_in_pieces(size, **more))
    flow = flow_of(tshark, capture, OFF, two_pass)
    assert (flow["verdict"], flow["service"], flow["server_port"]) == ("Wrong service", "SSH", 80)


@PASSES
def test_a_uri_cut_within_its_port_is_judged_when_it_is_whole(tshark, tmp_path, two_pass):
    request = kb.http_get(f"http://{MP}:4444{POLICY}")

    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, PROXY, 3128)
        talk.open()
        talk.send(request, cuts=(request.index(b":4444") + 3,))
        talk.reply(POLICY_ANSWER)
        talk.close()
    capture = scene(tmp_path, play)
    assert outcome(tshark, capture, OFF, two_pass) == ("Off matrix", "E1", 4444, 3128)
    ports = {row[AUDIT + "server_port"][0] for row in fields(
        tshark, capture, [AUDIT + "server_port"], "-Y", AUDIT + "server_port", prefs=OFF,
        two_pass=two_pass)}
    assert ports == {"4444"}
