#!/usr/bin/python3
# dictionary.py
# The words that the fuzzer puts into its inputs: constants of the protocols and of the plugin
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
#     dictionary.py > smsrc.dict

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
PLUGIN = HERE.parents[1] / "plugin"

# Constants of remote control and of other protocols on its ports, first bytes of the services.
FIXED = [
    b"RCH0", b"RCHE", b"TNMP", b"TNME", b"USER", b"NTLMSSP\0", b"\0\0\4\0", b"\0\0\xfe\xff",
    b"\x80\0\xfe\xff", b"\x16\0\x40\0", b"Desktop Manager 6.0\0", b":4", b"\x22\0\0\x80\x20\0",
    b"\x05\x04\x06\xff", b"\x05\x04\x07\xff", b"\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02",
    b"\x03\0\0", b"\x02\xf0\x80", b"\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\0\1", b"\1\0",
    b"sessarb", b"curtain", b"drdynvc", b"\x81\0\0\x44", b"\x82\0\0\0", b"\xffSMB", b"\xfeSMB",
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 403 \r\n", b"GET ", b"POST ", b"CCM_POST ",
    b"http://10.1.0.13:8080/", b" HTTP/1.1\r\n", b"\r\n\r\n", b"\x04\x01\0\1", b"\x12\1",
    b"\x05\0\x0b\3\x10\0\0\0", b"\x16\3\1", b"SMS_", b"ABC", b"SMS_DP$", b"SCCMContentLib$",
]
WIDE = ["START_HANDSHAKE", "STOP_HANDSHAKE", "SUCCESS_FULL_CONTROL", "SUCCESS_VIEW_ONLY",
        "ERROR_ACCESS_DENIED", "ERROR_LOGON_DENIED", "ERROR_NO_ACTIVE_USER",
        "ERROR_EXISTING_SESSION"]


def literals():
    """The literals of the signatures, by which evidence is found."""
    text = (PLUGIN / "evidence" / "signature-table.c").read_text(encoding="utf-8")
    text = re.sub(r"^#include .*$", "", text, flags=re.MULTILINE)
    for found in re.findall(r'"((?:[^"\\\n]|\\.)*)"', text):
        for word in re.findall(r"[A-Za-z0-9_$./-]{4,40}", found.replace("\\", " ")):
            yield word.encode()


def line(word):
    return '"' + "".join(chr(c) if 32 <= c < 127 and c not in b'"\\' else f"\\x{c:02x}"
                         for c in word) + '"'


def main():
    words = FIXED + [word.encode("utf-16-le") for word in WIDE]
    for word in literals():
        if word not in words:
            words.append(word)
    print("# Made by dictionary.py")
    print("\n".join(map(line, words)))


if __name__ == "__main__":
    main()
