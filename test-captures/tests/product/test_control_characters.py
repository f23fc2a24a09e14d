# test_control_characters.py
# Nothing that a terminal takes for a command leaves the plugin, whatever a capture, a table or a
# filter holds
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A name may hold ESC, BEL, a line end, U+009B (which is ESC [ to a terminal) or U+202E (which
turns the rest of the line round). What is printed is read as bytes: each of them has to be part of a
character that g_unichar_isprint() lets pass, or the tab or line end of the form of output.
"""

import re

import pytest

import bare_packets
from audit_rows import conf
from batch_program import batch, program  # noqa: F401
from generators import plan
from hostile_text import HOSTILE, refuse_unprintable
from json_output import parse

messages = plan("messages")

OURS = "smsrc smsrc.cm smsrc.log smsrc.audit"
TEXTS = ("smsrc.user.host", "smsrc.user.user", "smsrc.user.controller", "smsrc.user.product",
         "smsrc.busy.controller", "smsrc.text", "smsrc.cm.text", "smsrc.netbios.name",
         "smsrc.audit.evidence", "smsrc.audit.row.text", "_ws.expert.message", "_ws.col.Info",
         "_ws.col.Protocol")
STATISTICS = ("sessions.full", "messages", "roles", "audit", "matrix", "rules", "rules.nft", "tree",
              "audit.json", "sessions.json")
FORMS = {
    "lines": [], "lines and all tree": ["-V"], "PDML": ["-T", "pdml", "-J", OURS],
    "JSON": ["-T", "json", "-J", OURS], "EK": ["-T", "ek", "-J", OURS],
    "fields": ["-T", "fields", "-E", "occurrence=a", *(a for f in TEXTS for a in ("-e", f))],
    "experts": ["-q", "-z", "expert"],
    **{name: ["-q", "-z", f"smsrc,{name}"] for name in STATISTICS},
}
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))

# A row of the user's, and one that is refused: what both hold is shown.
ROW = 'uat:smsrc_rows:"any","any","TCP","2701","Serv\x9b\u202eice","note \u202e %s"' % (
    "\u65e5" * 200)
ROLES = ('uat:smsrc_roles:"10.1.2.0/24","Administrator console","ABC"',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"')


def conversations(ntlm=True):
    for number, name in enumerate(HOSTILE):
        viewer, agent, port = f"10.1.2.{number + 1}", f"10.1.3.{number + 1}", 40000 + number
        data = name.encode()
        yield bare_packets.tcp(viewer, port, agent, 2701, messages.INFORMATION_REQUEST)
        yield bare_packets.tcp(agent, 2701, viewer, port, messages.information_reply(
            host=name, user=name, controller=name))
        yield bare_packets.tcp(agent, 2701, viewer, port, messages.busy(name, 1), 2000)
        if ntlm:
            yield bare_packets.tcp(viewer, port, agent, 2701, messages.ntlm_authenticate(
                name, name, name), 1000)
        yield bare_packets.tcp(viewer, port + 100, agent, 2703, b"\0chat " + data)
        yield bare_packets.tcp(agent, 2701, viewer, port + 200, messages.CM_GREETING +
                               messages.cm_text(name))
        yield bare_packets.udp(viewer, 137, agent, 137, bare_packets.struct.pack(
            ">HHHHHH", number, 0x0110, 1, 0, 0, 0) + bare_packets.netbios_name(
                "AG\x1b\x9b\n", 0x43) + bare_packets.struct.pack(">HH", 32, 1))
        uri = b"/sms_mp/.sms_aut?mplist&" + data.replace(b"\n", b"")
        yield bare_packets.tcp(viewer, port + 300, agent, 80, b"GET " + uri + b" HTTP/1.1\r\n\r\n")
        yield bare_packets.tcp(agent, 80, viewer, port + 300, b"HTTP/1.1 200 OK\r\n"
                               b"Content-Length: 0\r\n\r\n")


@pytest.fixture(scope="module")
def hostile(sandbox):
    return bare_packets.write(sandbox.new_folder("hostile") / "hostile.pcap", conversations())


@pytest.fixture(scope="module")
def without_ntlm(sandbox):
    """The same without NTLMSSP, whose fields are Wireshark's own, and are there as they are."""
    return bare_packets.write(sandbox.new_folder("hostile") / "plain.pcap", conversations(False))


@PASSES
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("prefs", ((), (*ROLES, ROW)), ids=("learned", "tables"))
def test_no_form_of_output_sends_a_terminal_a_command(tshark, hostile, without_ntlm, form, prefs,
                                                      two_pass, wireshark_version):
    # What is below NTLMSSP is Wireshark's own, and 4.4 has its labels as the packet does.
    if form in ("PDML", "JSON", "EK") or (
            form == "lines and all tree" and wireshark_version >= (4, 4)):
        hostile = without_ntlm
    text = refuse_unprintable(tshark(hostile, *FORMS[form], two_pass=two_pass, prefs=prefs,
                                     text=False).stdout)
    assert text


@pytest.mark.parametrize("name", ("sessions.full", "messages", "roles", "audit", "matrix", "rules"))
def test_nor_does_a_table_on_a_terminal_with_its_filter(tshark, hostile, name):
    only = 'frame.number > 0 and not smsrc.user.host == "\x9b\u202e"'
    done = tshark(hostile, "-q", "-z", f"smsrc,{name},{only}", prefs=[*ROLES, ROW], text=False,
                  env={"COLUMNS": 80})
    assert "Filter: frame.number > 0" in refuse_unprintable(done.stdout)


def test_nor_does_a_filter_that_is_none(tshark, hostile):
    for name in ("sessions", "audit.json", "rules.nft"):
        done = tshark(hostile, "-q", "-z", f"smsrc,{name},tcp.port == \x9b\u202e\x1b", check=False,
                      text=False, env={"COLUMNS": 80})
        assert f"-z smsrc,{name}" in refuse_unprintable(done.stderr)


def test_the_names_stay_what_they_are_but_for_the_escapes(tshark, hostile):
    found = tshark(hostile, "-T", "fields", "-e", "smsrc.user.host", "-Y",
                   "smsrc.user.host").stdout.splitlines()
    # 4.4 and later double a backslash in -T fields.
    assert found[0].replace("\\\\", "\\") == r"E\033]0;pwn\a\033[31mR"
    info = tshark(hostile, "-Y", "smsrc.user.host and ip.src == 10.1.3.1").stdout
    assert r", host E\033]0;pwn\a\033[31mR, user E\033]0;pwn\a\033[31mR" in info
    info = tshark(hostile, "-Y", "ntlmssp and ip.src == 10.1.2.4").stdout
    assert r"NTLMSSP_AUTH, User: T\u202Eevil\u202C\u200B\uFEFF\T\u202Eevil" in info


def test_json_has_the_same_text_as_its_escapes_say(tshark, hostile):
    done = tshark(hostile, "-q", "-z", "smsrc,sessions.json", text=False)
    refuse_unprintable(done.stdout)
    accounts = {line["viewer"]: line["account"] for line in parse(done.stdout)[:-1]
                if line["account"] not in ("", "\\")}
    assert accounts["10.1.2.4"] == HOSTILE[3] + "\\" + HOSTILE[3]
    assert accounts["10.1.2.7"] == HOSTILE[6] + "\\" + HOSTILE[6]


def test_sharkd_has_no_raw_ones_in_tables_and_infos(sandbox, sharkd, hostile):
    taps = {f"tap{i}": f"nstat:smsrc,{name}" for i, name in enumerate(
        ("sessions", "sessions.full", "roles", "audit", "matrix", "messages", "rules"))}
    tables, listed = sharkd(hostile, [{"method": "tap", "params": taps}, "frames"],
                            conf=conf([*ROLES, ROW]))
    for one in tables["result"]["taps"]:
        refuse_unprintable("\n".join(str(cell) for row in one["tables"][0]["i"]
                                     for cell in row).encode())
    refuse_unprintable("\n".join(row["c"][-1] for row in listed["result"]).encode())


# A table's bad lines, and where it is not a file at all.
BAD_LINES = ('"10.1.3.\u202e","Advanced Client",""\n"10.1.3.1","Cli\x9bent",""\n'
             '"10.1.3.1","Advanced Client","\u202eA"\n"10.1.3.1"\u202e\n')
BAD_ROWS = ('"any","any","T\u202eP","80","",""\n"any","any","TCP","8\x9b0","",""\n'
            '"C\u202e","any","TCP","80","",""\n')


@pytest.mark.parametrize("table, lines", (("smsrc_roles", BAD_LINES), ("smsrc_rows", BAD_ROWS)),
                         ids=("roles", "rows"))
def test_complaints_about_the_users_tables(tshark, fresh_home, hostile, table, lines):
    home = fresh_home()
    folder = home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    (folder / table).write_text(lines, encoding="utf-8")
    for path in (home, home / ".config", folder, folder / table):
        path.chmod(0o755)
    done = tshark(hostile, "-q", "-z", "smsrc,roles", check=False, text=False,
                  env={"HOME": home})
    assert done.returncode == 0
    # "Error loading table" is Wireshark's own reader's, which prints a byte of a character.
    said = re.findall(rb"^(?:tshark: )?" + table.encode() + rb":\d+: .*", done.stderr, re.MULTILINE)
    assert len(said) == len(lines.splitlines())
    refuse_unprintable(b"\n".join(said))


def test_a_report_of_smsrc_batch(batch, tmp_path):  # noqa: F811
    lines = tmp_path / "lines.jsonl"
    line = ('{"type":"capture","capture":"a\u202eb\x9bc\x7f\ufeff\u65e5.pcap","status":"broken",'
            '"reason":"x\u202ey"}\n')
    lines.write_text(line, encoding="utf-8")
    lines.chmod(0o644)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == tmp_path.stat().st_uid and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o111)
    report = refuse_unprintable(batch("report", lines).stdout.encode())
    assert "    a?b?c??\u65e5.pcap: broken, x?y" in report.splitlines()


@PASSES
@pytest.mark.parametrize("form", ("lines", "lines and all tree", "fields", "experts", *STATISTICS))
@pytest.mark.parametrize("name", ("control-characters", "names"))
def test_the_captures_of_others(tshark, case, name, form, two_pass):
    refuse_unprintable(tshark(case(name), *FORMS[form], two_pass=two_pass, text=False).stdout)
