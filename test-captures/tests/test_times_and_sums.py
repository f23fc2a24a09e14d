# test_times_and_sums.py
# Times, sums and names that every statistic shows: what the frames hold, and nothing made up
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import LEARN_OFF, statistic
from generators import generator
from test_audit_passes import conf
from test_json_stats import json_lines

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
def written(ground):
    """written(capture) -> the path of a file that holds it."""
    def write(capture):
        path = ground.new_folder("made-here") / "made-here.pcap"
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
    """The rows that sharkd has of a table."""
    request = {"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}
    reply = sharkd(capture, [request], conf=conf(prefs))[0]
    return [tap for tap in reply["result"]["taps"] if tap][0]["tables"][0]["i"]


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


def proxied_flow(tshark, flows, kb, written, request, **options):
    capture = flows.Capture()
    talk = capture.tcp(CLIENT, 1050, PROXY, 3128)
    talk.open()
    talk.send(request)
    talk.reply(kb.MPLIST_REPLY)
    talk.close()
    prefs = [role_line(PROXY, "Management point"), role_line(CLIENT, "Advanced Client")]
    found, _ = json_lines(tshark, written(capture), prefs=prefs, **options)
    assert len(found) == 1
    return found[0]["verdict"], found[0]["row"], found[0]["server_port"]


@PASSES
@pytest.mark.parametrize("authority,port", PROXIED)
def test_a_proxied_uri_has_the_port_behind_its_host(tshark, flows, kb, written, authority, port,
                                                     two_pass):
    verdict = proxied_flow(tshark, flows, kb, written, kb.http_get(authority + ASKED),
                           two_pass=two_pass)
    assert verdict == ("Listed" if port == 80 else "Off matrix", "E1", port)


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
def test_the_shared_case_of_a_literal(tshark, case, two_pass):
    found, _ = json_lines(tshark, case("proxy-ipv6-literal"), two_pass=two_pass)
    assert {(flow["initiator"], flow["verdict"], flow["row"], flow["server_port"])
            for flow in found} == {("10.1.3.17", "Listed", "E1", 80),
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
    table, = cells_of(statistic(tshark, path, "sessions", two_pass=two_pass),
                      "Remote control sessions")
    (session,), _ = json_lines(tshark, path, name="sessions", two_pass=two_pass)
    row, = by_tap(sharkd, path, "sessions")
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
