# hostile_text.py
# Names that a terminal takes for commands, and what may be printed
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import unicodedata

HOSTILE = ("E\x1b]0;pwn\x07\x1b[31mR", "N\nb\r\x0bc\x7f", "C\x9b31m\x85\x9d0;x\x9c",
           "T\u202eevil\u202c\u200b\ufeff", "U\ue000\u0378", "long" + "\u65e5" * 90,
           "\U000e0041\U0001f600", "%s%n\\")


def refuse_unprintable(data):
    """What was printed, as text."""
    text = data.decode("utf-8", "strict")
    bad = {f"U+{ord(c):04X} in {line[:200]!r}" for line in text.split("\n") for c in line
           if c != "\t" and unicodedata.category(c) in ("Cc", "Cf", "Cn", "Cs")}
    assert not bad, sorted(bad)
    return text
