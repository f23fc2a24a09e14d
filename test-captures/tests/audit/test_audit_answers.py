# test_audit_answers.py
# An answer proves a role only for the request that it belongs to, and only if it is such a server's
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

import exchanges
from audit_rows import frames, host_lines, statistic
from exchanges import found
from generators import plan

answers = plan("plan_answers")
CASES = [pytest.param(group, number, id=f"{group}-{exchange.name}")
         for group, of_group in answers.GROUPS.items()
         for number, exchange in enumerate(of_group)]


@pytest.fixture(scope="module")
def roles(tshark, sandbox):
    """The lines of the statistic of roles for all exchanges, and its header."""
    path = exchanges.write(answers.GROUPS, sandbox.new_folder("answers") / "answers.pcap")
    return statistic(tshark, path, "roles")


@pytest.mark.parametrize("group, number", CASES)
@pytest.mark.parametrize("which", [answers.CLIENT, answers.SERVER])
def test_each_end_has_the_roles_that_the_answer_shows(roles, group, number, which):
    right = {role: basis for (of, role), basis in
             answers.GROUPS[group][number].learned.items() if of == which}
    held = found(roles, exchanges.end(answers.GROUPS, group, number, which))
    assert held.keys() == right.keys()
    assert all(basis in (None, right[role]) for role, basis in held.items())


# --- Small captures of others -------------------------------------------------------------------

@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", ["scanner-asks-for-mp", "http-own-answer", "http-pipelined",
                                  "smb-echo-and-tree", "ldap-bind-answers-search"])
def test_nobody_has_a_role(tshark, case, name, two_pass):
    lines = statistic(tshark, case(name), "roles", two_pass=two_pass)
    assert [line for line in lines if line[:1].isdigit()] == []
    assert frames(tshark, case(name), "smsrc.audit", two_pass=two_pass) == []


def test_a_response_that_continues_is_skipped(tshark, case):
    lines = statistic(tshark, case("iis-100-continue"), "roles")
    assert host_lines(lines, "10.1.1.13")


def test_a_client_that_sends_the_header_of_a_proxy_is_a_client(tshark, case):
    lines = statistic(tshark, case("via-header"), "roles")
    assert found(lines, "10.1.3.17").keys() == {"Advanced Client"}


def test_a_domain_controller_that_answers_as_a_name_server_is_one(tshark, case):
    capture = case("dc-is-dns-too")
    lines = statistic(tshark, capture, "roles")
    assert found(lines, "10.1.1.20").keys() >= {"Domain controller", "DNS server"}
    rows = tshark(capture, "-Y", "dns && smsrc.audit", "-T", "fields", "-e", "smsrc.audit.row")
    assert set(rows.stdout.split()) == {"H1"}


@pytest.mark.parametrize("name, server, roles", [
    ("dba-workstation", "10.1.1.12", {"SQL Server"}),
    ("sms-means-text-messages", "10.9.1.4", set())])
def test_one_weak_sign_is_not_confirmed(tshark, case, name, server, roles):
    held = found(statistic(tshark, case(name), "roles"), server)
    assert held.keys() == roles
    assert all(basis in (None, answers.UNCONFIRMED) for basis in held.values())
