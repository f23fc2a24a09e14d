# bad_table_lines.py
# Lines of a user's table that are not used, with the reason that is reported
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

FORM = "fields are written in quotation marks, with commas between them"

# The text of line 2, and the message about it. (No longer lines: Wireshark's own reader takes time
# with the square of a line's length.)
BAD = {
    "another separator": (b'"10.1.3.2";"Advanced Client";"ABC"', FORM),
    "no quotation marks": (b"10.1.3.2,Advanced Client,ABC", FORM),
    "words": (b"hello world", FORM),
    "a field too few": (b'"10.1.3.2","Advanced Client"', 'the field "Site code" is missing'),
    "a lone field": (b'"10.1.3.2"', 'the field "Role" is missing'),
    "an open quotation mark": (b'"10.1.3.2","Advanced Client","ABC', "is not closed"),
    "something behind it": (b'"10.1.3.2","Advanced Client","ABC" x', "behind the last field"),
    "no address": (b'"10.1.3.256","Advanced Client","ABC"', '"10.1.3.256" is not an address'),
    "no role": (b'"10.1.3.2","Advanced Cleint","ABC"', '"Advanced Cleint" is not a role'),
    "no site code": (b'"10.1.3.2","Advanced Client","ABCD"', '"ABCD" is not a site code'),
    "Latin-1": (b'"10.1.3.2","Advanc\xe9d Client","ABC"', "not UTF-8"),
    "an escaped NUL": (rb'"10.1.3.2\x00","Advanced Client","ABC"', "control character 0x00"),
    "a NUL": (b'"10.1.3.2\0","Advanced Client","ABC"', "a NUL byte"),
    "only NULs": (b"\0" * 50, "a NUL byte"),
    "a long field": (b'"' + b"1" * 2000 + b'","Advanced Client","ABC"', "2000 bytes"),
    "a very long line": (b'"' + b"1" * 200000 + b'","Advanced Client","ABC"', "200026 bytes"),
    "a long line of quotation marks": (b'"' * 100000, "100000 bytes"),
    "a backslash": (b'"10.1.3.2\\","Advanced Client","ABC"', "line is not used"),
}
