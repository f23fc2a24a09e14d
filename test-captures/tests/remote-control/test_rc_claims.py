# test_rc_claims.py
# What is shown as SMS Remote Control, on what sandbox, and what is left alone
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from conftest import ALL_MOVED, ALL_REAL
from rc_rows import by_frame, fields, frames

# Not SMS, and known not to be: nothing is claimed.
NOT_OURS = ("rc-not-ftp", "rc-not-ftp-data", "rc-not-http", "rc-not-dns", "rc-not-smtp",
            "rc-not-rtp", "rc-not-razor", "rc-not-syn-scan", "rc-not-empty-udp",
            "rc-not-mid-stream")

# Not SMS, but on a server's port of ours.
FOREIGN_SERVERS = ("rc-server-ssh", "rc-server-tls", "rc-server-http")


def grounds(tshark, capture, *args, **options):
    """frame -> sandbox."""
    return {frame: values[0] for frame, values in
            by_frame(tshark, capture, "smsrc.claimed_by", *args, **options).items()}


# --- Bases of claims ----------------------------------------------------------------------------

def test_content_on_any_port(tshark, made):
    capture = made("rc-odd-port")
    assert grounds(tshark, capture) == {4: "Content", 5: "Content", 12: "Content", 16: "Content"}
    assert by_frame(tshark, capture, "smsrc.channel") == {
        4: ["Control"], 5: ["Control"], 12: ["Data"], 16: ["Control"]}


def test_session_of_the_same_two_hosts(tshark, made):
    found = grounds(tshark, made("rc-two-sessions"))
    assert found == {4: "Content", 5: "Content", 12: "Session", 16: "Content", 17: "Content",
                     21: "Session", 25: "Port"}


def test_all_channels_are_one_session(tshark, made):
    numbers = by_frame(tshark, made("rc-session"), "smsrc.session")
    # One pass knows it by the agent's answer to the first request.
    assert numbers == {frame: ["1"] for frame in range(5, 40)}
    first = by_frame(tshark, made("rc-session"), "smsrc.session.first_frame")
    assert set(map(tuple, first.values())) == {("1",)}


def test_the_port_alone(tshark, made):
    capture = made("rc-port-alone")
    assert grounds(tshark, capture) == {frame: "Port" for frame in (4, 5, 12, 13, 20, 21, 25)}
    assert not frames(tshark, capture, "smsrc.session")


def test_the_tree_says_known_by_its_port_alone(tshark, made):
    text = tshark(made("rc-port-alone"), "-V", "-O", "smsrc").stdout
    assert "port alone" in text.lower()


def test_the_port_alone_can_be_turned_off(tshark, made):
    prefs = [port_preference(tshark)]
    assert frames(tshark, made("rc-port-alone"), "smsrc", prefs=prefs) == []
    # Other bases still hold.
    assert len(frames(tshark, made("rc-session"), "smsrc", prefs=prefs)) == 15


def port_preference(tshark):
    """The preference that turns claims by the port alone off, by its texts."""
    lines = tshark(None, "-G", "defaultprefs").stdout.splitlines()
    found = [line.lstrip("#").split(":")[0] for line in lines
             if line.startswith("#smsrc.") and ": TRUE" in line and "port" in line]
    assert found, [line for line in lines if line.startswith("#smsrc")]
    return f"{found[0]}:FALSE"


def test_legacy_ports_by_content(tshark, made):
    found = grounds(tshark, made("rc-session-legacy"))
    assert {frame for frame, basis in found.items() if basis == "Content"} == {4, 5, 9}
    assert "Port" not in found.values()


def test_legacy_ports_by_session_and_alone_only_when_asked_for(tshark, made):
    legacy = ["smsrc.tcp.port:1761-1764"]
    assert frames(tshark, made("rc-port-alone-legacy"), "smsrc") == []
    alone = grounds(tshark, made("rc-port-alone-legacy"), prefs=legacy)
    assert alone == {frame: "Port" for frame in (4, 5, 12, 13, 20, 21)}
    found = grounds(tshark, made("rc-session-legacy"), prefs=legacy)
    assert found == {4: "Content", 5: "Content", 9: "Content",
                     **{frame: "Session" for frame in (10, 11, *range(15, 23), 26, 27)}}


def test_the_syn_tells_the_direction_where_both_ports_are_ours(tshark, made):
    found = by_frame(tshark, made("rc-both-ports"), "smsrc.direction")
    assert found == {4: ["Viewer to agent"], 5: ["Agent to viewer"]}
    assert by_frame(tshark, made("rc-both-ports"), "smsrc.channel") == {
        4: ["Control"], 5: ["Control"]}


def test_a_recording_that_begins_within(tshark, made):
    found = by_frame(tshark, made("rc-no-syn"), "smsrc.direction")
    assert found == {1: ["Viewer to agent"], 2: ["Agent to viewer"], 3: ["Agent to viewer"],
                     4: ["Viewer to agent"]}
    assert grounds(tshark, made("rc-no-syn"))[3] == "Session"


# --- Decode As ----------------------------------------------------------------------------------

@pytest.mark.parametrize("name, channel", [
    ("smsrc.control", "Control"), ("smsrc.data", "Data"), ("smsrc.chat", "Chat"),
    ("smsrc.transfer", "File transfer")])
def test_decode_as_over_tcp(tshark, made, name, channel):
    as_user = ("-d", f"tcp.port==9999,{name}")
    capture = made("rc-decode-as")
    assert frames(tshark, capture, "smsrc") == []
    assert by_frame(tshark, capture, "smsrc.channel", *as_user) == {
        4: [channel], 5: [channel], 6: [channel]}
    assert set(grounds(tshark, capture, *as_user).values()) == {"User"}
    assert by_frame(tshark, capture, "smsrc.direction", *as_user) == {
        4: ["Viewer to agent"], 5: ["Viewer to agent"], 6: ["Agent to viewer"]}


def test_decode_as_over_udp(tshark, made):
    as_user = ("-d", "udp.port==9999,smsrc.chat")
    assert grounds(tshark, made("rc-decode-as"), *as_user) == {10: "User"}


def test_a_port_that_the_user_adds(tshark, made):
    assert grounds(tshark, made("rc-decode-as"), prefs=["smsrc.tcp.port:9999"]) == {
        4: "User", 5: "User", 6: "User"}


def test_the_heuristics_can_be_turned_off(tshark, made):
    capture = made("rc-odd-port")
    assert frames(tshark, capture, "smsrc", "--disable-heuristic", "smsrc_tcp") == [16]
    assert frames(tshark, capture, "smsrc", "--disable-heuristic", "smsrc_udp") == [4, 5, 12]


def test_decode_as_chat_shows_the_keys(tshark, made):
    found = by_frame(tshark, made("rc-decode-as"), "smsrc.text",
                     "-d", "tcp.port==9999,smsrc.chat")
    assert found == {4: ["h"], 5: ["i"], 6: ["y"]}


def test_decode_as_something_else_takes_a_port_away(tshark, made):
    done = frames(tshark, made("rc-port-alone"), "smsrc", "-d", "tcp.port==2702,echo")
    assert done == [12, 13, 20, 21, 25]


# --- What is not SMS ----------------------------------------------------------------------------

@pytest.mark.parametrize("capture", NOT_OURS)
def test_not_ours_is_left_alone(tshark, made, capture):
    assert frames(tshark, made(capture), "smsrc or smsrc.cm") == []
    assert frames(tshark, made(capture), "smsrc or smsrc.cm", two_pass=True) == []


def test_not_ours_keeps_its_own_protocol(tshark, made):
    """Frames that are left alone go on to whom they belong to."""
    for capture, display_filter, count in (
            ("rc-not-ftp", "ftp-data", 1), ("rc-not-http", "http", 8), ("rc-not-dns", "dns", 3),
            ("rc-not-smtp", "smtp", 3), ("rc-not-mid-stream", "http", 2),
            ("rc-not-mid-stream", "mysql", 2), ("rc-not-mid-stream", "tds", 1)):
        assert len(frames(tshark, made(capture), display_filter)) >= count, capture


@pytest.mark.parametrize("capture", FOREIGN_SERVERS)
def test_a_foreign_server_is_at_most_known_by_its_port(tshark, made, capture):
    assert set(grounds(tshark, made(capture)).values()) <= {"Port"}
    assert not frames(tshark, made(capture), "smsrc.session or smsrc.cve_2004_0728")


def test_a_quoted_datagram_is_no_session(tshark, made):
    capture = made("rc-icmp")
    assert not frames(tshark, capture, "smsrc.session or smsrc.busy or smsrc.refused")
    assert frames(tshark, capture, "smsrc and not icmp and not icmpv6") == [1, 3]
    # A whole record in a quote proves nothing: the next frame is not in its session.
    assert not frames(tshark, made("rc-icmp-quotes-record"), "smsrc.session")


@pytest.mark.parametrize("name", ALL_REAL)
def test_real_captures_hold_no_remote_control(tshark, real, name):
    done = tshark(real(name), "-Y", "smsrc or smsrc.cm", "-T", "fields", "-e", "frame.number",
                  check="ldap-max-recursion" not in name)
    assert done.returncode == 0
    assert done.stdout == ""


@pytest.mark.parametrize("name", ALL_MOVED)
def test_moved_services_are_at_most_known_by_their_port(tshark, moved, name):
    found = fields(tshark, moved(name), ["smsrc.claimed_by"], "-Y", "smsrc or smsrc.cm")
    assert {value for row in found for value in row["smsrc.claimed_by"]} <= {"Port"}
    assert all(row["smsrc.claimed_by"] for row in found)
    if name.startswith("std-"):
        assert not found
