# test_audit_role_signatures.py
# Each signature gives its role when it is answered, and none when it is not
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import (
    AUDIT, LEARN_OFF, audited, flow_key, frames, host_lines, lines_with,
    plan_signatures as plan, statistic, values, with_expert)
from generators import generator

ANSWERED = [group for group in plan.GROUPS if group != "never"]
CASES = [pytest.param(group, number, id=f"{group}-{signature.name}")
         for group in ANSWERED for number, signature in enumerate(plan.GROUPS[group])]
PROBED = {group: f"audit-{group}-probes" for group in ANSWERED}


@pytest.fixture(scope="module")
def roles(tshark, made):
    """The lines of the statistic of roles, for a capture, and for its second pass."""
    kept = {}

    def lines(name, **options):
        key = (name, *options)
        if key not in kept:
            kept[key] = statistic(tshark, made(name), "roles", **options)
        return kept[key]
    return lines


@pytest.fixture(scope="module")
def table(tshark, made):
    kept = {}

    def frames_of(name):
        if name not in kept:
            kept[name] = audited(tshark, made(name))
        return kept[name]
    return frames_of


def frames_of_case(table, group, number):
    signature = plan.GROUPS[group][number]
    client_port = 138 if signature.port == 138 else 1100 + number
    key = flow_key(signature.transport, plan.end(group, number, plan.CLIENT), client_port,
                   plan.end(group, number, plan.SERVER), signature.port)
    return [row for row in table(f"audit-{group}") if row["key"] == key]


@pytest.mark.parametrize("group, number", CASES)
def test_answered_it_gives_the_role_with_its_reason(roles, group, number):
    signature = plan.GROUPS[group][number]
    for which, role in signature.learned:
        of_host = host_lines(roles(f"audit-{group}"), plan.end(group, number, which))
        found = lines_with(of_host, role)
        assert found, of_host
        assert lines_with(found, signature.word) or lines_with(of_host, signature.word)
        if signature.site and which != plan.CLIENT:
            assert lines_with(found, signature.site)


@pytest.mark.parametrize("group, number", CASES)
def test_answered_it_gives_no_other_role_to_a_server(roles, group, number):
    learned = {role for which, role in plan.GROUPS[group][number].learned
               if which == plan.SERVER}
    of_host = host_lines(roles(f"audit-{group}"), plan.end(group, number, plan.SERVER))
    assert len(of_host) <= len(learned), of_host


@pytest.mark.parametrize("group", PROBED)
def test_a_probe_gives_no_role(roles, group):
    listed = roles(PROBED[group])
    hosts = [plan.end(group, number, which) for number in range(len(plan.GROUPS[group]))
             for which in (plan.CLIENT, plan.SERVER, plan.OWNER)]
    assert [line for host in hosts for line in host_lines(listed, host)] == []


@pytest.mark.parametrize("group", [group for group in PROBED if group != "remote"])
def test_a_probe_is_not_judged(tshark, made, group):
    """Save that of Remote Control itself, which is what it is without an answer too."""
    assert frames(tshark, made(PROBED[group]), "smsrc.audit") == []
    assert frames(tshark, made(PROBED[group]), "smsrc.audit", two_pass=True) == []


def test_what_only_looks_like_a_signature_gives_no_role(roles, tshark, made):
    listed = roles("audit-never")
    hosts = [plan.end("never", number, which) for number in range(len(plan.NEVER))
             for which in (plan.CLIENT, plan.SERVER, plan.OWNER)]
    assert [line for host in hosts for line in host_lines(listed, host)] == []
    assert frames(tshark, made("audit-never"), "smsrc.audit.verdict") == []
    # The first of the shares of Configuration Manager that is granted.
    assert len(frames(tshark, made("audit-never"), "smsrc.audit")) == 1
    assert len(frames(tshark, made("audit-never"), "smsrc.audit.other_product")) == 1


@pytest.mark.parametrize("group, number", [
    pytest.param("http", number, id=signature.name) for number, signature in
    enumerate(plan.HTTP) if signature.learned[0][0] == plan.SERVER])
def test_the_evidence_names_its_frame(table, group, number):
    """The frame of the request is in the same flow, before what it proves."""
    found = frames_of_case(table, group, number)
    signature = plan.GROUPS[group][number]
    assert any(signature.word in text.lower() for text in values(found, "evidence"))
    numbers = [row["number"] for row in found]
    shown = [int(frame) for frame in values(found, "evidence.frame")]
    assert shown and set(shown) <= set(numbers)
    for row in found:
        assert all(int(frame) <= row["number"] for frame in row[AUDIT + "evidence.frame"])


@pytest.mark.parametrize("name", plan.ODD_VERDICTS)
def test_on_an_odd_port_it_is_off_the_matrix(table, name):
    service, rows = plan.ODD_VERDICTS[name]
    number = [signature.name for signature in plan.ODD_PORTS].index(name)
    found = frames_of_case(table, "odd-ports", number)
    warned = with_expert(found, "off_matrix")
    assert len(warned) == 1
    assert warned[0][AUDIT + "service"] == [service]
    assert warned[0][AUDIT + "server_port"] == [str(plan.ODD_PORTS[number].port)]
    assert set(warned[0][AUDIT + "row"]) <= set(rows)


@pytest.mark.parametrize("group", [group for group in ANSWERED if group != "odd-ports"])
def test_on_its_own_port_it_raises_no_warning(table, group):
    found = with_expert(table(f"audit-{group}"), "off_matrix", "wrong_service", "blocked")
    assert [row["number"] for row in found] == []


@pytest.mark.parametrize("group", ANSWERED)
def test_learning_can_be_turned_off(roles, group):
    listed = roles(f"audit-{group}", prefs=[LEARN_OFF])
    hosts = [plan.end(group, number, which) for number in range(len(plan.GROUPS[group]))
             for which in (plan.CLIENT, plan.SERVER, plan.OWNER)]
    assert [line for host in hosts for line in host_lines(listed, host)] == []


def test_each_reader_of_a_reporting_point_is_judged(tshark, sandbox):
    """Its role is known after the first of them; the second flow is a flow all the same."""
    cap = generator("flows").Capture()
    for number, reader in enumerate(("10.9.0.1", "10.9.0.2")):
        flow = cap.tcp(reader, 1100 + number, "10.9.1.1", 80)
        flow.open()
        flow.send(b"GET /SMSReporting_ABC/Report.asp?ReportID=12 HTTP/1.1\r\nHost: rp\r\n\r\n")
        flow.reply(plan.REPORT)
        flow.close()
    path = sandbox.new_folder("readers") / "readers.pcap"
    cap.write(path)
    path.chmod(0o644)
    judged = tshark(path, "-Y", 'smsrc.audit.row == "GAP28"', "-T", "fields", "-e", "tcp.stream")
    assert set(judged.stdout.split()) == {"0", "1"}


# --- Small captures of others -------------------------------------------------------------------

@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
def test_the_namespace_of_any_windows_client_shows_no_provider(tshark, case, two_pass):
    assert role_lines_of(tshark, case("rpc-smsdm"), two_pass) == []
    assert frames(tshark, case("rpc-smsdm"), "smsrc.audit", two_pass=two_pass) == []


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
def test_an_answer_of_dns_does_not_make_the_name_server_a_management_point(tshark, case,
                                                                           two_pass):
    """The host that it points to sends nothing there, and so has no line."""
    assert role_lines_of(tshark, case("dns-glue"), two_pass) == []


def role_lines_of(tshark, capture, two_pass):
    """The lines of hosts in the statistic of roles."""
    return [line for line in statistic(tshark, capture, "roles", two_pass=two_pass)
            if line[:1].isdigit()]
