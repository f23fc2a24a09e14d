#!/usr/bin/env python3
# truth.py
# Joins what a day declared with what was recorded: comments on packets, and the text of the truth
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
#     truth.py FOLDER OUTPUT HOSTS     FOLDER/declared, FOLDER/raw.pcapng, and the file of the hosts
#                                      -> OUTPUT.pcapng, OUTPUT.txt
#
# Flows are those of tshark without this plugin. Each flow has to be declared, and each declaration
# has to be seen: an unexpected flow ends the recording with an error, and is not left out. A
# declaration holds for the flows of its two hosts and its port from its time on, until the next one
# for the same.

import pathlib
import subprocess
import sys
from collections import defaultdict, namedtuple

HERE = pathlib.Path(__file__).parent
DYNAMIC_PORTS = range(49152, 65536)
SEGMENTS = {"all-srv": 1, "all-cli": 2}
# By the file of the hosts: whose names they have, and what of it is scripted.
SITES = {"hosts": ("SMS 2003", "Remote Tools and SQL Server are scripted"),
         "hosts-configmgr": ("Configuration Manager",
                             "its remote control and SQL Server are scripted")}
COLUMNS = ("frame", "proto", "client", "server", "verdict", "row", "reach", "client's roles",
           "server's roles", "what")
# "NAME=ROLE" is a host that acts for one of that role, as a proxy does.
Declared = namedtuple("Declared", "time verdict row client server proto port reach text "
                      "client_for server_for", defaults=("", ""))
Flow = namedtuple("Flow", "frame time proto client client_port server server_port")


def hosts(listed):
    """name -> (address, site code, roles)"""
    found = {}
    for line in (HERE / listed).read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            name, address, code, roles = line.split(None, 3)
            found[name] = (address, code, roles)
    return found


def flows(capture):
    """Every TCP and UDP conversation, by its first frame and from its sender."""
    fields = ("frame.number", "frame.time_epoch", "ip.proto", "ip.src", "ip.dst", "tcp.stream",
              "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=f"]
    for field in fields:
        command += ["-e", field]
    seen, found = set(), []
    for line in subprocess.run(command, check=True, capture_output=True,
                               text=True).stdout.splitlines():
        row = dict(zip(fields, line.split("\t")))
        proto = {"6": "tcp", "17": "udp"}.get(row["ip.proto"])
        if proto is None:
            continue
        # A stream of UDP is not always one to Wireshark: SNMP's answers get another number.
        key = (proto, row["tcp.stream"]) if proto == "tcp" else frozenset((
            (row["ip.src"], row["udp.srcport"]), (row["ip.dst"], row["udp.dstport"])))
        if key in seen:
            continue
        seen.add(key)
        found.append(Flow(int(row["frame.number"]), float(row["frame.time_epoch"]), proto,
                          row["ip.src"], int(row[proto + ".srcport"]), row["ip.dst"],
                          int(row[proto + ".dstport"])))
    return found


def stands_for(name):
    name, _, role = name.partition("=")
    return name, role


def broadcasts(site):
    """The addresses that everybody of a segment hears."""
    net = next(iter(site.values()))[0].split(".")[:2]
    return {name: ".".join((*net, str(number), "255")) for name, number in SEGMENTS.items()}


def declared_for(flow, declared):
    """What was declared for its two hosts and its port, in the order of time."""
    key = (flow.client, flow.server, flow.proto)
    if (*key, str(flow.server_port)) not in declared and flow.server_port in DYNAMIC_PORTS:
        return declared.get((*key, "dynamic"), ())
    return declared.get((*key, str(flow.server_port)), ())


def main(folder, output, listed):
    site = hosts(listed)
    address_of = {name: host[0] for name, host in site.items()} | broadcasts(site)
    roles_of = {host[0]: host[2] for host in site.values()}
    name_of = {address: name for name, address in address_of.items()}

    declared = defaultdict(list)
    for line in (folder / "declared").read_text(encoding="utf-8").splitlines():
        item = Declared(*line.split("|", 8))
        client, client_for = stands_for(item.client)
        server, server_for = stands_for(item.server)
        item = item._replace(client=client, server=server, client_for=client_for,
                             server_for=server_for)
        key = (address_of.get(item.client, item.client), address_of.get(item.server, item.server),
               item.proto, item.port)
        declared[key].append(item._replace(time=float(item.time)))

    raw, ordered = folder / "raw.pcapng", folder / "ordered.pcapng"
    # Two interfaces are two threads: their packets may come out of order.
    subprocess.run(["reordercap", str(raw), str(ordered)], check=True, capture_output=True)
    rows, comments, used, unknown = [], [], set(), []
    for flow in flows(ordered):
        known = declared_for(flow, declared)
        if not known and flow.proto == "udp":
            # The server was first: DHCP's offer, the answer to a broadcast.
            flow = flow._replace(client=flow.server, client_port=flow.server_port,
                                 server=flow.client, server_port=flow.client_port)
            known = declared_for(flow, declared)
        known = [d for d in known if d.time <= flow.time + 0.01]
        if not known:
            unknown.append(flow)
            continue
        item = known[-1]
        used.add(item)
        rows.append((str(flow.frame), flow.proto, "%s:%d" % (flow.client, flow.client_port),
                     "%s:%d" % (flow.server, flow.server_port), item.verdict, item.row,
                     item.reach, item.client_for or roles_of.get(flow.client, "-"),
                     item.server_for or roles_of.get(flow.server, "-"), item.text))
        comments.append("%d:%s: %s to %s, %s" % (
            flow.frame, item.row if item.verdict != "-" else "no row",
            name_of.get(flow.client, flow.client), name_of.get(flow.server, flow.server),
            item.text))
    unseen = [item for items in declared.values() for item in items if item not in used]
    for flow in unknown:
        print("not declared:", *flow, file=sys.stderr)
    for item in unseen:
        print("not seen:", *item, file=sys.stderr)
    if unknown or unseen:
        sys.exit(1)

    command = ["editcap"]
    for comment in comments:
        command += ["-a", comment]
    command += ["--capture-comment", "Recorded in network namespaces by test-captures/lab/record: "
                "real servers and clients under %s's names; %s" % SITES[listed], str(ordered),
                str(output.with_suffix(".pcapng"))]
    subprocess.run(command, check=True, capture_output=True)

    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows)]
    with open(output.with_suffix(".txt"), "w", encoding="utf-8") as text:
        text.write((HERE / "truth.txt").read_text(encoding="utf-8").replace(
            "lab/hosts", "lab/" + listed))
        for row in (COLUMNS, *rows):
            text.write(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
            text.write("\n")
    print("%s: %d flows" % (output.name, len(rows)))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
