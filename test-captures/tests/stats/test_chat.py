# test_chat.py
# -z smsrc,chat: who wrote what and when in the chats of sessions
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from scenes import AGENT, VIEWER, opened, scene

COLUMNS = ("session", "time", "frame", "from", "address", "host", "user", "line", "basis")


def chat(tshark, capture, choice="", **options):
    """The rows of the table as dicts."""
    done = tshark(capture, "-q", "-z", f"smsrc,chat{choice}", **options)
    rows = [[cell.strip() for cell in line.split("|")[:-1]] for line in done.stdout.splitlines()
            if line.endswith("|") and not line.startswith("Session")]
    assert all(len(row) == len(COLUMNS) for row in rows), done.stdout
    return [dict(zip(COLUMNS, row)) for row in rows]


def lines(rows):
    return [(row["from"], row["line"]) for row in rows]


DEMO = [
    ("1", "2004-07-14 09:00:09.290000", "30", "Viewer", VIEWER, "ADM01", "CONTOSO\\admin",
     "Hello, I will install the printer.", "Inferred"),
    ("1", "2004-07-14 09:00:14.730000", "64", "Agent", AGENT, "WKS17", "jdoe", "Thank you!",
     "Inferred"),
]


def test_who_wrote_what_and_when(tshark, sharkd, made):
    """In one pass, in two, and in the window's table: each line at its first keystroke."""
    wanted = [dict(zip(COLUMNS, row)) for row in DEMO]
    assert chat(tshark, made("demo")) == wanted
    assert chat(tshark, made("demo"), two_pass=True) == wanted
    drawn = {"method": "tap", "params": {"tap0": "nstat:smsrc,chat"}}
    frame = {"method": "frame", "params": {"frame": 64}}
    first, _, again = sharkd(made("demo"), [drawn, frame, drawn])
    for reply in (first, again):
        table = next(tap for tap in reply["result"]["taps"] if tap)["tables"][0]
        assert [tuple(str(cell) for cell in row[:-1]) for row in table["i"]] == DEMO


def test_a_filter_chooses_sessions(tshark, made):
    """By any of their frames, which may be before or after the chat."""
    whole = chat(tshark, made("session-interleaved"), two_pass=True)
    sessions = {row["session"] for row in whole}
    assert len(sessions) > 1
    for session in sessions:
        assert chat(tshark, made("session-interleaved"), f",smsrc.session=={session}") == [
            row for row in whole if row["session"] == session]
    assert chat(tshark, made("demo"), ",smsrc.tnmp.type == \"Information reply\"") == chat(
        tshark, made("demo"))
    assert chat(tshark, made("demo"), ",ip.addr == 192.0.2.1") == []


def talk(cap, messages, steps, port=2703):
    """A session whose chat has these steps: (by the agent, what) or seconds of silence."""
    control = opened(cap)
    control.send(messages.INFORMATION_REQUEST)
    control.reply(messages.information_reply())
    window = opened(cap, port, 40001)
    for step in steps:
        if isinstance(step, (int, float)):
            cap.wait(step)
        else:
            (window.reply if step[0] else window.send)(step[1])
    window.close()
    control.close()


# What is written, and the lines of it.
WRITTEN = [
    ([(0, b"one\r\n"), (0, b"two\n"), (0, b"\r\n"), (0, b"three")],
     [("Viewer", "one"), ("Viewer", "two"), ("Viewer", "three")]),
    ([(0, b"h"), (1, b"a"), (0, b"i"), (1, b"h\r"), (0, b"\r"), (1, b"ok")],
     [("Viewer", "hi"), ("Agent", "ah"), ("Agent", "ok")]),
    ([(0, b"be"), 9, (0, b"fore"), 12, (0, b"after")], [("Viewer", "before"), ("Viewer", "after")]),
    ([(0, b"caf\xe9\xff\x1b[2J\x7f\ttab \\n"), (1, b"\x00\x01\x02\x03\x04x")],
     [("Viewer", "caf\\xe9\\xff\\x1b[2J\\x7f\\ttab \\n"), ("Agent", "[5 bytes]x")]),
    ([(0, b"x" * 1400), (0, b"y" * 1400), (0, b"end\n")],
     [("Viewer", "x" * 1024), ("Viewer", "x" * 376 + "y" * 648), ("Viewer", "y" * 752 + "end")]),
]


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
def test_what_is_a_line(tshark, tmp_path, two_pass):
    def play(cap, messages):
        for steps, _ in WRITTEN:
            talk(cap, messages, steps)
            cap.wait(400)
    rows = chat(tshark, scene(tmp_path, play), two_pass=two_pass)
    for number, (_, wanted) in enumerate(WRITTEN, 1):
        assert lines(row for row in rows if row["session"] == str(number)) == wanted
    assert not re.search(r"[^\x20-\x7e]", "".join(row["line"] for row in rows))


def test_what_is_in_no_session_is_counted(tshark, tmp_path):
    """It may be of anything that uses the port."""
    def play(cap, _):
        window = opened(cap, 2703)
        for _ in range(3):
            window.send(b"a\x00\x01")
            window.reply(b"\x00\x02b")
    for options in ({}, {"two_pass": True}):
        rows = chat(tshark, scene(tmp_path, play), **options)
        assert lines(rows) == [("", "6 packets of chat belong to no session")]
