# test_cm_damaged_streams.py
# ConfigMgr's remote control in damaged streams: cut, lost, sent again, from the middle on
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from cm_recorded import WITH_RDP, frame, keys, messages, play, recorded  # noqa: F401
from rc_rows import by_frame, fields, frames
from session_rows import statistic, table

WHAT = ["smsrc.cm.type", "smsrc.cm.text", "smsrc.cm.sealed.length", "smsrc.cm.result",
        "smsrc.cm.unsealed", "smsrc.cm.sessarb.type", "smsrc.cm.curtain.type",
        "rdp.channelPDUHeader", "rdp.pduType"]


def content(tshark, capture, two_pass=False, prefs=()):
    """All values of the fields, wherever segments put them."""
    found = fields(tshark, capture, WHAT, "-Y", "smsrc.cm", two_pass=two_pass, prefs=prefs)
    return {name: [value for row in found for value in row[name]] for name in WHAT}


@pytest.fixture(scope="module")
def whole(tshark, keys):  # noqa: F811
    """whole(name) -> the content of the recorded session, with keys."""
    known = {}

    def of(name):
        if name not in known:
            known[name] = content(tshark, recorded(name), prefs=keys)
            assert known[name]["smsrc.cm.unsealed"], name
        return known[name]
    return of


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("port", [2701, 9999])
@pytest.mark.parametrize("name", WITH_RDP)
def test_played_again_it_is_the_same_on_any_port(tshark, keys, whole, tmp_path,  # noqa: F811
                                                 name, port, two_pass):
    capture = play(messages(name), tmp_path / "played.pcap", port=port)
    assert content(tshark, capture, two_pass, keys) == whole(name)
    claims = [row["smsrc.claimed_by"] for row in
              fields(tshark, capture, ["smsrc.claimed_by"], "-Y", "smsrc", two_pass=two_pass)]
    assert claims == [["Content"]] + [["Session"]] * (len(claims) - 1)


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("cut", [3, 100, 1000])
@pytest.mark.parametrize("name", ["kerberos", "ntlm"])
def test_frames_cut_into_segments(tshark, keys, whole, tmp_path, name, cut,  # noqa: F811
                                  two_pass):
    capture = play(messages(name), tmp_path / "cut.pcap", cut=cut)
    assert content(tshark, capture, two_pass, keys) == whole(name)


@pytest.mark.parametrize("two_pass", [False, True])
def test_several_frames_in_one_segment(tshark, keys, whole, tmp_path, two_pass):  # noqa: F811
    joined = []
    for by_agent, data in messages("ntlm"):
        if joined and joined[-1][0] == by_agent and len(joined[-1][1] + data) < 4000:
            joined[-1] = (by_agent, joined[-1][1] + data)
        else:
            joined.append((by_agent, data))
    capture = play(joined, tmp_path / "joined.pcap")
    found = content(tshark, capture, two_pass, keys)
    for name in WHAT[:5]:
        assert found[name] == whole("ntlm")[name], name


@pytest.mark.parametrize("analysed", ["TRUE", "FALSE"])
@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", ["kerberos", "ntlm"])
def test_what_is_sent_again_changes_nothing(tshark, keys, whole, tmp_path, name,  # noqa: F811
                                            two_pass, analysed):
    """Also where TCP does not report that it is sent again."""
    capture = play(messages(name), tmp_path / "again.pcap",
                   treat=lambda number, pieces: pieces * 2 if number > 4 else pieces)
    prefs = [*keys, f"tcp.analyze_sequence_numbers:{analysed}"]
    found = content(tshark, capture, two_pass, prefs)
    for field in ("smsrc.cm.result", "smsrc.cm.text"):
        assert found[field] == whole(name)[field], field
    # What is shown again, is shown for what it is: nothing is taken for something else.
    assert set(found["smsrc.cm.unsealed"]) == set(whole(name)["smsrc.cm.unsealed"])
    assert set(found["rdp.pduType"]) == set(whole(name)["rdp.pduType"])
    if analysed == "TRUE":
        assert found == whole(name)


def after(said, count):
    """The number of the agent's encrypted message that is `count` after its first."""
    agent = [number for number, (by_agent, data) in enumerate(said) if by_agent]
    return agent[count]


@pytest.mark.parametrize("two_pass", [False, True])
def test_a_lost_message_costs_kerberos_only_itself(tshark, keys, whole, tmp_path,  # noqa: F811
                                                   two_pass):
    said = messages("kerberos")
    lost = after(said, -3)
    capture = play(said, tmp_path / "lost.pcap",
                   treat=lambda number, pieces: [] if number == lost else pieces)
    found = content(tshark, capture, two_pass, keys)
    missing = [v for v in whole("kerberos")["smsrc.cm.unsealed"]
               if v not in found["smsrc.cm.unsealed"]]
    assert len(missing) == 1
    assert found["smsrc.cm.result"] == ["Full control"]
    assert found["smsrc.cm.curtain.type"] == ["5", "6"]
    assert not frames(tshark, capture, "_ws.malformed and !rdp.pduType and ip.src == 10.1.3.17",
                      prefs=keys)


@pytest.mark.parametrize("two_pass", [False, True])
def test_a_lost_message_ends_ntlms_way_and_not_the_other(tshark, keys, whole,  # noqa: F811
                                                         tmp_path, two_pass):
    said = messages("ntlm")
    lost = after(said, 5)
    capture = play(said, tmp_path / "lost.pcap",
                   treat=lambda number, pieces: [] if number == lost else pieces)
    table = fields(tshark, capture, ["ip.src", "smsrc.cm.unsealed"], "-Y", "smsrc.cm.sealed",
                   prefs=keys, two_pass=two_pass)
    agent = [row["smsrc.cm.unsealed"] for row in table if row["ip.src"] == ["10.1.3.17"]]
    viewer = [row["smsrc.cm.unsealed"] for row in table if row["ip.src"] == ["10.1.0.50"]]
    assert all(viewer)
    before = [bool(value) for value in agent]
    assert before == sorted(before, reverse=True) and 1 < sum(before) < len(before)
    real = whole("ntlm")["smsrc.cm.unsealed"]
    assert all(value in real for row in table for value in row["smsrc.cm.unsealed"])


@pytest.mark.parametrize("two_pass", [False, True])
def test_two_segments_in_the_wrong_order(tshark, keys, whole, tmp_path, two_pass):  # noqa: F811
    capture = play(messages("kerberos"), tmp_path / "order.pcap", cut=60,
                   treat=lambda number, pieces: pieces[::-1] if number == 8 else pieces)
    found = content(tshark, capture, two_pass,
                    [*keys, "tcp.reassemble_out_of_order:TRUE"])
    assert found == whole("kerberos")
    found = content(tshark, capture, two_pass, keys)
    assert found["smsrc.cm.result"] == ["Full control"]
    assert set(found["smsrc.cm.unsealed"]) <= set(whole("kerberos")["smsrc.cm.unsealed"])
    assert len(found["smsrc.cm.unsealed"]) >= len(whole("kerberos")["smsrc.cm.unsealed"]) - 2


# --- A capture that begins in the middle ---------------------------------------------------------

@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("name", WITH_RDP)
def test_from_the_middle_on_it_is_claimed_by_its_port(tshark, keys, tmp_path, name,  # noqa: F811
                                                      two_pass, opened):
    said = messages(name)[8:]
    capture = play(said, tmp_path / "middle.pcap", opened=opened)
    claims = by_frame(tshark, capture, "smsrc.claimed_by", two_pass=two_pass)
    assert len(claims) == len(said) and {v for (v,) in claims.values()} == {"Port"}
    assert frames(tshark, capture, "smsrc.cm.sealed", two_pass=two_pass) == list(claims)
    # Whether a message is the agent's first, with what was granted, is not known here.
    assert frames(tshark, capture, "smsrc.cm.result or smsrc.data", two_pass=two_pass) == []
    assert frames(tshark, capture, "smsrc.cm.unsealed", prefs=keys, two_pass=two_pass) == []


def test_from_the_middle_of_a_frame_on(tshark, tmp_path):
    said = messages("kerberos")[10:]
    said[0] = (said[0][0], said[0][1][25:])
    capture = play(said, tmp_path / "within.pcap", opened=False)
    shown = frames(tshark, capture, "smsrc.cm.sealed")
    assert shown == list(range(2, len(said) + 1))
    assert frames(tshark, capture, "smsrc.data") == [1]


def test_from_the_middle_on_another_port_nothing_is_claimed(tshark, tmp_path):
    capture = play(messages("kerberos")[8:], tmp_path / "middle.pcap", port=9999)
    assert frames(tshark, capture, "smsrc or smsrc.cm") == []
    said = frames(tshark, capture, "tcp.len > 0")
    assert frames(tshark, capture, "smsrc.cm.sealed", "-d", "tcp.port==9999,smsrc.cm") == said
    assert frames(tshark, capture, "smsrc.cm.sealed", "-d", "tcp.port==9999,smsrc") == said


def test_frames_cut_by_the_recording(tshark, keys, tmp_path):  # noqa: F811
    for name in ("kerberos", "ntlm"):
        capture = play(messages(name), tmp_path / f"{name}.pcap", snaplen=110)
        assert frames(tshark, capture, "smsrc.cm.text")
        assert frames(tshark, capture, "smsrc.cm.sealed.length")
        assert frames(tshark, capture, "smsrc.cm.unsealed", prefs=keys) == []


def test_two_greetings_on_one_connection_are_two_sessions(tshark, tmp_path):
    said = messages("denied") + messages("denied")
    capture = play(said, tmp_path / "twice.pcap")
    found = fields(tshark, capture, ["smsrc.cm.result"], "-Y", "smsrc.cm.result")
    assert [row["smsrc.cm.result"] for row in found] == [["Access denied"]] * 2


def test_stop_handshake_and_other_lengths_are_no_result(tshark, tmp_path):
    """By its length only the agent's first encrypted message shows a result."""
    said = messages("kerberos")
    first = next(number for number, (by_agent, data) in enumerate(said)
                 if by_agent and number and data[4] == 40)
    for moved in (first + 1, first + 2):
        swapped = list(said)
        swapped.insert(moved + 1, said[first])
        del swapped[first]
        capture = play(swapped, tmp_path / f"{moved}.pcap")
        results = frames(tshark, capture, "smsrc.cm.result")
        agent_before = any(by_agent for by_agent, _ in swapped[first:moved])
        assert (results == []) == agent_before


# --- The result by its length -------------------------------------------------------------------

def answered_with(length, stops=False, goes_on=True):
    """The session of NTLM, in which the agent's first encrypted message has this many bytes:
    SUCCESS_... and ERROR_... are encrypted with their NUL or without it. goes_on: the viewer sends
    data after it, stops: it sends STOP_HANDSHAKE."""
    said = messages("ntlm")
    first = next(number for number, (by_agent, data) in enumerate(said)
                 if by_agent and number and data[4] == 40)
    token = said[first][1][-16:]
    after = [(False, frame(0, bytes(30), token))] if stops else said[first + 1:] if goes_on else []
    return [*said[:first], (True, frame(0, bytes(length), token)), *after]


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("length, result", [
    (42, "Full control"), (36, "View only"), (34, "View only"), (38, "Access denied")])
def test_a_length_of_one_result_shows_it_at_once(tshark, tmp_path, length, result, two_pass):
    capture = play(answered_with(length), tmp_path / "length.pcap")
    found = fields(tshark, capture, ["smsrc.cm.result", "smsrc.cm.sealed.length"], "-Y",
                   "smsrc.cm.result", two_pass=two_pass)
    assert [(row["smsrc.cm.result"], row["smsrc.cm.sealed.length"][:1]) for row in found] == [
        ([result], [str(length)])]


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("stops, goes_on, outcome, reason", [
    (False, True, "Closed", "Full control"),
    (False, False, "Refused", "Access denied"),
    (True, False, "Refused", "Access denied")],
    ids=["the viewer goes on", "the end follows", "the viewer stops"])
def test_forty_bytes_are_what_follows_them(tshark, tmp_path, stops, goes_on, outcome, reason,
                                           two_pass):
    capture = play(answered_with(40, stops, goes_on), tmp_path / "forty.pcap")
    found = fields(tshark, capture, ["smsrc.cm.result", "ip.src"], "-Y",
                   "smsrc.cm.result", two_pass=two_pass)
    assert [(row["smsrc.cm.result"], row["ip.src"]) for row in found] == (
        [(["Full control"], ["10.1.0.50"])] if goes_on else [])
    session, = table(statistic(tshark, capture, two_pass=two_pass))
    assert (session["outcome"], session["reason"]) == (outcome, reason)
    tree = tshark(capture, "-V", "-Y", "smsrc.cm.sealed.length == 40", two_pass=two_pass).stdout
    assert "Full control or Access denied, by its length: what follows decides" in tree
