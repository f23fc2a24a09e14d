#!/usr/bin/env python3
# sql_server.py
# Answers SQL clients as a SQL Server 2000 would: a scripted responder, no database
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No SQL Server of the days of SMS 2003 runs on Debian, so this one side of the recordings is
# scripted; the clients are FreeTDS's. MS-TDS 2.2: a PRELOGIN is answered without encryption, a
# login with its LOGINACK, and every batch with one row.

import socket
import socketserver
import struct
import sys
import threading

PRELOGIN, LOGIN7, BATCH, RPC, REPLY = 0x12, 0x10, 0x01, 0x03, 0x04
END_OF_MESSAGE = 1
VERSION = bytes((8, 0, 0x07, 0xF7))  # 8.00.2039: SQL Server 2000 SP4
DONE_FINAL = struct.pack("<BHHI", 0xFD, 0, 0, 0)


def packet(kind, data):
    return struct.pack(">BBHHBB", kind, END_OF_MESSAGE, 8 + len(data), 0, 1, 0) + data


def wide(text):
    return text.encode("utf-16-le")


def prelogin_reply():
    version, encryption = VERSION + b"\0\0", b"\x02"  # 2: no encryption here
    start = 11
    options = struct.pack(">BHHBHHB", 0, start, len(version), 1, start + len(version),
                          len(encryption), 0xFF)
    return packet(REPLY, options + version + encryption)


def environment(kind, new, old):
    value = (bytes((kind, len(new))) + wide(new) + bytes((len(old),)) + wide(old))
    return struct.pack("<BH", 0xE3, len(value)) + value


def login_reply(database):
    name = "Microsoft SQL Server"
    ack = (bytes((1, 0x07, 0x01, 0, 0)) + bytes((len(name),)) + wide(name) + VERSION)
    return packet(REPLY, environment(1, database, "master") +
                  environment(4, "4096", "4096") +
                  struct.pack("<BH", 0xAD, len(ack)) + ack + DONE_FINAL)


def batch_reply(database):
    """One column "SiteCode" of type varchar, one row: the code in the database's name."""
    column = "SiteCode"
    metadata = (struct.pack("<BHHHB", 0x81, 1, 0, 8, 0xA7) + struct.pack("<H", 3) +
                bytes((9, 4, 0xD0, 0, 0x34)) + bytes((len(column),)) + wide(column))
    code = database[-3:].encode("ascii", "replace")
    row = b"\xd1" + struct.pack("<H", len(code)) + code
    return packet(REPLY, metadata + row + struct.pack("<BHHI", 0xFD, 0x10, 0xC1, 1))


def database_of(login):
    """The database in a LOGIN7: offset and length (in characters) at 68 of its body."""
    offset, length = struct.unpack_from("<HH", login, 68)
    return login[offset:offset + 2 * length].decode("utf-16-le", "replace") or "master"


class Handler(socketserver.StreamRequestHandler):
    def message(self):
        """Type and data of the next message, its packets joined; None at the end."""
        data = b""
        while True:
            header = self.rfile.read(8)
            if len(header) < 8:
                return None, b""
            kind, status, length = struct.unpack(">BBH4x", header)
            data += self.rfile.read(length - 8)
            if status & END_OF_MESSAGE:
                return kind, data

    def handle(self):
        database = "master"
        while True:
            kind, data = self.message()
            if kind is None:
                return
            if kind == PRELOGIN:
                self.wfile.write(prelogin_reply())
            elif kind == LOGIN7:
                database = database_of(data)
                self.wfile.write(login_reply(database))
            elif kind == BATCH and b"S\0E\0L\0E\0C\0T\0" in data.upper():
                self.wfile.write(batch_reply(database))
            else:
                self.wfile.write(packet(REPLY, DONE_FINAL))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET


if __name__ == "__main__":
    for port in sys.argv[1:]:
        threading.Thread(target=Server(("", int(port)), Handler).serve_forever).start()
