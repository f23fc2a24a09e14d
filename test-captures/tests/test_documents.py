# test_documents.py
# The pages for users: those that tshark writes, their links, filters and statistics
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of fields and the one of KB 826852 are written by scripts from what the plugin says;
`pytest --regen` writes them anew. README and all pages: what they link to is there, and what they
tell the reader to type works."""

import csv
import difflib
import re
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "test-captures" / "generate"))

import fields as fields_page  # noqa: E402 pylint: disable=wrong-import-position
import kb826852 as kb_page  # noqa: E402 pylint: disable=wrong-import-position


@pytest.fixture
def is_page(request):
    """is_page(path, text): the page holds this text, or gets it with --regen."""
    def compare(path, text):
        if request.config.getoption("--regen"):
            path.write_text(text, encoding="utf-8")
        diff = "\n".join(difflib.unified_diff(path.read_text(encoding="utf-8").splitlines(),
                                              text.splitlines(), path.name, "now", lineterm=""))
        if diff:
            pytest.fail(f"pytest --regen writes it anew:\n{diff}", pytrace=False)
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


def test_every_row_of_the_article_is_shown():
    text = kb_page.PAGE.read_text(encoding="utf-8")
    shown = set(re.findall(r'^smsrc\.audit\.row == "(\w+)"', text, re.MULTILINE))
    assert {row.id for row in kb_page.table_rows() if row.kind not in kb_page.NEIGHBOURS} <= shown
