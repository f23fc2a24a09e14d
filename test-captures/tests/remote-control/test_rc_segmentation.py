# test_rc_segmentation.py
# RCH0 and TNMP messages however TCP cuts, repeats, loses or reorders their segments
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from rc_rows import by_frame, fields, frames

pytestmark = pytest.mark.quick

# What TCP itself needs to put a message together whose segments came in the wrong order.
REORDER = "tcp.reassemble_out_of_order:TRUE"


def test_rch_with_its_header_cut(tshark, made):
    lengths = by_frame(tshark, made("rc-rch-split-header"), "smsrc.rch.length")
    assert lengths == {5: ["22"], 10: ["22"], 15: ["22"], 20: ["22"]}
    grounds = by_frame(tshark, made("rc-rch-split-header"), "smsrc.claimed_by",
                       "-Y", "smsrc.rch.length")
    assert set(map(tuple, grounds.values())) == {("Content",)}


def test_rch_with_its_body_cut(tshark, made):
    lengths = by_frame(tshark, made("rc-rch-split-body"), "smsrc.rch.length")
    assert lengths == {5: ["22"], 10: ["22"]}
    assert not frames(tshark, made("rc-rch-split-body"), "smsrc.length_mismatch")


def test_several_rch_in_a_segment(tshark, made):
    lengths = by_frame(tshark, made("rc-rch-several"), "smsrc.rch.length")
    assert lengths[4] == ["22", "0", "5"]
    assert [v for frame, values in lengths.items() if frame > 4 for v in values] == \
        ["22", "0", "5"]
    assert not frames(tshark, made("rc-rch-several"),
                      "smsrc.length_mismatch or smsrc.cve_2004_0728")


def test_rch_after_a_lost_segment(tshark, made):
    """What follows the gap is known again, and no byte that was recorded is hidden."""
    capture = made("rc-rch-lost")
    assert by_frame(tshark, capture, "smsrc.rch.length") == {6: ["7"], 7: ["9"]}
    assert frames(tshark, capture, "tcp.segment_data or smsrc.data") == [4, 5, 6, 7]
    assert not frames(tshark, capture, "smsrc.cve_2004_0728")


def test_rch_out_of_order(tshark, made):
    capture = made("rc-rch-out-of-order")
    lengths = by_frame(tshark, capture, "smsrc.rch.length", prefs=[REORDER])
    assert [v for values in lengths.values() for v in values] == ["0", "22", "7"]
    assert not frames(tshark, capture, "smsrc.length_mismatch or smsrc.cve_2004_0728",
                      prefs=[REORDER])
    # As TCP leaves them: the last message is known, whatever happened before it.
    assert by_frame(tshark, capture, "smsrc.rch.length")[7] == ["7"]


def test_rch_retransmitted(tshark, made):
    lengths = by_frame(tshark, made("rc-rch-retransmitted"), "smsrc.rch.length")
    assert [v for values in lengths.values() for v in values] == ["22", "7"]


def test_tnmp_with_its_header_cut(tshark, made):
    types = by_frame(tshark, made("rc-tnmp-split-header"), "smsrc.tnmp.type")
    assert types == {start: [kind] for first in (5, 12, 19, 26)
                     for start, kind in ((first, "Information request"),
                                         (first + 2, "Information reply"))}
    hosts = by_frame(tshark, made("rc-tnmp-split-header"), "smsrc.user.host")
    assert set(map(tuple, hosts.values())) == {("WKS17",)} and len(hosts) == 4


def test_tnmp_with_its_body_cut(tshark, made):
    hosts = by_frame(tshark, made("rc-tnmp-split-body"), "smsrc.user.host")
    assert hosts == {6: ["WKS17"], 12: ["WKS17"], 18: ["WKS17"]}
    users = by_frame(tshark, made("rc-tnmp-split-body"), "smsrc.user.user")
    assert users == {6: ["jdoe"], 12: ["jdoe"], 18: ["jdoe"]}


def test_several_tnmp_in_a_segment(tshark, made):
    types = by_frame(tshark, made("rc-tnmp-several"), "smsrc.tnmp.type")
    assert types[5] == ["Information reply", "Refused"]
    assert [v for frame, values in types.items() if frame > 9 for v in values] == \
        ["Information reply", "Refused"]


def test_tnmp_after_a_lost_segment(tshark, made):
    """The cut reply is TCP's to show, as a message of which a segment is missing."""
    capture = made("rc-tnmp-lost")
    assert by_frame(tshark, capture, "smsrc.tnmp.type") == {
        4: ["Information request"], 7: ["Refused"]}
    assert frames(tshark, capture, "tcp.segment_data") == [5, 6]


def test_tnmp_out_of_order(tshark, made):
    capture = made("rc-tnmp-out-of-order")
    types = by_frame(tshark, capture, "smsrc.tnmp.type", prefs=[REORDER])
    assert [v for values in types.values() for v in values] == \
        ["Information request", "Information reply", "Refused"]
    hosts = by_frame(tshark, capture, "smsrc.user.host", prefs=[REORDER])
    assert list(hosts.values()) == [["WKS17"]]
    assert by_frame(tshark, capture, "smsrc.tnmp.type")[7] == ["Refused"]


def test_tnmp_retransmitted(tshark, made):
    types = by_frame(tshark, made("rc-tnmp-retransmitted"), "smsrc.tnmp.type")
    assert [v for values in types.values() for v in values] == \
        ["Information request", "Information reply"]


def test_keep_alives_are_nothing(tshark, made):
    assert frames(tshark, made("rc-keep-alive"), "smsrc") == [4, 5]


@pytest.mark.parametrize("pref", ["tcp.desegment_tcp_streams:FALSE", "smsrc.desegment:FALSE"])
def test_without_reassembly_each_segment_is_shown(tshark, made, pref):
    for capture in ("rc-rch-split-body", "rc-rch-split-header"):
        found = frames(tshark, made(capture), "smsrc", prefs=[pref])
        assert found == [n for n in range(4, 21) if n % 5 in (0, 4)][:len(found)]
        assert len(found) >= 4


@pytest.mark.parametrize("capture", [
    "rc-rch-lost", "rc-rch-out-of-order", "rc-rch-retransmitted", "rc-tnmp-lost",
    "rc-tnmp-out-of-order", "rc-tnmp-retransmitted", "rc-rch-split-header",
    "rc-tnmp-split-header"])
def test_two_passes_see_the_same_messages(tshark, made, capture):
    names = ["frame.number", "smsrc.rch.length", "smsrc.tnmp.type", "smsrc.claimed_by"]
    one = fields(tshark, made(capture), names)
    assert any(row["smsrc.claimed_by"] for row in one)
    assert fields(tshark, made(capture), names, two_pass=True) == one
