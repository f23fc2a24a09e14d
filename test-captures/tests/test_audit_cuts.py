# test_audit_cuts.py
# A capture that begins anywhere shows all that is in it, although few fields are wanted at first
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import subprocess

import pytest

from audit_rows import AUDIT, audited
from rc_rows import fields
from recorded_truth import RECORDED

# A share that others have too counts only with a file in it, and the file's frame is the one shown.
NEEDS_SHARE = re.compile(r"Share .*\\SMS_\w{3}\)|Client push")
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
def cut(ground):
    """A capture with these frames only."""
    folder = ground.new_folder("cuts")

    def run(capture, *ranges):
        path = folder / f"{capture.stem}-{'_'.join(ranges)}.pcapng"
        subprocess.run(["editcap", "-r", capture, path, *ranges], check=True,
                       capture_output=True)
        path.chmod(0o644)
        return path
    return run


def shown_from(whole, name):
    """frame -> the reasons that it gives alone."""
    frames = {}
    for text, frame in whole[name][0].items():
        if not NEEDS_SHARE.search(text):
            frames.setdefault(frame, set()).add(text)
    return frames


@pytest.mark.parametrize("name", CAPTURES)
def test_the_frame_that_shows_a_role_does_so_as_the_first_of_the_capture(tshark, made, whole, cut,
                                                                         name):
    frames = shown_from(whole, name)
    assert frames
    lost = {frame: texts - set(evidence(audited(
        tshark, cut(made(name), f"{frame}-99999")))) for frame, texts in frames.items()}
    assert {frame: texts for frame, texts in lost.items() if texts} == {}


@pytest.mark.parametrize("name", CAPTURES)
def test_it_does_so_as_the_first_of_its_protocol(tshark, made, whole, cut, name):
    """Before it a segment without content: the audit knows that bytes can be read, and no more."""
    frames = shown_from(whole, name)
    empty = whole[name][1]
    if empty is None:
        pytest.skip("no TCP in it")
    lost = {frame: texts - set(evidence(audited(
        tshark, cut(made(name), str(empty), f"{max(frame, empty + 1)}-99999"))))
            for frame, texts in frames.items() if frame > empty}
    assert len(lost) >= 1
    assert {frame: texts for frame, texts in lost.items() if texts} == {}


@pytest.mark.parametrize("name", CAPTURES)
def test_what_other_programs_want_changes_nothing(tshark, whole, made, name):
    """A filter has Wireshark make the very items that the audit does without."""
    others = "(http.request.uri or dns.a or dns.qry.name or ldap.baseObject or frame)"
    assert evidence(audited(tshark, made(name), "-Y", others)) == whole[name][0]
    assert evidence(audited(tshark, made(name), "-Y", others, two_pass=True)).items() >= \
        whole[name][0].items()


def test_a_recorded_site_cut_anywhere_shows_the_roles_that_all_fields_showed(tshark, cut, golden):
    """
    The golden was written while every field was wanted of every packet. Requests in segments, a
    proxy's second thoughts, sessions without their beginning: not all of it can be told of a cut.
    """
    site = RECORDED / "site.pcapng"
    frames = sorted(set(evidence(audited(tshark, site)).values()))
    assert len(frames) > 10
    lines = []
    for frame in frames[::2]:
        found = evidence(audited(tshark, cut(site, "1", f"{frame}-99999")))
        lines += [f"{frame}: {text}" for text in sorted({t.split(" (")[0] for t in found})]
    golden("audit-cuts-site", "\n".join(lines) + "\n")
