# test_first_window.py
# What a person reads in Wireshark's first window with the profile, without scrolling
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of the window is read by Tesseract, which takes some letters for others: l for 1."""

import re
import shutil
import subprocess

import pytest

from profile_tables import SITE_ROLE_LINES, column_widths
from recorded_truth import RECORDED
from window import Display, Wireshark, missing

pytestmark = pytest.mark.slow

# That in which Wireshark opens for a new user, and a small laptop's whole screen.
SIZES = ((750, 550), (1366, 768))
ADDRESS = r"\d+\.\d+\.\d+\.\d+"
FINDING = re.compile(rf"86 Off matrix near E[1lI] {ADDRESS} Advanced Client\W+{ADDRESS} "
                     "Management point")


def words(picture):
    """The lines of a picture of text; larger and without colors they are read better."""
    clear = picture.with_name(f"clear-{picture.name}")
    subprocess.run(["convert", picture, "-colorspace", "Gray", "-resize", "300%", "-threshold",
                    "55%", clear], check=True)
    return subprocess.run(["tesseract", clear, "-", "--psm", "6"], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


@pytest.fixture(scope="module")
def seen(sandbox, tmp_path_factory):
    """(width, height) -> what is read in the window, with a finding selected."""
    lacking = missing() or ("" if shutil.which("tesseract") else "no tesseract")
    if lacking:
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("first-window")
    read = {}
    with Display() as display, Wireshark(sandbox, display, RECORDED / "site-misconfigured.pcapng",
                                         roles=SITE_ROLE_LINES) as shark:
        for size in SIZES:
            shark.resize(shark.main, *size)
            shark.go_to(104)
            shark.go_to(86)
            shark.rest()
            shark.settle(shark.main)
            read[size] = words(shark.picture(folder / f"{size[0]}.png", shark.main))
    return read


@pytest.mark.parametrize("size", SIZES)
def test_verdict_row_and_both_roles_of_a_finding_are_read(seen, size):
    assert FINDING.search(seen[size]), seen[size]


def test_on_a_laptop_the_finding_is_read_in_info_too(seen):
    line, = (line for line in seen[1366, 768].splitlines() if FINDING.search(line))
    assert "GET" in line and "[Off matrix:" in line, line


def test_no_text_of_a_column_in_the_first_window_is_cut(seen):
    """Wireshark ends a text that its column has no place for with three dots."""
    rows = [line for line in seen[SIZES[0]].splitlines() if "Off matrix near" in line]
    assert len(rows) > 5
    assert [line for line in rows if ".." in line] == []


def test_the_columns_of_a_finding_fit_into_the_first_window():
    widths = column_widths()
    shown = list(widths)[:list(widths).index("%Cus:smsrc.audit.dst_role") + 1]
    assert shown[:3] == ["%m", "%Cus:smsrc.audit.verdict", "%Cus:smsrc.audit.row_shown"]
    assert "%Cus:smsrc.audit.src_role" in shown
    # The list is narrower than the window by its scroll bar with the colors of all packets.
    assert sum(widths[column] for column in shown) <= SIZES[0][0] - 48
    # A letter of the list has 8 points, and a cell 3 on either side.
    for column, text in (("%Cus:smsrc.audit.verdict", "Wrong direction"),
                         ("%Cus:smsrc.audit.row_shown", "near E1"),
                         ("%Cus:smsrc.audit.src_role", "Management point")):
        assert widths[column] >= 8 * len(text) + 6, column
