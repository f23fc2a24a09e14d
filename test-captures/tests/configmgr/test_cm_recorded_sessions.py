# test_cm_recorded_sessions.py
# ConfigMgr's remote control as it was recorded: with and without keys
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from cm_recorded import ALL, KERBEROS, PASSWORD, WITH_RDP, keys, recorded  # noqa: F401
from rc_rows import by_frame, fields, frames, infos, trees

RESULT = {"kerberos": "Full control", "kerberos-dce": "Full control", "ntlm": "Full control",
          "view-only": "View only", "denied": "Access denied", "refused": "No active user"}
WORD = {"Full control": "SUCCESS_FULL_CONTROL", "View only": "SUCCESS_VIEW_ONLY",
        "Access denied": "ERROR_ACCESS_DENIED"}
SERVICE = "TERMSRV/wks17.example.test"
BY_LENGTH = "inferred from the length of the sealed message"

# The steps of MS-RDPBCGR 1.3.1.1, as Wireshark's dissectors call them.
SEQUENCE = ["Cookie: mstshash=jdoe", "ClientData", "ServerData Encryption: None (None)",
            "attachUserRequest", "attachUserConfirm", "channelJoinRequest", "channelJoinConfirm",
            "ClientInfo", "License", "Demand Active PDU", "Confirm Active PDU", "FontMap"]

# Wireshark's RDP dissector takes what shares a packet with the end of licensing for a part of it.
WITH_LICENSE = "Error Alert; , [Encrypted]"


CONTRACT = """
smsrc.cm.type smsrc.cm.length smsrc.cm.text smsrc.cm.token smsrc.cm.sealed smsrc.cm.result
smsrc.cm.denied smsrc.cm.sessarb.type smsrc.cm.curtain.type
""".split()


def column(tshark, capture, name, display_filter=None, **options):
    """All values of a field, in their order."""
    found = fields(tshark, capture, [name], "-Y", display_filter or name, **options)
    return [value for row in found for value in row[name]]


def test_the_fields_of_the_contract_are_registered(tshark):
    listed = {line.split("\t")[2] for line in tshark(None, "-G", "fields").stdout.splitlines()
              if line.startswith("F\t")}
    assert not set(CONTRACT) - listed


# --- Without keys -------------------------------------------------------------------------------

@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_the_result_is_told_without_keys(tshark, name, two_pass):
    found = by_frame(tshark, recorded(name), "smsrc.cm.result", two_pass=two_pass)
    assert list(found.values()) == [[RESULT[name]]]
    tree = tshark(recorded(name), "-V", "-Y", "smsrc.cm.result", two_pass=two_pass).stdout
    assert f"[Result: {RESULT[name]}" in tree, "it is marked generated"
    assert (BY_LENGTH in tree) == (name != "refused")
    denied = frames(tshark, recorded(name), "smsrc.cm.denied", two_pass=two_pass)
    assert denied == (list(found) if name in ("denied", "refused") else [])


@pytest.mark.parametrize("name", ALL)
def test_without_keys_every_frame_is_framed_and_nothing_is_unsealed(tshark, name):
    capture = recorded(name)
    data = frames(tshark, capture, "tcp.port == 2701 and tcp.len > 0")
    assert frames(tshark, capture, "smsrc.cm.length") == data
    assert frames(tshark, capture, "smsrc.data or smsrc.cm.unsealed or tpkt or rdp") == []
    assert frames(tshark, capture, "_ws.malformed") == []
    assert column(tshark, capture, "smsrc.claimed_by") == ["Content"] + ["Session"] * (
        len(data) - 1)


def test_the_lengths_are_those_of_the_seal(tshark):
    for name, token in (("kerberos", "60"), ("kerberos-dce", "76"), ("ntlm", "16")):
        capture = recorded(name)
        assert set(column(tshark, capture, "smsrc.cm.token.length", "smsrc.cm.sealed")) == {token}
        table = fields(tshark, capture, ["smsrc.cm.sealed", "smsrc.cm.sealed.length",
                                         "smsrc.cm.token"], "-Y", "smsrc.cm.sealed")
        for row in table:
            assert [str(len(value) // 2) for value in row["smsrc.cm.sealed"]] == \
                row["smsrc.cm.sealed.length"]
            assert all(len(value) // 2 == int(token) for value in row["smsrc.cm.token"])


def test_the_handshake_names_the_user_or_the_service(tshark):
    assert column(tshark, recorded("ntlm"), "ntlmssp.auth.username") == ["jdoe"]
    assert column(tshark, recorded("ntlm"), "ntlmssp.auth.domain") == ["EXAMPLE"]
    for name in KERBEROS:
        names = column(tshark, recorded(name), "kerberos.SNameString",
                       "smsrc.cm.token and !smsrc.cm.sealed")
        assert names[:2] == ["TERMSRV", "wks17.example.test"]


@pytest.mark.parametrize("two_pass", [False, True])
def test_who_and_whom_stand_with_the_result(tshark, two_pass):
    names = ["smsrc.cm.user", "smsrc.cm.workstation", "smsrc.cm.service"]
    for name, wanted in (("ntlm", [["EXAMPLE\\jdoe"], ["ADMINPC"], []]),
                         ("kerberos", [[], [], [SERVICE]]), ("denied", [[], [], [SERVICE]])):
        found = fields(tshark, recorded(name), names, "-Y", "smsrc.cm.result", two_pass=two_pass)
        # 4.4 and later double a backslash in -T fields.
        assert [[[v.replace("\\\\", "\\") for v in row[n]] for n in names]
                for row in found] == [wanted], name


def test_they_are_known_where_the_first_pass_had_no_tree(tshark):
    for name, wanted in (("kerberos", SERVICE), ("denied", SERVICE)):
        # Without a filter the first of two passes makes no tree.
        found = fields(tshark, recorded(name), ["smsrc.cm.service"], two_pass=True)
        assert [row["smsrc.cm.service"] for row in found if row["smsrc.cm.service"]] == [[wanted]]


# --- With keys ----------------------------------------------------------------------------------

@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", ["kerberos", "kerberos-dce", "ntlm", "view-only", "denied"])
def test_with_keys_the_word_itself_tells_the_result(tshark, keys, name, two_pass):  # noqa: F811
    capture, result = recorded(name), RESULT[name]
    found = fields(tshark, capture, ["smsrc.cm.text", "smsrc.cm.result"], "-Y",
                   "smsrc.cm.result", prefs=keys, two_pass=two_pass)
    assert found == [{"smsrc.cm.text": [WORD[result]], "smsrc.cm.result": [result]}]
    tree = tshark(capture, "-V", "-Y", "smsrc.cm.result", prefs=keys, two_pass=two_pass).stdout
    assert BY_LENGTH not in tree
    assert (frames(tshark, capture, "smsrc.cm.denied", prefs=keys) != []) == (name == "denied")


@pytest.mark.parametrize("name", KERBEROS)
def test_the_ticket_names_the_user(tshark, keys, name):  # noqa: F811
    assert column(tshark, recorded(name), "smsrc.cm.user", prefs=keys) == ["jdoe@EXAMPLE.TEST"]


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", WITH_RDP)
def test_all_that_is_sealed_is_unsealed(tshark, keys, name, two_pass):  # noqa: F811
    table = fields(tshark, recorded(name), ["smsrc.cm.sealed.length", "smsrc.cm.unsealed"], "-Y",
                   "smsrc.cm.sealed", prefs=keys, two_pass=two_pass)
    assert len(table) > 10
    for row in table:
        assert [str(len(value) // 2) for value in row["smsrc.cm.unsealed"]] == \
            row["smsrc.cm.sealed.length"]


@pytest.mark.parametrize("name", ["kerberos", "kerberos-dce", "ntlm"])
def test_the_connection_sequence_of_rdp(tshark, keys, name):  # noqa: F811
    capture = recorded(name)
    said = "\n".join(infos(tshark, capture, "smsrc.cm", prefs=keys))
    steps = [step for step in SEQUENCE
             if not (step == "Demand Active PDU" and WITH_LICENSE in said)]
    assert name != "kerberos" or steps == SEQUENCE
    places = [said.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), dict(zip(steps, places))
    assert said == "\n".join(infos(tshark, capture, "smsrc.cm", prefs=keys, two_pass=True))
    assert column(tshark, capture, "rdp.client.name", prefs=keys) == ["ADMINPC"]
    # Nothing inside is left over as bytes without a meaning.
    assert frames(tshark, capture, "smsrc.data or tpkt.continuation_data", prefs=keys) == []
    assert frames(tshark, capture, "rdp", prefs=keys)


@pytest.mark.parametrize("two_pass", [False, True])
def test_pdus_that_go_over_several_seals_are_put_together(tshark, keys, two_pass):  # noqa: F811
    capture = recorded("kerberos")
    options = {"prefs": keys, "two_pass": two_pass}
    assert set(column(tshark, capture, "smsrc.cm.sealed.length", **options)) >= {"400"}
    table = fields(tshark, capture, ["smsrc.cm.rdp.reassembled.length",
                                     "smsrc.cm.rdp.fragment.count", "smsrc.cm.rdp.fragment"],
                   "-Y", "smsrc.cm.rdp.reassembled.length", **options)
    assert len(table) >= 4
    for row in table:
        assert row["smsrc.cm.rdp.fragment.count"] == [str(len(row["smsrc.cm.rdp.fragment"]))]
    # The take-over is one of them: 1036 bytes of event and 23 around it.
    assert ["1059"] in [row["smsrc.cm.rdp.reassembled.length"] for row in table]


@pytest.mark.parametrize("two_pass", [False, True])
def test_the_events_of_configmgrs_own_channels(tshark, keys, two_pass):  # noqa: F811
    capture, options = recorded("kerberos"), {"prefs": keys, "two_pass": two_pass}
    assert column(tshark, capture, "smsrc.cm.sessarb.type", **options) == ["1", "5", "4"]
    assert column(tshark, capture, "smsrc.cm.sessarb.machine", **options) == ["ADMINPC"]
    assert column(tshark, capture, "smsrc.cm.sessarb.length", **options) == ["16", "1036", "16"]
    assert column(tshark, capture, "smsrc.cm.sessarb.arg", **options) == ["0", "0"]
    assert column(tshark, capture, "smsrc.cm.curtain.type", **options) == ["5", "6"]
    assert column(tshark, capture, "smsrc.cm.channel", **options) == [
        "sessarb", "sessarb", "sessarb", "curtain", "curtain"]
    viewer = frames(tshark, capture, 'smsrc.cm.sessarb.type == "Take over"', **options)
    assert viewer == frames(tshark, capture, "smsrc.cm.sessarb.machine and ip.src == 10.1.0.50",
                            **options)
    assert len(frames(tshark, capture, 'smsrc.cm.curtain.type == "On"', **options)) == 1
    said = "\n".join(infos(tshark, capture, "smsrc.cm.channel", **options))
    assert re.search(r"sessarb: Host in use.*sessarb: Take over by ADMINPC.*"
                     r"sessarb: Host allowed.*curtain: On.*curtain: Off", said, re.DOTALL)


def test_the_trees_of_the_events(tshark, keys, golden):  # noqa: F811
    kept = trees(tshark, recorded("kerberos"), prefs=keys)
    events = re.findall(r"^ *(?:\[?Virtual channel|Session arbitration|Screen curtain).*\n"
                        r"(?:^ {8}.*\n)*", kept, re.MULTILINE)
    golden("configmgr-events", "".join(events))


def test_a_wrong_password_unseals_nothing(tshark):
    capture = recorded("ntlm")
    for password in ("", PASSWORD + "!"):
        prefs = [f"ntlmssp.nt_password:{password}"]
        assert frames(tshark, capture, "smsrc.cm.unsealed", prefs=prefs) == []
        assert column(tshark, capture, "smsrc.cm.result", prefs=prefs) == ["Full control"]


def test_the_plaintext_is_a_data_source(sharkd, keys):  # noqa: F811
    conf = [pref.split(":", 1) for pref in keys]
    reply, = sharkd(recorded("ntlm"), [{"method": "frame", "params": {
        "frame": 10, "bytes": True, "proto": True}}], conf=conf)
    names = [source["name"] for source in reply["result"].get("ds", [])]
    assert any(name.startswith("Unsealed NTLM (40") for name in names), reply["result"].keys()


# --- The audit ----------------------------------------------------------------------------------

def test_the_audit_calls_it_a_later_product(tshark):
    roles = ['uat:smsrc_roles:"10.1.0.50","Administrator console","ABC"',
             'uat:smsrc_roles:"10.1.3.17","Advanced Client","ABC"']
    for name in ALL:
        found = column(tshark, recorded(name), "smsrc.audit.verdict", "smsrc.cm", prefs=roles)
        assert set(found) == {"Later product"}, name
        assert len(frames(tshark, recorded(name), "smsrc.audit.later_product and smsrc.cm",
                          prefs=roles)) == 1
