# test_user_tables.py
# The user's tables smsrc_roles and smsrc_rows, and the preferences of the audit
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import (
    AUDIT, EXPERTS, LEARN_OFF, audited, frames, of_flow, plan_site, planned_key, site_prefs, uat,
    values, with_expert)

pytestmark = pytest.mark.quick

PLANTED = {planted.name: planted for planted in plan_site.PLANTED}
E1 = next(flow for flow in plan_site.FLOWS if flow.row == "E1")
E2 = next(flow for flow in plan_site.FLOWS if flow.row == "E2")
CLIENT_LINE = '"%s","Advanced Client","ABC"' % E1.client
MP_LINE = '"%s","Management point","ABC"' % E1.server


@pytest.fixture
def home_with(fresh_home):
    """home_with(table, lines) -> a HOME with this table in its own file."""
    def make(table, lines):
        home = fresh_home()
        folder = home / ".config" / "wireshark"
        folder.mkdir(parents=True)
        (folder / table).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        for path in (home, home / ".config", folder):
            path.chmod(0o755)
        (folder / table).chmod(0o644)
        return {"HOME": home, "XDG_CONFIG_HOME": None}
    return make


# --- smsrc_roles --------------------------------------------------------------------------------

def test_the_file_gives_roles(tshark, made, home_with):
    env = home_with("smsrc_roles", [CLIENT_LINE, MP_LINE])
    found = audited(tshark, made("site-clean"), prefs=[LEARN_OFF], env=env)
    assert values(of_flow(found, E1), "row") == {"E1"}


@pytest.mark.parametrize("bad, text", [
    ('"10.1.3.300","Advanced Client","ABC"', "10.1.3.300"),
    ('"10.1.3.0/33","Advanced Client","ABC"', "10.1.3.0/33"),
    ('"10.1.3.11","Advanced Cleint","ABC"', "Advanced Cleint"),
    ('"10.1.3.11","Advanced Client","ABCD"', "ABCD"),
    ('"2001:db8::g","Advanced Client","ABC"', "2001:db8::g"),
])
def test_a_bad_line_is_told_and_the_good_ones_work(tshark, made, home_with, bad, text):
    """Good lines before and after the bad one."""
    env = home_with("smsrc_roles", [CLIENT_LINE, bad, MP_LINE])
    done = tshark(made("site-clean"), "-Y", 'smsrc.audit.row == "E1"', "-T", "fields", "-e",
                  "frame.number", prefs=[LEARN_OFF], env=env, check=False)
    assert done.returncode == 0
    assert "smsrc_roles" in done.stderr
    assert text in done.stderr
    assert len(done.stdout.splitlines()) >= 8
    # On the command line such a line is refused.
    refused = tshark(made("site-clean"), prefs=uat("smsrc_roles", bad), check=False)
    assert refused.returncode != 0
    assert text in refused.stderr


def test_networks_give_roles(tshark, made):
    prefs = uat("smsrc_roles", '"10.1.3.0/24","Advanced Client","ABC"', MP_LINE)
    found = audited(tshark, made("site-clean"), prefs=[LEARN_OFF, *prefs])
    assert values(of_flow(found, E1), "verdict") == {"Listed"}


def test_the_longest_match_counts_alone(tshark, made):
    prefs = uat("smsrc_roles", '"10.0.0.0/8","SQL Server",""',
                '"10.1.3.0/24","Advanced Client","ABC"', MP_LINE)
    found = of_flow(audited(tshark, made("site-clean"), prefs=[LEARN_OFF, *prefs]), E1)
    assert values(found, "initiator_role") == {"Advanced Client"}
    assert values(found, "responder_role") == {"Management point"}


def test_a_host_has_all_roles_of_its_lines(tshark, made):
    prefs = uat("smsrc_roles", CLIENT_LINE, MP_LINE,
                '"%s","BITS distribution point","ABC"' % E1.server)
    found = of_flow(audited(tshark, made("site-clean"), prefs=[LEARN_OFF, *prefs]), E1)
    assert values(found, "responder_role") == {"Management point", "BITS distribution point"}


def test_letters_of_either_case(tshark, made):
    prefs = uat("smsrc_roles", '"%s","advanced client",""' % E1.client,
                '"%s","MANAGEMENT POINT",""' % E1.server)
    found = audited(tshark, made("site-clean"), prefs=[LEARN_OFF, *prefs])
    assert values(of_flow(found, E1), "verdict") == {"Listed"}


def test_ipv6_hosts_and_networks(tshark, made):
    prefs = uat("smsrc_roles", '"2001:db8:1::50","Administrator console",""',
                '"2001:db8:1:3::/64","Advanced Client","ABC"')
    found = audited(tshark, made("rc-information-ipv6"), prefs=[LEARN_OFF, *prefs], two_pass=True)
    assert values(found, "row") == {"F3"}
    assert values(found, "verdict") == {"Listed"}
    assert len([row for row in found if row[AUDIT + "verdict"]]) == len(found)


def test_the_site_code_is_of_the_table(tshark, made):
    prefs = uat("smsrc_roles", '"%s","Advanced Client",""' % E1.client,
                '"%s","Management point","X1Y"' % E1.server)
    found = audited(tshark, made("site-clean"), prefs=[LEARN_OFF, *prefs])
    assert values(of_flow(found, E1), "site_code") == {"X1Y"}


# --- smsrc_rows ---------------------------------------------------------------------------------

ON_8080 = PLANTED["MP asked on 8080"]


def test_a_row_of_the_users_is_listed(tshark, made):
    rows = uat("smsrc_rows", '"Advanced Client","Management point","TCP","8080","HTTP","moved"')
    found = audited(tshark, made("site-violations"), prefs=site_prefs(*rows))
    assert values(of_flow(found, ON_8080), "verdict") == {"Listed"}
    assert values(of_flow(found, ON_8080), "row") == {"USER1"}
    assert not with_expert(of_flow(found, ON_8080), "off_matrix")
    # And it is that flow's alone.
    other = PLANTED["files of the BITS DP on 8000"]
    assert with_expert(of_flow(found, other), "off_matrix")


def test_a_row_of_the_users_holds_its_service(tshark, made):
    rows = uat("smsrc_rows", '"Advanced Client","Management point","TCP","8080","TLS",""')
    found = of_flow(audited(tshark, made("site-violations"), prefs=site_prefs(*rows)), ON_8080)
    assert with_expert(found, "wrong_service")
    assert "USER1" in values(found, "row")


def test_a_row_for_any_role_and_a_range(tshark, made):
    rows = uat("smsrc_rows", '"any","any","TCP+UDP","8000-8100,8888","",""')
    found = audited(tshark, made("site-violations"), prefs=site_prefs(*rows))
    for name in ("MP asked on 8080", "files of the BITS DP on 8000",
                 "Kerberos on 8888, which is a misprint"):
        assert values(of_flow(found, PLANTED[name]), "verdict") == {"Listed"}


@pytest.mark.parametrize("bad, text", [
    ('"Advanced Client","Management point","TCP","80800","HTTP",""', "80800"),
    ('"Advanced Client","Management point","SCTP","8080","HTTP",""', "SCTP"),
    ('"No one","Management point","TCP","8080","HTTP",""', "No one"),
])
def test_a_bad_row_is_told_and_the_good_ones_work(tshark, made, home_with, bad, text):
    good = '"Advanced Client","Management point","TCP","8080","HTTP","moved"'
    env = home_with("smsrc_rows", [bad, good])
    done = tshark(made("site-violations"), "-Y", 'smsrc.audit.row == "USER1"', "-T", "fields",
                  "-e", "frame.number", prefs=site_prefs(), env=env, check=False, two_pass=True)
    assert done.returncode == 0
    assert "smsrc_rows" in done.stderr
    assert text in done.stderr
    assert len(done.stdout.splitlines()) == 8
    refused = tshark(made("site-clean"), prefs=uat("smsrc_rows", bad), check=False)
    assert refused.returncode != 0
    assert text in refused.stderr


# --- Preferences --------------------------------------------------------------------------------

def test_without_learning_and_without_a_table_nothing_is_judged(tshark, made):
    for name in ("site-violations", "audit-http", "rc-session"):
        assert frames(tshark, made(name), "smsrc.audit", prefs=[LEARN_OFF]) == []


def test_an_http_port_of_the_sites_own(tshark, made):
    prefs = site_prefs("smsrc.audit.http_ports:8080")
    found = audited(tshark, made("site-violations"), prefs=prefs)
    assert values(of_flow(found, ON_8080), "verdict") == {"Listed"}
    assert values(of_flow(found, ON_8080), "row") == {"E1"}
    assert with_expert(of_flow(found, PLANTED["files of the BITS DP on 8000"]), "off_matrix")


def test_a_custom_sql_port_is_not_for_clients(tshark, made):
    found = audited(tshark, made("site-violations"), prefs=site_prefs())
    assert with_expert(of_flow(found, PLANTED["client on SQL's custom port"]), "off_matrix")


def test_flag_every_tells_it_on_every_frame(tshark, made):
    prefs = site_prefs("smsrc.audit.flag:every")
    found = audited(tshark, made("site-violations"), prefs=prefs)
    once = audited(tshark, made("site-violations"), prefs=site_prefs())
    for name in ("MP asked on 8080", "client's Kerberos"):
        flow = of_flow(found, PLANTED[name])
        expert = PLANTED[name].expert
        of_verdict = [row for row in flow if row[AUDIT + "verdict"] == [PLANTED[name].verdict]]
        assert len(with_expert(flow, expert)) == len(of_verdict) > 1
        assert len(with_expert(of_flow(once, PLANTED[name]), expert)) == 1


def test_scope_one_judges_what_one_end_makes_sms(tshark, made):
    stranger = next(flow for flow in plan_site.BACKGROUND
                    if flow.client in plan_site.CLIENTS and flow.server == plan_site.WEB)
    both = audited(tshark, made("site-clean"), prefs=site_prefs(LEARN_OFF))
    assert values(of_flow(both, stranger), "verdict") == set()
    one = audited(tshark, made("site-clean"),
                  prefs=site_prefs(LEARN_OFF, "smsrc.audit.scope:one"))
    assert values(of_flow(one, stranger), "verdict") == {"Off matrix"}
    # A flow between two hosts without a role gets no verdict.
    stranger = next(flow for flow in plan_site.BACKGROUND if flow.client == plan_site.STRANGER)
    assert not [row for row in one if row["key"] == planned_key(stranger) and
                row[AUDIT + "verdict"]]


def test_the_protocol_can_be_disabled(tshark, made):
    done = tshark(made("site-violations"), "--disable-protocol", "smsrc.audit", "-Y",
                  " or ".join(EXPERTS), prefs=site_prefs())
    assert done.stdout == ""
