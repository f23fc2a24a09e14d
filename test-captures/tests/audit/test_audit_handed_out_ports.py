# test_audit_handed_out_ports.py
# Ports that a service hands out: endpoint mapper, TFTP, FTP, SQL Server Browser, SRV records
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

import pytest

from audit_rows import AUDIT, LEARN_OFF, statistic, uat
from case_table import CASE_TABLE
from generators import plan
from rc_rows import fields
from scenes import in_pieces, scene

kb = plan("kb_services")

SITE, SQL, MP, DP, DC, CLIENT, OTHER = (
    "10.1.1.10", "10.1.1.12", "10.1.1.13", "10.1.1.14", "10.1.1.20", "10.1.3.17", "10.1.9.9")
IPV6 = {SITE: "fd00::10", DC: "fd00::20"}
IPV6_TABLE = uat("smsrc_roles", '"fd00::20","Domain controller","ABC"',
                 '"fd00::10","Site server","ABC"')
TABLES = pytest.mark.parametrize("prefs", (CASE_TABLE, [*CASE_TABLE, LEARN_OFF]),
                                 ids=("learning", "by the table alone"))
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))


def judged(tshark, capture, what, prefs=CASE_TABLE, two_pass=True):
    """(verdict, row) of the frames that a filter chooses, without those that have none."""
    table = fields(tshark, capture, [AUDIT + "verdict", AUDIT + "row"], "-Y",
                   f"({what}) and {AUDIT}verdict", prefs=prefs, two_pass=two_pass)
    return {(row[AUDIT + "verdict"][0], (row[AUDIT + "row"] or ["none"])[0]) for row in table}


def connection(cap, ends, *said):
    """A connection in which the two sides speak in turn."""
    talk = cap.tcp(*ends)
    talk.open()
    for number, message in enumerate(said):
        (talk.reply if number % 2 else talk.send)(message)
    talk.close()


def ask_mapper(cap, port, *, client=SITE, server=DC, mapper=135, ip=None, asked=True):
    said = (kb.rpc_bind(kb.EPM), kb.rpc_bound(), kb.epm_map(kb.SYSTEM_ACTIVATOR),
            kb.epm_mapped(kb.SYSTEM_ACTIVATOR, port, ip or server))
    if not asked:
        said = said[:2] + (b"", said[3])
    talk = cap.tcp(client, 1100, server, mapper)
    talk.open()
    for number, message in enumerate(said):
        if message:
            (talk.reply if number % 2 else talk.send)(message)
    talk.close()


def rpc(cap, port, client=SITE, server=DC, *, client_port=1101):
    connection(cap, (client, client_port, server, port), kb.rpc_bind(kb.SYSTEM_ACTIVATOR),
               kb.rpc_bound(port))


# --- An endpoint mapper ---------------------------------------------------------------------------

@TABLES
@PASSES
@pytest.mark.parametrize("port", (1024, 5010, 30000, 49151))
def test_a_mapped_port_is_dynamic_rpc(tshark, tmp_path, port, prefs, two_pass):
    def play(cap, _):
        ask_mapper(cap, port)
        rpc(cap, port)
    assert judged(tshark, scene(tmp_path, play), f"tcp.port == {port}", prefs, two_pass) == {
        ("KB gap", "GAP9")}


def test_the_range_of_later_windows_has_its_own_row(tshark, tmp_path):
    def play(cap, _):
        ask_mapper(cap, 49152)
        rpc(cap, 49152)
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 49152") == {("KB gap", "GAP10")}


def test_a_mapper_may_be_on_any_port(tshark, tmp_path):
    def play(cap, _):
        ask_mapper(cap, 6001, mapper=6135)
        rpc(cap, 6001)
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 6001") == {("KB gap", "GAP9")}


def test_a_mapped_port_is_so_over_ipv6_and_before_a_byte_was_said(tshark, tmp_path):
    def play(cap, _):
        ask_mapper(cap, 6001, client=IPV6[SITE], server=IPV6[DC], ip="0.0.0.0")
        cap.tcp(IPV6[SITE], 1101, IPV6[DC], 6001).syn()
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 6001", IPV6_TABLE) == {
        ("KB gap", "GAP9")}


def test_what_was_mapped_for_one_holds_for_another(tshark, tmp_path):
    def play(cap, _):
        ask_mapper(cap, 6001, client=OTHER)
        rpc(cap, 6001)
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 6001") == {("KB gap", "GAP9")}


# What hands no port of the domain controller's out.
NOT_MAPPED = {
    "nothing": lambda cap: None,
    "another host": lambda cap: ask_mapper(cap, 6001, server=MP),
    "another host, for it": lambda cap: ask_mapper(cap, 6001, server=MP, ip=DC),
    "it, for another host": lambda cap: ask_mapper(cap, 6001, ip=MP),
    "a response that was not asked for": lambda cap: ask_mapper(cap, 6001, asked=False),
    "another port": lambda cap: ask_mapper(cap, 6002),
}


@pytest.mark.parametrize("name", NOT_MAPPED)
def test_only_the_host_that_was_asked_hands_out_its_own_ports(tshark, tmp_path, name):
    def play(cap, _):
        NOT_MAPPED[name](cap)
        rpc(cap, 6001)
    verdicts = judged(tshark, scene(tmp_path, play), "tcp.port == 6001")
    assert {verdict for verdict, _ in verdicts} == {"Off matrix"}


def fragments(answer, *cuts):
    """The same response in fragments, whose stubs are cut there (C706 12.6.2.2)."""
    head, stub = answer[:24], answer[24:]
    ends = [0, *cuts, len(stub)]
    for begin, end in zip(ends, ends[1:]):
        flags = (begin == 0) + 2 * (end == len(stub))
        yield (head[:3] + bytes([flags]) + head[4:8] + struct.pack("<H", 24 + end - begin) +
               head[10:24] + stub[begin:end])


def ask_in_pieces(cap, size, cuts=(), client_port=1100):
    """All that is said in segments of that size; the answer in fragments."""
    talk = cap.tcp(SITE, client_port, DC, 135)
    talk.open()
    answer = kb.epm_mapped(kb.SYSTEM_ACTIVATOR, 6001, DC)
    for say, message in ((talk.send, kb.rpc_bind(kb.EPM)), (talk.reply, kb.rpc_bound()),
                         (talk.send, kb.epm_map(kb.SYSTEM_ACTIVATOR)),
                         *((talk.reply, fragment) for fragment in fragments(answer, *cuts))):
        say(message, cuts=in_pieces(message, size))
    talk.close()


# The tower with the port begins behind 81 bytes of the stub.
PIECES = {"one byte": (1, ()), "seven": (7, ()), "less than a header": (15, ()),
          "a fragment's end within the tower": (1000, (84,)),
          "many fragments in short segments": (5, (40, 84, 86, 100))}


@TABLES
@pytest.mark.parametrize("name", PIECES)
def test_an_answer_in_pieces_hands_the_port_out(tshark, tmp_path, name, prefs):
    def play(cap, _):
        ask_in_pieces(cap, *PIECES[name])
        rpc(cap, 6001)
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 6001", prefs) == {
        ("KB gap", "GAP9")}


def not_kept(tshark, capture):
    return [line.strip() for line in statistic(tshark, capture, "audit", prefs=CASE_TABLE)
            if "endpoint mapper in pieces" in line]


@pytest.mark.parametrize("count, times", ((128, None), (130, "2 times")))
def test_pieces_past_the_bound_are_reported(tshark, tmp_path, count, times):
    def play(cap, _):
        for number in range(count):
            cap.tcp(SITE, 2000 + number, DC, 135).send(b"\5\0\2")
    lines = not_kept(tshark, scene(tmp_path, play))
    assert [times in line and "more than 128 RPC messages" in line for line in lines] == (
        [True] if times else [])


@pytest.mark.parametrize("length, past", ((4096 - 2 * 24, False), (5000, True)))
def test_a_message_longer_than_the_bound_is_reported(tshark, tmp_path, length, past):
    answer = kb.epm_mapped(kb.SYSTEM_ACTIVATOR, 6001, DC)[:24] + bytes(length)

    def play(cap, _):
        talk = cap.tcp(SITE, 2000, DC, 135)
        talk.open()
        for fragment in fragments(answer, 1000):
            talk.reply(fragment, cuts=in_pieces(fragment, 1400))
        talk.close()
    lines = not_kept(tshark, scene(tmp_path, play))
    assert ["more than 4096 bytes of one RPC message" in line for line in lines] == [True] * past


def test_rpc_in_the_range_of_kb_300083_needs_no_map(tshark, tmp_path):
    def play(cap, _):
        rpc(cap, 5010)
        rpc(cap, 5021, client_port=1102)
    capture = scene(tmp_path, play)
    assert ("KB gap", "GAP9") in judged(tshark, capture, "tcp.port == 5010")
    assert "KB gap" not in {verdict for verdict, _ in judged(tshark, capture, "tcp.port == 5021")}


@pytest.mark.parametrize("content, service", (
    (b"SSH-2.0-OpenSSH_3.8\r\n", "SSH"), (kb.http_get("/x"), "HTTP"), (kb.tds_prelogin(), "TDS")))
def test_another_service_on_a_mapped_port_is_no_rpc(tshark, tmp_path, content, service):
    def play(cap, _):
        ask_mapper(cap, 6001)
        connection(cap, (SITE, 1101, DC, 6001), content)
    table = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict", AUDIT + "service"], "-Y",
                   "tcp.port == 6001 and tcp.flags.fin == 1", prefs=CASE_TABLE, two_pass=True)
    assert {(row[AUDIT + "verdict"][0], row[AUDIT + "service"][0]) for row in table} == {
        ("Off matrix", service)}


# --- TFTP -----------------------------------------------------------------------------------------

def tftp_request(name=b"boot\\x86\\wdsnbp.com", kind=1):
    return struct.pack(">H", kind) + name + b"\0octet\0"


DATA = struct.pack(">HH", 3, 1) + bytes(512)
ACK = struct.pack(">HH", 4, 1)
OACK = struct.pack(">H", 6) + b"tsize\0" + b"512\0"
ERROR = struct.pack(">HH", 5, 1) + b"not found\0"


@TABLES
@PASSES
@pytest.mark.parametrize("first", (DATA, OACK, ERROR, ACK),
                         ids=("data", "options", "error", "acknowledgement"))
def test_a_transfer_of_tftp_is_what_its_request_is(tshark, tmp_path, first, prefs, two_pass):
    def play(cap, _):
        cap.udp(CLIENT, 2070, DP, 69).send(tftp_request(kind=2 if first == ACK else 1))
        transfer = cap.udp(CLIENT, 2070, DP, 57001)
        transfer.reply(first)
        transfer.send(DATA if first == ACK else ACK)
    capture = scene(tmp_path, play)
    assert judged(tshark, capture, "udp.port == 57001", prefs, two_pass) == judged(
        tshark, capture, "udp.port == 69", prefs, two_pass) == {("Later product", "LATER13")}
    assert any(line.startswith("Later product") and CLIENT in line.split("|")[2]
               and "UDP 57001" in line
               for line in statistic(tshark, capture, "audit", prefs=prefs, two_pass=two_pass))


@pytest.mark.parametrize("name, server, port, content", (
    ("another server", MP, 2070, DATA), ("another port", DP, 2071, DATA),
    ("no transfer", DP, 2070, b"SIP/2.0 200 OK\r\n\r\n")))
def test_what_was_not_asked_for_is_no_transfer(tshark, tmp_path, name, server, port, content):
    def play(cap, _):
        cap.udp(CLIENT, 2070, DP, 69).send(tftp_request())
        cap.udp(CLIENT, port, server, 57001).reply(content)
    verdicts = judged(tshark, scene(tmp_path, play), "udp.port == 57001")
    assert {verdict for verdict, _ in verdicts} <= {"Off matrix", "Wrong service"}, name


def test_a_transfer_between_others_is_off_the_matrix_as_its_request_is(tshark, tmp_path):
    def play(cap, _):
        cap.udp(SITE, 2070, DC, 69).send(tftp_request())
        transfer = cap.udp(SITE, 2070, DC, 57001)
        transfer.reply(DATA)
        transfer.send(ACK)
    capture = scene(tmp_path, play)
    assert judged(tshark, capture, "udp.port == 57001") == judged(
        tshark, capture, "udp.port == 69") == {("Off matrix", "LATER13")}


# --- FTP ------------------------------------------------------------------------------------------

PASSIVE = b"227 Entering Passive Mode (10,1,1,13,195,80)\r\n"
EXTENDED = b"229 Entering Extended Passive Mode (|||50000|)\r\n"


@pytest.mark.parametrize("reply", (PASSIVE, EXTENDED), ids=("PASV", "EPSV"))
@pytest.mark.parametrize("content", (b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"text\r\n" * 9,
                                     b""), ids=("HTTP", "SSH", "text", "nothing"))
def test_passive_ftp_is_ftp_whatever_it_transfers(tshark, tmp_path, reply, content):
    def play(cap, _):
        control = cap.tcp(CLIENT, 1200, MP, 21)
        control.open()
        control.reply(b"220 ready\r\n")
        control.send(b"PASV\r\n" if reply == PASSIVE else b"EPSV\r\n")
        control.reply(reply)
        data = cap.tcp(CLIENT, 1201, MP, 50000)
        data.open()
        if content:
            data.reply(content)
        data.close()
    table = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict", AUDIT + "service"], "-Y",
                   f"tcp.port == 50000 and {AUDIT}verdict", prefs=CASE_TABLE, two_pass=True)
    assert {(row[AUDIT + "verdict"][0], row[AUDIT + "service"][0]) for row in table} == {
        ("Off matrix", "FTP")}


def test_an_ftp_server_that_names_another_host_lists_nothing(tshark, tmp_path):
    def play(cap, _):
        control = cap.tcp(CLIENT, 1200, OTHER, 21)
        control.open()
        control.reply(b"220 ready\r\n")
        control.send(b"PASV\r\n")
        control.reply(b"227 Entering Passive Mode (10,1,1,13,0,80)\r\n")
        connection(cap, (CLIENT, 1201, MP, 80), b"SSH-2.0-x\r\n")
    table = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict"], "-Y",
                   "tcp.port == 80 and tcp.flags.fin == 1", prefs=CASE_TABLE, two_pass=True)
    assert {row[AUDIT + "verdict"][0] for row in table} == {"Wrong service"}


# --- SQL Server Browser ---------------------------------------------------------------------------

def browser_answer(port, name="SQL01"):
    text = f"ServerName;{name};InstanceName;SMS;IsClustered;No;Version;9.00;tcp;{port};;".encode()
    return b"\x05" + struct.pack("<H", len(text)) + text


def browse(cap, port, asker=SITE, question=b"\x03"):
    talk = cap.udp(asker, 1040, SQL, 1434)
    talk.send(question)
    talk.reply(browser_answer(port))


def login(cap, port, client=SITE):
    connection(cap, (client, 1300, SQL, port), kb.tds_prelogin(), kb.tds_prelogin_reply(),
               kb.tds_login("SMS_ABC"), kb.tds_logged_in("SMS_ABC"))


@TABLES
@PASSES
@pytest.mark.parametrize("question", (b"\x02", b"\x03", b"\x04SMS\0"))
def test_a_database_on_a_port_that_was_handed_out_is_near_i4(tshark, tmp_path, question, prefs,
                                                             two_pass):
    def play(cap, _):
        browse(cap, 50123, question=question)
        login(cap, 50123)
    capture = scene(tmp_path, play)
    assert judged(tshark, capture, "tcp.port == 50123", prefs, two_pass) == {("Off matrix", "I4")}
    shown = fields(tshark, capture, ["_ws.expert.message"], "-Y", AUDIT + "off_matrix",
                   prefs=prefs, two_pass=two_pass)
    assert len(shown) == 1
    assert [text for text in shown[0]["_ws.expert.message"]
            if "nearest I4" in text and "smsrc.audit.sql_ports" in text]


def test_the_preference_lists_it(tshark, tmp_path):
    def play(cap, _):
        browse(cap, 50123)
        login(cap, 50123)
    assert judged(tshark, scene(tmp_path, play), "tcp.port == 50123",
                  [*CASE_TABLE, "smsrc.audit.sql_ports:50123"]) == {("Listed", "I4")}


@pytest.mark.parametrize("port", (445, 1434, 2701, 8080, 14330, 50123))
def test_a_login_on_any_other_port_ends_near_i4(tshark, tmp_path, port):
    capture = scene(tmp_path, lambda cap, _: login(cap, port))
    near = [line for line in statistic(tshark, capture, "audit", prefs=CASE_TABLE)
            if f"TCP {port}" in line]
    assert len(near) == 1 and "near I4" in near[0] and near[0].startswith("Off matrix")


@pytest.mark.parametrize("asked", (True, False))
def test_a_port_before_its_login_is_near_i4_if_it_was_asked_for(tshark, tmp_path, asked):
    def play(cap, _):
        talk = cap.udp(MP, 1040, SQL, 1434)
        if asked:
            talk.send(b"\x03")
        talk.reply(browser_answer(50123))
        cap.tcp(MP, 1300, SQL, 50123).syn()
    rows = judged(tshark, scene(tmp_path, play), "tcp.port == 50123")
    assert (rows == {("Off matrix", "I4")}) == asked


# --- SRV records ----------------------------------------------------------------------------------

SERVICES = {
    "_mssms_mp_abc._tcp": (MP, 8080, (kb.http_get(kb.MPLIST),), ("Unconfirmed", "E1")),
    "_ldap._tcp": (DC, 3890, (bytes.fromhex("300c0201016007020103040080 00"),),
                   ("Unconfirmed", "D2")),
    "_gc._tcp": (DC, 33268, (bytes.fromhex("300c0201016007020103040080 00"),),
                 ("Unconfirmed", "D4")),
}


def look_up(cap, service, server, port, asked=True):
    name = f"{service}.{kb.DOMAIN}"
    talk = cap.udp(CLIENT, 1050, DC, 53)
    if asked:
        talk.send(kb.dns_srv_query(name))
    talk.reply(kb.dns_srv_answer(name, "host." + kb.DOMAIN, port, server))


@TABLES
@PASSES
@pytest.mark.parametrize("service", SERVICES)
def test_a_port_in_an_srv_record_is_the_services_unconfirmed(tshark, tmp_path, service, prefs,
                                                             two_pass):
    server, port, said, right = SERVICES[service]

    def play(cap, _):
        look_up(cap, service, server, port)
        connection(cap, (CLIENT, 1400, server, port), *said)
    assert judged(tshark, scene(tmp_path, play), f"tcp.port == {port}", prefs, two_pass) == {right}


@pytest.mark.parametrize("asked, port, content, right", (
    (False, 8080, kb.http_get("/x"), "Off matrix"), (True, 8081, kb.http_get("/x"), "Off matrix"),
    (True, 8080, b"SSH-2.0-x\r\n", "Wrong service")), ids=("not asked", "another", "SSH"))
def test_an_srv_record_lists_nothing_else(tshark, tmp_path, asked, port, content, right):
    def play(cap, _):
        look_up(cap, "_mssms_mp_abc._tcp", MP, 8080, asked)
        connection(cap, (CLIENT, 1400, MP, port), content)
    table = fields(tshark, scene(tmp_path, play), [AUDIT + "verdict"], "-Y",
                   f"tcp.port == {port} and tcp.flags.fin == 1", prefs=CASE_TABLE, two_pass=True)
    assert {row[AUDIT + "verdict"][0] for row in table} == {right}


def test_no_rule_is_made_of_an_srv_record(tshark, tmp_path):
    def play(cap, _):
        look_up(cap, "_mssms_mp_abc._tcp", MP, 8080)
        connection(cap, (CLIENT, 1400, MP, 8080), kb.http_get(kb.MPLIST), kb.MPLIST_REPLY)
    rules = statistic(tshark, scene(tmp_path, play), "rules", prefs=CASE_TABLE)
    assert not [line for line in rules if line.startswith("E1")]


# --- The shared cases -----------------------------------------------------------------------------

@pytest.mark.parametrize("name, what, right", (
    ("rpc-restricted", "tcp.port == 5010", ("KB gap", "GAP9")),
    ("rpc-before-the-map", "tcp.port == 1055 and tcp.flags.fin == 1", ("KB gap", "GAP9")),
    ("pxe", "udp.port == 57001", ("Later product", "LATER13")),
    ("pxe", "udp.port == 69", ("Later product", "LATER13")),
    ("custom-sql-port", "tcp.port == 50123", ("Off matrix", "I4"))))
def test_the_shared_cases_of_handed_out_ports(tshark, case, name, what, right):
    assert judged(tshark, case(name), what) == {right}
