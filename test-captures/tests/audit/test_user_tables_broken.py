# test_user_tables_broken.py
# The user's tables as files that are broken, huge or in another encoding. Each bad line is reported
# with its number and the reason, and the good ones work
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's reader of tables ends at a line it cannot take apart and leaves out a last line
without an end; plugin/roles/uat-file.c reads the file a second time. Wireshark has its own message
("Error loading table"); these tests search the lines that begin with the file's name.
"""

import re
import subprocess
import sys

import pytest

from audit_rows import LEARN_OFF, uat
from bad_table_lines import BAD

FIRST = b'"10.1.3.1","Advanced Client","ABC"'
SECOND = b'"10.1.3.2","Advanced Client","ABC"'
THIRD = b'"10.1.3.3","Advanced Client","ABC"'
HOSTS = ["10.1.3.1", "10.1.3.2", "10.1.3.3"]


@pytest.fixture(scope="module")
def three_hosts(sandbox):
    """A packet from each of the three hosts to one without a role."""
    pytest.importorskip("scapy", reason="scapy is not installed: no capture to read tables for")
    path = sandbox.new_folder("hosts") / "hosts.pcap"
    code = ("import sys\n"
            "from scapy.all import IP, UDP, Ether, wrpcap\n"
            "wrpcap(sys.argv[1], [Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')"
            " / IP(src=f'10.1.3.{n}', dst='10.9.9.9') / UDP(sport=40000, dport=9999) / b'x'"
            " for n in (1, 2, 3)])")
    subprocess.run([sys.executable, "-c", code, str(path)], check=True,
                   env={"HOME": str(path.parent), "PATH": "/usr/bin:/bin"})
    path.chmod(0o644)
    return path


@pytest.fixture
def read_with(tshark, fresh_home, three_hosts):
    """read_with(table, bytes of its file, prefs) -> (hosts with a role, lines printed, the run)."""
    def read(table, content, *args, prefs=(), capture=three_hosts, env=None, **more):
        home = fresh_home()
        folder = home / ".config" / "wireshark"
        folder.mkdir(parents=True)
        (folder / table).write_bytes(content)
        for path in (home, home / ".config", folder, folder / table):
            path.chmod(0o755)
        done = tshark(capture, *(args or ("-q", "-z", "smsrc,roles")), check=False,
                      prefs=[LEARN_OFF, *prefs], env={"HOME": home, **(env or {})}, **more)
        assert done.returncode == 0, done.stderr
        said = re.findall(rf"^(?:tshark: )?({table}:\d+: .*)", done.stderr, re.MULTILINE)
        found = [host for host in HOSTS if re.search(rf"{re.escape(host)}\b", done.stdout)]
        return found, said, done
    return read


def lines(*parts, end=b"\n"):
    return b"".join(part + end for part in parts)


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_bad_line_costs_no_other(read_with, what, end):
    bad, reason = BAD[what]
    found, said, _ = read_with("smsrc_roles", lines(FIRST, bad, THIRD, end=end))
    assert found == ["10.1.3.1", "10.1.3.3"]
    assert len(said) == 1 and said[0].startswith("smsrc_roles:2: ") and reason in said[0], said
    assert said[0].endswith("not used")


def test_each_of_several_bad_lines_is_told(read_with):
    bad = [line for line, _ in BAD.values()]
    found, said, _ = read_with("smsrc_roles", lines(FIRST, *bad, THIRD))
    assert found == ["10.1.3.1", "10.1.3.3"]
    assert [int(line.split(":")[1]) for line in said] == list(range(2, 2 + len(bad)))


def test_a_thousand_bad_lines_are_counted(read_with):
    found, said, done = read_with("smsrc_roles", lines(FIRST, *[b"nonsense"] * 1000, THIRD))
    assert found == ["10.1.3.1", "10.1.3.3"]
    assert len(said) == 20
    assert "smsrc_roles: and 980 more" in done.stderr


@pytest.mark.parametrize("good", [
    lines(FIRST, SECOND, THIRD),
    lines(FIRST, SECOND, THIRD, end=b"\r\n"),
    lines(FIRST, SECOND, THIRD, end=b"\r"),
    lines(FIRST, SECOND) + THIRD,
    lines(b"# a comment", b"", b"  \t", b'  "10.1.3.1" , "advanced client" ,""  ', SECOND, THIRD),
    lines(FIRST, SECOND, rb'"10.1.\x33.3","\x41dvanced Client",'),
], ids=["LF", "CRLF", "CR", "no end of the last line", "blanks and comments", "escapes"])
def test_good_lines_in_every_form(read_with, good):
    found, said, _ = read_with("smsrc_roles", good)
    assert found == HOSTS
    assert said == []


@pytest.mark.parametrize("encoding, mark, name", [
    ("utf-8", b"\xef\xbb\xbf", "UTF-8 with a byte order mark"),
    ("utf-16-le", b"\xff\xfe", "UTF-16"),
    ("utf-16-be", b"\xfe\xff", "UTF-16"),
])
def test_other_encodings_are_read_and_told(read_with, encoding, mark, name):
    text = lines(FIRST, SECOND, THIRD).decode()
    found, said, _ = read_with("smsrc_roles", mark + text.encode(encoding))
    assert found == HOSTS
    assert len(said) == 1 and said[0].startswith(f"smsrc_roles:1: the file is {name}:")


def test_damaged_utf_16_is_told(read_with):
    found, said, _ = read_with("smsrc_roles", b"\xff\xfe" + b"\x00\xd8" * 9)
    assert found == []
    assert "nothing of it is used" in said[-1]


def test_repeated_lines_are_told_and_count_once(read_with):
    found, said, _ = read_with("smsrc_roles", lines(FIRST, SECOND, FIRST, FIRST, THIRD))
    assert found == HOSTS
    assert said == ["smsrc_roles:3: the same as line 1; it counts once",
                    "smsrc_roles:4: the same as line 1; it counts once"]


def test_a_line_of_both_file_and_command_line_counts_once(read_with):
    evidence = ("-T", "fields", "-e", "smsrc.audit.evidence")
    peer = b'"10.9.9.9","Management point","ABC"'
    _, said, twice = read_with("smsrc_roles", lines(FIRST, peer), *evidence,
                               prefs=uat("smsrc_roles", FIRST.decode(), peer.decode()),
                               two_pass=True)
    _, _, once = read_with("smsrc_roles", lines(FIRST, peer), *evidence, two_pass=True)
    assert said == []
    assert "Advanced Client" in once.stdout
    assert twice.stdout == once.stdout


def test_overlapping_networks_go_by_the_longest_even_behind_a_bad_line(read_with):
    _, said, done = read_with("smsrc_roles", lines(
        b'"10.0.0.0/8","SQL Server",""', b'"?"', b'"10.1.3.0/24","Advanced Client","ABC"'),
        "-T", "fields", "-e", "smsrc.audit.initiator_role", "-e", "smsrc.audit.responder_role",
        two_pass=True)
    assert len(said) == 1
    assert done.stdout.splitlines() == ["Advanced Client\tSQL Server"] * 3


ROW = b'"any","any","UDP","%s","","%s"'


@pytest.mark.parametrize("bad, reason", [
    (b'"any","any","SCTP","9999","",""', '"SCTP" is not a transport'),
    (b'"any","any","UDP","99999","",""', "the last port is 65535"),
    (b'"any","any","UDP"', 'the field "Ports" is missing'),
    (b'"any","any","UDP","9999","caf\xe9",""', "not UTF-8"),
    (b'"any","any","UDP","9999","","' + b"n" * 5000 + b'"', "5000 bytes"),
    (b'"any","any","UDP","9999","","', "is not closed"),
])
def test_bad_rows_cost_no_other(read_with, bad, reason):
    roles = uat("smsrc_roles", FIRST.decode(), '"10.9.9.9","Site server",""')
    _, said, done = read_with("smsrc_rows", lines(ROW % (b"1", b""), bad, ROW % (b"9999", b"x"),
                                                  ROW % (b"9999", b"y")),
                              "-T", "fields", "-e", "smsrc.audit.row", "-Y", "smsrc.audit",
                              prefs=roles, two_pass=True)
    assert done.stdout.splitlines() == ["USER2"]
    assert len(said) == 1 and said[0].startswith("smsrc_rows:2: ") and reason in said[0], said


def test_a_hundred_thousand_lines(read_with):
    many = lines(*(b'"10.%d.%d.%d","Legacy Client","ABC"' %
                   (2 + n // 62500, n // 250 % 250, n % 250) for n in range(100000)),
                 b"bad", FIRST)
    found, said, _ = read_with("smsrc_roles", many)
    assert found == ["10.1.3.1"]
    assert len(said) == 1 and said[0].startswith("smsrc_roles:100001: ")


def test_a_file_of_more_than_64_MB_is_told_and_left_to_wireshark(read_with):
    found, said, _ = read_with("smsrc_roles", FIRST + b"\n" + (b"#" * 1023 + b"\n") * (65 << 10))
    assert found == ["10.1.3.1"]
    assert len(said) == 1 and "has more than 67108864 bytes" in said[0]
