#!/usr/bin/env python3
# fields.py
# Writes plugin/doc/fields.md, the reference of fields, from what tshark prints about the plugin
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The reference is what `tshark -G` prints, so that it matches the plugin. Only the severity of an
expert info, which is in no report of tshark, is read from the sources' tables.

    python3 test-captures/generate/fields.py     # a tshark that loads the plugin, no root
"""

import collections
import pathlib
import re
import subprocess
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "plugin" / "doc" / "fields.md"

# What each statistic shows, of those that the plugin has; tshark knows their names only.
STATISTICS = {
    "smsrc,sessions": "each session of remote control: who, when, how long, how it ended",
    "smsrc,sessions.full": "the same with names, functions, frames and bytes of each channel",
    "smsrc,sessions.json": "the same, a line of JSON for each (tshark only)",
    "smsrc,messages": "messages by channel, type and direction",
    "smsrc,tree": "the same as a tree (tshark and sharkd)",
    "smsrc,chat": "the chats of sessions as lines: who, when, the line (inferred)",
    "smsrc,roles": "each role of each host seen, with the evidence and its frame",
    "smsrc,audit": "each judged flow, the worst first",
    "smsrc,audit.json": "the same, a line of JSON for each (tshark only)",
    "smsrc,matrix": "each row of KB 826852: Seen, Never seen, Blocked, with packets and bytes",
    "smsrc,matrix.used": "which rows were used, by which roles, hosts and ports and when, which never, "
                         "and what was used that no row has",
    "smsrc,matrix.json": "the same, a line of JSON for each (tshark only)",
    "smsrc,rules": "the firewall rules that the listed flows need",
    "smsrc,rules.nft": "the same as a file for nftables: a chain, which drops nothing",
    "smsrc,rules.nft.drop": "the same, and all else that the host forwards is dropped",
    "smsrc,rules.iptables": "the rules as a file for iptables-restore and ip6tables-restore",
    "smsrc,rules.windows": "PowerShell commands for the Windows Firewall of the responders",
    "smsrc,rules.cisco": "the rules as access lists of Cisco IOS, for IPv4 and IPv6",
    "smsrc,rules.pf": "the rules as a file for pf of OpenBSD and FreeBSD",
    "conv,smsrc": "conversations of Remote Tools",
    "endpoints,smsrc": "endpoints of Remote Tools",
}

# Their tables are shown by Decode As; those for IPX have no choice of channels.
DECODE_AS = ("tcp.port", "udp.port")

# In an ei_register_info, and in a row of VERDICT_LIST.
EXPERT = re.compile(r'(?:\{ &ei_\w+,\s*\{ |VERDICT\(\w+, (?:"[^"]*",[\s\\]*){2})'
                    r'"([^"]+)", PI_(\w+), PI_(\w+),[\s\\]*((?:"[^"]*"\s*)+)[,)]')

Field = collections.namedtuple("Field", "label name kind protocol blurb")
Expert = collections.namedtuple("Expert", "name group severity text")
Preference = collections.namedtuple("Preference", "name default text")


def ours(name):
    return name == "smsrc" or name.startswith("smsrc.")


def cells(report):
    return [line.split("\t") for line in report.splitlines()]


def protocols_and_fields(report):
    """-G fields: protocols as filter name -> name, and their fields in the order registered."""
    protocols, fields = {}, []
    for row in cells(report):
        if row[0] == "P" and ours(row[2]):
            protocols[row[2]] = row[1]
        elif row[0] == "F" and ours(row[2]):
            fields.append(Field(row[1], row[2], row[3], row[4], row[7] if len(row) > 7 else ""))
    return protocols, fields


def value_names(report):
    """-G values: field -> [(value, its name)]"""
    found = collections.defaultdict(list)
    for row in cells(report):
        if row[0] == "V" and ours(row[1]):
            found[row[1]].append((int(row[2], 0), row[3]))
    return found


def kinds(report):
    """-G ftypes: FT_UINT16 -> what it is called; 4.4 counts bits where 4.0 counts bytes."""
    def in_bytes(size):
        bits = int(size[1])
        return f"({bits // 8} byte{'s' if bits > 8 else ''})"
    return {row[0]: re.sub(r"\((\d+) bits?\)", in_bytes, row[1]) for row in cells(report)
            if len(row) > 1}


def experts():
    """name -> Expert, of the sources' tables."""
    found = {}
    for path in [*sorted((ROOT / "plugin").rglob("*.c")),
                 ROOT / "include" / "audit" / "verdict-list.h"]:
        for name, group, severity, text in EXPERT.findall(path.read_text(encoding="utf-8")):
            found[name] = Expert(name, words(group), words(severity),
                                 "".join(re.findall(r'"([^"]*)"', text)))
    return found


def names_in(source, pattern):
    """The strings of a source's table, in its order."""
    return re.findall(pattern, (ROOT / "plugin" / source).read_text(encoding="utf-8"))


def services():
    return names_in("../include/model/service.h", r'    SERVICE\(\w+, "([^"]+)", \w+\)')


def roles():
    return names_in("../include/model/role.h", r'    ROLE\(\w+, "([^"]+)",')


def listing(names):
    return "\n".join(textwrap.wrap(", ".join(names) + ".", 100, break_on_hyphens=False))


def words(constant):
    return constant.replace("_", " ").capitalize()


def preferences(report):
    """-G defaultprefs: those of the plugin, in the order registered."""
    found = []
    for block in report.split("\n\n"):
        line = re.search(r"^#?(smsrc\.\S+): ?(.*)$", block, re.MULTILINE)
        if line:
            text = " ".join(part.removeprefix("# ") for part in block.splitlines()[:-1]
                            if part.startswith("# "))
            text = re.sub(r" ?\(case-insensitive\)\.?", "", text)
            # Wireshark defines the kinds of preferences.
            text = re.sub(r"(?i) ?true or false$| ?A string denoting .*$", "", text)
            text = re.sub(r"(?<![.]) One of:", ". One of:", text)
            text = re.sub(r"One of: .* Equivalently, one of:", "One of:", text) # from 4.6 on
            found.append(Preference(line[1], line[2].strip(), text))
    return found


def registered(report):
    """-G decodes: table -> [values] that are the plugin's; 4.6 has some in hexadecimal."""
    found = collections.defaultdict(list)
    for row in cells(report):
        if len(row) == 3 and ours(row[2]):
            found[row[0]].append(int(row[1], 0))
    return {table: sorted(values) for table, values in sorted(found.items())}


def heuristics(report):
    """-G heuristic-decodes: the transports whose payload the plugin inspects, and if it does."""
    return sorted((row[0], row[2]) for row in cells(report) if len(row) > 2 and row[1] == "smsrc")


def decode_as(complaint):
    """tshark's answer to a -d that names no protocol: the plugin's names and what they are."""
    return re.findall(r"^\s+(smsrc\S*) \((.*)\)$", complaint, re.MULTILINE)


def statistics(report):
    """-z help: the plugin's own."""
    return [name for name in report.split() if re.search(r"\bsmsrc\b", name)]


def cell(text):
    """Text as a cell of a table."""
    return text.replace("|", "\\|").replace("<", "\\<")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def field_row(field, values, kind_names):
    meaning = field.blurb or field.label
    if values:
        meaning += ": " + ", ".join(f"{name} ({value})" for value, name in values)
    return f"`{field.name}`", cell(field.label), kind_names[field.kind], cell(meaning)


def page(tshark):
    """The page. tshark(*args) -> all that it prints, on both streams."""
    protocols, fields = protocols_and_fields(tshark("-G", "fields"))
    values, kind_names = value_names(tshark("-G", "values")), kinds(tshark("-G", "ftypes"))
    told = experts()
    missing = sorted(set(told) - {field.name for field in fields})
    if missing:
        raise ValueError(f"in the sources' tables, and no filter: {missing}")
    decodes = registered(tshark("-G", "decodes"))
    shown = statistics(tshark("-z", "help"))
    if not set(shown) <= set(STATISTICS):
        raise ValueError(f"describe what they show: {set(shown) - set(STATISTICS)}")

    out = ["# Fields, expert infos, preferences",
           "Written by `test-captures/generate/fields.py` from `tshark -G fields` and other "
           "reports; a test\ncompares. Not to be edited by hand. Filters to copy: "
           "[filters](filters.md).",
           "Everything the plugin infers (channel, direction, verdict, roles, ...) is a text field, "
           "so that\n`-T fields` prints words. \"Inferred\" marks what no source documents; "
           "`smsrc.data` and\n`smsrc.rch.body` are bytes of unknown meaning.",
           "## Protocols",
           table(("filter", "protocol"), [(f"`{name}`", cell(text))
                                          for name, text in protocols.items()])]
    for protocol, text in protocols.items():
        rows = [field_row(field, values[field.name], kind_names) for field in fields
                if field.protocol == protocol and field.name not in told]
        if rows:
            out += [f"## {text}", table(("field", "shown as", "type", "meaning"), rows)]
    out += ["## Services and roles",
            "`smsrc.audit.service` is one of these. In the table `smsrc_rows` a service of another "
            "name stands\nfor any content:",
            listing(services()),
            "`smsrc.audit.initiator_role` and `smsrc.audit.responder_role` have one of these for "
            "each role. The\ntable `smsrc_roles` takes the same, and `Distribution point` for the "
            "two of BITS and of SMB;\n`smsrc_rows` takes `any` as well. Both take the product's "
            "own names\n([the audit](audit.md#the-table-of-roles-from-your-site)):",
            listing(roles()),
            "## Expert infos",
            "Each is a filter. `_ws.expert.severity` and the expert window have them "
            "by severity.",
            table(("filter", "severity", "group", "text"),
                  [(f"`{one.name}`", one.severity, one.group, cell(field.label))
                   for field in fields for one in [told.get(field.name)] if one]),
            "## Preferences",
            "*Edit > Preferences > Protocols > SMSRC*, or `-o name:value`.",
            table(("preference", "default", "meaning"),
                  [(f"`{one.name}`", f"`{one.default}`" if one.default else "none", cell(one.text))
                   for one in preferences(tshark("-G", "defaultprefs"))]),
            "`smsrc.audit.matrix` takes `kb826852`, `configmgr` or `sms2` as well, "
            "`smsrc.audit.scope` `both` or\n`one`, `smsrc.audit.flag` `once` or `every`. A word "
            "that is none of a preference's choices, a\nmisspelt one, is ignored by Wireshark "
            "without a message: `smsrc.audit.matrix` in the packets says\nwhich list was used. "
            "tshark\nlists neither the ports, `smsrc.tcp.port` and `smsrc.udp.port`, nor "
            "the tables `smsrc_roles` and\n`smsrc_rows` ([the audit]"
            "(audit.md#your-tables-and-preferences)).",
            "## Ports, sockets, heuristics",
            table(("table of Wireshark", "the plugin's"),
                  [(f"`{name}`", ", ".join(f"0x{n:04X}" if "socket" in name else str(n)
                                           for n in numbers))
                   for name, numbers in decodes.items()] +
                  [(f"payload of `{name}`", "looked at" if state == "T" else "looked at when "
                    "enabled") for name, state in
                   heuristics(tshark("-G", "heuristic-decodes"))]),
            "## Decode As",
            "`-d tcp.port==9999,smsrc.chat` and the like:"]
    names = {layer: decode_as(tshark("-d", f"{layer}==1,?")) for layer in DECODE_AS}
    out += [table(("protocol", "what", *(f"`{layer}`" for layer in DECODE_AS)),
                  [(f"`{name}`", cell(text), *("yes" if (name, text) in names[layer] else "no"
                                               for layer in DECODE_AS))
                   for name, text in names[DECODE_AS[0]]]),
            "## Statistics",
            table(("`-z`", "what"), [(f"`{name}`", text) for name, text in STATISTICS.items()
                                if name in shown])]
    return "\n\n".join(out) + "\n"


def run_tshark(*args):
    done = subprocess.run(["tshark", *args], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    return done.stdout


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(run_tshark), encoding="utf-8")
