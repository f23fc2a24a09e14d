# test_audit_cut_captures.py
# A role shows wherever a capture begins, and however its evidence is split into packets
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import subprocess

import pytest

from audit_rows import AUDIT, audited, frames, host_lines, plan_signatures, statistic
from rc_rows import fields
from recorded_truth import RECORDED

CAPTURES = ("audit-http", "audit-smb", "audit-netbios", "audit-directory", "audit-odd-ports")


def evidence(table):
    """What the audit gives as reasons: (host, role and reason) -> the frame that showed it."""
    return {text: int(frame) for row in table
            for text, frame in zip(row[AUDIT + "evidence"], row[AUDIT + "evidence.frame"])}


@pytest.fixture(scope="module")
def whole(tshark, made):
    """name -> the reasons of the whole capture, and its first TCP segment without content."""
    def of_capture(name):
        empty = fields(tshark, made(name), ["frame.number"], "-Y", "tcp.len == 0")
        return (evidence(audited(tshark, made(name))),
                int(empty[0]["frame.number"][0]) if empty else None)
    return {name: of_capture(name) for name in CAPTURES}


@pytest.fixture(scope="module")
def cut(sandbox):
    """A capture with these frames only."""
    folder = sandbox.new_folder("cuts")

    def run(capture, *ranges):
        path = folder / f"{capture.stem}-{'_'.join(ranges)}.pcapng"
        subprocess.run(["editcap", "-r", capture, path, *ranges], check=True,
                       capture_output=True)
        path.chmod(0o644)
        return path
    return run


def shown_from(whole, name):
    """frame -> the reasons that it gives alone."""
    shown = {}
    for text, frame in whole[name][0].items():
        shown.setdefault(frame, set()).add(text)
    return shown


@pytest.mark.parametrize("name", CAPTURES)
def test_the_frame_that_shows_a_role_does_so_as_the_first_of_the_capture(tshark, made, whole, cut,
                                                                         name):
    shown = shown_from(whole, name)
    assert shown
    lost = {frame: texts - set(evidence(audited(
        tshark, cut(made(name), f"{frame}-99999")))) for frame, texts in shown.items()}
    assert {frame: texts for frame, texts in lost.items() if texts} == {}


@pytest.mark.parametrize("name", CAPTURES)
def test_it_does_so_as_the_first_of_its_protocol(tshark, made, whole, cut, name):
    """Before it a segment without content, and nothing else."""
    shown = shown_from(whole, name)
    empty = whole[name][1]
    if empty is None:
        pytest.skip("no TCP in it")
    lost = {frame: texts - set(evidence(audited(
        tshark, cut(made(name), str(empty), f"{max(frame, empty + 1)}-99999"))))
            for frame, texts in shown.items() if frame > empty}
    assert len(lost) >= 1
    assert {frame: texts for frame, texts in lost.items() if texts} == {}


@pytest.mark.parametrize("name", CAPTURES)
def test_what_other_programs_want_changes_nothing(tshark, whole, made, name):
    """A filter has Wireshark make a tree, and items of what the audit reads itself."""
    others = "(http.request.uri or dns.a or dns.qry.name or ldap.baseObject or frame)"
    assert evidence(audited(tshark, made(name), "-Y", others)) == whole[name][0]
    assert evidence(audited(tshark, made(name), "-Y", others, two_pass=True)).items() >= \
        whole[name][0].items()


def test_a_recorded_site_cut_anywhere_shows_the_roles_that_all_fields_showed(tshark, cut, golden):
    """
    The golden was written while the audit read Wireshark's own fields of every packet. A cut cannot
    show all evidence: that of a proxy's later requests or of sessions without their beginning.
    """
    site = RECORDED / "site.pcapng"
    shown = sorted(set(evidence(audited(tshark, site)).values()))
    assert len(shown) > 10
    lines = []
    for frame in shown[::2]:
        found = evidence(audited(tshark, cut(site, "1", f"{frame}-99999")))
        lines += [f"{frame}: {text}" for text in sorted({t.split(" (")[0] for t in found})]
    golden("audit-cuts-site", "\n".join(lines) + "\n")


# --- The layout of a request in packets ---------------------------------------------------------

@pytest.fixture(params=range(len(plan_signatures.LYING)),
                ids=[lying.name for lying in plan_signatures.LYING])
def alone(request, tshark, cut, made):
    """(number, capture): one conversation of audit-requests, so that none comes before it."""
    host = plan_signatures.lying_end(request.param, plan_signatures.SERVER)
    capture = made("audit-requests")
    numbers = frames(tshark, capture, f"ip.addr == {host}", plugin=False)
    return request.param, cut(capture, *map(str, numbers))


def management_point(lines, number):
    return host_lines(lines, plan_signatures.lying_end(number, plan_signatures.SERVER))


def test_a_request_shows_its_server_however_it_lies_in_packets(tshark, alone):
    number, capture = alone
    found = management_point(statistic(tshark, capture, "roles"), number)
    assert len(found) == 1 and "Management point" in found[0]


def test_and_so_it_does_behind_all_the_others(tshark, made):
    lines = statistic(tshark, made("audit-requests"), "roles")
    assert [len(management_point(lines, number))
            for number in range(len(plan_signatures.LYING))] == [1] * len(plan_signatures.LYING)


def without_secrets(data):
    """A pcapng file without its blocks of decryption secrets."""
    secrets, kept = 10, b""
    while data:
        kind, length = struct.unpack_from("<II", data)
        if kind != secrets:
            kept += data[:length]
        data = data[length:]
    return kept


def test_a_request_in_tls_shows_its_server_where_the_capture_has_the_keys(tshark, tmp_path):
    capture = RECORDED / "request-in-tls.pcapng"
    found = host_lines(statistic(tshark, capture, "roles"), "127.0.0.3")
    assert len(found) == 1 and "Management point" in found[0]
    sealed = tmp_path / "sealed.pcapng"
    sealed.write_bytes(without_secrets(capture.read_bytes()))
    assert host_lines(statistic(tshark, sealed, "roles"), "127.0.0.3") == []
