# test_audit_without_sms.py
# Where there is no SMS there is no audit: not one frame, in either pass
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import frames
from conftest import ALL_MADE, ALL_MOVED, ALL_REAL

# Three requests with the method CCM_POST: a survey of methods, which its server answers.
METHODS = "kb-methods.pcap"
# tshark itself logs dissector bugs here.
NOISY = "fuzz-ldap-max-recursion.pcap"


@pytest.mark.parametrize("two_pass", [False, True], ids=["one-pass", "two-pass"])
@pytest.mark.parametrize("name", [name for name in ALL_REAL if name != METHODS])
def test_a_real_capture_is_not_audited(tshark, real, name, two_pass):
    done = tshark(real(name), "-Y", "smsrc.audit", "-T", "fields", "-e", "frame.number",
                  check=name != NOISY, two_pass=two_pass)
    assert done.returncode == 0
    assert done.stdout == ""


@pytest.mark.parametrize("name", ALL_MOVED)
def test_a_moved_capture_is_not_audited_without_a_table(tshark, moved, name):
    assert frames(tshark, moved(name), "smsrc.audit") == []


@pytest.mark.parametrize("name", [name for name in ALL_MADE if name.startswith("rc-not-")])
def test_what_passes_through_our_ports_is_not_audited(tshark, made, name):
    assert frames(tshark, made(name), "smsrc.audit") == []
    assert frames(tshark, made(name), "smsrc.audit", two_pass=True) == []


def test_the_port_alone_is_no_role(tshark, made):
    assert frames(tshark, made("rc-port-alone"), "smsrc") != []
    assert frames(tshark, made("rc-port-alone"), "smsrc.audit") == []


def test_decode_as_is_no_role(tshark, made):
    as_user = ("-d", "tcp.port==9999,smsrc.chat")
    assert frames(tshark, made("rc-decode-as"), "smsrc", *as_user) != []
    assert frames(tshark, made("rc-decode-as"), "smsrc.audit", *as_user) == []


@pytest.mark.parametrize("statistic", ["roles", "audit"])
def test_statistics_of_nothing_name_no_host(tshark, made, statistic):
    text = tshark(made("rc-not-http"), "-q", "-z", f"smsrc,{statistic}").stdout
    assert "10.1." not in text
