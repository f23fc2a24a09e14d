# test_rules_files.py
# The files of firewall rules for iptables, Windows, Cisco IOS and pf: what that for nft allows
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools
import os
import re
import shutil
import subprocess

import pytest

from conftest import is_root
from recorded_truth import NAMES, RECORDED, role_lines

FORMATS = ("iptables", "windows", "cisco", "pf")
NOTES = {"cisco": "!"}
TRUST = "How far to trust them: plugin/doc/trust.md"
HOSTS = r"[0-9a-f.:, ]+"
COMMENT = r"[A-Za-z0-9 ,.()+-]+"

# What allows something: protocol, sources, destinations and port, in any order.
LINES = {
    "nft": re.compile(
        rf"        ip6? saddr \{{ (?P<sources>{HOSTS}) \}} ip6? daddr \{{ (?P<to>{HOSTS}) \}} "
        rf"(?P<proto>tcp|udp) dport (?P<port>\d+) ct state new accept comment \"{COMMENT}\""),
    "iptables": re.compile(
        rf"-[46] -A smsrc-listed -s (?P<sources>{HOSTS}) -d (?P<to>{HOSTS}) -p (?P<proto>tcp|udp) "
        r"-m (?P=proto) --dport (?P<port>\d+) -m conntrack --ctstate NEW -m comment --comment "
        rf"\"{COMMENT}\" -j ACCEPT"),
    "windows": re.compile(
        rf"New-NetFirewallRule -Group 'smsrc' -DisplayName 'SMS {COMMENT}' -Direction Inbound "
        r"-Action Allow -Protocol (?P<proto>tcp|udp) -LocalAddress (?P<to>[0-9a-f.:,']+) "
        r"-LocalPort (?P<port>\d+) -RemoteAddress (?P<sources>[0-9a-f.:,']+)"),
    "cisco": re.compile(
        r" permit (?P<proto>tcp|udp) host (?P<sources>\S+) host (?P<to>\S+) eq (?P<port>\d+)"),
    "pf": re.compile(
        rf"pass quick inet6? proto (?P<proto>tcp|udp) from \{{ (?P<sources>{HOSTS}) \}} to "
        rf"\{{ (?P<to>{HOSTS}) \}} port (?P<port>\d+)"),
}

# What else stands in a file that has rules, besides comments.
FRAME = {
    "iptables": ["*filter", ":smsrc-listed - [0:0]", "COMMIT"],
    "windows": ["Remove-NetFirewallRule -Group 'smsrc' -ErrorAction SilentlyContinue"],
    "cisco": ["ip access-list extended smsrc-listed"],
    "pf": [],
}


def recorded(name):
    return RECORDED / f"{name}.pcapng"


def files(tshark, capture, only="", names=FORMATS, **options):
    """The file of each format, by one run, which prints the last statistic first."""
    asked = [word for name in names for word in ("-z", f"smsrc,rules.{name}{only}")]
    text = tshark(capture, "-q", *asked, **options).stdout
    heads = re.finditer(r"^[#!] .* for the flows of this capture that KB 826852 lists "
                        r"\(tshark -z smsrc,rules\.(.+)\)\.$", text, re.MULTILINE)
    starts = [(match.start(), match[1]) for match in heads]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    found = {name: text[start:end] for (start, name), end in zip(starts, ends)}
    assert sorted(found) == sorted(names) and starts[0][0] == 0
    return found


def split(name, text):
    """Comments, what allows something as a set of single connections, and all other lines."""
    comments, allowed, frame = [], set(), []
    for line in text.splitlines():
        match = LINES[name].fullmatch(line)
        if match:
            ends = (re.split(r"[, ]+", match[end].replace("'", "")) for end in ("sources", "to"))
            allowed.update((match["proto"], source, to, match["port"])
                           for source, to in itertools.product(*ends))
        elif line.startswith(NOTES.get(name, "#")):
            comments.append(line[2:])
        elif not re.fullmatch(rf" remark {COMMENT}", line):
            frame.append(line)
    return comments, allowed, frame


@pytest.mark.parametrize("capture", NAMES)
def test_each_file_allows_what_that_for_nft_allows(tshark, capture):
    found = files(tshark, recorded(capture), names=("nft", *FORMATS), prefs=role_lines())
    head, wanted, _ = split("nft", found.pop("nft"))
    assert wanted
    for name, text in found.items():
        comments, allowed, frame = split(name, text)
        assert allowed == wanted
        assert frame == FRAME[name]
        # The head has what that for nft has, and comes before all rules.
        said = [line for line in head if re.match("In rules|Left out|Not judged|How far", line)]
        assert said and set(said) <= set(comments)
        assert TRUST in text.split("\n")[2 if name != "cisco" else 3]
        lines = text.split("\n")
        first = min(at for at, line in enumerate(lines) if LINES[name].fullmatch(line))
        assert max(at for at, line in enumerate(lines) if line[2:] in said) < first


def test_the_files_of_a_recorded_site(tshark, golden):
    for name, text in files(tshark, recorded("site-misconfigured"), prefs=role_lines()).items():
        golden(f"rules-{name}", text)
        # What no one has tried says so.
        assert ("Not tested on " in text) == (name != "iptables")


def test_a_filter_chooses_the_flows_and_is_a_comment_whatever_it_has(tshark):
    """Nor does the text of a row of the user's get into a file."""
    only = "tcp.port in {1433,8080} and not\nsmsrc.user.host matches \"'\\\"`$(x)?\""
    prefs = (*role_lines(), 'uat:smsrc_rows:"Advanced Client","Management point","TCP","8080",'
             '"HTTP","sentinel \\x22own\\x22\' port"')
    for name, text in files(tshark, recorded("site-misconfigured"), f",{only}",
                            prefs=prefs).items():
        comments, allowed, frame = split(name, text)
        assert {port for *_, port in allowed} == {"1433", "8080"}
        assert frame == FRAME[name]
        said = [line for line in comments if line.startswith("Of the flows that this filter ")]
        assert len(said) == 1 and ": tcp.port in {1433,8080} and not\\nsmsrc." in said[0]
        assert ("?" in said[0]) == (name != "cisco")
        assert "USER1 Advanced Client to Management point" in text
        assert "sentinel" not in text


def test_what_is_unconfirmed_is_a_comment_in_each_file(tshark, made):
    """And so is IPX; where nothing makes a rule, all of the file is comment."""
    for capture, wanted in ((made("session-ipx"), "G4 "), (made("demo"), "F3 "),
                            (made("rc-not-dns"), "No rule: ")):
        for name, text in files(tshark, capture).items():
            comments, allowed, frame = split(name, text)
            assert not allowed and not frame
            assert [line for line in comments if line.startswith(wanted)]
            assert comments[-1].startswith("No rule: ")


# --- iptables -------------------------------------------------------------------------------------

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
# The table of the user's that is there before, and has to be there afterwards.
OWN_RULES = "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j DROP\nCOMMIT\n"


def in_own_network(*argv, **options):
    """Runs a program where no firewall but its own can come to harm."""
    return subprocess.run(["unshare", "--net", *argv], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, **options)


@pytest.fixture(scope="module")
def families():
    """"4" and "6" with the program that restores the rules."""
    found = {family: shutil.which(f"ip{kind}tables-restore", path=PATH)
             for family, kind in (("4", ""), ("6", "6"))}
    if None in found.values():
        pytest.skip("iptables is not installed")
    if not is_root() or any(in_own_network(program, input=OWN_RULES).returncode != 0
                            for program in found.values()):
        pytest.skip("iptables needs root and a network namespace")
    return found


def test_iptables_takes_each_file(families, tshark, made, tmp_path):
    path = tmp_path / "smsrc.iptables"
    for capture in (recorded("site"), made("session-ipx")):
        text = files(tshark, capture, names=("iptables",))["iptables"]
        path.write_text(text, encoding="utf-8")
        for program in families.values():
            done = in_own_network(program, "--test", "--noflush", path)
            assert done.returncode == 0 and not done.stdout, f"{text}\n{done.stdout}"


def test_iptables_loads_the_file_and_again_beside_other_rules(families, tshark, made, tmp_path):
    path = tmp_path / "smsrc.iptables"
    ipv6 = ('uat:smsrc_roles:"2001:db8:1::50","Administrator console",""',
            'uat:smsrc_roles:"2001:db8:1:3::/64","Advanced Client",""')
    for family, capture, prefs in (("4", recorded("site"), role_lines()),
                                   ("6", made("rc-information-ipv6"), ipv6)):
        text = files(tshark, capture, names=("iptables",), prefs=prefs)["iptables"]
        path.write_text(text, encoding="utf-8")
        load = '"$0" && "$0" --noflush "$1" && "$0" --noflush "$1" && "$2"'
        program = families[family]
        done = in_own_network("sh", "-c", load, program, str(path),
                              program.replace("restore", "save"), input=OWN_RULES)
        assert done.returncode == 0, done.stdout
        loaded = re.findall(r"^-A smsrc-listed -s (\S+)/\d+ -d (\S+)/\d+ -p (\w+) .*--dport (\d+) ",
                            done.stdout, re.MULTILINE)
        _, allowed, _ = split("iptables", text)
        assert len(loaded) == len(allowed)
        assert {(proto, source, to, port) for source, to, proto, port in loaded} == allowed
        assert "-A FORWARD -j DROP" in done.stdout
