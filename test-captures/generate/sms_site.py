#!/usr/bin/env python3
# sms_site.py
# Makes the captures made/site-*.pcap: the site of plan_site.py, clean and with violations
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import plan_site as plan
from flows import BROADCAST_MAC, Collection, mac_of
from kb_services import (
    ACK, DISCOVER, IPX_ALL, IPX_PEP, IPX_TYPE_20, NBIPX_FIND_NAME, NBIPX_NAME_RECOGNIZED, REQUEST,
    dhcp, gre_ppp, ipx, nbipx_datagram, nbipx_name)
from scapy.layers.l2 import Ether
from scapy.packet import Raw

ICMP_ADMINISTRATIVELY_PROHIBITED = 13
ETHERTYPE_IPX = 0x8137
IP_GRE = 47

captures = Collection()
capture = captures.capture


# --- The kinds of talk --------------------------------------------------------------------------

def conversation(cap, flow):
    open_flow = cap.tcp if flow.transport == plan.TCP else cap.udp
    return open_flow(flow.client, flow.client_port, flow.server, flow.server_port)


def says(cap, flow):
    c = conversation(cap, flow)
    if flow.transport == plan.TCP:
        c.open()
    for by_server, message in flow.talk.messages:
        (c.reply if by_server else c.send)(message)
    if flow.transport == plan.TCP:
        c.close()


def syn_retransmitted(cap, flow):
    """Three times, as Windows does, and no answer."""
    frame = conversation(cap, flow).syn()
    for seconds in (3, 6):
        cap.wait(seconds)
        cap.add(frame)


def syn_reset(cap, flow):
    c = conversation(cap, flow)
    c.syn()
    c.reset()


def syn_prohibited(cap, flow):
    cap.unreachable(conversation(cap, flow).syn(), by=plan.ROUTER,
                    code=ICMP_ADMINISTRATIVELY_PROHIBITED)


def udp_unreachable(cap, flow):
    c = conversation(cap, flow)
    for _, message in flow.talk.messages:
        cap.unreachable(c.send(message))


def scan(cap, flow):
    """SYN after SYN from one port to the next, each refused."""
    for number, port in enumerate(plan.SCAN_PORTS):
        c = cap.tcp(flow.client, flow.client_port + number, flow.server, port)
        c.syn()
        c.reset()


def dhcp_renewal(cap, flow):
    c = conversation(cap, flow)
    c.send(dhcp(REQUEST, mac_of(flow.client), client=flow.client))
    c.reply(dhcp(ACK, mac_of(flow.client), client=flow.client, yours=flow.client,
                 server=flow.server))


def dhcp_discover(cap, flow):
    conversation(cap, flow).send(dhcp(DISCOVER, mac_of(plan.CLIENTS[6])))


def node(ip):
    """An IPX host's node is its MAC."""
    return bytes.fromhex(mac_of(ip).replace(":", ""))


def remote_control_over_ipx(cap, flow):
    """The console queries all networks for the client's name <43>, and writes to the client."""
    ask, answer = node(flow.client), node(flow.server)

    def frame(source, target, mac, kind, data):
        cap.add(Ether(src=mac_of(source), dst=mac, type=ETHERTYPE_IPX) /
                Raw(ipx(node(source), target, kind, data)))

    frame(flow.client, IPX_ALL, BROADCAST_MAC, IPX_TYPE_20,
          nbipx_name(NBIPX_FIND_NAME, "WKS11", 0x43))
    frame(flow.server, ask, mac_of(flow.client), IPX_PEP,
          nbipx_name(NBIPX_NAME_RECOGNIZED, "WKS11", 0x43))
    frame(flow.client, answer, mac_of(flow.server), IPX_TYPE_20,
          nbipx_name(NBIPX_FIND_NAME, "WKS11", 0x43))
    frame(flow.client, answer, mac_of(flow.server), IPX_PEP,
          nbipx_datagram(("WKS11", 0x43), ("ADM01", 0x44), plan.NOISE * 4))


def gre(cap, flow):
    for source, target in ((flow.client, flow.server), (flow.server, flow.client)):
        cap.add(cap.network(source, target, proto=IP_GRE) / Raw(gre_ppp()))


KINDS = {
    "says": says,
    "syn_retransmitted": syn_retransmitted,
    "syn_reset": syn_reset,
    "syn_prohibited": syn_prohibited,
    "udp_unreachable": udp_unreachable,
    "scan": scan,
    "dhcp": dhcp_renewal,
    "dhcp_discover": dhcp_discover,
    "ipx": remote_control_over_ipx,
    "gre": gre,
}


def play(cap, flows):
    for flow in flows:
        KINDS[flow.talk.kind](cap, flow)
        cap.wait(0.5)


# --- The captures -------------------------------------------------------------------------------

@capture
def site_clean(cap):
    """The site ABC with every row of KB 826852, each where it belongs, and no violation"""
    play(cap, plan.FLOWS)
    play(cap, plan.BACKGROUND)


@capture
def site_violations(cap):
    """The same, then all that is planted: wrong ports, services, directions, and what is blocked"""
    site_clean(cap)
    play(cap, plan.PLANTED)


if __name__ == "__main__":
    captures.main()
