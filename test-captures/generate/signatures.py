#!/usr/bin/env python3
# signatures.py
# Makes the captures made/audit-*.pcap: each signature of plan_signatures.py, answered and not
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import plan_signatures as plan
from flows import Collection
from messages import HTTP_REQUEST, HTTP_RESPONSE
from plan_site import TCP

captures = Collection()
capture = captures.capture

# What is not answered comes from other ports than what is.
FIRST_CLIENT_PORTS = {"good": 1100, "bad": 1100, "none": 1500}
OWNER_CLIENT_PORT = 1999


def call_owner(cap, group, number):
    """The host whose name was answered is called, with nothing that shows a role."""
    client, owner = (plan.end(group, number, which) for which in (plan.CLIENT, plan.OWNER))
    c = cap.tcp(client, OWNER_CLIENT_PORT, owner, 80)
    c.open()
    c.send(HTTP_REQUEST)
    c.reply(HTTP_RESPONSE)
    c.close()


def play(cap, group, answer):
    for number, signature in enumerate(plan.GROUPS[group]):
        # NetBIOS datagrams are sent from the port they are sent to.
        client_port = 138 if signature.port == 138 else FIRST_CLIENT_PORTS[answer] + number
        c = (cap.tcp if signature.transport == TCP else cap.udp)(
            plan.end(group, number, plan.CLIENT), client_port,
            plan.end(group, number, plan.SERVER), signature.port)
        if signature.transport == TCP:
            c.open()
        for by_server, message in plan.talks(group, number, answer).messages:
            (c.reply if by_server else c.send)(message)
        if signature.transport == TCP:
            c.close()
        if any(which == plan.OWNER for which, _ in signature.learned):
            call_owner(cap, group, number)
        cap.wait(0.5)


def probes(cap, group):
    """Refused where the protocol can do so, then without an answer."""
    play(cap, group, "bad")
    play(cap, group, "none")


@capture
def audit_http(cap):
    """Signatures in HTTP, each answered as a server of the role would"""
    play(cap, "http", "good")


@capture
def audit_http_probes(cap):
    """The same, refused, and without an answer: probes"""
    probes(cap, "http")


@capture
def audit_requests(cap):
    """Requests to management points, in all ways in which a request can lie in packets"""
    for number, lying in enumerate(plan.LYING):
        c = cap.tcp(plan.lying_end(number, plan.CLIENT), 1100 + number,
                    plan.lying_end(number, plan.SERVER), 80)
        c.open()
        cap.fragments = lying.fragments
        c.send(b"".join(lying.requests), cuts=lying.cuts)
        cap.fragments = 0
        c.reply(b"".join(plan.lying_answer(request) for request in lying.requests))
        c.close()
        cap.wait(0.5)


@capture
def audit_smb(cap):
    """Signatures in SMB 1 and 2: shares, and files where the share's name is not enough"""
    play(cap, "smb", "good")


@capture
def audit_smb_probes(cap):
    """The same, refused, and without an answer: probes"""
    probes(cap, "smb")


@capture
def audit_netbios(cap):
    """NetBIOS names asked for and answered, sessions and datagrams of Remote Control"""
    play(cap, "netbios", "good")


@capture
def audit_netbios_probes(cap):
    """The same, refused, and without an answer: probes"""
    probes(cap, "netbios")


@capture
def audit_directory(cap):
    """Signatures in LDAP, TDS, DNS and DCOM"""
    play(cap, "directory", "good")


@capture
def audit_directory_probes(cap):
    """The same, refused, and without an answer: probes"""
    probes(cap, "directory")


@capture
def audit_remote(cap):
    """Remote Control and ConfigMgr's greeting: the agent shows itself"""
    play(cap, "remote", "good")


@capture
def audit_remote_probes(cap):
    """Remote Control asked for, and no answer"""
    play(cap, "remote", "none")


@capture
def audit_odd_ports(cap):
    """Signatures on ports where Wireshark dissects most of them not"""
    play(cap, "odd-ports", "good")


@capture
def audit_odd_ports_probes(cap):
    """The same, refused, and without an answer: probes"""
    probes(cap, "odd-ports")


@capture
def audit_never(cap):
    """What looks like a signature and is none, answered"""
    play(cap, "never", "good")


if __name__ == "__main__":
    captures.main()
