# test_audit_info.py
# The column Info names a finding on the packet that carries it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets are those of the profile's button "All findings"."""

import re

import pytest

from profile_tables import BUTTONS
from recorded_truth import RECORDED

pytestmark = pytest.mark.quick

FINDINGS, = (button.filter for button in BUTTONS if button.label == "All findings")
FINDING = re.compile(r" \[(CVE-2004-0728|Blocked: [A-Z0-9]+|"
                     r"Wrong direction: TCP \d+, near [A-Z0-9]+|"
                     r"(?:Off matrix|Wrong service): (?:[\w ]+ on )?(?:TCP|UDP) \d+"
                     r"(?:, (?:near )?[A-Z0-9]+)?)\]")
OFF = ("smsrc.audit.info:FALSE",)


def findings(tshark, capture, *args, **how):
    """Frame -> the findings in its Info, as the packet list has it: since 4.4 the field of the
    column, _ws.col.info, is filled before any post-dissector."""
    columns = 'gui.column.format:"Number","%m","Info","%i"'
    rows = tshark(capture, *args, prefs=[columns, *how.pop("prefs", ())], **how).stdout
    shown = (line.split(maxsplit=1) for line in rows.splitlines())
    return {int(line[0]): FINDING.findall(line[1]) for line in shown
            if len(line) > 1 and FINDING.search(line[1])}


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", ["demo", "site-violations", "audit-odd-ports"])
def test_the_packets_of_all_findings_say_them(tshark, made, name, two_pass):
    shown = findings(tshark, made(name), two_pass=two_pass)
    wanted = tshark(made(name), "-Y", FINDINGS, "-T", "fields", "-e", "frame.number",
                    two_pass=two_pass).stdout.split()
    assert wanted and sorted(shown) == [int(frame) for frame in wanted]


def test_each_kind_of_finding_is_said_in_its_words(tshark, made):
    shown = findings(tshark, RECORDED / "site-misconfigured.pcapng")
    words = {word for found in shown.values() for word in found}
    assert {"Off matrix: TCP 8080, near E1", "Off matrix: UDP 8888, near A8",
            "Wrong direction: TCP 2701, near F3"} <= words
    assert {"Blocked: C1", "Wrong service: ConfigMgr Remote Control on TCP 2702, near F5"} <= {
        word for found in findings(tshark, made("site-violations")).values() for word in found}
    assert findings(tshark, made("demo"))[110] == ["CVE-2004-0728"]


def test_the_preference_turns_it_off(tshark, made):
    assert findings(tshark, made("site-violations"))
    assert not findings(tshark, made("site-violations"), prefs=OFF)
    assert not findings(tshark, made("demo"), prefs=OFF)
