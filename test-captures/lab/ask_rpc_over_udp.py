#!/usr/bin/env python3
# ask_rpc_over_udp.py
# Asks the RPC endpoint mapper on UDP 135 for what it knows, by the datagrams of RPC's version 4
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""C706 12.5.3 and appendix O: ept_lookup. RPC over datagrams has no bind: the first request names
interface and version, and the server asks back if it does not know the caller."""

import socket
import struct
import sys
import uuid

from scapy.layers.dcerpc import DceRpc4

MAPPER, VERSION, LOOKUP = "e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 2
IDEMPOTENT = 0x20
# All elements, no object, no interface, all versions, a new handle, one entry.
ALL_ELEMENTS = struct.pack("<IIII20sI", 0, 0, 0, 1, b"", 1)

request = DceRpc4(ptype="request", flags1=IDEMPOTENT, if_id=MAPPER, act_id=str(uuid.uuid4()),
                  if_vers=VERSION, opnum=LOOKUP) / ALL_ELEMENTS
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(1)
    client.connect((sys.argv[1], 135))
    client.send(bytes(request))
    try:
        print(client.recv(4096).hex())
    except OSError as refused:
        print(refused)
