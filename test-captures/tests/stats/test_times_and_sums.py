# test_times_and_sums.py
# Times, sums and names that every statistic shows: what the frames hold, and nothing made up
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import datetime
import re
import struct

import pytest

from audit_rows import LEARN_OFF, conf, statistic
from generators import generator
from json_output import json_lines
from sharkd_visit import printed_rows

VIEWER, AGENT, MP, PROXY, CLIENT = (
    "10.1.2.50", "10.1.3.17", "10.1.1.13", "10.1.1.60", "10.1.3.18")
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))


@pytest.fixture(scope="module")
def flows():
    return generator("flows")


@pytest.fixture(scope="module")
def messages():
    return generator("messages")


@pytest.fixture(scope="module")
def kb(flows):
    return generator("kb_services")


@pytest.fixture
def written(sandbox):
    """written(capture) -> the path of a file that holds it."""
    def write(capture):
        path = sandbox.new_folder("made-here") / "made-here.pcap"
        capture.write(path)
        path.chmod(0o644)
        return path
    return write


def role_line(address, role, site=""):
    return f'uat:smsrc_roles:"{address}","{role}","{site}",""'


def cells_of(lines, title):
    """The cells of each row of a table in the long form."""
    return [[cell.strip() for cell in line.split("|")][:-1]
            for line in lines[lines.index(title) + 1:] if "|" in line]


def by_tap(sharkd, capture, name, prefs=()):
    """The rows that sharkd has of a table, without the columns that tshark does not print."""
    request = {"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}
    reply = sharkd(capture, [request], conf=conf(prefs))[0]
    return printed_rows([tap for tap in reply["result"]["taps"] if tap][0])


# --- Roles --------------------------------------------------------------------------------------

def packets_of_roles(tshark, capture, prefs, two_pass):
    """(host, role) -> (packets, bytes), in tshark's table."""
    lines = statistic(tshark, capture, "roles", prefs=prefs, two_pass=two_pass)
    return {(row[0], row[1]): (int(row[4]), int(row[5])) for row in cells_of(lines, "SMS roles")}


def a_request(flows, kb, client, server):
    capture = flows.Capture()
    talk = capture.tcp(client, 1050, server, 80)
    talk.open()
    talk.send(kb.http_get(kb.MPLIST))
    talk.reply(kb.MPLIST_REPLY)
    talk.close()
    sizes = [len(whole) for _, whole in capture._frames]
    return capture, (len(sizes), sum(sizes))


@PASSES
def test_two_claims_for_a_role_count_a_packet_once(tshark, sharkd, flows, kb, written, two_pass):
    capture, all_of_it = a_request(flows, kb, CLIENT, MP)
    path = written(capture)
    # A line for the host, one for its network and what it is seen to do: three claims.
    prefs = [role_line(MP, "Management point", "ABC"),
             role_line("10.1.1.0/24", "Management point", "XYZ"),
             role_line(CLIENT, "Advanced Client", "ABC")]
    found = packets_of_roles(tshark, path, prefs, two_pass)
    assert found == {(MP, "Management point"): all_of_it, (CLIENT, "Advanced Client"): all_of_it}
    shown = {(row[0], row[1]): (row[4], row[5])
             for row in by_tap(sharkd, path, "roles", prefs)}
    assert shown == found


@PASSES
def test_two_hosts_of_a_role_each_count_their_packets(tshark, flows, kb, written, two_pass):
    capture, all_of_it = a_request(flows, kb, "10.1.1.14", MP)
    prefs = [role_line("10.1.1.0/24", "Management point", "ABC"), LEARN_OFF]
    assert packets_of_roles(tshark, written(capture), prefs, two_pass) == {
        (MP, "Management point"): all_of_it, ("10.1.1.14", "Management point"): all_of_it}


@PASSES
def test_what_a_host_sends_to_itself_is_one_packet(tshark, flows, kb, written, two_pass):
    capture, all_of_it = a_request(flows, kb, MP, MP)
    prefs = [role_line(MP, "Management point", "ABC"), LEARN_OFF]
    assert packets_of_roles(tshark, written(capture), prefs, two_pass) == {
        (MP, "Management point"): all_of_it}


# --- URIs ---------------------------------------------------------------------------------------

ASKED = "/SMS_MP/.sms_aut?mplist"
PROXIED = (
    ("http://[fd00::13]", 80), ("http://[fd00::13]:8080", 8080), ("http://[fd00::13]:", 80),
    ("HTTP://[FD00::13]:80", 80), ("http://user:1234@mp01", 80), ("http://u:1@[::1]:8085", 8085),
    ("http://[fe80::1%25eth0]", 80), ("http://mp01:", 80), ("http://mp01:8085", 8085))
NO_URI = ("http://[fd00::13", "http://fd00::13", "http://[]", "http://[fd00::13]8080",
          "http://[mp01]:80", "http://mp01:99999", "http://mp01:-1")


def proxied_flow(tshark, flows, kb, written, request, proxy_roles=("Management point",),
                 **options):
    capture = flows.Capture()
    talk = capture.tcp(CLIENT, 1050, PROXY, 3128)
    talk.open()
    talk.send(request)
    talk.reply(kb.MPLIST_REPLY)
    talk.close()
    prefs = [*(role_line(PROXY, role) for role in proxy_roles),
             role_line(CLIENT, "Advanced Client")]
    found, _ = json_lines(tshark, written(capture), prefs=prefs, **options)
    assert len(found) == 1
    return found[0]["verdict"], found[0]["row"], found[0]["server_port"]


@PASSES
@pytest.mark.parametrize("authority,port", PROXIED)
def test_a_proxied_uri_has_the_port_behind_its_host(tshark, flows, kb, written, authority, port,
                                                     two_pass):
    verdict = proxied_flow(tshark, flows, kb, written, kb.http_get(authority + ASKED), (),
                           two_pass=two_pass)
    assert verdict == ("Listed" if port == 80 else "Off matrix", "E1", port)


@PASSES
@pytest.mark.parametrize("authority", [authority for authority, port in PROXIED if port == 80])
def test_who_holds_the_role_is_no_proxy(tshark, flows, kb, written, authority, two_pass):
    """A management point that is asked as a proxy of itself."""
    verdict = proxied_flow(tshark, flows, kb, written, kb.http_get(authority + ASKED),
                           two_pass=two_pass)
    assert verdict == ("Off matrix", "E1", 3128)


@pytest.mark.parametrize("authority", NO_URI)
def test_what_names_no_host_is_no_request_to_a_proxy(tshark, flows, kb, written, authority):
    verdict = proxied_flow(tshark, flows, kb, written, kb.http_get(authority + ASKED))
    assert verdict == ("Off matrix", "E1", 3128)


@PASSES
def test_a_tunnel_to_a_literal_is_as_one_to_a_name(tshark, flows, kb, written, two_pass):
    found = {proxied_flow(tshark, flows, kb, written,
                          f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n".encode(),
                          two_pass=two_pass)
             for to in ("mp01:443", "[fd00::13]:443", "[fd00::13]", "[fd00::13")}
    assert found == {("Off matrix", "E1", 3128)}


@PASSES
@pytest.mark.parametrize("prefs, listed", [
    ((), "Unconfirmed"),  # anybody may ask for a policy
    (('uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"',), "Listed")],
    ids=["learned", "with a table"])
def test_the_shared_case_of_a_literal(tshark, case, prefs, listed, two_pass):
    found, _ = json_lines(tshark, case("proxy-ipv6-literal"), prefs=prefs, two_pass=two_pass)
    assert {(flow["initiator"], flow["verdict"], flow["row"], flow["server_port"])
            for flow in found} == {("10.1.3.17", listed, "E1", 80),
                                   ("10.1.3.18", "Off matrix", "E1", 8080)}


# --- Names in the record's code page ------------------------------------------------------------

# Code page: host, user, and who controls, as its bytes.
NAMES = {
    437: ("WÄRTER", "Müller", "Ångström"),
    850: ("GÖTZ", "Çelik", "Øre"),
    852: ("ŁÓDŹ", "Dvořák", "Nagyő"),
    866: ("СЕРВЕР", "Иван", "Ольга"),
    1252: ("KÖLN", "Façade", "Señor"),
    932: ("東京", "田中", "鈴木"),
}
REPLACED = "\N{REPLACEMENT CHARACTER}"


def information_reply(messages, code_page, *names):
    """An information reply whose record has this code page, and these names as bytes."""
    marks = [f"name{number}" for number in range(len(names))]
    record = messages.user_record(
        host=marks[-2], user=marks[-1], controller=marks[0] if len(marks) == 3 else None)
    record = record[:58] + code_page.to_bytes(2, "little") + record[60:]
    for mark, name in zip(marks, names):
        record = record.replace(mark.encode() + b"\0", name + b"\0")
    return messages.tnmp(record)


def a_session(flows, messages, reply):
    capture = flows.Capture()
    control = capture.tcp(VIEWER, 49201, AGENT, 2701)
    control.open()
    control.send(messages.INFORMATION_REQUEST)
    control.reply(reply)
    control.close()
    return capture


def shown_names(tshark, sharkd, path, two_pass):
    """(host, user, controller) wherever they are shown: tree, Info, table, JSON, sharkd."""
    fields = [part for name in ("host", "user", "controller")
              for part in ("-e", f"smsrc.user.{name}")]
    tree, = tshark(path, "-Y", "smsrc.user", "-T", "fields", *fields,
                   two_pass=two_pass).stdout.splitlines()
    info = tshark(path, "-Y", "smsrc.user", "-T", "fields", "-e", "_ws.col.Info",
                  two_pass=two_pass).stdout.rstrip("\n")
    table, = cells_of(statistic(tshark, path, "sessions.full", two_pass=two_pass),
                      "Remote control sessions")
    (session,), _ = json_lines(tshark, path, name="sessions", two_pass=two_pass)
    row, = by_tap(sharkd, path, "sessions.full")
    return {tuple(tree.split("\t")), tuple(table[6:9]), tuple(row[6:9]),
            (session["host"], session["user"], session["controlled_by"])}, info


@PASSES
@pytest.mark.parametrize("code_page", sorted(NAMES))
def test_names_are_in_the_code_page_of_their_record(tshark, sharkd, flows, messages, written,
                                                    code_page, two_pass):
    host, user, controller = NAMES[code_page]
    reply = information_reply(messages, code_page, *(
        name.encode(f"cp{code_page}") for name in (controller, host, user)))
    path = written(a_session(flows, messages, reply))
    places, info = shown_names(tshark, sharkd, path, two_pass)
    assert places == {(host, user, controller)}
    assert f"host {host}, user {user}, controlled by {controller}" in info
    assert tshark(path, "-Y", f'smsrc.user.host == "{host}"').stdout


@pytest.mark.parametrize("code_page", (0, 37, 1200, 65000, 65535))
def test_names_in_a_code_page_that_is_none_are_ascii(tshark, sharkd, flows, messages, written,
                                                     code_page):
    reply = information_reply(messages, code_page, b"W\x8eRTER", b"jdoe")
    places, _ = shown_names(tshark, sharkd, written(a_session(flows, messages, reply)), False)
    assert places == {(f"W{REPLACED}RTER", "jdoe", "")}


def test_a_byte_that_is_none_in_the_code_page_is_replaced(tshark, sharkd, flows, messages,
                                                          written):
    reply = information_reply(messages, 1252, b"W\x81RTER", b"M\xfcller")
    places, _ = shown_names(tshark, sharkd, written(a_session(flows, messages, reply)), False)
    assert places == {(f"W{REPLACED}RTER", "Müller", "")}


@PASSES
def test_the_shared_case_of_names(tshark, sharkd, case, two_pass):
    places, info = shown_names(tshark, sharkd, case("umlaut"), two_pass)
    assert places == {("WÄRTER", "Müller", "")}
    assert "host WÄRTER, user Müller" in info


# --- Times --------------------------------------------------------------------------------------

START = 1100000000  # 2004-11-09 11:33:20 UTC
NO_TIME = None


@pytest.fixture
def timed(sandbox):
    """timed(capture, times) -> a pcapng of its frames at these seconds after START, or without
    a time (a simple packet block)."""
    def block(kind, body):
        length = 12 + len(body)
        return struct.pack("<II", kind, length) + body + struct.pack("<I", length)

    def write(capture, times):
        data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        data += block(1, struct.pack("<HHI", 1, 0, 0))
        for (_, frame), when in zip(capture._frames, times, strict=True):
            padded = frame + bytes(-len(frame) % 4)
            if when is NO_TIME:
                data += block(3, struct.pack("<I", len(frame)) + padded)
                continue
            micros = round((START + when) * 1000000)
            data += block(6, struct.pack("<IIIII", 0, micros >> 32, micros & 0xFFFFFFFF,
                                         len(frame), len(frame)) + padded)
        path = sandbox.new_folder("timed") / "timed.pcapng"
        path.write_bytes(data)
        path.chmod(0o644)
        return path
    return write


def session_times(tshark, sharkd, path, two_pass):
    """(start, end, seconds) of each session in JSON; the other statistics must agree."""
    sessions, _ = json_lines(tshark, path, name="sessions", two_pass=two_pass)
    wanted = [(session["start"].replace("T", " ").rstrip("Z") if session["start"] else "",
               session["seconds"]) for session in sessions]
    rows = cells_of(statistic(tshark, path, "sessions.full", two_pass=two_pass),
                    "Remote control sessions")
    assert [(row[14], float(row[15]) if row[15] else None) for row in rows] == wanted
    assert [(row[14], row[15]) for row in by_tap(sharkd, path, "sessions.full")] == wanted
    assert {len(row) for row in rows} == {24}
    for session in sessions:
        assert session["seconds"] is None or session["seconds"] >= 0
        assert (session["start"] or "") <= (session["end"] or "")
    return [(session["start"], session["end"], session["seconds"]) for session in sessions]


def flow_times(tshark, path, two_pass):
    found, _ = json_lines(tshark, path, two_pass=two_pass)
    return [(flow["start"], flow["end"]) for flow in found]


def at(seconds):
    when = datetime.datetime.fromtimestamp(START + seconds, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# A session has eight frames: three to open, the request, the reply, three to close.
STEPS = {
    "forward": ((0, 1, 2, 3, 4, 5, 6, 7), (at(0), at(7), 7)),
    "back at the end": ((0, 1, 2, 3, 4, 5, -7200, -7199), (at(0), at(5), 5)),
    "back before the proof": ((0, 1, 2, -7200, -7199, -7198, -7197, -7196), (at(0), at(2), 2)),
    "out of order": ((0, 2, 1, 3, 4, 6, 5, 5), (at(0), at(6), 6)),
    "back and on again": ((0, 1, 2, 3, -10, 5, 6, 7), (at(0), at(7), 7)),
    "none": ((NO_TIME,) * 8, (None, None, None)),
    "none at first": ((NO_TIME,) * 4 + (4, 5, 6, 7), (at(4), at(7), 3)),
    "none in the end": ((0, 1, 2, 3, 4) + (NO_TIME,) * 3, (at(0), at(4), 4)),
    "one": ((NO_TIME,) * 6 + (6, NO_TIME), (at(6), at(6), 0)),
}


@PASSES
@pytest.mark.parametrize("steps", STEPS)
def test_a_session_is_from_its_first_time_to_its_latest(tshark, sharkd, flows, messages, timed,
                                                        steps, two_pass):
    times, wanted = STEPS[steps]
    path = timed(a_session(flows, messages, messages.information_reply()), times)
    assert session_times(tshark, sharkd, path, two_pass) == [wanted]


@PASSES
@pytest.mark.parametrize("steps", ("back at the end", "back before the proof", "none",
                                   "none in the end", "one"))
def test_a_flow_ends_no_earlier_than_it_starts(tshark, flows, messages, timed, steps, two_pass):
    times, _ = STEPS[steps]
    path = timed(a_session(flows, messages, messages.information_reply()), times)
    # One pass has verdicts from the request on, which shows the roles; two from the handshake on.
    judged = [at(one) for one in times[0 if two_pass else 3:] if one is not NO_TIME]
    assert flow_times(tshark, path, two_pass) == [
        (judged[0], max(judged)) if judged else (None, None)]


@PASSES
@pytest.mark.parametrize("times,sessions", (
    ((*range(5), NO_TIME, NO_TIME), 1), ((*(NO_TIME,) * 5, 8, 9), 1), ((NO_TIME,) * 7, 1),
    ((*range(5), 400, 401), 2), ((0, 1, 2, -7200, -7199, -6800, -6799), 2),
    ((0, 1, 2, -7200, -7199, -7000, -6999), 1)))
def test_a_frame_without_a_time_ends_no_silence(tshark, flows, messages, timed, times, sessions,
                                                two_pass):
    """300 seconds do, also after the clock was set back."""
    capture = flows.Capture()
    control = capture.tcp(VIEWER, 49201, AGENT, 2701)
    control.open()
    control.send(messages.INFORMATION_REQUEST)
    control.reply(messages.information_reply())
    more = capture.tcp(VIEWER, 49202, AGENT, 2701)
    more.send(messages.INFORMATION_REQUEST)
    more.reply(messages.information_reply())
    found, _ = json_lines(tshark, timed(capture, times), name="sessions", two_pass=two_pass)
    assert len(found) == sessions


@PASSES
def test_the_tries_of_a_scan_have_their_times(tshark, flows, timed, two_pass):
    capture = flows.Capture()
    for port in range(20, 30):
        capture.tcp(CLIENT, 1050 + port, MP, port).syn()
    prefs = [role_line(MP, "Management point"), role_line(CLIENT, "Advanced Client")]
    for times in ((NO_TIME,) * 10, range(10), range(9, -1, -1), (NO_TIME, *range(1, 10))):
        found, _ = json_lines(tshark, timed(capture, times), prefs=prefs, two_pass=two_pass)
        assert {flow["tries"] for flow in found} == {10}
        wanted = [None if time is NO_TIME else at(time) for time in times]
        assert sorted((flow["server_port"], flow["start"], flow["end"]) for flow in found) == [
            (port, time, time) for port, time in zip(range(20, 30), wanted)]


@PASSES
def test_the_shared_cases_of_times(tshark, sharkd, case, two_pass):
    (start, end, seconds), = session_times(tshark, sharkd, case("time-steps"), two_pass)
    assert (start, end, seconds) == ("2004-11-09T11:33:20.003000Z",
                                     "2004-11-09T11:33:20.015000Z", 0.012)
    path = case("no-times.pcapng")
    assert session_times(tshark, sharkd, path, two_pass) == [(None, None, None)]
    assert set(flow_times(tshark, path, two_pass)) == {(None, None)}
    for name in ("sessions", "sessions.json", "audit.json"):
        assert "1970" not in "\n".join(statistic(tshark, path, name, two_pass=two_pass))


# --- Bytes --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name,columns", (("sessions.full", range(16, 24)), ("roles", (5,)),
                                          ("audit", (11,)), ("matrix", (5,))))
def test_bytes_are_whole_numbers(tshark, sharkd, made, name, columns):
    rows = by_tap(sharkd, made("demo"), name)
    assert {type(row[column]) for row in rows for column in columns} == {int}
    assert sum(row[column] for row in rows for column in columns) > 0


def test_bytes_past_32_bits_are_whole_too(tshark, sharkd, flows, messages, sandbox):
    """Frames that claim their length: what counts is the length on the wire."""
    capture = a_session(flows, messages, messages.information_reply())
    huge = 0x7FFFFFF0
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for number, (_, frame) in enumerate(capture._frames):
        data += struct.pack("<IIII", START + number, 0, len(frame),
                            huge if number in (3, 4, 5) else len(frame)) + frame
    path = sandbox.new_folder("huge") / "huge.pcap"
    path.write_bytes(data)
    path.chmod(0o644)
    for name, column, rows in (("roles", 5, 2), ("audit", 11, 1)):
        lines = statistic(tshark, path, name, two_pass=True)
        found = [row[column] for row in cells_of(
            lines, {"roles": "SMS roles", "audit": "SMS port audit"}[name])
            if row[0] != "Not judged"]
        assert len(found) == rows and all(re.fullmatch(r"\d+", text) for text in found)
        assert min(map(int, found)) > 3 * huge > 1 << 32
        assert [row[column] for row in by_tap(sharkd, path, name)
                if row[0] != "Not judged"] == [int(text) for text in found]


# --- The same port on both sides ----------------------------------------------------------------

LOW, HIGH = "10.1.1.5", "10.1.9.9"
WAYS = pytest.mark.parametrize("viewer,agent", ((LOW, HIGH), (HIGH, LOW)),
                               ids=("from the lower", "from the higher"))


def session_bytes(tshark, sharkd, path, two_pass, channel="control"):
    """(viewer, agent, to agent, to viewer, last frame) of each session."""
    found, _ = json_lines(tshark, path, name="sessions", two_pass=two_pass)
    rows = by_tap(sharkd, path, "sessions.full")
    result = [(session["viewer"], session["agent"],
               *session["channel_bytes"][channel].values(), session["last_frame"])
              for session in found]
    at = 16 + 2 * ("control", "data").index(channel)
    assert [(row[2], row[3], row[at], row[at + 1], row[13]) for row in rows] == result
    assert [session["bytes"] for session in found] == [row[2] + row[3] for row in result]
    return result


@PASSES
@WAYS
def test_udp_of_one_port_loses_no_bytes(tshark, sharkd, flows, messages, written, viewer, agent,
                                        two_pass):
    capture = flows.Capture()
    talk = capture.udp(viewer, 2701, agent, 2701)
    record = messages.user_record(variant=messages.VARIANT_UDP)
    talk.send(messages.UDP_PROBE)
    talk.reply(b"\x81" * 100)
    talk.send(b"\x82" * 30)
    talk.reply(record)
    talk.send(b"\x83" * 7)
    talk.reply(b"\x84" * 50)
    assert session_bytes(tshark, sharkd, written(capture), two_pass) == [
        (viewer, agent, 12 + 30 + 7, 150 + len(record), 6)]


@PASSES
@WAYS
@pytest.mark.parametrize("before,after", ((2, 2), (2, 0), (0, 2)))
def test_udp_of_one_port_belongs_to_the_session_that_tcp_shows(
        tshark, sharkd, flows, messages, written, viewer, agent, before, after, two_pass):
    capture = flows.Capture()
    talk = capture.udp(viewer, 2701, agent, 2701)
    control = capture.tcp(viewer, 1050, agent, 2701)
    reply = messages.information_reply()
    for _ in range(before):
        talk.reply(b"\x81" * 100)
        talk.send(b"\x82" * 30)
    control.open()
    control.send(messages.INFORMATION_REQUEST)
    control.reply(reply)
    for _ in range(after):
        talk.reply(b"\x83" * 50)
        talk.send(b"\x84" * 7)
    path = written(capture)
    assert session_bytes(tshark, sharkd, path, two_pass) == [
        (viewer, agent, len(messages.INFORMATION_REQUEST) + 30 * before + 7 * after,
         len(reply) + 100 * before + 50 * after, 5 + 2 * before + 2 * after)]
    if after:
        directions = tshark(path, "-Y", "udp and smsrc", "-T", "fields", "-e", "smsrc.direction",
                            two_pass=two_pass).stdout.split("\n")[-5:-1]
        assert directions == ["Agent to viewer", "Viewer to agent"] * 2


@PASSES
@WAYS
@pytest.mark.parametrize("port,channel", ((2701, "control"), (2702, "data")))
@pytest.mark.parametrize("opened", (True, False))
def test_tcp_of_one_port_has_the_right_viewer(tshark, sharkd, flows, messages, written, viewer,
                                              agent, port, channel, opened, two_pass):
    capture = flows.Capture()
    talk = capture.tcp(viewer, port, agent, port)
    if opened:
        talk.open()
    talk.reply(b"\x81" * 100)
    talk.send(b"\x82" * 30)
    proof, answer = {
        2701: (messages.INFORMATION_REQUEST, messages.information_reply()),
        2702: (messages.rch(b"x" * 20), b"\x83" * 50),
    }[port]
    talk.send(proof)
    talk.reply(answer)
    assert session_bytes(tshark, sharkd, written(capture), two_pass, channel) == [
        (viewer, agent, 30 + len(proof), 100 + len(answer), 7 if opened else 4)]


@PASSES
def test_udp_of_one_port_alone_proves_nothing(tshark, flows, written, two_pass):
    capture = flows.Capture()
    talk = capture.udp(LOW, 2701, HIGH, 2701)
    for _ in range(4):
        talk.send(b"\x81" * 100)
        talk.reply(b"\x82" * 30)
    path = written(capture)
    assert json_lines(tshark, path, name="sessions", two_pass=two_pass)[0] == []
    assert tshark(path, "-Y", "smsrc", two_pass=two_pass).stdout == ""
