# test_html_report.py
# smsrc-report: one page of HTML from lines of JSON, read by a parser and by a browser
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from conftest import MADE, ROOT
from recorded_truth import RECORDED

pytestmark = pytest.mark.slow

FOLDER = ROOT / "plugin" / "batch"
PROGRAM = FOLDER / "smsrc-report"
STATISTICS = ("-q", "-z", "smsrc,audit.json", "-z", "smsrc,sessions.json", "-z",
              "smsrc,matrix.json")
SECTIONS = ["found", "attacks", "findings", "map", "matrix", "sessions", "rules", "not-judged",
            "trust"]
HOSTILE = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)",
           "</pre><iframe src=//example.net>", "{{ 7 * 191 }}{% raw %}", "$\\frac{1}{$ $x^2$",
           "\x1b[31m\0\r\n\x85", "\u202egnp.exe\u2066\u200b", "\ud800", "]]>--></svg>",
           "x" * 100000, "\\N\\\" label=\"y", "-rf /; `id` $(id) 'q'")


class Page(html.parser.HTMLParser):
    """What a page consists of, and its texts by section."""

    def __init__(self, data):
        super().__init__(convert_charrefs=True)
        self.elements, self.sections, self.stack = [], {}, []
        self.text = data.decode("utf-8", "strict")
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "section":
            self.stack.append(dict(attrs)["id"])
            self.sections[self.stack[-1]] = ""

    def handle_endtag(self, tag):
        if tag == "section":
            self.stack.pop()
        elif tag in ("td", "th"):
            self.handle_data(" ")

    def handle_data(self, data):
        if self.stack:
            self.sections[self.stack[-1]] += data

    def words(self, section):
        return " ".join(self.sections[section].split())

    def pictures(self):
        """alternative text -> SVG"""
        return {attrs["alt"]: base64.b64decode(attrs["src"].partition("base64,")[2]).decode()
                for tag, attrs in self.elements if tag == "img"}


def is_harmless(page):
    """No script, no event, nothing from elsewhere, each picture in words as well."""
    for tag, attrs in page.elements:
        assert tag not in ("script", "iframe", "object", "embed", "base", "form"), (tag, attrs)
        assert not [name for name in attrs if name.startswith("on") or name == "style"], attrs
        for name in ("src", "href", "action", "srcset", "data"):
            assert attrs.get(name, "#").startswith(("#", "data:")), (tag, attrs)
        assert tag != "img" or len(attrs["alt"]) > 20
    assert not re.search(r"url\(|@import", page.text)
    assert all(char in "\n" or char.isprintable() for char in page.text)
    for svg in page.pictures().values():
        for element in xml.etree.ElementTree.fromstring(svg).iter():
            name = element.tag.rpartition("}")[2]
            assert name not in ("script", "image", "foreignObject", "a"), name
            for attribute, value in element.attrib.items():
                attribute = attribute.rpartition("}")[2]
                assert not attribute.startswith("on"), attribute
                assert attribute != "href" or value.startswith("#"), value
    return True


def report(*arguments, given=None, code=0, **env):
    """The page of smsrc-report on its standard output."""
    done = subprocess.run([sys.executable, PROGRAM, *map(str, arguments), "-"], input=given,
                          env={**os.environ, **env}, timeout=300, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == code, done.stderr.decode()
    assert code or done.stderr == b"", done.stderr.decode()
    return done


def page_of(*arguments, **how):
    page = Page(report(*arguments, **how).stdout)
    assert is_harmless(page)
    return page


@pytest.fixture(scope="module")
def need_tools():
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    if not shutil.which("dot"):
        pytest.skip("dot is not installed")


@pytest.fixture(scope="module")
def lines(tshark, need_tools):  # pylint: disable=unused-argument
    """The lines of JSON of the demo, and of the recorded site."""
    return {path.name: tshark(path, *STATISTICS, text=False).stdout for path in
            (MADE / "demo.pcap", RECORDED / "site-misconfigured.pcapng")}


@pytest.fixture(scope="module")
def site(lines):
    """The bytes of the page of the recorded site."""
    return report("-", given=lines["site-misconfigured.pcapng"]).stdout


@pytest.fixture(scope="module")
def no_pictures(tmp_path_factory):
    """The environment where neither matplotlib nor dot is found."""
    folder = tmp_path_factory.mktemp("none")
    (folder / "matplotlib.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": str(folder), "PATH": str(folder)}


@pytest.fixture(scope="module")
def batch_folder(lines, tmp_path_factory):
    """A folder as smsrc-batch leaves it: the lines of two captures, and one that failed."""
    results = tmp_path_factory.mktemp("out") / "results"
    results.mkdir()
    for name, data in lines.items():
        found = [json.loads(line) for line in data.splitlines() if line.startswith(b"{")]
        last, = (one for one in found if one["type"] == "audit")
        whole = {"type": "capture", "status": "read", "reason": "", "rows_not_used": ["E4"],
                 "frames": last["frames"], "flows": last["flows"], "start": last["start"],
                 "end": last["end"], "flows_not_judged": 1}
        kept = [one for one in found if one["type"] in ("flow", "session") or
                one["type"] == "row" and one["state"] in ("Used", "Not printed")]
        (results / f"{name}.jsonl").write_text("".join(
            json.dumps({**one, "capture": name}) + "\n" for one in [*kept, whole]))
    (results / "notes.pcap.failed").write_text(json.dumps(
        {"type": "capture", "capture": "notes.pcap", "status": "failed", "reason": "no right"}))
    return results.parent


# --- What is in it --------------------------------------------------------------------------------

def test_an_attack_comes_first_with_its_command(lines, tshark):
    page = page_of("--capture", MADE / "demo.pcap", "-", given=lines["demo.pcap"])
    assert list(page.sections) == SECTIONS
    assert page.words("found").startswith("What was found 1 attack on CVE-2004-0728")
    attack = page.sections["attacks"]
    assert "10.1.9.66" in attack and "10.1.3.17" in attack
    assert "demo.pcap, frame 110, 2004-07-14 09:01:28 UTC; 2 packets" in page.words("attacks")
    shown = re.search(r"^tshark .* -Y '(.*)'$", attack, re.MULTILINE)
    assert str(MADE / "demo.pcap") in shown[0]
    packets = tshark(MADE / "demo.pcap", "-2", "-Y", shown[1]).stdout
    assert "[CVE-2004-0728]" in packets and len(packets.splitlines()) == 5
    # Sessions: the attack first, then who controlled whom, and how that ended.
    sessions = page.words("sessions")
    assert sessions.index("10.1.9.66") < sessions.index("CONTOSO\\admin")
    assert "Busy: 10.1.0.50 10.1.0.51" in sessions
    assert re.search(r"1 flows whose roles were shown after their last packet",
                     page.words("not-judged"))
    assert page.words("rules").count("-q -z smsrc,rules") == 6


def test_findings_hosts_and_rows_of_a_site(site):
    page = Page(site)
    assert is_harmless(page)
    assert "attacks" not in page.sections
    assert "11 flows: Off matrix." in page.words("found")
    findings = page.words("findings")
    assert findings.count("tshark -2 -n -r site.pcapng -Y 'smsrc.audit.first_frame == ") == 11
    assert ("10.20.2.11 (Advanced Client) opened 1 flow to 10.20.1.13 (Management point), HTTP"
            in findings)
    matrix = page.words("matrix")
    for row in ("A2 Used", "near E1 Not printed", "GAP25 Not printed", "B1 Never used: no host is"
                " known as Child site server"):
        assert row in matrix, row
    hosts, heat, times = page.pictures().values()
    assert {"10.20.1.13", "Management point", "Off matrix: 3"} <= set(
        re.findall(r"<text [^>]*>([^<]*)</text>", hosts))
    assert "<!-- near GAP25 -->" in heat and "<!-- Never used -->" in heat
    assert "10.20.2.50" in times and "2026-11-23 (UTC)" in times


def test_the_same_lines_make_the_same_page(lines, site):
    assert site == report("-", given=lines["site-misconfigured.pcapng"], TZ="Asia/Tokyo",
                          PYTHONHASHSEED="7").stdout


def test_a_folder_of_smsrc_batch(batch_folder, no_pictures):
    page = page_of(batch_folder, **no_pictures)
    assert "1 attack on CVE-2004-0728" in page.words("found")
    assert "1 capture could not be read completely" in page.words("found")
    assert "-r demo.pcap -Y" in page.words("attacks")
    assert page.words("findings").count("-r site-misconfigured.pcapng -Y") == 11
    assert "notes.pcap failed: no right" in page.words("captures")
    assert "E4 Never used" in page.words("matrix") and "2 flows of TCP and UDP without a verdict" \
        in page.words("not-judged")


def test_what_the_input_lacks_is_said(lines, no_pictures):
    whole = lines["demo.pcap"].splitlines(keepends=True)
    cut = b"".join(line for line in whole if not line.startswith(b'{"type":"audit"'))
    assert "The last line of smsrc,audit.json is missing" in " ".join(page_of(
        "-", given=cut, **no_pictures).text.split())
    page = page_of("-", given=b"".join(line for line in whole if b'"session' in line[:20]),
                   **no_pictures)
    assert "The input has no lines of smsrc,audit.json" in page.words("found")
    assert "deviates" not in page.words("found") + page.words("findings")


def test_without_matplotlib_and_graphviz_tables_remain(lines, no_pictures):
    page = page_of("-", given=lines["demo.pcap"], **no_pictures)
    assert page.pictures() == {}
    for section, said in (("map", "Graphviz (dot) is not installed"), ("matrix", "matplotlib is"),
                          ("sessions", "matplotlib is")):
        assert said in page.words(section) and "10.1.9.66" in page.words("map")


# --- Hostile lines --------------------------------------------------------------------------------

def hostile_lines():
    """Each hostile text in each place of a flow, a session, a row and a capture."""
    flow = {"type": "flow", "verdict": "Off matrix", "row": "E1", "nearest": True, "tries": 1,
            "transport": "TCP", "server_port": 80, "first_frame": 1, "reach": "Blocked"}
    found = []
    for place, text in enumerate(HOSTILE):
        host = f"10.0.0.{place}"
        found += [
            {**flow, "initiator": text, "responder": host, "initiator_roles": [text],
             "responder_roles": ["Client", text], "service": text, "row_text": text,
             "capture": text, "start": text},
            {**flow, "initiator": host, "responder": host, "verdict": text, "row": text,
             "transport": text, "reach": text},
            {"type": "session", "session": place, "viewer": text, "agent": text, "outcome": text,
             "reason": CVE_TEXT + text, "host": text, "user": text, "account": text,
             "protocol": text, "functions": [text], "start": "2004-07-14T09:00:00.0Z"},
            {"type": "row", "state": text, "row": text, "row_text": text, "verdict": text,
             "role_not_known": text, "flows": 3},
            {"type": "capture", "capture": text, "status": "broken", "reason": text,
             "start": text, "rows_not_used": [text, 7, None]},
        ]
    found += [{"type": "audit", "filter": text, "matrix": text, "not_judged": {"no_role": text},
               "overflow": [{"bound": text}, text]} for text in HOSTILE]
    wrong = {name: [None, {}] for name in flow}
    found += [{**wrong, "type": "flow"}, {**flow, "first_frame": 10 ** 400, "packets": True},
              {**flow, "first_frame": 1e300, "packets": -1, "initiator": None}]
    return "".join(json.dumps(one) + "\n" for one in found) + (
        '{"type":"flow","first_frame":NaN,"bytes":Infinity}\n{"type":[\n[1]\nnull\n' +
        '{"a":' * 100000 + "\n")


CVE_TEXT = "CVE-2004-0728 "


@pytest.fixture(scope="module")
def hostile_page(need_tools):  # pylint: disable=unused-argument
    return report("--title", "<b>A & B</b>", "--capture=-x'y.pcap", "-",
                  given=hostile_lines().encode()).stdout


def test_hostile_names_are_texts(hostile_page):
    page = Page(hostile_page)
    assert is_harmless(page)
    assert len(page.pictures()) == 3
    findings, sessions = page.words("findings"), page.words("sessions")
    for text in ("<script>alert(1)</script>", "{{ 7 * 191 }}{% raw %}", "\\u202egnp.exe\\u2066",
                 "\\u001b[31m\\u0000\\u000d\\u000a\\u0085", "\\ud800", "]]>--></svg>"):
        assert text in findings and text in sessions, text
    assert "1337" not in page.text and len(hostile_page) < 2_000_000
    assert "x" * 119 + "…" in findings and "x" * 200 not in page.words("sessions")
    # A shell gets a hostile name of a capture as one word.
    assert "-r './-rf /; `id` $(id) '\"'\"'q'\"'\"'' -Y" in findings
    assert "-r $'\\x1b[31m\\x00\\x0d\\x0a\\xc2\\x85' -Y" in findings


def test_more_than_the_page_draws_is_counted(need_tools):  # pylint: disable=unused-argument
    flows = [{"type": "flow", "verdict": "Attack" if place == 1999 else "Off matrix",
              "row": f"E{place % 400}", "initiator": f"10.1.{place // 200}.{place % 200}",
              "responder": "10.2.0.1", "first_frame": place} for place in range(2000)]
    sessions = [{"type": "session", "session": place, "viewer": "10.1.0.1", "agent": "10.2.0.1",
                 "start": "2004-07-14T09:00:00.0Z"} for place in range(300)]
    page = page_of("--worst", 5, "-", given="".join(
        json.dumps(one) + "\n" for one in [*flows, *sessions]).encode())
    assert page.words("findings").count("tshark") == 5
    assert "Not listed here: 1,994 findings." in page.words("findings")
    assert "The map shows the worst 40 hosts of 2001" in page.words("map")
    assert "10.1.9.199" in next(iter(page.pictures().values()))
    assert "The timeline shows 40 of 300 sessions" in page.words("sessions")
    assert "The picture shows the first 120 of 400 rows" in page.words("matrix")


# --- The program ----------------------------------------------------------------------------------

def test_version_manual_and_refusals(tmp_path, no_pictures):
    pytest.importorskip("jinja2")
    version = re.search(r"^project\(smsrc VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(),
                        re.MULTILINE)[1]
    usage = subprocess.run([sys.executable, PROGRAM, "--help"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    assert subprocess.run([sys.executable, PROGRAM, "--version"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout == f"smsrc-report {version}\n"
    manual = (FOLDER / "smsrc-report.1").read_text().replace("\\-", "-")
    assert f"smsrc {version}" in manual
    options = set(re.findall(r"(?<![\w-])--[a-z]+", usage))
    assert options == set(re.findall(r"--[a-z]+", manual)) and "--worst" in options
    for given, said in ((tmp_path, "not a folder of smsrc-batch"), ("none", "No such file"),
                        ("-", "no line of smsrc,audit.json")):
        done = report(given, code=2, given=b"", **no_pictures)
        assert re.fullmatch(rf"smsrc-report: .*{said}.*\n", done.stderr.decode())
    other = tmp_path / "mine.html"
    other.write_text("<html>")
    line = tmp_path / "lines"
    line.write_text('{"type":"audit"}\n')
    for name, code in ((other, 2), (tmp_path / "new.html", 0), (tmp_path / "new.html", 0)):
        assert subprocess.run([sys.executable, PROGRAM, line, name], check=False,
                              env={**os.environ, **no_pictures},
                              stderr=subprocess.PIPE).returncode == code
    assert other.read_text() == "<html>"


# --- In a browser ---------------------------------------------------------------------------------

CHROMIUM = ("chromium", "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--enable-logging=stderr", "--virtual-time-budget=5000")
MEASURE = """<script>window.onload = () => { console.log("measured"); parent.postMessage(
[innerWidth, document.body.scrollWidth, document.documentElement.scrollWidth], "*"); }</script>"""
FRAMES = """<!DOCTYPE html><title>t</title><script>onmessage = (event) => {
document.body.append("=" + event.data.join(" ") + "="); }</script><body>"""


@pytest.fixture(scope="module")
def chromium(sandbox):
    """chromium(arguments...) -> (standard output, messages of the console), by an ordinary user."""
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")

    def run(*arguments):
        home = sandbox.fresh_home()
        done = sandbox.run([*CHROMIUM, f"--user-data-dir={home / 'data'}", *arguments],
                           env={"HOME": home}, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout, re.findall(r":CONSOLE.*\] (.*)$", done.stderr, re.MULTILINE)
    return run


def test_a_browser_prints_and_shows_it_at_each_width(site, hostile_page, chromium, sandbox):
    folder = sandbox.fresh_home()
    pages = {"site": site, "hostile": hostile_page}
    frames = FRAMES
    for name, data in pages.items():
        (folder / f"{name}.html").write_bytes(data)
        # The page's own policy allows no script: the copy that is measured has none.
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", data.decode())
        (folder / f"{name}-copy.html").write_text(text.replace("</body>", MEASURE + "</body>"))
        frames += "".join(f'<iframe src="{name}-copy.html" width="{width}" height="700" '
                          'style="border:0"></iframe>' for width in (1280, 390))
    (folder / "frames.html").write_text(frames)
    for path in folder.iterdir():
        path.chmod(0o644)
    shown, console = chromium("--dump-dom", f"file://{folder}/frames.html")
    sizes = sorted(tuple(map(int, found.split())) for found in re.findall(r"=([\d ]+)=", shown))
    assert [width for width, _, _ in sizes] == [390, 390, 1280, 1280]
    assert all(body <= width and root <= width for width, body, root in sizes), sizes
    assert len(console) == 4 and all("measured" in line for line in console), console
    out = folder / "hostile.pdf"
    _, console = chromium(f"--print-to-pdf={out}", f"file://{folder}/hostile.html")
    assert console == []
    data = out.read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") >= 3
