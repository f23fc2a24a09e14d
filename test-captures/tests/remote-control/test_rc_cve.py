# test_rc_cve.py
# CVE-2004-0728: what its public signatures flag is flagged, what is well-formed is not
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from conftest import ALL_MADE
from rc_rows import frames

# Capture, frames of the CVE, frames of a length that does not match.
CASES = (
    ("rc-cve-check", [4], [4]),            # the public check
    ("rc-cve-body-130", [4], []),          # Snort 3:15148: length >= 130
    ("rc-cve-mismatch", [4], [4]),         # Snort 3:15148: length and segment differ
    ("rc-cve-length", [4, 8], [4, 8]),     # Snort 1:3673: u16 > 131, at once
    ("rc-cve-absurd", [4], None),
    ("rc-cve-odd-port", [4], [4]),
    ("rc-cve-not", [], []),
    ("rc-cve-not-from-agent", [], []),
    ("rc-damage-rch-high-half", [], [4]),
    ("rc-damage-rch-trailing", [4], [4]),
    ("rc-damage-rch-no-end", [], None),
    ("rc-session", [], []),
)


@pytest.mark.parametrize("capture, cve, mismatch", CASES)
def test_flagged(tshark, made, capture, cve, mismatch):
    assert frames(tshark, made(capture), "smsrc.cve_2004_0728") == cve
    if mismatch is not None:
        assert frames(tshark, made(capture), "smsrc.length_mismatch") == mismatch


def test_the_check_in_segments_is_flagged_once(tshark, made):
    assert len(frames(tshark, made("rc-cve-segmented"), "smsrc.cve_2004_0728")) == 1


def test_severity_and_group(tshark, made):
    found = frames(tshark, made("rc-cve-check"),
                   '_ws.expert.severity == "Error" and _ws.expert.group == "Security" '
                   "and smsrc.cve_2004_0728")
    assert found == [4]


def test_the_expert_report_names_it(tshark, made):
    report = tshark(made("demo"), "-q", "-z", "expert,error").stdout
    assert "CVE-2004-0728" in report


# All other made captures of Remote Control are clean.
FLAGGED = {case[0] for case in CASES if case[1]} | {"demo", "rc-cve-segmented"}


@pytest.mark.parametrize("capture", [name for name in ALL_MADE
                                     if name.startswith("rc-") and name not in FLAGGED])
def test_nothing_else_is_flagged(tshark, made, capture):
    assert frames(tshark, made(capture), "smsrc.cve_2004_0728") == []
