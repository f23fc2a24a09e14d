# test_cm_session_rows.py
# ConfigMgr's remote control in the log of sessions: who, whom, and what was granted
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from cm_recorded import ALL, keys, messages, play, recorded  # noqa: F401
from rc_rows import by_frame, frames
from session_rows import statistic, table

pytestmark = pytest.mark.quick

# Outcome, reason without and with keys, host, account without and with keys.
TRUTH = {
    "kerberos": ("Closed", "Full control", "Full control, taken over, curtain",
                 "wks17.example.test", "", "EXAMPLE.TEST\\jdoe"),
    "kerberos-dce": ("Closed", "Full control", "Full control", "wks17.example.test", "",
                     "EXAMPLE.TEST\\jdoe"),
    "ntlm": ("Closed", "Full control", "Full control", "", "EXAMPLE\\jdoe", "EXAMPLE\\jdoe"),
    "view-only": ("Closed", "View only", "View only", "wks17.example.test", "",
                  "EXAMPLE.TEST\\jdoe"),
    "denied": ("Refused", "Access denied", "Access denied", "wks17.example.test", "",
               "EXAMPLE.TEST\\jdoe"),
    "refused": ("Refused", "No active user", "No active user", "", "", ""),
}


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_the_table_of_sessions_without_keys(tshark, name, two_pass):
    outcome, reason, _, host, account, _ = TRUTH[name]
    row, = table(statistic(tshark, recorded(name), two_pass=two_pass))
    assert (row["kind"], row["viewer"], row["agent"]) == (
        "ConfigMgr remote control", "10.1.0.50", "10.1.3.17")
    assert (row["outcome"], row["reason"], row["host"], row["account"]) == (
        outcome, reason, host, account)
    assert (row["functions"], row["carriers"]) == ("Control", "TCP")


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_the_table_of_sessions_with_keys(tshark, keys, name, two_pass):  # noqa: F811
    outcome, _, reason, host, _, account = TRUTH[name]
    row, = table(statistic(tshark, recorded(name), prefs=keys, two_pass=two_pass))
    assert (row["outcome"], row["reason"], row["host"], row["account"]) == (
        outcome, reason, host, account)


@pytest.mark.parametrize("name", ALL)
def test_every_frame_of_the_connection_is_of_the_session(tshark, name):
    numbers = by_frame(tshark, recorded(name), "smsrc.session", two_pass=True)
    assert list(numbers) == frames(tshark, recorded(name), "tcp.port == 2701")
    assert {value for values in numbers.values() for value in values} == {"1"}


def test_each_connection_is_a_session_on_any_port(tshark, tmp_path):
    capture = play(messages("view-only"), tmp_path / "9999.pcap", port=9999)
    row, = table(statistic(tshark, capture))
    assert (row["kind"], row["reason"]) == ("ConfigMgr remote control", "View only")


def test_the_tree_counts_its_messages(tshark):
    text = statistic(tshark, recorded("denied"), "tree")
    for line in ("ConfigMgr control", "ConfigMgr handshake", "ConfigMgr sealed message"):
        assert line in text
