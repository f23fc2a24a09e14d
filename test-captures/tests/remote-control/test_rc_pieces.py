# test_rc_pieces.py
# Headers, greetings and denials that come in pieces, on any port
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

import pytest

from rc_rows import by_frame, frames
from scenes import in_pieces, opened, scene

PORTS = (9999, 2701, 2702, 2703, 2704, 1763)
SIZES = (1, 2, 3, 5, 7, 11)


def sent_in_pieces(what, by_agent=False):
    def play(cap, messages):
        for number, (port, size) in enumerate(itertools.product(PORTS, SIZES)):
            talk = opened(cap, port, agent=f"10.1.3.{number + 1}")
            data = what(messages)
            (talk.reply if by_agent else talk.send)(data, cuts=in_pieces(data, size))
            talk.close()
    return play


COUNT = len(PORTS) * len(SIZES)


@pytest.mark.parametrize("two_pass", [False, True])
def test_a_request_is_found(tshark, tmp_path, two_pass):
    capture = scene(tmp_path, sent_in_pieces(lambda messages: messages.INFORMATION_REQUEST))
    assert len(frames(tshark, capture, 'smsrc.tnmp.type == "Information request"',
                      two_pass=two_pass)) == COUNT


@pytest.mark.parametrize("two_pass", [False, True])
def test_a_reply_is_found_with_its_names(tshark, tmp_path, two_pass):
    capture = scene(tmp_path, sent_in_pieces(
        lambda messages: messages.information_reply(host="WKS17"), by_agent=True))
    assert list(by_frame(tshark, capture, "smsrc.user.host", two_pass=two_pass).values()) == [
        ["WKS17"]] * COUNT


@pytest.mark.parametrize("two_pass", [False, True])
def test_an_exploit_is_found(tshark, tmp_path, two_pass):
    capture = scene(tmp_path, sent_in_pieces(lambda messages: messages.rch(bytes(200))))
    assert len(frames(tshark, capture, "smsrc.cve_2004_0728", two_pass=two_pass)) == COUNT


@pytest.mark.parametrize("word", ["START_HANDSHAKE", "ERROR_LOGON_DENIED", "ERROR_NO_ACTIVE_USER",
                                  "ERROR_EXISTING_SESSION"])
@pytest.mark.parametrize("two_pass", [False, True])
def test_what_configmgr_says_in_clear_is_found(tshark, tmp_path, word, two_pass):
    capture = scene(tmp_path, sent_in_pieces(lambda messages: messages.cm_text(word), True))
    assert list(by_frame(tshark, capture, "smsrc.cm.text", two_pass=two_pass).values()) == [
        [word]] * COUNT


def test_pieces_are_found_that_are_sent_again(tshark, tmp_path):
    def play(cap, messages):
        talk = opened(cap, 9999)
        talk.send(messages.INFORMATION_REQUEST, cuts=[4, 8, 12], order=[0, 0, 1, 0, 1, 2, 3])
    assert len(frames(tshark, scene(tmp_path, play), "smsrc.tnmp.type")) == 1


def test_other_protocols_that_begin_alike_are_left_alone(tshark, tmp_path):
    """The same columns as without the plugin, but for the ports of Remote Control."""
    def play(cap, messages):
        for number, data in enumerate((b"RTSP/1.0 200 OK\r\n\r\n", b"TRACE / HTTP/1.1\r\n\r\n",
                                       b"R", b"RC", b"RCH0", b"TNMP\x04\0\0\0TNM?", b"*\0\0\x80*\0",
                                       b'"quoted"', b"RCH0\x04\0\0\0RCHF", b"(x)", b"0", b",")):
            for size in (1, 4):
                talk = opened(cap, 9999, agent=f"10.1.3.{2 * number + size % 2}")
                talk.send(data, cuts=in_pieces(data, size))
                talk.reply(data)
                talk.close()
    capture = scene(tmp_path, play)
    assert tshark(capture).stdout == tshark(capture, plugin=False).stdout
