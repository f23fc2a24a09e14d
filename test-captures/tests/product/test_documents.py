# test_documents.py
# The pages for users: those that tshark writes, their links, filters and statistics
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of fields and the one of KB 826852 are written by scripts from what the plugin prints;
`pytest --regen` writes them again. README and all pages: what they link to is there, and the
commands that they show work."""

import collections
import csv
import difflib
import json
import os
import re

import pytest
from scapy.all import Ether, IP, TCP, fragment, wrpcap

from conftest import INSIDE_ROOT, ROOT, SUITES, check_run
from generators import generator, plan
from pages import NAMES, PAGES, anchors, read, shell_lines, spans, without_blocks

fields_page = plan("fields")
kb_page = plan("kb826852")
platforms = plan("platforms")


@pytest.fixture
def is_page(request):
    """is_page(path, text): the page holds this text, or gets it with --regen."""
    def compare(path, text):
        if request.config.getoption("--regen"):
            path.write_text(text, encoding="utf-8")
        diff = "\n".join(difflib.unified_diff(path.read_text(encoding="utf-8").splitlines(),
                                              text.splitlines(), path.name, "now", lineterm=""))
        if diff:
            pytest.fail(f"pytest --regen updates it:\n{diff}", pytrace=False)
    return compare


@pytest.fixture
def say(ordinary):
    """say(*args) -> all that tshark prints, on both streams."""
    def run(*args):
        done = ordinary(["tshark", *args])
        return done.stdout + done.stderr
    return run


# --- The page of fields -------------------------------------------------------------------------

def test_page_of_fields_is_what_tshark_says(say, is_page):
    is_page(fields_page.PAGE, fields_page.page(say))


# The words that a field can have are in its help; these captures have most of them.
WORDS = {"smsrc.channel": "rc-session", "smsrc.direction": "rc-session",
         "smsrc.generation": "session-old-ports-only", "smsrc.claimed_by": "rc-session",
         "smsrc.tnmp.type": "rc-unknown-code", "smsrc.cm.result": "rc-configmgr",
         "smsrc.audit.verdict": "site-violations"}


@pytest.mark.parametrize("name", WORDS)
def test_words_of_a_field_are_those_of_its_help(tshark, made, name):
    _, all_fields = fields_page.protocols_and_fields(tshark(None, "-G", "fields").stdout)
    told = next(field.blurb for field in all_fields if field.name == name)
    seen = set(tshark(made(WORDS[name]), "-Y", name, "-T", "fields", "-E", "occurrence=f",
                      "-e", name).stdout.splitlines())
    assert seen
    assert {word for word in seen if word not in told} == set()


@pytest.mark.parametrize("field, known", [
    ("smsrc.audit.service", fields_page.services), ("smsrc.audit.initiator_role",
                                                    fields_page.roles)])
def test_services_and_roles_are_those_told(tshark, made, field, known):
    said = tshark(made("site-violations"), "-Y", field, "-T", "fields", "-E", "aggregator=|", "-e",
                  field).stdout.splitlines()
    seen = {word for line in said for word in line.split("|")}
    assert len(seen) > 4
    assert seen - set(known()) == set()


SEVERITIES = {"Note": 0x400000, "Warn": 0x600000, "Error": 0x800000}


@pytest.mark.parametrize("capture, name", [
    ("rc-cve-check", "smsrc.cve_2004_0728"), ("rc-busy", "smsrc.busy"),
    ("site-violations", "smsrc.audit.off_matrix"), ("site-violations", "smsrc.audit.kb_gap"),
    ("rc-configmgr", "smsrc.cm.denied"), ("session-names", "smsrc.name_not_resolved")])
def test_severity_is_the_one_told(tshark, made, capture, name):
    """Of the expert infos of such a frame the worst has it: Wireshark's own are below."""
    told = fields_page.experts()[name]
    found = tshark(made(capture), "-Y", name, "-T", "fields", "-e",
                   "_ws.expert.severity").stdout.splitlines()
    assert found
    assert SEVERITIES[told.severity] in {max(int(n, 0) for n in line.split(","))
                                         for line in found}


# --- The page of KB 826852 ----------------------------------------------------------------------

# The packet list of this version is on the page: others word it otherwise.
PAGES_VERSION = (4, 0)


def without_packet_lists(text):
    """The page without what other versions of Wireshark word otherwise: of a packet's line its
    number stays."""
    return re.sub(r"^  (\d+) +\d+\.\d+ .*$", r"  \1", text, flags=re.MULTILINE)


def test_page_of_the_article_is_what_tshark_shows(tshark, wireshark_version, request, is_page):
    def run(capture, prefs, *args):
        return tshark(capture, *args, prefs=prefs, two_pass=True).stdout
    text = kb_page.page(run, "{}.{}".format(*PAGES_VERSION))
    if wireshark_version == PAGES_VERSION:
        is_page(kb_page.PAGE, text)
        return
    assert not request.config.getoption("--regen"), f"written by {PAGES_VERSION} only"
    assert without_packet_lists(text) == without_packet_lists(
        kb_page.PAGE.read_text(encoding="utf-8"))


@pytest.mark.quick
def test_page_of_the_article_has_every_row_of_the_matrix():
    """The script reads the plugin's table by its own eyes; the article's copy is the truth."""
    rows = {row.id: row for row in kb_page.table_rows()}
    with open(ROOT / "test-captures" / "data" / "kb826852.csv", encoding="utf-8",
              newline="") as source:
        article = list(csv.DictReader(source))
    assert article
    for line in article:
        row = rows[line["id"]]
        assert (row.section, row.text, row.service, row.note) == (
            line["kb_section"], line["kb_text"], line["service"], line["note"])
    text = kb_page.PAGE.read_text(encoding="utf-8")
    assert [row for row in rows if f"\n| {row} | " not in text] == []


@pytest.mark.quick
def test_every_row_of_the_article_is_shown():
    text = kb_page.PAGE.read_text(encoding="utf-8")
    shown = set(re.findall(r'^smsrc\.audit\.row == "(\w+)"', text, re.MULTILINE))
    assert {row.id for row in kb_page.table_rows() if row.kind not in kb_page.NEIGHBORS} <= shown


# --- The page of Configuration Manager's ports --------------------------------------------------

def without_ports_packets(text):
    """The same for this page, where a line has the row, the capture and the packet's number."""
    return re.sub(r"^((?:CM|SMS2)\S* +(?:cm-\w+ +)?\d+) .*$", r"\1", text, flags=re.MULTILINE)


def test_page_of_the_other_lists_is_what_tshark_shows(tshark, wireshark_version, request, is_page,
                                                      tmp_path):
    def run(capture, prefs, *args):
        return tshark(capture, *args, prefs=prefs, two_pass=True).stdout
    ports_page = generator("configmgr_ports")
    text = ports_page.page(run, "{}.{}".format(*PAGES_VERSION), tmp_path)
    if wireshark_version == PAGES_VERSION:
        is_page(ports_page.PAGE, text)
        return
    assert not request.config.getoption("--regen"), f"written by {PAGES_VERSION} only"
    assert without_ports_packets(text) == without_ports_packets(
        ports_page.PAGE.read_text(encoding="utf-8"))


@pytest.mark.quick
@pytest.mark.parametrize("name", ["configmgr", "sms2"])
def test_page_of_the_other_lists_has_each_row_once(name):
    text = (ROOT / "plugin/doc/configmgr-ports.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ((?:CM|SMS2)[\w-]*) \| ", text, re.MULTILINE)
    assert [row["id"] for row in plan("matrices").table(name) if told.count(row["id"]) != 1] == []


# --- The table of versions and platforms --------------------------------------------------------

@pytest.mark.quick
def test_table_of_versions_is_what_was_seen(is_page):
    is_page(platforms.PAGE, platforms.page())


@pytest.mark.quick
def test_all_tests_run_where_the_table_says_so(wireshark_version):
    """On this machine and in the systems of test_versions.py, and nowhere else."""
    rows = {row["key"]: row for row in platforms.rows()}
    assert {key for key, row in rows.items() if row["tests"] == "all"} == {"bookworm", *SUITES}
    assert {key: rows[key]["wireshark"] for key in SUITES} == {
        key: "{}.{}".format(*version) for key, version in SUITES.items()}
    here = os.environ.get(INSIDE_ROOT, "bookworm" if wireshark_version == PAGES_VERSION else None)
    assert here is None or rows[here]["wireshark"] == "{}.{}".format(*wireshark_version)
    for key, row in rows.items():
        assert (row["seen"] == "") == (row["loaded"] == "never"), key
        assert row["loaded"] == "yes" or {row["tests"], row["outputs"]} == {"never"}, key


# --- All pages: their links, and the commands that they show ------------------------------------

# The name of a reader's own file in an example, and the file that is read in its place.
STAND_INS = {"agent.keytab": "test-captures/configmgr/wks17.keytab"}
STAND_IN = "test-captures/made/demo.pcap"


@pytest.mark.quick
@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    text, here, lost = without_blocks(read(name)), (ROOT / name).parent, []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        page = here / path if path else ROOT / name
        if not page.exists() or (anchor and anchor not in anchors(page.read_text("utf-8"))):
            lost.append(target)
    assert lost == []


@pytest.mark.quick
@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_are_there(name):
    named = set(re.findall(r"(?<![\w/.])(?:test-captures|plugin|include)/[\w./-]*\w", read(name)))
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.quick
def test_every_page_is_linked_from_the_readme():
    text = read("README.md")
    assert [path.name for path in PAGES[1:] if f"](plugin/doc/{path.name})" not in text] == []


def commands(text):
    """The arguments of every tshark command that a page shows."""
    for words in shell_lines(text):
        argv = None
        for word in [*words, ";"]:
            if word == "tshark":
                argv = []
            elif argv is not None and re.fullmatch(r"[();<>|&]+", word):
                yield argv
                argv = None
            elif argv is not None:
                argv.append(word)


def runnable(argv, readable):
    """The same with captures that are there: (arguments, whether it can be run here)."""
    out = []
    for word in argv:
        for name, path in STAND_INS.items():
            if word.endswith(name):
                word = word.removesuffix(name) + str(readable(ROOT / path))
        if out[-1:] == ["-r"]:
            word = str(readable(ROOT / (word if (ROOT / word).is_file() else STAND_IN)))
        if word != "...":
            out.append(word)
    # What captures, writes, or needs a profile that is not installed is not run.
    return out, out and not {"-i", "-w", "-C"} & set(out) and (
        "-r" in out or out[0] in ("-G", "--version", "-v"))


@pytest.mark.parametrize("name", NAMES)
def test_commands_run(ordinary, sandbox, name):
    """With the captures that are there; what fields, filters, statistics or preferences they name
    is wrong, or gone, when tshark complains."""
    for argv in commands(read(name)):
        argv, runs = runnable(argv, sandbox.readable)
        if runs:
            check_run(ordinary(["tshark", *argv]))


@pytest.mark.parametrize("name", NAMES)
def test_statistics_and_decode_as_are_there(tshark, made, say, name):
    """Every -z and -d of a page, alone or in a command, on a capture that is there. tshark takes
    a longer name for the shorter one and a rest: so the names are looked up, too."""
    known = fields_page.statistics(say("-z", "help"))
    asked = set(re.findall(r"(-z|-d) ('[^']+'|[\w.,=]+\w)", read(name)))
    for option, one in sorted(asked):
        one = re.sub(r",N$", ",0", one.strip("'"))
        assert option == "-d" or "smsrc" not in one or ",".join(one.split(",")[:2]) in known
        tshark(made("demo"), "-q", option, one)


def filters(text, known):
    """The filters in the text between backquotes: a field, and what follows it.
    Preferences, tables, statistics and files begin alike, and are none."""
    found = set(re.findall(r"-Y '([^']+)'", text)) | set(re.findall(r"-Y ([\w.]+)", text))
    for span in spans(text):
        name = re.match(r"(smsrc(?:\.\w+)*)( .*)?$", span)
        if name and name[1] not in known and not re.search(r"\.(c|h|so|dll|nft|md|dict)$", span):
            found.add(span)
    return sorted(found)


def test_filters_are_filters(sharkd, made, say):
    """Every filter of every page compiles."""
    known = {one.name for one in fields_page.preferences(say("-G", "defaultprefs"))}
    known |= {"smsrc.tcp.port", "smsrc.udp.port"}
    asked = [(name, one) for name in NAMES for one in filters(read(name), known)]
    assert len(asked) > 100
    replies = sharkd(made("demo"), [{"method": "check", "params": {"filter": one}}
                                    for _, one in asked])
    assert [one for one, reply in zip(asked, replies)
            if reply.get("result", {}).get("status") != "OK"] == []


# --- Examples -----------------------------------------------------------------------------------

# A block of output that follows a block with the one command that prints it.
SAMPLE = re.compile(r"^```sh\n([^\n]*)\n```\n\n```\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAMPLES = [(name, *found) for name in NAMES for found in SAMPLE.findall(read(name))]


def cells(line):
    return [cell.strip() for cell in line.rstrip().strip("|").split("|")]


def json_objects(text):
    """Those of a block, in which one may go over several lines."""
    text, found = text.replace("\n ", "").strip(), []
    while text:
        one, end = json.JSONDecoder().raw_decode(text)
        found.append(one)
        text = text[end:].lstrip()
    return found


def same_in_all(one):
    """Without the number of conversations, of which 4.4 makes one less in a recorded site."""
    one.get("not_judged", {}).pop("of_flows", None)
    return one


def test_pages_have_samples():
    assert collections.Counter(name for name, *_ in SAMPLES) >= collections.Counter({
        "README.md": 2, "plugin/doc/sessions.md": 1, "plugin/doc/reports.md": 3})
    # A table is shown below the command that prints it.
    for name in NAMES:
        tables = re.findall(r"^```\n(?=(?:Session|Row|Verdict|Host|Channel) +(?:\||\w))",
                            read(name), re.MULTILINE)
        assert len(tables) <= sum(name == one for one, *_ in SAMPLES), name


@pytest.mark.parametrize("name, command, block", SAMPLES,
                         ids=lambda text: text if text in NAMES else "")
def test_samples_are_what_the_command_above_them_prints(ordinary, sandbox, name, command, block):
    """Lines of it in their order, or lines of JSON."""
    paths = set(re.findall(r"test-captures/\S+\.pcap\w*", command))
    assert len(paths) == 1, f"{name}: {command}"
    for path in paths:
        command = command.replace(path, str(sandbox.readable(ROOT / path)))
    printed = check_run(ordinary(["bash", "-c", command])).stdout
    lines = iter([line.rstrip() for line in printed.splitlines()])
    if block.startswith("{"):
        objects = iter([same_in_all(json.loads(line)) for line in printed.splitlines()])
        missing = [one for one in map(same_in_all, json_objects(block)) if one not in objects]
    else:
        missing = [line for line in block.splitlines() if line not in lines]
    assert missing == [], f"{command}\n{printed}"


def test_packets_shown_are_what_tshark_prints(tshark, made):
    shown = re.findall(r"^ *(\d+)  (\S+) → (\S+) +(\S+) +(.*)$", read("README.md"),
                       re.MULTILINE)
    assert len(shown) > 5
    lines = tshark(made("demo")).stdout.splitlines()
    for number, one, other, protocol, info in shown:
        line = " ".join(lines[int(number) - 1].split())
        assert f" {one} → {other} {protocol} " in line and info.removesuffix("...") in line


# --- TLS and IP fragments, as the pages describe them -------------------------------------------

CLIENT, SERVER = "10.1.3.17", "10.1.1.13"
BOTH_ROLES = (f'uat:smsrc_roles:"{SERVER}","Management point","ABC"',
              f'uat:smsrc_roles:"{CLIENT}","Advanced Client","ABC"')


def in_fragments(path, request, answer, size):
    """A connection to port 80 whose payload comes in IP fragments of this size."""
    def packet(number, source, target, flags, seq, ack, data=b""):
        ports = (40000, 80) if source == CLIENT else (80, 40000)
        whole = (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") /
                 IP(src=source, dst=target, id=number) /
                 TCP(sport=ports[0], dport=ports[1], flags=flags, seq=seq, ack=ack) / data)
        return fragment(whole, size) if data else [whole]
    wrpcap(str(path), [
        *packet(1, CLIENT, SERVER, "S", 1000, 0), *packet(2, SERVER, CLIENT, "SA", 5000, 1001),
        *packet(3, CLIENT, SERVER, "PA", 1001, 5001, request),
        *packet(4, SERVER, CLIENT, "PA", 5001, 1001 + len(request), answer)])
    path.chmod(0o644)
    return path


def column(tshark, capture, name, prefs=()):
    """The values of a column of smsrc,audit or, for Role, of smsrc,roles."""
    statistic = "smsrc,roles" if name == "Role" else "smsrc,audit"
    rows = [cells(line) for line in tshark(capture, "-q", "-z", statistic,
                                           prefs=prefs).stdout.splitlines()]
    head = next(row for row in rows if name in row)
    return [row[head.index(name)] for row in rows if len(row) == len(head) and row != head]


def test_of_fragments_roles_are_learned_and_the_service_is_known(tshark, tmp_path):
    asked = in_fragments(tmp_path / "asked.pcap",
                         b"GET /SMS_MP/.sms_aut?MPLIST HTTP/1.1\r\nHost: mp\r\n\r\n",
                         b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<MPList/>", 24)
    assert column(tshark, asked, "Role") == ["Management point"]
    assert column(tshark, asked, "Service", BOTH_ROLES) == ["HTTP"]
    whole = in_fragments(tmp_path / "whole.pcap", b"SSH-2.0-a b\r\n", b"SSH-2.0-c d\r\n", 1400)
    assert column(tshark, whole, "Service", BOTH_ROLES) == ["SSH"]


def test_of_tls_with_keys_roles_are_learned_and_the_service_is_tls(tshark):
    text = " ".join(read("plugin/doc/audit.md").split())
    assert "with keys TLS remains TLS" in text
    capture = ROOT / "test-captures/recorded/request-in-tls.pcapng"
    assert column(tshark, capture, "Role") == ["Management point"]
    assert column(tshark, capture, "Service") == ["TLS"]


@pytest.mark.parametrize("name", NAMES)
def test_no_page_says_that_tls_and_fragments_are_not_read(name):
    text = " ".join(read(name).split())
    assert "by Wireshark's own fields" not in text and "Wireshark's own fields only" not in text
