# test_rc_damaged_messages.py
# Damaged messages: they are reported, nothing is lost, nothing crashes
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from rc_rows import by_frame, fields, frames

DAMAGED = ("rc-damage-tnmp-length", "rc-damage-offsets", "rc-damage-offsets-udp",
           "rc-damage-short-record", "rc-damage-no-nul", "rc-damage-many-names",
           "rc-damage-busy", "rc-damage-cut-capture", "rc-damage-rch-high-half",
           "rc-damage-rch-trailing", "rc-damage-rch-no-end", "rc-ntlmssp-damaged",
           "rc-cve-absurd")


@pytest.mark.parametrize("capture", DAMAGED)
def test_one_pass_two_passes_and_no_complaint(tshark, made, capture):
    names = ["frame.number", "smsrc.tnmp.type", "smsrc.rch.length", "smsrc.user.host",
             "smsrc.claimed_by"]
    one = fields(tshark, made(capture), names)
    assert any(row["smsrc.claimed_by"] for row in one)
    assert fields(tshark, made(capture), names, two_pass=True) == one
    tshark(made(capture), "-V", "-x")


def test_a_tnmp_length_that_cuts_the_record(tshark, made):
    """Length 0x57 ends before the names, then comes what is not TNMP."""
    capture = made("rc-damage-tnmp-length")
    assert not frames(tshark, capture, 'frame.number == 5 and smsrc.user.host')
    assert 5 in frames(tshark, capture, "smsrc.tnmp.type")


def test_an_absurd_tnmp_length_is_flagged(tshark, made):
    flagged = frames(tshark, made("rc-damage-tnmp-length"),
                     "smsrc.length_mismatch or _ws.malformed")
    assert 29 in flagged  # 0xFFFFFFFF
    assert 21 in flagged  # 1: less than the two words


def test_offsets_out_of_range_are_flagged_and_the_record_is_still_shown(tshark, made):
    for name, step, first in (("rc-damage-offsets", 5, 5), ("rc-damage-offsets-udp", 1, 1)):
        capture = made(name)
        records = [first + step * n for n in range(18)]
        assert sorted(by_frame(tshark, capture, "smsrc.user.version")) == records
        flagged = frames(tshark, capture, "smsrc.length_mismatch or _ws.malformed")
        # All but the one whose product begins within the product string: that one can be true.
        assert flagged == [record for n, record in enumerate(records) if n != 2], name


def test_a_short_record_shows_no_invented_names(tshark, made):
    capture = made("rc-damage-short-record")
    for length, frame in enumerate((5, 11, 17, 23)):
        assert not frames(tshark, capture, f"frame.number == {frame} and smsrc.user.host"), length


def test_no_nul_is_no_endless_name(tshark, made):
    products = by_frame(tshark, made("rc-damage-no-nul"), "smsrc.user.product")
    assert all(len(value) < 110 for values in products.values() for value in values)


def test_busy_text_that_does_not_fit_is_shown(tshark, made):
    capture = made("rc-damage-busy")
    assert by_frame(tshark, capture, "smsrc.tnmp.type") == {
        frame: [kind] for start in (4, 9, 14, 19)
        for frame, kind in ((start, "Information request"), (start + 1, "Busy"))}
    ports = by_frame(tshark, capture, "smsrc.busy.port")
    assert 5 not in ports and 20 not in ports
    assert ports[15] == ["1762"]
    assert by_frame(tshark, capture, "smsrc.busy.controller")[15] == ["fe80::51"]


def test_a_cut_capture_is_no_malformed_packet(tshark, made):
    """What the recording left out is Wireshark's 'packet size limited', not a protocol error."""
    capture = made("rc-damage-cut-capture")
    assert not frames(tshark, capture, "_ws.malformed or smsrc.length_mismatch or "
                                       "smsrc.cve_2004_0728")
    assert by_frame(tshark, capture, "smsrc.tnmp.type")[5] == ["Information reply"]
    assert frames(tshark, capture, "_ws.short") != []


def test_rch_without_its_end_is_not_taken_for_one(tshark, made):
    assert not frames(tshark, made("rc-damage-rch-no-end"), "smsrc.rch.length")
    assert frames(tshark, made("rc-damage-rch-no-end"), 'smsrc.claimed_by == "Port"') == [4]
