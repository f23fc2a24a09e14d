# test_attack_first.py
# The attack of the demo is what each report begins with
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import html
import importlib.util
import json
import os
import re
import shutil
import sys

from batch_program import BATCH, batch, place, program  # noqa: F401
from conftest import INSIDE_ROOT, MADE
from profile_tables import BUTTONS

DEMO = MADE / "demo.pcap"
ATTACKER, AGENT, FRAME, CVE = "10.1.9.66", "10.1.3.17", 110, "CVE-2004-0728"


def first_lines(text):
    """The first record of each table or list of lines of JSON that was printed."""
    tables = re.findall(r"^SMS (?:port audit|.*)$|^Remote control sessions$", text, re.MULTILINE)
    lines = text.splitlines()
    found = {title: lines[lines.index(title) + 1] for title in tables
             if title in ("SMS port audit", "Remote control sessions")}
    for line in lines:
        if line.startswith("{"):
            one = json.loads(line)
            found.setdefault(one["type"], one)
    return found


def test_the_attack_is_first_everywhere(tshark, ordinary, sandbox, batch, place):  # noqa: F811
    # The packet list through the button "All findings". It is in the order of the frames: a second
    # pass knows that a datagram before was blocked.
    findings = next(button.filter for button in BUTTONS if button.label == "All findings")
    for two_pass in (False, True):
        lines = tshark(DEMO, "-Y", findings, two_pass=two_pass).stdout.splitlines()
        line = [line for line in lines if not (two_pass and "[Blocked: " in line)][0]
        assert re.match(rf" *{FRAME} .* {ATTACKER} → {AGENT} .*\[{CVE}\]", line), line
    # The tables, and lines of JSON.
    printed = tshark(DEMO, "-q", *(word for name in ("audit", "sessions", "audit.json",
                                                     "sessions.json", "matrix.json")
                                   for word in ("-z", f"smsrc,{name}"))).stdout
    first = first_lines(printed)
    cells = [cell.strip() for cell in first["SMS port audit"].split("|")]
    assert (cells[0], cells[2], cells[4], cells[9]) == ("Attack", ATTACKER, AGENT, str(FRAME))
    cells = [cell.strip() for cell in first["Remote control sessions"].split("|")]
    assert (cells[1], cells[3], cells[8]) == (ATTACKER, AGENT, CVE)
    flow, session = first["flow"], first["session"]
    assert (flow["verdict"], flow["initiator"], flow["first_frame"]) == ("Attack", ATTACKER, FRAME)
    assert (session["viewer"], session["agent"], session["reason"]) == (ATTACKER, AGENT, CVE)
    # The report of smsrc-batch.
    captures, out = place("captures"), place("out")
    for name in ("rc-busy.pcap", "demo.pcap", "rc-session.pcap"):
        shutil.copyfile(MADE / name, captures / name)
    line = batch("run", captures, out).stdout.splitlines()[0]
    assert line == f"Attack, {CVE}: {ATTACKER} to {AGENT}, frame {FRAME} of demo.pcap"
    # The page of smsrc-report. Jinja2 is not in each system that runs these tests for a version.
    if INSIDE_ROOT in os.environ and importlib.util.find_spec("jinja2") is None:
        return
    lines = "".join(line + "\n" for line in printed.splitlines() if line.startswith("{"))
    done = ordinary([sys.executable, shutil.copytree(BATCH, sandbox.new_folder("page") / "p") /
                     "smsrc-report", "-", "-"], stdin=lines)
    assert done.returncode == 0, done.stderr
    section = re.search(r'<section id="(?!found)(\w+)">(.*?)</section>', done.stdout, re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", " ", section[2])).split()
    assert section[1] == words[0].lower() == "attacks"
    assert words[1:5] == ["Attack:", ATTACKER, "to", AGENT]
    assert f"frame {FRAME}" in " ".join(words)
    found = done.stdout.partition('<section id="found">')[2]
    assert ATTACKER in found and "attack" in found.partition("</li>")[0].lower()
