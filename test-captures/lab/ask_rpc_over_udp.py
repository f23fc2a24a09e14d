#!/usr/bin/env python3
# ask_rpc_over_udp.py
# Queries the RPC endpoint mapper on UDP 135, as impacket's datagram client does
#
# SPDX-License-Identifier: GPL-2.0-or-later

import sys

from impacket.dcerpc.v5 import epm, transport

client = transport.DCERPCTransportFactory("ncadg_ip_udp:%s[135]" % sys.argv[1])
client.set_connect_timeout(1)
dce = client.get_dce_rpc()
dce.connect()
dce.bind(epm.MSRPC_UUID_PORTMAP)
dce.call(0, b"\0" * 16)
try:
    dce.recv()
except Exception as refused:  # pylint: disable=broad-except
    print(refused)
