# test_rc_nmap_as_viewer.py
# A real client: nmap queries scripted agents on loopback, and the plugin shows what nmap reports
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nmap's probe LANDesk-RC and its cmrcservice lines come from real hosts. The agents here answer
# with the bytes of generate/messages.py; nmap's own patterns must accept them as a real host's,
# and the dissector must read the same host, user and version out of the recorded packets.

import contextlib
import pathlib
import shutil
import signal
import socketserver
import subprocess
import threading
import time
import xml.etree.ElementTree as ET

import pytest

from generators import plan
from rc_rows import by_frame, fields, frames, infos

messages = plan("messages")

HOST = "127.0.0.1"
CONTROL_PORT = 2701
ODD_PORTS = range(29701, 29800)

# What an agent greets with, and what it answers to an information request. The first agent is
# on 2701, the others on ports that nothing but the content can know.
AGENTS = {
    "reply": (b"", messages.information_reply()),
    "controlled": (b"", messages.information_reply(controller="10.1.0.51")),
    "older": (b"", messages.information_reply(variant=messages.VARIANT_07)),
    "busy": (b"", messages.busy("192.168.10.151", 2)),
    "configmgr": (messages.CM_GREETING, b""),
}


class Agent(socketserver.ThreadingTCPServer):
    """Answers an information request; closes on anything else, so that nmap goes on."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, greeting, answer):
        self.greeting = greeting
        self.answer = answer
        super().__init__((HOST, port), AgentHandler)


class AgentHandler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(20)
        with contextlib.suppress(OSError):
            if self.server.greeting:
                self.request.sendall(self.server.greeting)
            if self.request.recv(4096) == messages.INFORMATION_REQUEST and self.server.answer:
                self.request.sendall(self.server.answer)
                self.request.recv(4096)


def start_agents(stack):
    """name -> port, of agents that run until the stack is closed."""
    ports = {}
    odd = iter(ODD_PORTS)
    for name, (greeting, answer) in AGENTS.items():
        candidates = [CONTROL_PORT] if not ports else odd
        for port in candidates:
            try:
                server = Agent(port, greeting, answer)
            except OSError:
                continue
            break
        else:
            pytest.skip(f"no port to listen on for the agent '{name}'")
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ports[name] = port
    return ports


@contextlib.contextmanager
def recording(path, capture_filter):
    """dumpcap on loopback into `path` as long as the context lasts."""
    recorder = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", capture_filter, "-w", path],
                                stderr=subprocess.PIPE, text=True)
    said = []
    for line in recorder.stderr:
        said.append(line)
        if line.startswith("File:"):
            break
    else:
        recorder.wait()
        pytest.skip("capturing on loopback is not permitted: " + " ".join(said).strip()[:200])
    # "File:" is printed before the interface is read.
    time.sleep(0.5)
    try:
        yield
        time.sleep(1)
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.communicate(timeout=30)


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """(name -> port, port -> nmap's <service> attributes, the recording)."""
    for program in ("nmap", "dumpcap"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    path = tmp_path_factory.mktemp("nmap") / "loopback.pcapng"
    with contextlib.ExitStack() as stack:
        ports = start_agents(stack)
        asked = ",".join(map(str, ports.values()))
        with recording(path, " or ".join(f"tcp port {port}" for port in ports.values())):
            done = subprocess.run(["nmap", "-n", "-Pn", "-sT", "-sV", "-p", asked, "-oX", "-",
                                   HOST], capture_output=True, text=True, timeout=240,
                                  check=True)
    found = {int(port.get("portid")): dict(port.find("service").attrib)
             for port in ET.fromstring(done.stdout).iter("port")
             if port.find("service") is not None}
    return ports, found, pathlib.Path(path)


def test_nmap_takes_our_agents_for_real_ones(scan):
    ports, found, _ = scan
    assert {name: found[port]["name"] for name, port in ports.items()} == {
        "reply": "landesk-rc", "controlled": "landesk-rc", "older": "landesk-rc",
        "busy": "landesk-rc", "configmgr": "cmrcservice"}
    assert found[ports["reply"]]["hostname"] == "WKS17"
    assert found[ports["reply"]]["extrainfo"] == "User: jdoe"
    assert found[ports["controlled"]]["extrainfo"] == "User: jdoe Controller: 10.1.0.51"
    assert found[ports["busy"]]["extrainfo"] == "Busy, From 192.168.10.151 on port 1762"


def answers(tshark, capture, port, name):
    """The different values that one field has in what the agent on `port` sent."""
    found = fields(tshark, capture, [name], "-Y", f"{name} and tcp.srcport == {port}")
    return {value for row in found for value in row[name]}


def test_host_user_and_version_are_those_that_nmap_read(scan, tshark):
    ports, found, capture = scan
    for name in ("reply", "controlled"):
        port = ports[name]
        assert answers(tshark, capture, port, "smsrc.user.host") == {found[port]["hostname"]}
        assert answers(tshark, capture, port, "smsrc.user.user") == {"jdoe"}
    for name in ("reply", "controlled", "older"):
        port = ports[name]
        assert answers(tshark, capture, port, "smsrc.user.product") == {
            f"Desktop Manager {found[port]['version']}"}
    assert answers(tshark, capture, ports["controlled"], "smsrc.user.controller") == {
        "10.1.0.51"}


def test_busy_is_shown_as_nmap_says_it(scan, tshark):
    ports, _, capture = scan
    port = ports["busy"]
    assert answers(tshark, capture, port, "smsrc.busy.controller") == {"192.168.10.151"}
    assert answers(tshark, capture, port, "smsrc.busy.port") == {"1762"}
    assert "Busy, controlled by 192.168.10.151, port 1762" in infos(
        tshark, capture, f"smsrc.busy and tcp.srcport == {port}")


def test_nmaps_probe_is_an_information_request(scan, tshark):
    ports, _, capture = scan
    for name in ("reply", "controlled", "older", "busy"):
        asked = frames(tshark, capture, 'smsrc.tnmp.type == "Information request" and '
                                        f"tcp.dstport == {ports[name]} and "
                                        'smsrc.direction == "Viewer to agent" and '
                                        'smsrc.claimed_by == "Content"')
        assert asked, name


def test_the_greeting_is_configmgr(scan, tshark):
    ports, _, capture = scan
    assert answers(tshark, capture, ports["configmgr"], "smsrc.cm.text") == {"START_HANDSHAKE"}
    assert not frames(tshark, capture, f"smsrc.tnmp.type and tcp.srcport == {ports['configmgr']}")


def test_probes_for_other_services_are_not_claimed_by_content(scan, tshark):
    _, _, capture = scan
    claimed = by_frame(tshark, capture, "smsrc.claimed_by")
    shown = set(frames(tshark, capture, "smsrc.tnmp.type or smsrc.cm.type"))
    by_content = {frame for frame, values in claimed.items() if values == ["Content"]}
    assert by_content <= shown
