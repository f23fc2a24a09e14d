# test_bounds_reported.py
# What is past a bound is reported: in its frame, in every statistic, in JSON, rules and batch
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import struct

import pytest

import bare_packets
from audit_rows import LEARN_OFF, conf, statistic
from batch_program import batch, place, program  # noqa: F401
from conftest import MADE
from generators import plan
from json_output import parse
from rc_rows import fields, frames

EXPERT = "smsrc.audit.overflow"
MESSAGE = "_ws.expert.message"
TABLES = ("sessions", "roles", "audit", "matrix", "messages", "rules")
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))


@pytest.fixture(scope="module")
def made_of(sandbox):
    """made_of(name, frames) -> a capture of these frames, made once."""
    written = {}

    def make(name, packets):
        if name not in written:
            written[name] = bare_packets.write(sandbox.new_folder("overflow") / f"{name}.pcap",
                                               packets())
        return written[name]
    return make


OTHER = bare_packets.udp("10.9.9.9", 5000, "10.9.9.8", 5001, b"x")


def role_hosts():
    """65,536 hosts and three more register a name each; a packet of nothing at the end."""
    yield from map(bare_packets.registration, bare_packets.hosts("10.50.0.1", 65536 + 3))
    yield OTHER


def rpc_endpoints():
    """4,096 ports in 64 answers, the same again, and two more in two further answers."""
    yield bare_packets.endpoint_question()
    sequence = 1
    for first in [*range(2000, 2000 + 4096, 64), 2000]:
        frame, size = bare_packets.endpoints(range(first, first + 64), sequence)
        sequence += size
        yield frame
    for port in (7000, 7001):
        frame, size = bare_packets.endpoints([port], sequence)
        sequence += size
        yield frame


# Name, its packets, what overflows, the first frame past it, how often.
REAL = [
    ("role-hosts", role_hosts, "65536 hosts with learned roles", 65537, 3),
    ("rpc-endpoints", rpc_endpoints, "4096 ports that a service has handed out", 67, 2),
]


def note(what, frame, times):
    return f"more than {what}, first in frame {frame}, {times} time{'s' if times > 1 else ''}"


@pytest.fixture(params=REAL, ids=[row[0] for row in REAL])
def overflow(request, made_of):
    """(capture, what, frame, times)"""
    name, packets, what, frame, times = request.param
    return made_of(name, packets), what, frame, times


@PASSES
def test_the_frame_past_the_bound_says_so_whatever_is_in_it(tshark, overflow, two_pass):
    capture, what, frame, _ = overflow
    found = fields(tshark, capture, ["frame.number", MESSAGE, "smsrc.audit.verdict"], "-Y", EXPERT,
                   two_pass=two_pass)
    assert [(int(row["frame.number"][0]), row["smsrc.audit.verdict"]) for row in found] == [
        (frame, [])]
    assert f"More than {what}: the rest is not kept" in found[0][MESSAGE]


def test_sharkd_says_it_of_the_same_frame_in_any_order(sharkd, overflow):
    capture, what, frame, times = overflow
    asked = [{"method": "frame", "params": {"frame": number, "proto": True}}
             for number in (frame + 1, frame, frame - 1)]
    tap = {"method": "tap", "params": {f"tap{i}": f"nstat:smsrc,{name}"
                                       for i, name in enumerate(TABLES)}}
    *shown, found, taps = sharkd(capture, [*asked, {
        "method": "frames", "params": {"filter": EXPERT}}, tap])
    assert [f"More than {what}" in json.dumps(reply) for reply in shown] == [False, True, False]
    assert [row["num"] for row in found["result"]] == [frame]
    assert len(taps["result"]["taps"]) == len(TABLES)
    for one in taps["result"]["taps"]:
        assert note(what, frame, times) in one["tables"][0]["i"][-1], one["tap"]


def all_tables(tshark, capture, only="", **options):
    """The lines of each table, by one tshark: each ends with a line of "="."""
    wanted = [word for name in TABLES for word in ("-z", f"smsrc,{name}{only}")]
    lines = tshark(capture, "-q", *wanted, **options).stdout.splitlines()
    ends = [at for at, line in enumerate(lines) if line and not line.strip("=")]
    tables = [lines[first + 1:last] for first, last in zip(ends[::2], ends[1::2])]
    assert len(tables) == len(TABLES) and len(ends) == 2 * len(TABLES)
    return tables


@PASSES
@pytest.mark.parametrize("only", ("", ",frame.number == 1"), ids=("all", "filtered"))
def test_each_table_ends_with_what_was_not_kept(tshark, overflow, only, two_pass):
    capture, what, frame, times = overflow
    for lines in all_tables(tshark, capture, only, two_pass=two_pass):
        cells = [cell.strip() for cell in lines[-1].split("|")]
        assert [cell for cell in cells if cell and cell.strip("0.") != ""] == [
            "Not kept", note(what, frame, times)], lines[0]
        assert len([line for line in lines if "Not kept" in line]) == 1


def test_a_terminals_table_has_it_as_a_sentence(tshark, overflow):
    capture, what, frame, times = overflow
    for lines in all_tables(tshark, capture, env={"COLUMNS": 60}):
        assert max(map(len, lines)) <= 60
        last = lines[next(i for i, line in enumerate(lines) if line.startswith("Not kept")):]
        assert " ".join(last) == f"Not kept: {note(what, frame, times)}"


@PASSES
@pytest.mark.parametrize("name", ("audit", "sessions"))
def test_the_last_line_of_json_has_it(tshark, overflow, name, two_pass):
    capture, what, frame, times = overflow
    last = parse(tshark(capture, "-q", "-z", f"smsrc,{name}.json", two_pass=two_pass,
                        text=False).stdout)[-1]
    limit, bound = what.split(" ", 1)
    assert last["type"] == name and last["overflow"] == [
        {"bound": bound, "limit": int(limit), "first_frame": frame, "times": times}]


def test_the_rules_say_it_in_a_comment(tshark, overflow):
    capture, what, frame, times = overflow
    lines = statistic(tshark, capture, "rules.nft")
    assert f"# Not kept: {note(what, frame, times)}" in lines


def test_smsrc_batch_names_the_capture(batch, place, overflow, made):  # noqa: F811
    capture, what, frame, _ = overflow
    folder = place("captures")
    (folder / "full.pcap").symlink_to(capture)
    (folder / "other.pcap").symlink_to(made("rc-busy"))
    lines = batch("run", folder, place("out")).stdout.splitlines()
    assert "  1 read" in lines and "  1 read with overflow" in lines
    report = " ".join(line.strip() for line in lines)
    assert f"full.pcap: read with overflow, more than {what}, first in frame {frame}" in report
    assert "other.pcap" not in report


def test_a_capture_within_the_bounds_says_nothing(tshark, made):
    capture = made("site-violations")
    assert frames(tshark, capture, EXPERT) == []
    for name in (*TABLES, "rules.nft", "audit.json", "sessions.json"):
        text = "\n".join(statistic(tshark, capture, name))
        assert "Not kept" not in text and "overflow" not in text


# --- Names that others report ---------------------------------------------------------------------

def reported(question, answer, each):
    """More forged names than there are places, then a host that shows its role itself."""
    def packets():
        forged = bare_packets.hosts("11.0.0.1", 66000)
        for at in range(0, len(forged), each):
            yield question()
            yield answer(forged[at:at + each])
        yield bare_packets.registration("10.1.1.13")
    return packets


@PASSES
@pytest.mark.parametrize("question, answer, each", (
    (bare_packets.name_question, bare_packets.name_answer, 16),
    (bare_packets.dns_question, bare_packets.dns_answer, 63)), ids=("NBNS", "DNS"))
def test_forged_names_leave_the_last_half_to_others(tshark, made_of, question, answer, each,
                                                    two_pass):
    capture = made_of(f"reported-{each}", reported(question, answer, each))
    first = 2 * (32768 // each + 1)
    assert frames(tshark, capture, EXPERT, two_pass=two_pass) == [first]
    lines = statistic(tshark, capture, "roles", two_pass=two_pass)
    assert any(line.startswith("10.1.1.13 ") and "Management point" in line for line in lines)
    assert "more than 32768 hosts with learned roles before one that only others report, first " \
           f"in frame {first}, {66000 - 32768} times" in lines[-2]


# --- What is bounded in one packet, one flow, one name --------------------------------------------

def http(*requests):
    return bare_packets.tcp("10.1.3.1", 40002, "10.1.1.13", 80, b"".join(requests))


def request(path, *headers):
    return "\r\n".join((f"GET {path} HTTP/1.1", *headers, "", "")).encode()


def ldap(number):
    """A search of the base, by its number; as short as can be (RFC 4511 4.5.1)."""
    search = bytes.fromhex("0400 0a0100 0a0100 020100 020100 010100 870b") + b"objectclass" + \
        b"\x30\0"
    operation = b"\x63" + bytes([len(search)]) + search
    return b"\x30" + bytes([3 + len(operation)]) + b"\2\1" + bytes([number]) + operation


def smb(messages):
    """SMB 1, echo requests, one after the other."""
    echo = b"\xffSMB\x2b" + bytes(27) + b"\1\1\0\0\0"
    return bare_packets.tcp("10.1.3.1", 40003, "10.1.1.14", 445,
                            (bytes(2) + len(echo).to_bytes(2, "big") + echo) * messages)


HELLO_DONE = b"\x0e\0\0\0"  # RFC 5246 7.4.5


def tls_record(messages):
    """A record of a handshake (RFC 5246 6.2.1)."""
    return b"\x16\3\3" + len(messages).to_bytes(2, "big") + messages


DONE = tls_record(HELLO_DONE)


def tls_hello(extensions):
    """A ClientHello without the server's name; each extension is padding without content."""
    content = b"\0\x15\0\0" * extensions
    hello = b"\3\3" + bytes(32) + b"\0" + b"\0\2\0\x9c" + b"\1\0" + len(content).to_bytes(
        2, "big") + content
    return b"\1" + len(hello).to_bytes(3, "big") + hello


def tls(records):
    return bare_packets.tcp("10.1.3.1", 40005, "10.1.1.13", 443, records)


def session_setup(chained):
    """A session setup of SMB 1 with so many other commands chained to it (MS-CIFS 2.2.3.4)."""
    header = b"\xffSMB\x73" + bytes(27)
    blocks = b"".join(struct.pack("<BBBH", 2, 0x73, 0, len(header) + 5 * number)
                      for number in range(1, chained + 1))
    message = header + blocks + b"\2\xff\0\0\0\0\0"
    return bare_packets.tcp("10.1.3.1", 40003, "10.1.1.14", 445,
                            struct.pack(">I", len(message)) + message)


def share_list(shares):
    """Remarks of interest, in the answer of a server that was asked for its shares."""
    cm = plan("cm_services")
    *_, answer = cm.shares("dp01", [(f"s{number}$", "SMS Site ABC DP 5/1/2026")
                                    for number in range(shares)])
    return bare_packets.tcp("10.1.1.14", 445, "10.1.3.1", 40003, answer)


def boot_file(length):
    name = "SMSBoot\\x64\\".ljust(length, "a").encode()
    return bare_packets.udp("10.1.3.1", 2000, "10.1.1.14", 69, b"\0\1" + name + b"\0octet\0")


LIST = "/sms_mp/.sms_aut?mplist"

# What is read only if it was asked for.
QUESTIONS = {"DNS targets": bare_packets.dns_question, "DNS records": bare_packets.dns_question,
             "NBNS owners": bare_packets.name_question,
             "RPC endpoints": bare_packets.endpoint_question,
             "SQL instances": bare_packets.sql_question}
ONE_PACKET = {
    "DNS targets": (bare_packets.dns_targets, 8, "management points in one DNS answer"),
    "DNS records": (lambda n: bare_packets.dns_answer(bare_packets.hosts("10.2.0.1", n - 1)), 64,
                    "records in one DNS answer"),
    "NBNS owners": (lambda n: bare_packets.name_answer(bare_packets.hosts("10.2.0.1", n)), 16,
                    "owners of a name in one NBNS answer"),
    "RPC endpoints": (lambda n: bare_packets.endpoints(range(2000, 2000 + n))[0], 64,
                      "RPC endpoints in one packet"),
    "SQL instances": (bare_packets.sql_instances, 64,
                      "instances in one answer of SQL Server Browser"),
    "RPC messages": (bare_packets.rpc_messages, 16, "RPC messages in one packet"),
    "TDS tokens": (bare_packets.tds_tokens, 64, "tokens in one response of a SQL Server"),
    "HTTP requests": (lambda n: http(request("/x", "Host: mp01") * n), 64,
                      "HTTP requests in one packet"),
    "HTTP headers": (lambda n: http(request("/x", *["Via: 1.1 x"] * n)), 64,
                     "HTTP headers of interest in one request"),
    "LDAP messages": (lambda n: bare_packets.tcp("10.1.3.1", 40004, "10.1.1.20", 389,
                                                 b"".join(map(ldap, range(1, n + 1)))), 16,
                      "LDAP messages in one packet"),
    "SMB messages": (smb, 16, "SMB messages in one packet"),
    "TLS records": (lambda n: tls(DONE * n), 16, "records of a TLS handshake in one packet"),
    "TLS messages": (lambda n: tls(tls_record(HELLO_DONE * n)), 16,
                     "messages in one record of a TLS handshake"),
    "TLS extensions": (lambda n: tls(tls_record(tls_hello(n))), 64,
                       "extensions before the server's name in one TLS ClientHello"),
    "HTTP lines": (lambda n: http(request("/x", *["X: y"] * n)), 256, "lines of one HTTP head"),
    "open HTTP requests": (lambda n: http(request(LIST), *[request("/x")] * (n - 1)), 8,
                           "open HTTP requests of one connection, of which one may show a role"),
    "RPC contexts": (bare_packets.rpc_bind, 16,
                     "contexts of one RPC connection before one of a login to WMI"),
    "SMB chain": (session_setup, 4, "commands chained to one session setup of SMB"),
    "share remarks": (share_list, 64, "remarks of interest in one list of shares"),
    "IPv6 extensions": (bare_packets.ipv6_options, 16, "extension headers of one IPv6 packet"),
    "TFTP name": (boot_file, 95, "bytes of a name"),
}
# What is read only where the capture is judged as the later product's.
PREFS = dict.fromkeys(("TLS records", "TLS messages", "TLS extensions", "share remarks",
                       "TFTP name"), ["smsrc.audit.matrix:configmgr"])


@PASSES
@pytest.mark.parametrize("name", ONE_PACKET)
def test_what_a_packet_has_past_a_bound_is_reported(tshark, made_of, name, two_pass):
    packet, limit, what = ONE_PACKET[name]
    before = [QUESTIONS[name]() if name in QUESTIONS else OTHER]
    within = made_of(f"{name}-within", lambda: [*before, packet(limit)])
    prefs = PREFS.get(name, [])
    assert frames(tshark, within, EXPERT, prefs=prefs, two_pass=two_pass) == []
    past = made_of(f"{name}-past", lambda: [*before, packet(limit + 1)])
    found = fields(tshark, past, ["frame.number", MESSAGE], "-Y", EXPERT, prefs=prefs,
                   two_pass=two_pass)
    assert [row["frame.number"] for row in found] == [["2"]]
    assert f"More than {limit} {what}: the rest is not kept" in found[0][MESSAGE]


def from_connections(path, others):
    """A request on a connection, and one for nothing on each of so many others."""
    yield http(request(path))
    for port in range(others):
        yield bare_packets.tcp("10.1.3.2", 10000 + port, "10.1.1.13", 80, request("/x"))


@PASSES
def test_a_connection_that_loses_its_place_with_an_open_request_is_reported(tshark, made_of,
                                                                            two_pass):
    """Places are by Wireshark's numbers of conversations, of which 4.6 gives some to hosts alone."""
    what = "HTTP connections, of which one has an open request that may show a role"
    for name, path, others, found in (("within", LIST, 4085, 0), ("past", LIST, 4100, 1),
                                      ("nothing", "/x", 4100, 0)):
        capture = made_of(f"connections-{name}", lambda p=path, n=others: from_connections(p, n))
        rows = fields(tshark, capture, ["frame.number", MESSAGE], "-Y", EXPERT, two_pass=two_pass)
        assert len(rows) == found, name
        assert all(4086 < int(row["frame.number"][0]) <= 4097 for row in rows)
        assert all(f"More than 4096 {what}: the rest is not kept" in row[MESSAGE] for row in rows)


@PASSES
def test_flows_that_wait_for_the_answer_of_a_proxy_are_reported(tshark, made_of, two_pass):
    def packets(flows, path=LIST):
        yield bare_packets.tcp("10.1.3.1", 40000, "10.1.1.30", 8080, request("http://mp01" + LIST))
        for port in range(flows):
            yield bare_packets.tcp("10.1.1.30", 41000 + port, "10.1.1.13", 80,
                                   request(path, "Via: 1.1 proxy"))
    within = made_of("proxy-within", lambda: packets(8))
    assert frames(tshark, within, EXPERT, two_pass=two_pass) == []
    found = fields(tshark, made_of("proxy-past", lambda: packets(9)), ["frame.number", MESSAGE],
                   "-Y", EXPERT, two_pass=two_pass)
    assert [row["frame.number"] for row in found] == [["10"]]
    assert "More than 8 flows of one HTTP proxy that wait for an answer, of which one may show a " \
           "role: the rest is not kept" in found[0][MESSAGE]
    assert frames(tshark, made_of("proxy-other", lambda: packets(9, "/x")), EXPERT,
                  two_pass=two_pass) == []


def test_a_name_that_is_cut_is_reported(tshark, made_of):
    messages = plan("messages")

    def reply(length):
        return bare_packets.tcp("10.1.3.17", 2701, "10.1.2.50", 40005,
                                messages.information_reply(user="u" * length))
    within = made_of("name-within", lambda: [reply(47)])
    assert frames(tshark, within, EXPERT) == []
    assert frames(tshark, made_of("name-past", lambda: [reply(48)]), EXPERT) == [1]


def test_nothing_is_reported_of_roles_where_none_is_learned(tshark, made_of):
    capture = made_of("role-hosts", role_hosts)
    assert frames(tshark, capture, EXPERT, prefs=[LEARN_OFF]) == []


def test_a_capture_loaded_again_begins_anew(sharkd, made_of):
    full = made_of("rpc-endpoints", rpc_endpoints)
    first, _, other, again = sharkd(full, [
        {"method": "frames", "params": {"filter": EXPERT}},
        {"method": "load", "params": {"file": str(MADE / "rc-busy.pcap")}},
        {"method": "tap", "params": {"tap0": "nstat:smsrc,sessions"}},
        {"method": "frames", "params": {"filter": EXPERT}}], conf=conf([]))
    assert [row["num"] for row in first["result"]] == [67]
    assert "Not kept" not in json.dumps(other) and again["result"] == []
