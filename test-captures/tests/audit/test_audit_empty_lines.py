# test_audit_empty_lines.py
# Empty lines before a request of HTTP, which servers ignore (RFC 9112 2.2)
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import AUDIT, LEARN_OFF, host_lines, statistic
from case_table import CASE_TABLE
from generators import plan
from json_output import json_lines
from rc_rows import fields
from scenes import scene

kb = plan("kb_services")

CLIENT, PROXY, MP = "10.1.3.17", "10.1.1.60", "10.1.1.13"
POLICY = "/SMS_MP/.sms_pol?ABC00001.1_00"
POLICY_ANSWER = kb.http_response(body=b"<Policy/>", headers=("Content-Type: text/xml",))
EMPTY = b"\r\n"


def asked(server, port, *pieces):
    """Two requests with their answers; the pieces before each are their own segments."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, server, port)
        talk.open()
        for _ in range(2):
            for piece in pieces:
                talk.send(piece)
            talk.reply(POLICY_ANSWER)
        talk.close()
    return play


GET = kb.http_get(POLICY)
BEFORE = {"one": (EMPTY + GET,), "three": (EMPTY * 3 + GET,), "line feeds": (b"\n\n" + GET,),
          "behind it": (GET + EMPTY,), "in its own segment": (EMPTY, GET)}


@pytest.mark.parametrize("name, port, right", (
    *((name, 80, "Unconfirmed") for name in BEFORE), ("one", 8085, "Off matrix"),
    ("behind it", 8085, "Off matrix")))
def test_a_request_behind_empty_lines_shows_its_roles(tshark, tmp_path, name, port, right):
    capture = scene(tmp_path, asked(MP, port, *BEFORE[name]))
    found, _ = json_lines(tshark, capture, two_pass=True)
    assert [(flow["verdict"], flow["service"]) for flow in found] == [(right, "HTTP")]
    lines = host_lines(statistic(tshark, capture, "roles"), MP)
    assert [line for line in lines if "Management point" in line]


@pytest.mark.parametrize("prefs", ([*CASE_TABLE], [*CASE_TABLE, LEARN_OFF]),
                         ids=("learning", "by the table alone"))
def test_a_proxy_is_asked_behind_empty_lines(tshark, tmp_path, prefs):
    uri = kb.http_get(f"http://{MP}:4444{POLICY}")
    capture = scene(tmp_path, asked(PROXY, 3128, EMPTY + uri))
    rows = fields(tshark, capture, [AUDIT + "server_port"], "-Y", AUDIT + "off_matrix",
                  prefs=prefs)
    assert [row[AUDIT + "server_port"] for row in rows] == [["4444"]]


def test_empty_lines_alone_are_no_request(tshark, tmp_path):
    capture = scene(tmp_path, asked(MP, 8085, EMPTY * 4, b"xyz" + EMPTY))
    found, _ = json_lines(tshark, capture, prefs=CASE_TABLE, two_pass=True)
    assert [flow["service"] for flow in found] != [["HTTP"]]
