#!/usr/bin/env python3
# cm_site.py
# Makes made/cm-site.pcap and cm-troubles.pcap, each with its truth: the site of plan_cm_site.py
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture has a text of the same name that says of each flow what it is, as recorded/ has.

    python3 test-captures/generate/cm_site.py   # needs scapy
"""

import calendar
import pathlib
import sys

import cm_services as cm
import plan_cm_site as plan
from flows import Capture, mac_of
from sms_site import conversation, says, syn_reset, syn_retransmitted

# 2026-08-03 09:00:00 UTC
START = calendar.timegm((2026, 8, 3, 9, 0, 0))
TRANSFER_PORT = 50777


# --- The kinds of talk that this site has beside those of sms_site.py ----------------------------

def reset_after(cap, flow):
    """A handshake, messages, and a reset by the server."""
    c = conversation(cap, flow)
    c.open()
    for by_server, message in flow.talk.messages:
        (c.reply if by_server else c.send)(message)
    c.reset()


def tftp_unanswered(cap, flow):
    """The request, three times."""
    for _ in range(3):
        conversation(cap, flow).send(cm.tftp_read(flow.talk.messages[0]))
        cap.wait(2)


def tftp(cap, flow):
    """A file of one block. The server sends it from its own port."""
    conversation(cap, flow).send(cm.tftp_read(flow.talk.messages[0]))
    transfer = cap.udp(flow.client, flow.client_port, flow.server,
                       TRANSFER_PORT + flow.client_port % 100)
    transfer.reply(cm.TFTP_OPTIONS)
    transfer.send(cm.tftp_ack(0))
    transfer.reply(cm.TFTP_DATA)
    transfer.send(cm.tftp_ack(1))


def pxe_discover(cap, flow):
    conversation(cap, flow).send(cm.dhcp(cm.DISCOVER, mac_of(plan.BARE), cm.PXE_CLIENT))


def pxe_offer(cap, flow):
    """A bare computer gets its address from one server, and is told by another what to boot."""
    boots = flow.client == plan.PXE
    options = cm.pxe_offer(flow.client) if boots else cm.dhcp_offer(flow.client)
    conversation(cap, flow).send(cm.dhcp(
        cm.OFFER, mac_of(plan.BARE), options,
        ("0.0.0.0", "0.0.0.0" if boots else plan.BARE), flow.client))


def pxe_boot(cap, flow):
    mac, ends = mac_of(flow.client), (flow.client, "0.0.0.0")
    c = conversation(cap, flow)
    c.send(cm.dhcp(cm.REQUEST, mac, cm.boot_question(flow.client), ends))
    c.reply(cm.dhcp(cm.ACK, mac, cm.boot_answer(flow.server, plan.VARIABLES, plan.CATALOG), ends,
                    flow.server))


def pxe_unanswered(cap, flow):
    for _ in range(3):
        conversation(cap, flow).send(cm.dhcp(cm.REQUEST, mac_of(flow.client),
                                             cm.boot_question(flow.client),
                                             (flow.client, "0.0.0.0")))
        cap.wait(2)


def wake(cap, flow):
    """A magic packet for a client that sleeps, to its subnet."""
    conversation(cap, flow).send(cm.magic_packet(mac_of(plan.VIEWED)))


KINDS = {
    "says": says, "reset": reset_after, "syn_retransmitted": syn_retransmitted,
    "syn_reset": syn_reset, "tftp": tftp, "tftp_unanswered": tftp_unanswered,
    "pxe_discover": pxe_discover, "pxe_offer": pxe_offer,
    "pxe_boot": pxe_boot, "pxe_unanswered": pxe_unanswered,
    "wake": wake,
}


# --- The captures, and their truth ---------------------------------------------------------------

CAPTURES = {
    "cm-site": (plan.FLOWS, "A site of Configuration Manager, each flow where it belongs, and a "
                "host without a role that looks around"),
    "cm-troubles": (plan.TROUBLES, "The same site: what gets no answer, is refused or is where it "
                    "does not belong"),
}
HEAD = """\
# What is in the capture of this name, flow by flow: the truth that the tests hold the audit to.
# Written by test-captures/generate/cm_site.py from plan_cm_site.py, which has the roles too.
# frame: the flow's first one · verdict and row: what the audit has to say with the matrix of
# Configuration Manager and the roles given in the table smsrc_roles, "-" where it has to be silent ·
# learned: yes where it has to say the same without the table · reach: blocked where there is no
# answer
"""
COLUMNS = ("frame", "proto", "client", "server", "verdict", "row", "learned", "reach",
           "client's roles", "server's roles", "what")


def play(cap, flows):
    """Plays flows; returns the number of each flow's first frame."""
    first = []
    for flow in flows:
        first.append(cap.recorded() + 1)
        KINDS[flow.talk.kind](cap, flow)
        cap.wait(0.5)
    return first


def roles(address):
    return ", ".join(next((host[3] for host in plan.HOSTS if host[0] == address), ())) or "-"


def truth(flows, first):
    lines = [COLUMNS]
    for flow, frame in zip(flows, first):
        lines.append((str(frame), flow.transport.lower(), f"{flow.client}:{flow.client_port}",
                      f"{flow.server}:{flow.server_port}", flow.verdict, flow.row or "-",
                      "yes" if flow.learned else "-", flow.reach, roles(flow.client),
                      roles(flow.server), flow.what))
    widths = [max(len(line[n]) for line in lines) for n in range(len(COLUMNS) - 1)] + [0]
    return HEAD + "".join(" | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + "\n"
                          for line in lines)


def write(folder):
    for name, (flows, _) in CAPTURES.items():
        cap = Capture(start=START)
        first = play(cap, flows)
        cap.write(pathlib.Path(folder) / f"{name}.pcap")
        (pathlib.Path(folder) / f"{name}.txt").write_text(truth(flows, first), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else
          pathlib.Path(__file__).resolve().parent.parent / "made")
